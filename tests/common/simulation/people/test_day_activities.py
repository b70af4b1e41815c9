"""Longer activities: at the seat they begin and end in its posture; out of view they need no room."""

import numpy as np
import pytest

from common.simulation.outings import OUTINGS, care_round, outing
from common.simulation.people.activities import IN_PLACE, OUT_OF_VIEW, perform
from common.simulation.people.episode import Episode
from common.simulation.people.resident import Resident
from common.simulation.rooms.room import Room

RNG = np.random.default_rng(4)
RESIDENT = Resident.random(RNG)


@pytest.fixture(scope="module")
def rest() -> Episode:
    """Somebody who has sat down."""
    rng = np.random.default_rng(8)
    while True:
        episode = perform("Sit down", RESIDENT, Room.random(rng), rng)
        if episode is not None:
            return episode


@pytest.mark.parametrize("activity", IN_PLACE)
def test_in_place_activities_begin_and_end_where_somebody_rests(activity: str, rest: Episode) -> None:
    episode = IN_PLACE[activity](activity, rest, 25.0, np.random.default_rng(1))
    assert episode.activity == activity
    assert episode.place == rest.place
    assert episode.fall is None
    ends = episode.motion.coordinates(np.array([0.0, episode.duration_s + 1.0]))
    resting = rest.motion.coordinates(np.array([rest.duration_s]))
    np.testing.assert_allclose(ends, np.repeat(resting, 2, axis=0), atol=0.06)
    pelvis = episode.pose(np.arange(0.0, episode.duration_s, 0.2)).positions["pelvis"]
    if activity != "Be lifted":
        assert np.ptp(pelvis, axis=0).max() < 0.4


@pytest.mark.parametrize("activity", OUT_OF_VIEW)
def test_activities_out_of_view_move_and_stay_above_the_floor(activity: str) -> None:
    episode = OUT_OF_VIEW[activity](activity, RESIDENT, 20.0, np.random.default_rng(2))
    assert episode.activity == activity
    assert 0 < episode.duration_s <= 20.0
    pose = episode.pose(np.arange(0.0, episode.duration_s, 0.1))
    assert np.isfinite(pose.positions["pelvis"]).all()
    assert (pose.frames["pelvis"][:, 2, 2] > 0.5).all()  # nobody is upside down, nobody lies


@pytest.mark.parametrize("kind", OUTINGS)
def test_outings_are_rows_of_episodes_of_one_resident(kind: str) -> None:
    episodes = outing(kind, RESIDENT, np.random.default_rng(3))
    assert {episode.resident for episode in episodes} == {RESIDENT}
    assert all(episode.fall is None for episode in episodes)
    assert 20.0 < sum(episode.duration_s for episode in episodes) < 3600.0


def test_a_round_of_care_fills_its_time() -> None:
    seconds = sum(episode.duration_s for episode in care_round(RESIDENT, 900.0, np.random.default_rng(5)))
    assert 600.0 < seconds < 900.0
