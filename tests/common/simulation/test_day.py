"""Whole days: reproducible, streamed, and described by scenarios that are checked."""

import itertools
import tracemalloc
from collections import deque
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import common
from common.errors import InvalidInputError
from common.simulation.day import DayScenario, SimulatedRecording, simulate_resident


def test_the_same_seed_gives_the_same_bytes_in_any_order(morning: SimulatedRecording) -> None:
    again = simulate_resident(morning.scenario, seed=morning.seed)
    pictures = [frame.draw().tobytes() for frame in itertools.islice(again.frames, 20)]
    assert [frame.draw().tobytes() for frame in itertools.islice(morning.frames, 20)] == pictures
    for ours, theirs in zip(again.inertial, morning.inertial, strict=True):
        assert ours.start_s == theirs.start_s
        np.testing.assert_array_equal(ours.samples, theirs.samples)
    assert again.labels.falls == morning.labels.falls


def peak_bytes(measure: Callable[[], object]) -> int:
    """The most memory that is held at once while ``measure`` runs."""
    tracemalloc.start()
    try:
        measure()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_day_takes_no_more_memory_than_its_longest_scene() -> None:
    day = simulate_resident(DayScenario(hours=3.0, start_hour=9.0, n_falls=2, camera_hz=0.5), seed=11)
    longest = max((scene.episode for scene in day.motion.scenes_of("resident")), key=lambda episode: episode.duration_s)
    of_scene = peak_bytes(lambda: day.scenario.sensor.measure(longest, np.random.default_rng(0)))
    n_bytes = sum(chunk.samples.nbytes for chunk in day.inertial)
    assert n_bytes == 3 * 3600 * 50 * 6 * 8
    of_day = peak_bytes(lambda: [deque(stream, maxlen=0) for stream in (day.inertial, day.frames)])
    assert of_day < of_scene + n_bytes / 10


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"hours": 0}, "hours"),
        ({"hours": 25}, "hours"),
        ({"hours": float("nan")}, "hours"),
        ({"n_falls": 100, "hours": 2}, "n_falls"),
        ({"n_falls": -1}, "n_falls"),
        ({"start_hour": 24}, "start_hour"),
        ({"camera_hz": 0}, "camera_hz"),
        ({"sensor": "waist"}, "sensor"),
    ],
)
def test_impossible_scenarios_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInputError, match=message):
        DayScenario(**options)


def test_seeds_of_training_validation_and_test_share_nothing() -> None:
    seeds = [common.DAY_TRAIN_SEEDS, common.DAY_VALIDATION_SEEDS, common.DAY_TEST_SEEDS]
    for first, second in itertools.combinations(seeds, 2):
        assert not set(first) & set(second)
    assert len(common.DAY_TEST_SEEDS) == 30
