"""Tracks follow boxes alone: they go on while boxes overlap, are lost in gaps, and are swapped where people cross."""

import numpy as np

from common.monitoring.boxes import Box
from common.simulation.camera.tracker import BoxTracker, square_overlap


def person(x: float, y: float = 100.0) -> Box:
    return Box(x - 30, y, 60, 180)


def test_a_track_goes_on_while_boxes_overlap_and_a_fall_does_not_end_it() -> None:
    tracker = BoxTracker()
    boxes = [person(100), person(160), Box(110, 220, 180, 60), Box(112, 221, 180, 60)]
    assert [tracker.update([box]) for box in boxes] == [[1], [1], [1], [1]]


def test_a_track_outlives_a_few_frames_without_a_box_but_not_many() -> None:
    for n_missed, expected in ((3, [1]), (4, [2])):
        tracker = BoxTracker()
        tracker.update([person(100)])
        for _ in range(n_missed):
            assert tracker.update([]) == []
        assert tracker.update([person(110)]) == expected


def test_no_two_boxes_of_a_frame_share_a_track_whatever_their_order() -> None:
    tracker = BoxTracker()
    first, second = person(100), person(300)
    assert tracker.update([first, second]) == [1, 2]
    assert tracker.update([second, first]) == [2, 1]
    assert tracker.update([first, second, person(110)]) == [1, 2, 3]


def test_people_who_pass_each_other_are_swapped_now_and_then_unless_one_is_far_behind() -> None:
    """A tracker that knew the simulator's names would never swap them."""
    rng = np.random.default_rng(0)
    assert 0.1 < np.mean([_is_swapped(30, rng) for _ in range(200)]) < 0.9
    assert np.mean([_is_swapped(150, rng) for _ in range(200)]) < 0.02


def _is_swapped(behind: int, rng: np.random.Generator) -> bool:
    """Whether two people, whose feet are so many pixels apart in height, have each other's numbers after they met."""
    tracker, numbers = BoxTracker(), [0, 0]
    for step in range(9):
        first, second = rng.normal([100 + 50 * step, 500 - 50 * step], 12)
        numbers = tracker.update([person(first), person(second, y=100 - behind)])
    return numbers == [2, 1]


def test_overlap_is_that_of_squares() -> None:
    assert square_overlap(Box(0, 0, 10, 40), Box(0, 0, 10, 40)) == 1.0
    assert square_overlap(Box(0, 0, 40, 40), Box(20, 0, 40, 40)) == 1 / 3
    assert square_overlap(Box(0, 0, 40, 40), Box(10, 10, 20, 20)) == 0.25
    assert square_overlap(Box(0, 0, 40, 40), Box(50, 0, 40, 40)) == 0.0
