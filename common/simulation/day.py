"""Whole days of a simulated resident: a worn sensor and a room camera on one clock, streamed and never held."""

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from common.errors import InvalidInputError
from common.simulation.frames import Shot, film
from common.simulation.inertial import CHANNELS, InertialSensor, felt
from common.simulation.people.resident import Resident
from common.simulation.rooms.light import Light
from common.simulation.rooms.room import Room
from common.simulation.rooms.textures import Texture
from common.simulation.routine import HOUR_S, Routine, Scene, plan, room_for
from common.simulation.stillness import Drop, rest
from common.validation import FloatArray, IntArray, check_integer, check_number

if TYPE_CHECKING:
    import pandas as pd

# Days for training the sensors' classifiers, for training the fusion and its threshold, and for the test. They were
# fixed before anything was judged on them; whoever needs others takes those up to 500.
DAY_TRAIN_SEEDS = tuple(range(501, 513))
DAY_VALIDATION_SEEDS = tuple(range(601, 613))
DAY_TEST_SEEDS = tuple(range(701, 731))

_AT_THE_WAIST = InertialSensor("waist")
WATCH_S = 60.0  # the camera looks on for so long after a fall or something that looks like one
_PIECE_S = 60.0
_AFTERWARDS_S = 10.0
_MAX_FALLS_PER_HOUR = 6

# Streams of random numbers, so that neither sensor disturbs the other or the day.
_DAY, _WORN, _FELT, _SEEN = 11, 12, 13, 14


@dataclass(frozen=True)
class DayScenario:
    """What day it is, and what watches it.

    Parameters
    ----------
    hours, start_hour : float
        How long the recording is, and at which hour of the day it begins; residents sleep from about 22 to 7.
    n_falls : int
        Falls, spread over the waking hours: at most six an hour of the recording.
    sensor : InertialSensor
        What the resident wears.
    camera_hz : float
        Frames a second while something moves.
    size : int
        Side of the square frames in pixels.
    """

    hours: float = 24.0
    start_hour: float = 0.0
    n_falls: int = 10
    sensor: InertialSensor = _AT_THE_WAIST
    camera_hz: float = 2.0
    size: int = 96

    def __post_init__(self) -> None:
        check_number(self.hours, "hours", above=0, below=24 + 1e-9)
        check_number(self.start_hour, "start_hour", at_least=0, below=24)
        check_integer(self.n_falls, "n_falls", at_least=0, at_most=int(_MAX_FALLS_PER_HOUR * self.hours))
        check_number(self.camera_hz, "camera_hz", above=0, below=100)
        check_integer(self.size, "size", at_least=8, at_most=480)
        if not isinstance(self.sensor, InertialSensor):
            raise InvalidInputError(f"sensor is {self.sensor!r}; pass an InertialSensor")


class FallTimes(NamedTuple):
    """One fall on the day's clock, in seconds: loss of balance, first impact, and when the resident is helped up."""

    activity: str
    onset_s: float
    impact_s: float
    up_s: float


@dataclass(frozen=True)
class DayLabels:
    """What truly happened.

    Attributes
    ----------
    falls : tuple of FallTimes
    routine : Routine
        All scenes, dropped sensors, and times out of the camera's reach.
    """

    falls: tuple[FallTimes, ...]
    routine: Routine

    @property
    def impacts_s(self) -> FloatArray:
        """Impacts of the falls in seconds, as :func:`common.score_events` wants them."""
        return np.array([fall.impact_s for fall in self.falls])

    def at(self, times_s: FloatArray) -> IntArray:
        """1 while a resident who has fallen lies, −1 from the loss of balance to the impact, else 0."""
        labels = np.zeros(len(times_s), dtype=np.int64)
        for fall in self.falls:
            labels[(times_s >= fall.onset_s) & (times_s < fall.impact_s)] = -1
            labels[(times_s >= fall.impact_s) & (times_s < fall.up_s)] = 1
        return labels

    def is_away(self, times_s: FloatArray) -> Any:
        """Whether the resident is where no camera looks, at each time."""
        away = np.zeros(len(times_s), dtype=bool)
        for first, last in self.routine.away:
            away |= (times_s >= first) & (times_s < last)
        return away

    def table(self) -> "pd.DataFrame":
        """A row a scene: ``start_s``, ``end_s``, ``activity``, ``actor``, ``in_view``."""
        import pandas as pd

        rows = [
            (scene.start_s, scene.end_s + scene.lies_s, scene.episode.activity, scene.actor, scene.in_view)
            for scene in self.routine.scenes
        ]
        rows += [(drop.start_s, drop.end_s, "Drop the sensor", "resident", False) for drop in self.routine.drops]
        return pd.DataFrame(sorted(rows), columns=["start_s", "end_s", "activity", "actor", "in_view"])


