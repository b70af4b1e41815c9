"""Activities by name, and a place for them in a room.

The names are those of CAUCAFall's folders, with two hard negatives of fall detection: "Lie down" on a bed or a sofa,
and "Sit on floor".
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from common.simulation.people import care, daily, mishaps, seated, travel
from common.simulation.people.episode import Episode
from common.simulation.people.falls import collapse, fall_from_sitting, fall_from_standing
from common.simulation.people.placing import CHECK_HZ, MIN_IN_VIEW
from common.simulation.people.resident import Resident
from common.simulation.people.seated import InPlaceActivity
from common.simulation.people.travel import OutOfViewActivity
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

# Not in the frames that networks are trained on, but in whole days.
RARE_ACTIVITIES: dict[str, ActivityFunction] = {
    "Collapse": collapse,
    "Flop down": mishaps.flop_down,
    "Potter": daily.potter,
    "Stumble": mishaps.stumble,
}

# Longer ones of whole days: where one sits or lies, and out of the camera's view.
IN_PLACE: dict[str, InPlaceActivity] = {
    "Beat cushion": seated.beat_cushion,
    "Be dressed": care.be_dressed,
    "Be lifted": care.be_lifted,
    "Be washed": care.be_washed,
    "Busy hands": seated.busy,
    "Clap": seated.clap,
    "Cough": seated.cough,
    "Eat": seated.eat,
    "Exercise": seated.exercise,
    "Shift in seat": seated.shift,
    "Stir": seated.stir,
    "Talk": seated.talk,
}
OUT_OF_VIEW: dict[str, OutOfViewActivity] = {
    "Climb stairs": travel.climb_stairs,
    "Ride wheelchair": travel.ride_wheelchair,
    "Sit elsewhere": travel.sit_elsewhere,
    "Stand busy": travel.stand_busy,
    "Stroll": travel.stroll,
}

_TRIES = 10  # then the caller tries another room
_OUTLINE = (
    "crown",
    "neck",
    "pelvis",
    *(f"{side}_{joint}" for side in ("left", "right") for joint in ("elbow", "knee", "ankle")),
)


def perform(activity: str, resident: Resident, room: Room, rng: np.random.Generator) -> Episode | None:
    """An activity at a random place in a room, with space for it and in view of the camera.

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
    times = np.arange(0.0, episode.duration_s, 1 / CHECK_HZ)
    pose = episode.pose(times)
    points = np.stack([pose.positions[name] for name in _OUTLINE], axis=1)
    if room.camera.sees(points).mean() < MIN_IN_VIEW:
        return False
    # Whoever falls off a seat is kept out of it by the engine that computes the fall.
    fallen = np.zeros(len(times), dtype=bool) if episode.fall is None else times > episode.fall.impact_s
    after, before = points[fallen].reshape(-1, 3), points[~fallen].reshape(-1, 3)
    return room.is_free(after, ignoring=episode.place, gap=0.05) and room.is_free(
        before, ignoring=episode.place, gap=0.1
    )
