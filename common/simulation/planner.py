"""From activities that are due to scenes in a row.

Everything starts from rest, on a seat or in bed, and returns to it, so that a day has no jumps: a resident gets up
before walking. How falls come about follows Robinovitch et al., "Video capture of the circumstances of falls in elderly
people residing in long-term care", Lancet 381 (2013): 11% are collapses, and 12% happen while sitting down; here these
are falls from a seat. How the others, while standing or walking, are divided among directions is our assumption.
"""

from __future__ import annotations

import math

import numpy as np

from common.errors import InvalidInputError
from common.simulation.outings import OUTINGS, outing
from common.simulation.people.activities import IN_PLACE, perform
from common.simulation.people.anatomy import INDEX
from common.simulation.people.episode import Episode
from common.simulation.people.mishaps import get_up, turn_over
from common.simulation.people.resident import Resident
from common.simulation.rooms.room import Room
from common.simulation.scenes import Scene
from common.simulation.wearing.drop import SensorDrop

_FALLS = {
    "Fall forward": 0.22,
    "Fall backwards": 0.18,
    "Fall left": 0.185,
    "Fall right": 0.185,
    "Fall sitting": 0.12,
    "Collapse": 0.11,
}
_VISITOR_ACTIVITIES = ("Walk", "Walk", "Pick up object", "Kneel", "Sit down")

# How many seconds an activity lasts, at the least and at the most: our assumptions.
_SECONDS = {
    "Be dressed": (420.0, 900.0),
    "Be lifted": (25.0, 60.0),
    "Be washed": (420.0, 900.0),
    "Beat cushion": (6.0, 20.0),
    "Busy hands": (240.0, 900.0),
    "Clap": (5.0, 15.0),
    "Cough": (6.0, 30.0),
    "Eat": (180.0, 600.0),
    "Exercise": (240.0, 600.0),
    "Shift in seat": (6.0, 25.0),
    "Stir": (20.0, 180.0),
    "Talk": (120.0, 600.0),
}
_IN_BED = ("Be washed", "Cough", "Stir")  # of these, what can be done lying
# How many seconds a resident lies until helped up, and how many in the tenth of the falls that nobody notices for long:
# our assumptions.
_LIES_S, _LIES_LONG_S, _LIES_LONG = (20.0, 120.0), (400.0, 900.0), 0.1