class InertialChunk(NamedTuple):
    """Some samples in a row: when the first was measured, in seconds, and ``(n, 6)`` of them."""

    start_s: float
    samples: FloatArray


@dataclass(frozen=True)
class SimulatedRecording:
    """A resident's day; :func:`simulate_resident` makes it. Nothing is computed until it is asked for.

    Attributes
    ----------
    inertial : iterator of InertialChunk
        Samples in :attr:`channels`, up to a minute at a time, without gaps from 0 to the end; anew at every access.
    frames : iterator of Shot
        In order of ``time_s``, drawn by their ``draw()``: only while somebody in view moves, or up to a minute after
        a fall or what looks like one. In between, the picture is as it was.
    labels : DayLabels
    """

    scenario: DayScenario
    seed: int
    room: Room
    resident: Resident
    visitor: Resident
    labels: DayLabels

    channels = CHANNELS

    @property
    def duration_s(self) -> float:
        """Length of the recording in seconds."""
        return self.scenario.hours * HOUR_S

    @property
    def inertial(self) -> Iterator[InertialChunk]:
        """What the worn sensor measures."""
        rate = self.scenario.sensor.rate_hz
        worn = self.scenario.sensor.put_on(np.random.default_rng([self.seed, _WORN]))
        noise = np.random.default_rng([self.seed, _FELT])
        sent = 0
        for signal in self._felt(np.random.default_rng([self.seed, _FELT, 1])):
            if len(signal):
                yield InertialChunk(sent / rate, worn.read(signal, noise))
                sent += len(signal)

    @property
    def frames(self) -> Iterator[Shot]:
        """What the camera sees."""
        return heapq.merge(*(self._seen(actor) for actor in ("resident", "visitor")), key=lambda shot: shot.time_s)

    @cached_property
    def _clothes(self) -> Mapping[str, Mapping[str, Texture]]:
        rng = np.random.default_rng([self.seed, _SEEN])
        return {"resident": self.resident.dress(rng), "visitor": self.visitor.dress(rng)}

    def _felt(self, rng: np.random.Generator) -> Iterator[FloatArray]:
        """Signals without error: scene, rest, scene, and so on."""
        position, rate = self.scenario.sensor.position, self.scenario.sensor.rate_hz
        before = np.array([0.0, 0.0, 1.0])
        now_s = 0.0
        for scene in self._worn_scenes():
            times = _samples(scene.start_s, scene.end_s, rate)
            if isinstance(scene, Drop):
                movement = scene.felt(before, times - scene.start_s)
            else:
                movement = felt(scene.episode, position, times - scene.start_s)
            yield from self._rest(before, movement[0, :3], now_s, scene.start_s, rng)
            yield movement
            before, now_s = movement[-1, :3], scene.end_s
            if isinstance(scene, Scene) and scene.lies_s:
                # Who has fallen may go on moving for a while.
                stop_s = scene.end_s + min(scene.lies_s, _AFTERWARDS_S)
                times = _samples(scene.end_s, stop_s, rate)
                yield (movement := felt(scene.episode, position, times - scene.start_s))
                before, now_s = movement[-1, :3], stop_s
        yield from self._rest(before, before, now_s, self.duration_s, rng)

    def _worn_scenes(self) -> Iterator[Scene | Drop]:
        """What the sensor takes part in; while it lies on the floor it feels nothing of its owner."""
        own = [scene for scene in self.labels.routine.scenes if scene.actor == "resident"]
        drops = self.labels.routine.drops
        kept = [scene for scene in own if not any(d.start_s < scene.end_s and scene.start_s < d.end_s for d in drops)]
        worn: list[Scene | Drop] = [*kept, *drops]
        yield from sorted(worn, key=lambda scene: scene.start_s)

    def _rest(
        self, before: FloatArray, after: FloatArray, from_s: float, to_s: float, rng: np.random.Generator
    ) -> Iterator[FloatArray]:
        piece_s = from_s
        while piece_s < to_s:
            next_s = min(piece_s + _PIECE_S, to_s)
            times = _samples(piece_s, next_s, self.scenario.sensor.rate_hz)
            if len(times):
                yield rest(before, after, times - from_s, to_s - from_s, rng)
            piece_s = next_s

    def _seen(self, actor: str) -> Iterator[Shot]:
        scenes = [scene for scene in self.labels.routine.scenes if scene.actor == actor]
        own_starts = [scene.start_s for scene in scenes[1:]] + [self.duration_s]
        for number, (scene, next_s) in enumerate(zip(scenes, own_starts, strict=False)):
            if not scene.in_view:
                continue
            watched = scene.lies_s > 0 or (scene.is_hard and actor == "resident")
            stop_s = min(scene.end_s + (WATCH_S if watched else 0.0), next_s)
            if scene.lies_s:
                stop_s = min(stop_s, scene.end_s + scene.lies_s)
            times = _samples(scene.start_s, stop_s, self.scenario.camera_hz) - scene.start_s
            # Somebody who has fallen goes on moving; everybody else stays as he is.
            held = times if scene.lies_s else np.minimum(times, scene.episode.duration_s)
            rng = np.random.default_rng([self.seed, _SEEN, number, actor == "visitor"])
            light = Light.draw(self.room.size, self.room.camera.position, rng)
            names = (f"{self.seed}-{actor}", f"{self.seed}")
            key = (self.seed, 2 * number + (actor == "visitor"))
            yield from film(
                scene.episode, self.room, names, held, key, rng,
                outfit=self._clothes[actor], light=light, clock_s=scene.start_s + times,
            )  # fmt: skip


