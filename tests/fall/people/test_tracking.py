"""One number a person: through crossings, gaps, falls and lying still."""

import itertools

import numpy as np
import pytest

pytest.importorskip("PIL")

from common.monitoring.boxes import Box
from fall.people.detection import Detection
from fall.people.tracking import MIN_OVERLAP, Tracker, _assign, square_overlap
from tests.fall.people.made_video import picture

ROOM = picture()


def sure(*boxes: tuple[int, int, int, int]) -> list[Detection]:
    return [Detection(Box(*box), 0.9) for box in boxes]


def test_two_people_keep_their_numbers_whatever_the_order() -> None:
    tracker = Tracker()
    for step in range(20):
        people = [(5 + 2 * step, 40, 15, 40), (120 - 2 * step, 10, 15, 40)]
        figures = sure(*people) if step % 2 else sure(*people[::-1])
        tracks = {track.number: track.box for track in tracker.update(picture(*people), step / 30, figures)}
        first, second = (Box(*person) for person in people)
        assert set(map(str, tracks.values())) == {str(first), str(second)}
        if step == 0:
            numbers = {number: box == first for number, box in tracks.items()}
        assert {number: box == first for number, box in tracks.items()} == numbers


@pytest.mark.parametrize("seed", range(5))
def test_assignment_is_the_best_of_all(seed: int) -> None:
    rng = np.random.default_rng(seed)
    tracks, found = ([Box(*rng.integers(0, 60, 2), *rng.integers(20, 60, 2)) for _ in range(4)] for _ in range(2))
    overlap = square_overlap(tracks, found)
    best = max(
        sum(overlap[row, column] for row, column in enumerate(order)) for order in itertools.permutations(range(4))
    )
    pairs = _assign(tracks, [Detection(box, 1.0) for box in found])
    assert all(overlap[pair] >= MIN_OVERLAP for pair in pairs)
    assert sum(overlap[pair] for pair in pairs) <= best + 1e-9
    assert sum(overlap[pair] for pair in pairs) >= best - 4 * MIN_OVERLAP


def test_a_fall_turns_the_box_and_not_the_number() -> None:
    tracker = Tracker()
    boxes = [(60, 30, 25, 70), (55, 45, 45, 55), (45, 65, 65, 30), (40, 75, 75, 25)]
    numbers = [tracker.update(picture(box), step / 10, sure(box))[0].number for step, box in enumerate(boxes)]
    assert numbers == [1] * 4


def test_somebody_who_lies_still_is_kept_without_limit() -> None:
    tracker = Tracker(keep_lost_s=0.5)
    lying = picture((40, 80, 60, 20))
    tracker.update(lying, 0.0, sure((40, 80, 60, 20)))
    for step in range(1, 2000):
        noise = np.random.default_rng(step).integers(-2, 3, lying.shape)
        (track,) = tracker.update((lying + noise).astype(np.uint8), float(step), [])
        assert (track.number, track.is_detected) == (1, False)


@pytest.mark.parametrize("light", [0.5, 0.8, 1.1])
def test_another_light_is_no_leaving(light: float) -> None:
    tracker = Tracker(keep_lost_s=0.5)
    lying = picture((40, 80, 60, 20))
    tracker.update(lying, 0.0, sure((40, 80, 60, 20)))
    assert tracker.update((lying * light).astype(np.uint8), 100.0, [])


@pytest.mark.parametrize("keep_lost_s", [0.0, 0.5, 2.0])
def test_somebody_who_left_is_dropped_in_time(keep_lost_s: float) -> None:
    tracker = Tracker(keep_lost_s=keep_lost_s)
    tracker.update(picture((40, 40, 30, 60)), 0.0, sure((40, 40, 30, 60)))
    assert len(tracker.update(ROOM, keep_lost_s * 0.9, [])) == (keep_lost_s > 0)
    assert tracker.update(ROOM, keep_lost_s + 0.1, []) == []


@pytest.mark.parametrize(("score", "frames"), [(0.9, 1), (0.6, 3), (0.4, None)])
def test_less_sure_detections_must_be_repeated(score: float, frames: int | None) -> None:
    tracker = Tracker()
    box = (40, 40, 30, 60)
    seen = [len(tracker.update(picture(box), step / 30, [Detection(Box(*box), score)])) for step in range(6)]
    assert seen.index(1) + 1 == frames if frames else not any(seen)


def test_a_part_of_somebody_is_nobody_else() -> None:
    tracker = Tracker()
    for step in range(5):
        tracks = tracker.update(picture((40, 20, 40, 80)), step / 30, sure((40, 20, 40, 80), (50, 30, 12, 20)))
    assert len(tracks) == 1


def test_most_people() -> None:
    tracker = Tracker(max_people=2)
    assert len(tracker.update(ROOM, 0.0, sure((0, 0, 20, 50), (50, 0, 20, 50), (100, 0, 20, 50)))) == 2
