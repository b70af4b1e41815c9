"""Pictures of training days as the detector crops them, labelled by what truly happened: for training alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

import common
from common import DayScenario
from common.monitoring.zones import is_in_zone
from common.simulation.camera.detector import project
from common.simulation.camera.frame import CameraFrame
from common.simulation.day_labels import FallTimes
from examples.fusion_truth import UNTIL_SEATED_S
from examples.fusion_zones import draw_zones

Images = npt.NDArray[np.uint8]
Labels = npt.NDArray[np.int64]

HOURS = 1.5
_START_HOURS = (9.0, 16.5, 12.0, 19.5, 14.0, 7.5)  # by daylight, by lamps, and in the dark
_FALLS_IN_HOURS, _HOURS_CAMERA_HZ = 4, 0.5

_OTHERS_OF_A_DAY = 1500  # frames drawn of those that show no fall
_LEAST_OVERLAP = 0.25  # of a box and of where somebody truly is; below it, it shows too little of them


def pictures_of_day(scenario: DayScenario, seed: int) -> tuple[Images, Labels]:
    """Whom, or what, the detector finds on a day: residents after a fall (1); helpers, pets, false boxes (0).

    People in the zones are left out, since nobody judges them there.
    """
    day = common.simulate_resident(scenario, seed=seed)
    zones = draw_zones(day.room, seed=seed)
    fallen: list[CameraFrame] = []
    others: list[CameraFrame] = []
    for frame in day.frames:
        if frame.box is None or is_in_zone(frame.box, zones):
            continue
        label = _label(frame, day.labels.falls)
        if label >= 0:
            (fallen if label else others).append(frame)
    rng = np.random.default_rng([seed, 98])
    chosen = rng.choice(len(others), size=min(len(others), _OTHERS_OF_A_DAY), replace=False)
    frames = [*fallen, *(others[number] for number in np.sort(chosen))]
    images = np.array([frame.draw(scenario.size) for frame in frames], dtype=np.uint8)
    labels = np.repeat([1, 0], [len(fallen), len(chosen)])
    return images.reshape(-1, scenario.size, scenario.size, 3), labels


def pictures_of_hours(scenario: DayScenario, seed: int) -> tuple[Images, Labels]:
    """The same of an hour and a half, at a time of the day that depends on the seed: many rooms, at little cost."""
    start_hour = _START_HOURS[seed % len(_START_HOURS)]
    hours = replace(scenario, hours=HOURS, start_hour=start_hour, n_falls=_FALLS_IN_HOURS, camera_hz=_HOURS_CAMERA_HZ)
    return pictures_of_day(hours, seed)


def _label(frame: CameraFrame, falls: Sequence[FallTimes]) -> int:
    """1 for a resident who lies after a fall, −1 for what is unclear during one, otherwise 0."""
    for fall in falls:
        if fall.onset_s <= frame.time_s < fall.up_s + UNTIL_SEATED_S:
            is_lying = fall.impact_s <= frame.time_s < fall.up_s
            return 1 if is_lying and _shows_resident(frame) else -1
    return 0


def _shows_resident(frame: CameraFrame) -> bool:
    """Whether the box is the resident's, who is the first of the people that are there during a fall."""
    resident, *others = (_overlap(frame, figure.parts) for figure in frame.view.figures)
    return resident >= _LEAST_OVERLAP and resident >= max(others, default=0.0)


def _overlap(frame: CameraFrame, parts: npt.NDArray[np.float64]) -> float:
    """Intersection over union of a frame's box and of somebody's projection."""
    seen, box = project(frame.view.room, parts), frame.box
    if seen is None or box is None:
        return 0.0
    left, top, right, bottom = seen.edges
    width = min(box.x + box.w, right) - max(box.x, left)
    height = min(box.y + box.h, bottom) - max(box.y, top)
    shared = max(width, 0.0) * max(height, 0.0)
    return float(shared / (box.w * box.h + (right - left) * (bottom - top) - shared))