def simulate_resident(scenario: DayScenario | None = None, *, seed: int) -> SimulatedRecording:
    """Let a simulated resident live through a day, with a worn sensor and before a room camera.

    Parameters
    ----------
    scenario : DayScenario, optional
        By default a whole day with ten falls, a sensor at the waist at 50 Hz, and a camera at 2 frames a second.
    seed : int
        Resident, room and day derive from it: the same seed gives the same bytes.

    Raises
    ------
    InvalidInputError
        If the seed is no integer of at least 0, or its room has no place for the day.

    Examples
    --------
    >>> day = simulate_resident(DayScenario(hours=0.5, start_hour=10, n_falls=1), seed=1)
    >>> len(day.labels.falls)
    1
    >>> sum(len(chunk.samples) for chunk in day.inertial) == 0.5 * 3600 * 50
    True
    >>> first = next(day.frames)
    >>> first.draw().shape
    (96, 96, 3)
    """
    scenario = DayScenario() if scenario is None else scenario
    if not isinstance(scenario, DayScenario):
        raise InvalidInputError(f"scenario is {scenario!r}; pass a DayScenario")
    seed = check_integer(seed, "seed", at_least=0)
    rng = np.random.default_rng([seed, _DAY])
    resident, visitor = Resident.draw(rng), Resident.draw(rng)
    room = room_for(resident, rng)
    routine = plan(
        room,
        (resident, visitor),
        start_hour=scenario.start_hour,
        hours=scenario.hours,
        n_falls=scenario.n_falls,
        rng=rng,
    )
    labels = DayLabels(tuple(_falls(routine)), routine)
    return SimulatedRecording(scenario, seed, room, resident, visitor, labels)


def _falls(routine: Routine) -> Iterator[FallTimes]:
    for scene in routine.scenes:
        fall = scene.episode.fall
        if fall is not None:
            times = (scene.start_s + fall.onset_s, scene.start_s + fall.impact_s, scene.end_s + scene.lies_s)
            yield FallTimes(scene.episode.activity, *times)


def _samples(start_s: float, stop_s: float, rate_hz: float) -> FloatArray:
    """The clock's ticks in [start, stop)."""
    # A nanosecond of slack, so that a tick at an end is counted once.
    first, last = (int(np.ceil((time_s - 1e-9) * rate_hz)) for time_s in (start_s, stop_s))
    return np.arange(first, last) / rate_hz