_PAUSE_S = (3.0, 12.0)  # between scenes that belong together
_MIN_REST_S = 30.0
_ROOM_TRIES = 100
_PLACE_TRIES = 50
_OUTING_TRIES = 4


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

    Parameters
    ----------
    room : Room
    resident, visitor : Resident
    rng : numpy.random.Generator
    end_s : float
        When the day ends; whoever has fallen is helped up before.

    Attributes
    ----------
    scenes : list of Scene
    drops : list of SensorDrop
    away : list of (float, float)
        From when to when the resident was out of the room, in seconds.
    clock : float
        From when something new can begin.
    usual_rest : str
        ``"Sit down"`` by day and ``"Lie down"`` at night.
    """

    def __init__(
        self,
        room: Room,
        resident: Resident,
        visitor: Resident,
        rng: np.random.Generator,
        end_s: float = math.inf,
    ) -> None:
        self.scenes: list[Scene] = []
        self.drops: list[SensorDrop] = []
        self.away: list[tuple[float, float]] = []
        self.clock = 0.0
        self.usual_rest = "Sit down"
        self._room, self._resident, self._visitor, self._rng, self._end_s = room, resident, visitor, rng, end_s
        self._rest: Episode | None = None  # how the resident sat or lay down; None: the resident stands

    def wait_until(self, time_s: float) -> None:
        """Rest until then, at least for half a minute."""
        self.clock = max(self.clock + _MIN_REST_S, time_s)

    def rest(self, activity: str) -> None:
        """Sit or lie down; a resident who is already lying down stays there."""
        if self._rest is not None and self._rest.activity == activity == "Lie down":
            return
        self._get_up()
        self._rest = _go_to_rest(activity, self._resident, self._room, self._rng)
        if self._rest is None:
            raise InvalidInputError(f"seed: no place was found in this room to {activity.lower()}; take another seed")
        self._append(self._rest)

    def add(self, activity: str, longest_s: float = math.inf) -> None:
        """One activity, from rest back to rest; nothing if it would take longer than ``longest_s`` seconds."""
        match activity:
            case "Fall":
                self._add_fall()
                self.rest(self.usual_rest)
            case "Turn over":
                if self._rest is not None and self._is_lying:
                    self._append(turn_over(self._rest, self._rng))
            case "Visit":
                self._add_visit(longest_s)
            case "Drop":
                self._get_up()
                self.drops.append(SensorDrop.random(self._next_second(), self._rng))
                self.clock = self.drops[-1].end_s - 5.0
                self._add_if_possible("Pick up object", longest_s)
                self.rest(self.usual_rest)
            case "Flop down" | "Lie down":
                self.rest(activity)
            case _ if activity in IN_PLACE:
                self._add_in_place(activity, longest_s)
            case _ if activity in OUTINGS:
                self._leave_room(activity, longest_s)
            case _:
                self._get_up()
                self._add_if_possible(activity, longest_s)
                self.rest(self.usual_rest)

    @property
    def _is_lying(self) -> bool:
        return self._rest is not None and self._rest.activity == "Lie down"

    def _add_fall(self) -> None:
        for _ in range(_PLACE_TRIES):
            kind = str(self._rng.choice(list(_FALLS), p=list(_FALLS.values())))
            episode = self._perform(kind)
            if episode is None:
                continue
            if kind != "Fall sitting":
                self._get_up()
            span = _LIES_LONG_S if self._rng.random() < _LIES_LONG else _LIES_S
            left_s = self._end_s - self.clock - episode.duration_s - _MIN_REST_S
            self._append(episode, lies_s=max(min(self._rng.uniform(*span), left_s), _LIES_S[0] / 2))
            self._rest = None
            return
        raise InvalidInputError("seed: no place was found in this room to fall; take another seed")

    def _add_in_place(self, activity: str, longest_s: float) -> None:
        low, high = _SECONDS[activity]
        if low > longest_s:
            return
        if self._is_lying and activity not in _IN_BED:
            if self.usual_rest == "Lie down":
                return
            self.rest("Sit down")
        if self._rest is not None:
            seconds = min(self._rng.uniform(low, high), longest_s)
            self._append(IN_PLACE[activity](activity, self._rest, seconds, self._rng))

    def _leave_room(self, kind: str, longest_s: float) -> None:
        for _ in range(_OUTING_TRIES):
            episodes = outing(kind, self._resident, self._rng)
            if sum(episode.duration_s + _PAUSE_S[1] + 1 for episode in episodes) <= longest_s:
                break
        else:
            return
        self._get_up()
        left_s = self._next_second()
        for episode in episodes:
            self._append(episode, in_view=False)
        self.away.append((left_s, self.clock))
        self.rest(self.usual_rest)

    def _add_visit(self, longest_s: float) -> None:
        """Somebody comes and moves about; the resident talks meanwhile."""
        came_s = self.clock
        for activity in self._rng.choice(_VISITOR_ACTIVITIES, size=3, replace=False):
            episode = perform(str(activity), self._visitor, self._room, self._rng)
            if episode is not None and self.clock + episode.duration_s < came_s + longest_s:
                self._append(episode, actor="visitor")
                self.clock += self._rng.uniform(30.0, 300.0)
        went_s, self.clock = self.clock, came_s
        self._add_in_place("Talk", longest_s)
        self.clock = max(self.clock, min(went_s, came_s + longest_s))

    def _get_up(self) -> None:
        if self._rest is not None:
            self._append(get_up(self._rest))
            self._rest = None

    def _add_if_possible(self, activity: str, longest_s: float) -> None:
        """Nothing where the room has no space for it."""
        episode = self._perform(activity)
        if episode is not None and episode.duration_s < longest_s:
            self._append(episode)

    def _perform(self, activity: str) -> Episode | None:
        return perform(activity, self._resident, self._room, self._rng)

    def _next_second(self) -> float:
        return float(np.ceil(self.clock))

    def _append(self, episode: Episode, *, actor: str = "resident", in_view: bool = True, lies_s: float = 0.0) -> None:
        scene = Scene(self._next_second(), episode, actor, in_view, lies_s)
        self.scenes.append(scene)
        self.clock = scene.end_s + lies_s + self._rng.uniform(*_PAUSE_S)
