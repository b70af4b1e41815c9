"""From activities that are due to scenes in a row.

Everything starts from rest, on a seat or in bed, and returns to it, so that a day has no jumps: a resident gets up
before walking. How falls come about follows Robinovitch et al., "Video capture of the circumstances of falls in elderly
people residing in long-term care", Lancet 381 (2013): 11% are collapses, 12% happen while sitting down or up, the rest
while standing or walking.
"""

from __future__ import annotations

import numpy as np

from common.errors import InvalidInputError
from common.simulation.inertial_drop import SensorDrop
from common.simulation.people.activities import perform
from common.simulation.people.body import INDEX
from common.simulation.people.episode import Episode
from common.simulation.people.mishaps import get_up, stroll, turn_over
from common.simulation.people.resident import Resident
from common.simulation.rooms.room import Room
from common.simulation.scenes import Scene

_FALLS = {
    "Fall forward": 0.22,
    "Fall backwards": 0.18,
    "Fall left": 0.185,
    "Fall right": 0.185,
    "Fall sitting": 0.12,
    "Collapse": 0.11,
}
_VISITOR_ACTIVITIES = ("Walk", "Walk", "Pick up object", "Kneel", "Sit down")

_PAUSE_S = (3.0, 12.0)  # between scenes that belong together
_MIN_REST_S = 60.0
_ROOM_TRIES = 100
_PLACE_TRIES = 50


def room_for(resident: Resident, rng: np.random.Generator) -> Room:
    """A random room in which this resident can lie down, sit, walk and fall in view of the camera."""
    for _ in range(_ROOM_TRIES):
        room = Room.random(rng)
        can_fall = all(perform(activity, resident, room, rng) for activity in ("Walk", "Fall forward", "Fall left"))
        if can_fall and all(_go_to_rest(activity, resident, room, rng) for activity in ("Lie down", "Sit down")):
            return room
    raise InvalidInputError("seed: no room was found in which this resident can live; take another seed")


def _go_to_rest(activity: str, resident: Resident, room: Room, rng: np.random.Generator) -> Episode | None:
    """From standing to sitting or lying; some episodes of "Lie down" begin in bed and do not count."""
    for _ in range(_PLACE_TRIES):
        episode = perform(activity, resident, room, rng)
        if episode is not None and episode.motion.coordinates(np.zeros(1))[0, INDEX["support"]] == 0:
            return episode
    return None


class DayPlanner:
    """Appends scenes to a day, and knows how the resident rests between them.

    Attributes
    ----------
    scenes : list of Scene
    drops : list of SensorDrop
    away : list of (float, float)
        From when to when the resident was out of the room, in seconds.
    """

    def __init__(self, room: Room, resident: Resident, visitor: Resident, rng: np.random.Generator) -> None:
        self.scenes: list[Scene] = []
        self.drops: list[SensorDrop] = []
        self.away: list[tuple[float, float]] = []
        self._room, self._resident, self._visitor, self._rng = room, resident, visitor, rng
        self._clock = 0.0
        self._rest: Episode | None = None  # how the resident sat or lay down; None: the resident stands

    def wait_until(self, time_s: float) -> None:
        """Rest until then, at least for a minute."""
        self._clock = max(self._clock + _MIN_REST_S, time_s)

    def rest(self, activity: str) -> None:
        """Sit or lie down; a resident who is already lying down stays there."""
        if self._rest is not None and self._rest.activity == activity == "Lie down":
            return
        self._get_up()
        self._rest = _go_to_rest(activity, self._resident, self._room, self._rng)
        if self._rest is None:
            raise InvalidInputError(f"seed: no place was found in this room to {activity.lower()}; take another seed")
        self._append(self._rest)

    def add(self, activity: str) -> None:
        """One activity, from rest back to rest."""
        in_bed = self._rest is not None and self._rest.activity == "Lie down"
        usual_rest = "Lie down" if in_bed else "Sit down"
        match activity:
            case "Out":
                self._leave_room()
                self.rest(usual_rest)
            case "Turn over":
                if self._rest is not None and in_bed:
                    self._append(turn_over(self._rest, self._rng))
            case "Visit":
                self._add_visit()
            case "Fall":
                self._add_fall()
                self.rest(usual_rest)
            case "Drop":
                self._get_up()
                self.drops.append(SensorDrop.random(self._next_second(), self._rng))
                self._clock = self.drops[-1].end_s - 5.0
                self._add_if_possible("Pick up object")
                self.rest("Sit down")
            case "Flop down" | "Lie down":
                self.rest(activity)
            case _:
                self._get_up()
                self._add_if_possible(activity)
                self.rest(usual_rest)

    def _add_fall(self) -> None:
        for _ in range(_PLACE_TRIES):
            kind = str(self._rng.choice(list(_FALLS), p=list(_FALLS.values())))
            episode = self._perform(kind)
            if episode is None:
                continue
            if kind != "Fall sitting":
                self._get_up()
            lies_s = self._rng.uniform(400.0, 900.0) if self._rng.random() < 0.1 else self._rng.uniform(20.0, 120.0)
            self._append(episode, lies_s=lies_s)
            self._rest = None
            return
        raise InvalidInputError("seed: no place was found in this room to fall; take another seed")

    def _leave_room(self) -> None:
        self._get_up()
        left_s = self._next_second()
        self._append(stroll(self._resident, self._rng), in_view=False)
        self._clock += self._rng.uniform(4.0, 30.0) * 60
        self._append(stroll(self._resident, self._rng), in_view=False)
        self.away.append((left_s, self._clock))

    def _add_visit(self) -> None:
        for activity in self._rng.choice(_VISITOR_ACTIVITIES, size=3, replace=False):
            episode = perform(str(activity), self._visitor, self._room, self._rng)
            if episode is not None:
                self._append(episode, actor="visitor")
                self._clock += self._rng.uniform(30.0, 300.0)

    def _get_up(self) -> None:
        if self._rest is not None:
            self._append(get_up(self._rest))
            self._rest = None

    def _add_if_possible(self, activity: str) -> None:
        """Nothing where the room has no space for it."""
        episode = self._perform(activity)
        if episode is not None:
            self._append(episode)

    def _perform(self, activity: str) -> Episode | None:
        return perform(activity, self._resident, self._room, self._rng)

    def _next_second(self) -> float:
        return float(np.ceil(self._clock))

    def _append(self, episode: Episode, *, actor: str = "resident", in_view: bool = True, lies_s: float = 0.0) -> None:
        scene = Scene(self._next_second(), episode, actor, in_view, lies_s)
        self.scenes.append(scene)
        self._clock = scene.end_s + lies_s + self._rng.uniform(*_PAUSE_S)
