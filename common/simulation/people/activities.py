"""What residents do, by name, and how it finds its place in a room.

The names are those of CAUCAFall's folders, and two hard negatives of fall detection: "Lie down" on a bed or a sofa,
and "Sit on floor".
"""

from collections.abc import Callable

import numpy as np

from common.simulation.people import daily, mishaps
from common.simulation.people.episode import Episode
from common.simulation.people.falls import fall_from_sitting, fall_from_standing
from common.simulation.people.resident import Resident
from common.simulation.rooms.room import Room

ActivityFunction = Callable[[str, Resident, Room, np.random.Generator], Episode | None]

ACTIVITIES: dict[str, ActivityFunction] = {
    "Fall backwards": fall_from_standing,
    "Fall forward": fall_from_standing,
    "Fall left": fall_from_standing,
    "Fall right": fall_from_standing,
    "Fall sitting": fall_from_sitting,
    "Hop": daily.hop,
    "Kneel": daily.kneel,
    "Lie down": daily.lie_down,
    "Pick up object": daily.pick_up,
    "Sit down": daily.sit_down,
    "Sit on floor": daily.sit_on_floor,
    "Walk": daily.walk,
}

# What frames are not trained on, and days hold all the same.
RARE_ACTIVITIES: dict[str, ActivityFunction] = {
    "Collapse": mishaps.collapse,
    "Flop down": mishaps.flop_down,
    "Stumble": mishaps.stumble,
}

_TRIES = 10  # then rather another room
_CHECK_HZ = 4.0
_LEAST_IN_VIEW = 0.85
_OUTLINE = (
    "crown",
    "neck",
    "pelvis",
    *(f"{side}_{joint}" for side in ("left", "right") for joint in ("elbow", "knee", "ankle")),
)


def perform(activity: str, resident: Resident, room: Room, rng: np.random.Generator) -> Episode | None:
    """Let a resident do something in a room where there is space for it and the camera sees it.

    None if no place was found, for instance in a room without a seat.
    """
    for _ in range(_TRIES):
        episode = (ACTIVITIES | RARE_ACTIVITIES)[activity](activity, resident, room, rng)
        if episode is None:
            return None
        if _has_space(episode, room):
            return episode
    return None


def _has_space(episode: Episode, room: Room) -> bool:
    times = np.arange(0.0, episode.duration_s, 1 / _CHECK_HZ)
    pose = episode.pose(times)
    points = np.stack([pose.positions[name] for name in _OUTLINE], axis=1)
    if room.camera.sees(points).mean() < _LEAST_IN_VIEW:
        return False
    # Who has fallen off a seat lies beside it, not in it.
    down = np.zeros(len(times), dtype=bool) if episode.fall is None else times > episode.fall.impact_s
    beside, on_it = points[down].reshape(-1, 3), points[~down].reshape(-1, 3)
    return room.is_free(beside, gap=0.05) and room.is_free(on_it, ignoring=episode.place, gap=0.1)
