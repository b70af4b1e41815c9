"""Every activity finds a place: inside the walls, in view, and a fall where its name promises one."""

import numpy as np
import pytest

from common.simulation.people.activities import ACTIVITIES, RARE_ACTIVITIES, perform
from common.simulation.people.resident import Resident
from common.simulation.rooms.room import Room


@pytest.mark.parametrize("activity", [*ACTIVITIES, *RARE_ACTIVITIES])
def test_an_activity_stays_in_the_room_and_in_view(activity: str) -> None:
    rng = np.random.default_rng(3)
    episode = None
    while episode is None:
        room = Room.random(rng)
        episode = perform(activity, Resident.random(rng), room, rng)
    assert episode.activity == activity
    assert (episode.fall is not None) == (activity.startswith("Fall") or activity == "Collapse")
    pose = episode.pose(np.arange(0.0, episode.duration_s, 0.25))
    trunk = np.stack([pose.positions[joint] for joint in ("pelvis", "neck", "crown")], axis=1)
    assert (trunk[..., :2] > 0).all()
    assert (trunk[..., :2] < room.size[:2]).all()
    assert room.camera.sees(trunk).mean() > 0.7
    assert trunk[..., 2].min() > -0.02  # flesh and floor give way


def test_there_is_no_place_to_sit_without_a_seat() -> None:
    rng = np.random.default_rng(0)
    room = Room.random(rng)
    bare = Room(room.size, room.floor, room.walls, room.ceiling, (), room.fittings, room.camera)
    assert perform("Sit down", Resident.random(rng), bare, rng) is None
