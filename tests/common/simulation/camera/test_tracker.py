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


def test_people_who_turn_back_where_they_meet_keep_their_numbers_and_who_pass_are_swapped_now_and_then() -> None:
    """At a frame a second nobody can tell the two apart by boxes; a tracker with names would never swap them."""
    rng, swapped = np.random.default_rng(0), []
    for _ in range(200):
        tracker, seconds = BoxTracker(), np.arange(9)
        left, right = 100 + 50 * seconds, 500 - 50 * seconds
        shift = rng.normal(0, 12, (2, len(seconds)))
        numbers = [
            tracker.update([person(a), person(b)]) for a, b in zip(left + shift[0], right + shift[1], strict=True)
        ]
        swapped.append(numbers[-1] != numbers[0])
    assert 0.05 < np.mean(swapped) < 0.95


def test_overlap_is_that_of_squares() -> None:
    assert square_overlap(Box(0, 0, 10, 40), Box(0, 0, 10, 40)) == 1.0
    assert square_overlap(Box(0, 0, 40, 40), Box(20, 0, 40, 40)) == 1 / 3
    assert square_overlap(Box(0, 0, 40, 40), Box(10, 10, 20, 20)) == 0.25
    assert square_overlap(Box(0, 0, 40, 40), Box(50, 0, 40, 40)) == 0.0
