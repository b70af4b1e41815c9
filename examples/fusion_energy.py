"""A cascade, in which the camera looks only when the worn sensor asks or cannot say, and the energy that it saves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

import common
from common.validation import BoolArray, FloatArray
from examples import fusion_decisions
from examples.fusion_camera import Camera
from examples.fusion_days import ObservedDay
from examples.fusion_decisions import Result, fused
from examples.fusion_reports import CameraReports
from examples.fusion_rules import DecisionRule
from examples.fusion_wearable import Wearable

CASCADE = "wearable wakes camera"
_AWAKE_S = 60
_WAKING_SHARE = 0.98  # of the falls of the validation days wake the camera
_DAY_S = 86_400
_WATCH_DTYPE = "float32"


@dataclass(frozen=True, eq=False)
class Cascade:
    """The fusion with a camera that is woken: its rule, and how many frames a day the camera judges."""

    rule: DecisionRule
    frames_per_day: float


def cascade(
    validation: Sequence[ObservedDay], test: Sequence[ObservedDay], fusion: common.FusionClassifier, threshold: float
) -> Cascade:
    """The camera is awake for a minute whenever the worn sensor reaches a low probability, or has none."""
    wake_probability = _wake_probability(validation)
    scores, n_frames = [], 0
    for day in test:
        is_awake = _is_awake(day.evidence[Wearable.name].to_numpy(), wake_probability)
        frames = day.observations[Camera.name].reports.during(is_awake)
        evidence = day.evidence.assign(**{Camera.name: day.evidence_from(Camera.name, frames)})
        scores.append(fused(fusion, evidence))
        # On waking the camera takes one frame of a still picture.
        n_frames += _n_judged(frames) + int((np.diff(is_awake.astype(int)) == 1).sum())
    rule = DecisionRule(CASCADE, scores, threshold, fusion_decisions.score(test, scores, threshold))
    return Cascade(rule, n_frames / _days(test))


def energy_table(
    test: Sequence[ObservedDay],
    always_on: Result,
    woken: Cascade,
    wearable: Wearable,
    camera: Camera,
    *,
    camera_hz: float,
) -> pd.DataFrame:
    """Frames, energy, and decisions of a day, with the camera always on, on while something moves, or woken.

    The table's ``attrs["estimates"]`` say for which devices and in which arithmetic the energy was estimated.
    """
    n_moving = sum(_n_judged(day.observations[Camera.name].reports) for day in test)
    watch, frame = estimates(wearable, camera)
    watt = common.CORTEX_M4.average_power(wearable.classifier.cost_, decisions_per_day=_DAY_S, dtype=_WATCH_DTYPE)
    rows = [
        ("camera judges every frame", camera_hz * _DAY_S, always_on),
        ("camera judges what moves", n_moving / _days(test), always_on),
        ("wearable wakes the camera", woken.frames_per_day, woken.rule.result),
    ]
    table = pd.DataFrame(
        {
            "camera": name,
            "frames a day": n_frames,
            "camera [J a day]": n_frames * frame.energy_j,
            "wearable [J a day]": _DAY_S * watt,
            "falls found": result.total.sensitivity,
            "false alarms an hour of movement": result.total.false_alarms_per_movement_hour,
        }
        for name, n_frames, result in rows
    )
    table.attrs["estimates"] = f"a frame on the camera {frame}, a second on the wearable {watch}"
    return table


def estimates(wearable: Wearable, camera: Camera) -> tuple[common.Estimate, common.Estimate]:
    """A decision of the wearable, whose trees compare in float32, and one of the camera, as its file says."""
    watch = common.CORTEX_M4.estimate(wearable.classifier.cost_, dtype=_WATCH_DTYPE)
    return watch, common.RASPBERRY_PI_4.estimate(camera.model.cost)


def _days(days: Sequence[ObservedDay]) -> float:
    return sum(len(day.seconds) for day in days) / _DAY_S


def _n_judged(reports: CameraReports) -> int:
    """How many people the network judged; a frame without anybody costs it nothing."""
    return int(reports.n_people.sum())


def _wake_probability(days: Sequence[ObservedDay]) -> float:
    """The evidence that the worn sensor reaches within six seconds of the impact in nearly all falls that it felt."""
    peaks = []
    for day in days:
        evidence = day.evidence[Wearable.name].to_numpy()
        for fall in day.truth.falls:
            heard = evidence[int(fall.impact_s) : int(fall.impact_s) + 6]
            if not np.isnan(heard).all():
                peaks.append(np.nanmax(heard))
    return float(np.quantile(peaks, 1 - _WAKING_SHARE)) if peaks else 0.0


def _is_awake(evidence: FloatArray, wake_probability: float) -> BoolArray:
    """The seconds up to a minute after the worn sensor last asked for the camera, or could not say."""
    asks = ~(evidence < wake_probability)
    return np.asarray(np.convolve(asks, np.ones(_AWAKE_S))[: len(asks)] > 0)
