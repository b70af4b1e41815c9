"""A recording pushed through the stream and the monitor of a room, as it would be live."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

import har
from common import AlarmPhase, AlarmPolicy, FusionClassifier, HeldImpacts, RoomMonitor, WornReport
from common.validation import FloatArray
from examples.fusion_sisfall_recognizers import for_stream
from examples.fusion_sisfall_windows import CHANNELS, RATE_HZ, STEP_S

SENSOR = "worn"


def held(times_s: Iterable[float], probabilities: Iterable[float]) -> FloatArray:
    """The evidence of a worn sensor at each of its reports.

    Examples
    --------
    >>> held([1, 2, 3, 4, 5, 6], [0.1, 0.9, 0.2, 0.1, 0.1, 0.1])
    array([0.1, 0.9, 0.9, 0.9, 0.9, 0.2])
    """
    evidence = HeldImpacts()
    values = []
    for time_s, probability in zip(times_s, probabilities, strict=True):
        evidence.hear(time_s, WornReport(probability))
        values.append(evidence.at(time_s))
    return np.array(values)


@dataclass(frozen=True, eq=False)
class Monitored:
    """A fitted recogniser, its calibration and its threshold, as they would watch over somebody.

    Parameters
    ----------
    name : str
        Of the recogniser.
    classifier : fitted classifier
    window_s : float
    calibration : FusionClassifier
    threshold : float
        A fall is suspected at this calibrated probability.
    """

    name: str
    classifier: Any
    window_s: float
    calibration: FusionClassifier
    threshold: float

    def alarms(self, signal: FloatArray) -> list[float]:
        """When falls were suspected in one recording ``(n_samples, 9)``, in seconds from its start."""
        model = for_stream(self.name, self.classifier, round(self.window_s * RATE_HZ), len(CHANNELS))
        recognizer = har.StreamingRecognizer(model, rate_hz=RATE_HZ, window_s=self.window_s, step_s=STEP_S)
        # A window ends one sample after its last one was measured.
        reports = [
            (recognition.time_s + 1 / RATE_HZ, SENSOR, WornReport(float(recognition.probabilities[1])))
            for recognition in recognizer.push(signal)
        ]
        policy = AlarmPolicy(
            suspect_probability=self.threshold,
            confirm_probability=max(self.threshold, AlarmPolicy.confirm_probability),
            sensors=(SENSOR,),
        )
        monitor = RoomMonitor(self.calibration, policy, sensors={SENSOR: HeldImpacts()})
        log = monitor.replay(reports, until_s=len(signal) / RATE_HZ)
        return [transition.time_s for transition in log if transition.after == AlarmPhase.SUSPECTED]
