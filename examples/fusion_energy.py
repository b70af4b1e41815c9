"""The energy of a day, and what is saved if the wearable wakes the camera."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

import common
from examples import fusion_decisions
from examples.fusion_camera import Camera
from examples.fusion_days import ObservedDay
from examples.fusion_decisions import fused
from examples.fusion_sensors import BoolArray
from examples.fusion_wearable import Wearable

_AWAKE_S = 60
_WAKING_SHARE = 0.98  # of the falls of the validation days wake the camera
_DAY_S = 86_400
_WATCH_DTYPE = "float32"


def energy_table(
    validation: Sequence[ObservedDay],
    test: Sequence[ObservedDay],
    fusion: common.FusionClassifier,
    threshold: float,
    wearable: Wearable,
    camera: Camera,
    *,
    camera_hz: float,
) -> pd.DataFrame:
    """Frames, energy, and decisions of a day, with the camera always on, on while something moves, or woken.

    The table's ``attrs["estimates"]`` say for which devices and in which arithmetic the energy was estimated.
    """
    wake_probability = _wake_probability(validation)
    woken_results, n_woken_frames = [], 0.0
    for day in test:
        evidence, frames = day.evidence(), day.observations[Camera.name].series["frames"]
        is_awake = _is_awake(evidence[Wearable.name].to_numpy() >= wake_probability)
        # On waking the camera takes one frame of a still picture.
        n_woken_frames += frames[is_awake].sum() + (np.diff(is_awake.astype(int)) == 1).sum()
        evidence.loc[~is_awake, Camera.name] = np.nan
        woken_results.append(day.monitored(fused(fusion, evidence)).score(threshold))
    days = sum(len(day.seconds) for day in test) / _DAY_S
    n_moving_frames = sum(day.observations[Camera.name].series["frames"].sum() for day in test)
    always_on = fusion_decisions.score(test, [fused(fusion, day.evidence()) for day in test], threshold)
    watch, frame = estimates(wearable, camera)
    watt = common.CORTEX_M4.average_power(wearable.classifier.cost_, decisions_per_day=_DAY_S, dtype=_WATCH_DTYPE)
    rows = [
        ("camera judges every frame", camera_hz * _DAY_S, always_on),
        ("camera judges what moves", n_moving_frames / days, always_on),
        ("wearable wakes the camera", n_woken_frames / days, fusion_decisions.total(woken_results)),
    ]
    table = pd.DataFrame(
        {
            "camera": name,
            "frames a day": n_frames,
            "camera [J a day]": n_frames * frame.energy_j,
            "wearable [J a day]": _DAY_S * watt,
            "falls found": result.sensitivity,
            "false alarms a day": result.false_alarms_per_day,
        }
        for name, n_frames, result in rows
    )
    table.attrs["estimates"] = f"a frame on the camera {frame}, a second on the wearable {watch}"
    return table


def estimates(wearable: Wearable, camera: Camera) -> tuple[common.Estimate, common.Estimate]:
    """A decision of the wearable, whose prototypes are compared in float32, and one of the camera, as its file says."""
    watch = common.CORTEX_M4.estimate(wearable.classifier.cost_, dtype=_WATCH_DTYPE)
    return watch, common.RASPBERRY_PI_4.estimate(camera.model.cost)


def _wake_probability(days: Sequence[ObservedDay]) -> float:
    """The probability that the wearable reaches within six seconds of the impact in nearly all falls."""
    peaks = [
        np.nanmax(day.evidence()[Wearable.name].to_numpy()[int(fall.impact_s) : int(fall.impact_s) + 6])
        for day in days
        for fall in day.labels.falls
    ]
    return float(np.quantile(peaks, 1 - _WAKING_SHARE))


def _is_awake(wakes: BoolArray) -> BoolArray:
    """The seconds up to a minute after the camera was last woken."""
    return np.asarray(np.convolve(wakes, np.ones(_AWAKE_S))[: len(wakes)] > 0)
