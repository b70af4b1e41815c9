"""The room camera in the fusion on simulated residents: a compressed network on the crop of each detected person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import ClassVar

import numpy as np

import fall
from common import Box, CameraReport, Person, RecentFrames, SimulatedRecording, Zone
from common.simulation.camera.frame import CameraFrame
from common.validation import FloatArray
from examples.fusion_reports import AS_MEASURED, CameraReports, Observation
from examples.fusion_sensors import Preparation

ASPECT_RATIO = "aspect ratio"
_BATCH = 64
_SIGN_OF_LIFE_S = 1.0  # while nothing moves
# Somebody who bends or kneels is up again sooner, and most false boxes have gone.
_AVERAGED_S, _MIN_FRAMES = 4.0, 4
# On days of seeds 1 to 8, which no network has met, somebody was seen to come down in 173 of 182 falls that were judged
# as such, and in 13 of 45 false alarms: (9 / 182) / (32 / 45) against (173 / 182) / (13 / 45).
_ODDS_WITHOUT_DROP = 0.02


@dataclass(frozen=True)
class Camera:
    """A compressed network on every frame in which a detector found somebody.

    While nothing moves, the picture does not change, and the camera says so every second.
    """

    name: ClassVar[str] = "camera"
    faults: ClassVar[tuple[str, ...]] = ()
    baselines: ClassVar[tuple[str, ...]] = (ASPECT_RATIO,)

    model: fall.CompressedModel

    @classmethod
    def prepare(cls, preparation: Preparation) -> Camera:
        """Take over the network, trained on other simulated people."""
        return cls(preparation.models["camera"])

    def observe(self, day: SimulatedRecording) -> Observation:
        """A report a frame, by the network and by the boxes alone."""
        reports = CameraReports.of(_with_signs_of_life(self._reports(day), day.duration_s))
        width, height = reports.boxes[:, 2], reports.boxes[:, 3]
        by_shape = reports.with_probabilities(width / (width + height))
        return Observation({AS_MEASURED: reports, ASPECT_RATIO: by_shape})

    def evidence(self, zones: tuple[Zone, ...]) -> RecentFrames:
        """The mean over everybody's recent frames, as long as it holds; doubted unless they were seen to come down."""
        return RecentFrames(zones, _AVERAGED_S, min_frames=_MIN_FRAMES, odds_without_drop=_ODDS_WITHOUT_DROP)

    def _reports(self, day: SimulatedRecording) -> Iterator[tuple[float, CameraReport]]:
        for time_s, frames in groupby(self._judged(day), key=lambda judged: judged[0].time_s):
            together = list(frames)
            people = tuple(_person(frame, p) for frame, p in together if frame.box is not None)
            yield time_s, CameraReport(any(frame.moved for frame, _ in together), people)

    def _judged(self, day: SimulatedRecording) -> Iterator[tuple[CameraFrame, float]]:
        """Every frame in order with the network's probability; crops are drawn in batches that are not kept."""
        classifier = fall.TFLiteFallClassifier(self.model)
        waiting: list[CameraFrame] = []
        n_found = 0
        for frame in day.frames:
            waiting.append(frame)
            n_found += frame.box is not None
            if n_found == _BATCH:
                yield from _judge(classifier, waiting)
                waiting, n_found = [], 0
        yield from _judge(classifier, waiting)


def _judge(classifier: fall.TFLiteFallClassifier, frames: list[CameraFrame]) -> Iterator[tuple[CameraFrame, float]]:
    pictures = [frame.draw() for frame in frames if frame.box is not None]
    probabilities: FloatArray = classifier.predict_proba(np.stack(pictures))[:, 1] if pictures else np.empty(0)
    left = iter(probabilities.tolist())
    for frame in frames:
        yield frame, np.nan if frame.box is None else next(left)


def _person(frame: CameraFrame, probability: float) -> Person:
    box = frame.box
    assert box is not None
    return Person(Box(float(box.x), float(box.y), float(box.w), float(box.h)), probability, frame.track)


def _with_signs_of_life(
    reports: Iterator[tuple[float, CameraReport]], until_s: float
) -> Iterator[tuple[float, CameraReport]]:
    """The reports, and between them that nothing has moved, so that no pause is longer than a second."""
    heard_s = 0.0
    for time_s, report in reports:
        yield from _signs_of_life(heard_s, time_s)
        yield time_s, report
        heard_s = time_s
    yield from _signs_of_life(heard_s, until_s)


def _signs_of_life(after_s: float, before_s: float) -> Iterator[tuple[float, CameraReport]]:
    for time_s in np.arange(after_s + _SIGN_OF_LIFE_S, before_s, _SIGN_OF_LIFE_S).tolist():
        yield time_s, CameraReport(False)
