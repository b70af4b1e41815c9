"""Falls: the direction that their name promises, the spread of real ones, the same bytes twice, no jump at first."""

import numpy as np
import pytest

from common.simulation.inertial import inertial_signal
from common.simulation.people.episode import Episode
from common.simulation.people.falls import fall_from_standing
from common.simulation.people.resident import Resident
from common.simulation.rooms.room import Room


def falls(activity: str, seeds: range) -> list[Episode]:
    found = []
    for seed in seeds:
        rng = np.random.default_rng(seed)
        episode = fall_from_standing(activity, Resident.random(rng), Room.random(rng), rng)
        if episode is not None:
            found.append(episode)
    return found


@pytest.mark.parametrize(
    ("activity", "axis", "sign"), [("Fall forward", 0, 1), ("Fall backwards", 0, -1), ("Fall left", 1, 1)]
)
def test_the_head_comes_down_where_the_name_says(activity: str, axis: int, sign: int) -> None:
    hits = []
    for episode in falls(activity, range(12)):
        assert episode.fall is not None
        pose = episode.pose(np.array([episode.fall.onset_s - 0.01, episode.fall.impact_s]))
        moved = pose.positions["crown"][1] - pose.positions["crown"][0]
        hits.append(sign * (pose.frames["pelvis"][0].T @ moved)[axis] > 0.2)
    assert len(hits) >= 5
    assert np.mean(hits) > 0.8


def test_falls_take_as_long_as_real_ones_and_end_on_the_floor() -> None:
    durations = []
    for episode in falls("Fall forward", range(20)):
        assert episode.fall is not None
        durations.append(episode.fall.impact_s - episode.fall.onset_s)
        assert episode.pose(np.array([episode.duration_s])).positions["pelvis"][0, 2] < 0.45
    assert 0.9 < np.mean(durations) < 1.7  # Choi 2015: 1.27 s
    assert np.std(durations) > 0.15


def test_nothing_jumps_at_the_onset() -> None:
    for episode in falls("Fall right", range(4)):
        assert episode.fall is not None
        times = episode.fall.onset_s + np.arange(-0.1, 0.1, 0.004)
        positions = np.stack(list(episode.pose(times).positions.values()))
        steps = np.linalg.norm(np.diff(positions, axis=1), axis=-1)
        assert steps.max() < 0.004 * 6.0  # nothing moves faster than 6 m/s


def test_the_same_seed_gives_the_same_fall() -> None:
    (first, *_), (again, *_) = falls("Fall left", range(3)), falls("Fall left", range(3))
    assert first.fall is not None
    assert again.fall is not None
    assert first.fall.record.places.tobytes() == again.fall.record.places.tobytes()
    assert first.fall.record.angles.tobytes() == again.fall.record.angles.tobytes()


def test_somebody_about_to_fall_moves() -> None:
    for episode in falls("Fall forward", range(4)):
        assert episode.fall is not None
        times = np.arange(0.5, episode.fall.onset_s, 0.02)
        turning = np.linalg.norm(inertial_signal(episode, "wrist", times)[:, 3:], axis=1)
        assert turning.mean() > 2.0  # deg/s
