"""From what sensors measured to what their classifiers say, with the models that come with the examples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

import common
import fall
import har
from common import Box, CameraReport, Person, WornReport
from common.validation import FloatArray
from examples.care_home.room.readings import Reading, by_time
from examples.fusion_models import Models
from examples.fusion_worn_windows import WINDOW_S, channels

WORN, CAMERA = "wearable", "camera"


@dataclass(frozen=True)
class DecisionEnergy:
    """Energy of one decision in joules: estimates for a Cortex-M4 on the body and a Raspberry Pi 4 in the room."""

    worn_j: float
    camera_j: float

    @classmethod
    def of(cls, models: Models) -> DecisionEnergy:
        """From the costs that the models state."""
        worn = common.CORTEX_M4.estimate(models.wearable.cost_, dtype="float32")
        return cls(worn.energy_j, common.RASPBERRY_PI_4.estimate(models.camera.cost).energy_j)


class WornDetector:
    """Judges the last four seconds of a worn sensor, once a second."""

    def __init__(self, models: Models) -> None:
        self.rate_hz = models.manifest.rate_hz
        self._recognizer = har.StreamingRecognizer(models.wearable, rate_hz=self.rate_hz, window_s=WINDOW_S, step_s=1.0)

    def reports(self, samples: FloatArray) -> list[tuple[float, WornReport]]:
        """Times since the first sample, and probabilities of a fall."""
        if len(samples) == 0:
            return []
        return [
            (recognition.time_s + 1 / self.rate_hz, WornReport(float(recognition.probabilities[1])))
            for recognition in self._recognizer.push(channels(samples))
        ]


class CameraDetector:
    """Judges the picture of each person whom the camera's detector found. One serves all rooms of a process."""

    def __init__(self, models: Models) -> None:
        self._classifier = fall.TFLiteFallClassifier(models.camera)

    def reports(self, reading: Reading, now_s: float) -> list[tuple[float, CameraReport]]:
        """Times and reports; the pictures are not kept."""
        pictures = [frame.picture for frame in reading.frames if frame.picture is not None]
        judged = iter(self._classifier.predict_proba(np.stack(pictures))[:, 1].tolist() if pictures else [])
        reports = []
        for time_s, frames in by_time(reading.frames):
            people = tuple(
                Person(frame.box, _posture(frame.box) if frame.picture is None else next(judged), frame.track)
                for frame in frames
                if frame.box is not None
            )
            reports.append((time_s, CameraReport(any(frame.moved for frame in frames), people)))
        if not reports and reading.camera_works:
            reports.append((now_s, CameraReport(False)))
        return reports


def _posture(box: Box) -> float:
    """Where there is no picture: who is wider than tall may lie. Nothing was trained on this."""
    return box.w / (box.w + box.h)
