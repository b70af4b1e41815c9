"""The simulated detector: boxes where people are, misses and false boxes at the stated rates, in runs."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from common import FrameScenario
from common.simulation.camera.detector import DetectorRates, PersonDetector, _hidden, project
from common.simulation.camera.frame import View
from common.simulation.drawing.figure import Figure
from common.simulation.frames import frames_of_scenario
from common.simulation.rooms.camera import HEIGHT, WIDTH, PixelBox
from common.simulation.rooms.light import Light

BRIGHT_CLARITY = 1e-3  # of the sensor's noise: then darkness hides nobody
NO_ERRORS = DetectorRates(upright=1.0, lying=1.0, edge_error=0.0, false_share=0.0)
PAUSE_S = 100.0  # after which the detector has forgotten whom it missed


@pytest.fixture(scope="module")
def views() -> list[View]:
    """People in many postures, in good light and in plain view, wide boxes and narrow ones."""
    scenario = FrameScenario(n_residents=2, n_rooms=6, repetitions=1, rate_hz=1.0)
    views = [frame.view for frame in frames_of_scenario(scenario, seed=7)]
    bright = [replace(view, light=replace(view.light, noise=BRIGHT_CLARITY)) for view in views]
    return [view for view in bright if is_plain(view)]


def is_plain(view: View) -> bool:
    seen = project(view.room, view.figures[0].parts)
    return seen is not None and seen.visible > 0.8 and (seen.edges[2:] - seen.edges[:2]).max() > 100


def aspect(view: View) -> float:
    seen = project(view.room, view.figures[0].parts)
    assert seen is not None
    width, height = seen.edges[2:] - seen.edges[:2]
    return float(width / height)


def find(
    view: View, rates: DetectorRates, n_times: int, light: Light | None = None, seed: int = 1
) -> list[list[PixelBox]]:
    """What the detector says of the same view again and again."""
    detector = PersonDetector(view.room, np.random.default_rng(seed), rates)
    times = PAUSE_S * np.arange(n_times)
    return [detector.find(float(time_s), view.figures, light or view.light) for time_s in times]


def share_found(views: Sequence[View], rates: DetectorRates) -> float:
    return float(
        np.mean([bool(boxes) for seed, view in enumerate(views) for boxes in find(view, rates, 100, seed=seed)])
    )


def test_boxes_lie_in_the_frame_and_contain_the_visible_parts(views: list[View]) -> None:
    for view in views:
        ((box,),) = find(view, NO_ERRORS, 1)
        assert 0 <= box.x <= box.x + box.w <= WIDTH + 1e-9
        assert 0 <= box.y <= box.y + box.h <= HEIGHT + 1e-9
        points = view.figures[0].parts[:, :3]
        pixels, _ = view.room.camera.project(points)
        seen = ((pixels > 0) & (pixels < [WIDTH, HEIGHT])).all(axis=1)
        seen &= ~_hidden(points, view.room.camera.position, view.room.opaque)
        inside = (pixels > [box.x - 1, box.y - 1]) & (pixels < [box.x + box.w + 1, box.y + box.h + 1])
        assert inside[seen].all()


def test_those_who_lie_are_missed_more_often_at_the_stated_rates(views: list[View]) -> None:
    upright, lying = ([view for view in views if low < aspect(view) < high] for low, high in ((0, 0.8), (1.4, 9)))
    assert len(upright) > 10
    assert len(lying) > 10
    assert share_found(upright, DetectorRates(false_share=0.0)) == pytest.approx(0.991, abs=0.006)
    assert share_found(lying, DetectorRates(false_share=0.0)) == pytest.approx(0.965, abs=0.012)
    older = DetectorRates(lying=0.4, false_share=0.0)
    assert share_found(lying, older) == pytest.approx(0.4, abs=0.03)


def test_boxes_overlap_the_true_ones_as_measured_on_urfd(views: list[View]) -> None:
    overlaps = []
    for seed, view in enumerate(views):
        ((true,),) = find(view, NO_ERRORS, 1)
        found = find(view, DetectorRates(false_share=0.0), 10, seed=seed)
        overlaps += [overlap(box, true) for boxes in found for box in boxes]
    assert np.mean(overlaps) == pytest.approx(0.80, abs=0.03)


def overlap(first: PixelBox, second: PixelBox) -> float:
    width = min(first.x + first.w, second.x + second.w) - max(first.x, second.x)
    height = min(first.y + first.h, second.y + second.h) - max(first.y, second.y)
    shared = width * height
    return shared / (first.w * first.h + second.w * second.h - shared)


def test_the_dark_hides_people(views: list[View]) -> None:
    view = views[0]
    night = Light.of_kind("night", view.room.size, view.room.camera.position, np.random.default_rng(0))
    found = [np.mean([bool(boxes) for boxes in find(view, NO_ERRORS, 300, light)]) for light in (view.light, night)]
    assert found[0] == 1.0
    assert 0.2 < found[1] < 0.8


def test_a_missed_person_is_likely_to_be_missed_in_the_next_picture(views: list[View]) -> None:
    view, rates = views[0], DetectorRates(upright=0.7, lying=0.7, false_share=0.0)
    detector = PersonDetector(view.room, np.random.default_rng(1), rates)
    missed = np.array([not detector.find(float(time_s), view.figures, view.light) for time_s in range(5000)])
    assert missed.mean() == pytest.approx(0.3, abs=0.04)
    assert missed[1:][missed[:-1]].mean() > 0.6


def test_false_boxes_are_in_the_stated_share_of_frames(views: list[View]) -> None:
    view = views[0]
    detector = PersonDetector(view.room, np.random.default_rng(1), DetectorRates(false_share=0.05))
    shown = [detector.find(float(time_s), (None,), view.light) for time_s in range(40_000)]
    assert np.mean([bool(boxes) for boxes in shown]) == pytest.approx(0.05, abs=0.015)


def test_nobody_is_found_outside_the_frame(views: list[View]) -> None:
    view = views[0]
    figure, camera = view.figures[0], view.room.camera
    parts = figure.parts.copy()
    behind = camera.position - 3 * camera.axes[2] - parts[:, :3].mean(axis=0)
    parts[:, :3] += behind
    parts[:, 3:6] += behind
    assert find(replace(view, figures=(replace(figure, parts=parts),)), NO_ERRORS, 1) == [[]]


def test_of_two_people_in_one_place_the_nearer_one_is_found(views: list[View]) -> None:
    view = next(view for view in views if aspect(view) < 0.6)
    figure, camera = view.figures[0], view.room.camera
    away = 0.3 * (figure.parts[:, :3].mean(axis=0) - camera.position)
    assert len(find(replace(view, figures=(figure, moved(figure, away))), NO_ERRORS, 1)[0]) == 1


def moved(figure: Figure, way: np.ndarray) -> Figure:
    return replace(figure, parts=figure.parts + np.concatenate([way, way, [0.0, 0.0]]))


def test_a_box_in_between_hides_points_and_one_behind_does_not() -> None:
    points, camera = np.array([[4.0, 0.0, 1.0]]), np.array([0.0, 0.0, 1.0])
    between, behind = [1.0, -1, 0, 2.0, 1, 2], [5.0, -1, 0, 6.0, 1, 2]
    assert _hidden(points, camera, np.array([between])).tolist() == [True]
    assert _hidden(points, camera, np.array([behind])).tolist() == [False]
