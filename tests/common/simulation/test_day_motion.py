"""What sensors may use of a day: scenes in order, and streams of random numbers of their own."""

import itertools

import numpy as np
import pytest

from common.simulation.day import SimulatedRecording
from common.simulation.day_motion import ticks


def test_scenes_of_one_person_do_not_overlap(morning: SimulatedRecording) -> None:
    for actor in ("resident", "visitor"):
        for first, second in itertools.pairwise(morning.motion.scenes_of(actor)):
            assert first.end_s + first.lies_s <= second.start_s


def test_after_a_scene_only_those_who_fell_go_on_moving(morning: SimulatedRecording) -> None:
    for scene in morning.motion.scenes_of("resident"):
        later = scene.episode.duration_s + 5
        expected = later if scene.episode.fall is not None else scene.episode.duration_s
        assert scene.episode_time(np.array([later])) == expected


def test_streams_differ_by_name_and_number_and_stay(morning: SimulatedRecording) -> None:
    streams = [("camera",), ("camera", 1), ("bed pressure",), ("floor vibration",), ("floor vibration", 1)]
    draws = [morning.motion.rng(*stream).integers(2**60) for stream in streams]
    assert len(set(draws)) == len(draws)
    assert draws == [morning.motion.rng(*stream).integers(2**60) for stream in streams]


@pytest.mark.parametrize("rate", [0.5, 3.0, 31.25])
def test_ticks_of_adjacent_spans_are_those_of_the_whole(rate: float) -> None:
    parts = [ticks(0.0, 7.3, rate), ticks(7.3, 8.0, rate), ticks(8.0, 20.0, rate)]
    np.testing.assert_array_equal(np.concatenate(parts), ticks(0.0, 20.0, rate))
