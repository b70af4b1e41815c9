"""A day in a care home: when one resident sleeps, sits, walks, has a visitor, and falls.

Everything starts from rest, on a seat or in bed, and comes back to it, so that a day has no jumps: who is to walk gets
up first. How often a resident does what are round figures of our own, on the busy side. Falls are far more than anybody
has (1.5 a bed and year: Rubenstein, Josephson & Robbins, Annals of Internal Medicine 121, 1994), so that they can be
counted. How they come about follows Robinovitch et al., "Video capture of the circumstances of falls in elderly people
residing in long-term care", Lancet 381 (2013): 11% are collapses, 12% happen while sitting
down or up, the rest while standing or walking.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from common.errors import InvalidInputError
from common.simulation.people.activities import perform
from common.simulation.people.body import INDEX
from common.simulation.people.episode import Episode
from common.simulation.people.mishaps import get_up, stroll, turn_over
from common.simulation.people.resident import Resident
from common.simulation.rooms.room import Room
from common.simulation.stillness import Drop

HOUR_S = 3600.0
WAKING_HOURS = 15.0

# Times a waking day.
_HABITS = {
    "Walk": 8.0,
    "Out": 5.0,
    "Pick up object": 4.0,
    "Flop down": 2.0,
    "Lie down": 1.5,
    "Stumble": 1.5,
    "Kneel": 1.0,
    "Sit on floor": 0.6,
    "Drop": 0.6,
    "Hop": 0.4,
}
_VISITS = 2.0
_AT_NIGHT = {"Turn over": 0.8, "Out": 0.2}  # an hour in bed
_VISITORS_DO = ("Walk", "Walk", "Pick up object", "Kneel", "Sit down")
_FALLS = {
    "Fall forward": 0.22,
    "Fall backwards": 0.18,
    "Fall left": 0.185,
    "Fall right": 0.185,
    "Fall sitting": 0.12,
    "Collapse": 0.11,
}

# What a detector may take for a fall.
HARD_NEGATIVES = (
    "Lie down", "Turn over", "Sit on floor", "Kneel", "Pick up object", "Hop", "Flop down", "Stumble",
)  # fmt: skip

_PAUSE_S = (3.0, 12.0)  # between two things that belong together
_LEAST_REST_S = 60.0
_ROOM_TRIES = 100
_PLACE_TRIES = 50


@dataclass(frozen=True)
class Scene:
    """One episode on the day's clock.

    Attributes
    ----------
    start_s : float
        A whole second since the day began.
    episode : Episode
    actor : str
        ``"resident"`` or ``"visitor"``, who wears no sensor.
    in_view : bool
        Whether it happens in the room with the camera.
    lies_s : float
        How long a resident who has fallen lies after the episode's end, until helped up.
    """

    start_s: float
    episode: Episode
    actor: str = "resident"
    in_view: bool = True
    lies_s: float = 0.0

    @property
    def end_s(self) -> float:
        """When the movement is over."""
        return self.start_s + self.episode.duration_s

    @property
    def is_hard(self) -> bool:
        """Whether it is no fall, and may look or feel like one."""
        return self.episode.activity in HARD_NEGATIVES


@dataclass(frozen=True)
class Routine:
    """All that happens, in order of time."""

    scenes: tuple[Scene, ...]
    drops: tuple[Drop, ...]
    away: tuple[tuple[float, float], ...]  # when the resident was where no camera is


def room_for(resident: Resident, rng: np.random.Generator) -> Room:
    """A room in which somebody can lie down, sit, walk and fall before the camera."""
    for _ in range(_ROOM_TRIES):
        room = Room.draw(rng)
        can_fall = all(perform(activity, resident, room, rng) for activity in ("Walk", "Fall forward", "Fall left"))
        if can_fall and all(_way_to_rest(activity, resident, room, rng) for activity in ("Lie down", "Sit down")):
            return room
    raise InvalidInputError("seed: no room was found in which this resident can live; take another seed")


def _way_to_rest(activity: str, resident: Resident, room: Room, rng: np.random.Generator) -> Episode | None:
    """From standing to sitting or lying: of the ways to lie down, one begins in bed."""
    for _ in range(_PLACE_TRIES):
        episode = perform(activity, resident, room, rng)
        if episode is not None and episode.motion.coordinates(np.zeros(1))[0, INDEX["support"]] == 0:
            return episode
    return None


def plan(
    room: Room,
    people: tuple[Resident, Resident],
    *,
    start_hour: float,
    hours: float,
    n_falls: int,
    rng: np.random.Generator,
) -> Routine:
    """The day of the first of two people; the second visits."""
    end = hours * HOUR_S
    wakes, sleeps = ((rng.normal(hour, 0.5) - start_hour) * HOUR_S for hour in (7.0, 22.0))
    awake = (min(max(wakes, 0.0), end), min(max(sleeps, 0.0), end))
    day = _Day(room, *people, rng)
    in_bed = awake[0] > 0
    day.settle("Lie down" if in_bed else "Sit down")
    for due_s, what in sorted(_errands(awake, end, n_falls, rng), key=lambda errand: errand[0]):
        is_night = not awake[0] <= due_s < awake[1]
        if in_bed != is_night:
            day.wait_until(awake[1] if is_night else awake[0])
            day.settle("Lie down" if is_night else "Sit down")
            in_bed = is_night
        day.wait_until(due_s)
        day.do(what)
    scenes = (scene for scene in day.scenes if scene.end_s + scene.lies_s < end)
    drops = (drop for drop in day.drops if drop.end_s < end)
    return Routine(tuple(sorted(scenes, key=lambda scene: scene.start_s)), tuple(drops), tuple(day.away))


def _errands(
    awake: tuple[float, float], end: float, n_falls: int, rng: np.random.Generator
) -> Iterator[tuple[float, str]]:
    """When what is to be done: habits by chance, falls as many as wanted, evenly spread."""
    share = max(awake[1] - awake[0], 0.0) / HOUR_S / WAKING_HOURS
    for what, often in {**_HABITS, "Visit": _VISITS}.items():
        for _ in range(rng.poisson(often * share)):
            yield float(rng.uniform(*awake)), what
    for part in (np.arange(n_falls) + rng.uniform(0.1, 0.9, n_falls)) / max(n_falls, 1):
        yield float(awake[0] + part * (awake[1] - awake[0])), "Fall"
    for first, last in ((0.0, awake[0]), (awake[1], end)):
        for what, often in _AT_NIGHT.items():
            for _ in range(rng.poisson(often * max(last - first, 0.0) / HOUR_S)):
                yield float(rng.uniform(first, last)), what


class _Day:
    """Lays scene after scene, and knows what the resident rests on."""

    def __init__(self, room: Room, resident: Resident, visitor: Resident, rng: np.random.Generator) -> None:
        self.scenes: list[Scene] = []
        self.drops: list[Drop] = []
        self.away: list[tuple[float, float]] = []
        self._room, self._resident, self._visitor, self._rng = room, resident, visitor, rng
        self._clock = 0.0
        self._rest: Episode | None = None

    def wait_until(self, time_s: float) -> None:
        """Rest, at least a minute."""
        self._clock = max(self._clock + _LEAST_REST_S, time_s)

    def settle(self, activity: str) -> None:
        """Sit or lie down, and stay there; where one lies already, nothing happens."""
        if self._rest is not None and self._rest.activity == activity == "Lie down":
            return
        self._rise()
        self._rest = _way_to_rest(activity, self._resident, self._room, self._rng)
        if self._rest is None:
            raise InvalidInputError(f"seed: no place was found in this room to {activity.lower()}; take another seed")
        self._play(self._rest)

    def do(self, what: str) -> None:
        """One errand, from rest back to rest."""
        in_bed = self._rest is not None and self._rest.activity == "Lie down"
        match what:
            case "Out":
                self._go_out("Lie down" if in_bed else "Sit down")
            case "Turn over":
                if self._rest is not None and in_bed:
                    self._play(turn_over(self._rest, self._rng))
            case "Visit":
                self._be_visited()
            case "Fall":
                self._fall(in_bed)
            case "Drop":
                self._rise()
                self.drops.append(Drop.draw(self._whole(), self._rng))
                self._clock = self.drops[-1].end_s - 5.0
                self._attempt("Pick up object")
                self.settle("Sit down")
            case "Flop down" | "Lie down":
                self.settle(what)
            case _:
                self._rise()
                self._attempt(what)
                self.settle("Lie down" if in_bed else "Sit down")

    def _fall(self, in_bed: bool) -> None:
        for _ in range(_PLACE_TRIES):
            kind = str(self._rng.choice(list(_FALLS), p=list(_FALLS.values())))
            episode = self._act(kind)
            if episode is None:
                continue
            if kind != "Fall sitting":
                self._rise()
            lies_s = self._rng.uniform(400.0, 900.0) if self._rng.random() < 0.1 else self._rng.uniform(20.0, 120.0)
            self._play(episode, lies_s=lies_s)
            self._rest = None
            self.settle("Lie down" if in_bed else "Sit down")
            return
        raise InvalidInputError("seed: no place was found in this room to fall; take another seed")

    def _go_out(self, back_to: str) -> None:
        self._rise()
        left_s = self._whole()
        self._play(stroll(self._resident, self._rng), in_view=False)
        self._clock += self._rng.uniform(4.0, 30.0) * 60
        self._play(stroll(self._resident, self._rng), in_view=False)
        self.away.append((left_s, self._clock))
        self.settle(back_to)

    def _be_visited(self) -> None:
        for activity in self._rng.choice(_VISITORS_DO, size=3, replace=False):
            episode = perform(str(activity), self._visitor, self._room, self._rng)
            if episode is not None:
                self._play(episode, actor="visitor")
                self._clock += self._rng.uniform(30.0, 300.0)

    def _rise(self) -> None:
        if self._rest is not None:
            self._play(get_up(self._rest))
            self._rest = None

    def _attempt(self, activity: str) -> None:
        """Do it if there is space for it."""
        episode = self._act(activity)
        if episode is not None:
            self._play(episode)

    def _act(self, activity: str) -> Episode | None:
        return perform(activity, self._resident, self._room, self._rng)

    def _whole(self) -> float:
        return float(np.ceil(self._clock))

    def _play(self, episode: Episode, *, actor: str = "resident", in_view: bool = True, lies_s: float = 0.0) -> None:
        scene = Scene(self._whole(), episode, actor, in_view, lies_s)
        self.scenes.append(scene)
        self._clock = scene.end_s + lies_s + self._rng.uniform(*_PAUSE_S)
