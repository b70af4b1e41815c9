"""Whole days of a simulated resident: a worn sensor and a room camera on one clock, streamed rather than held."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from common.errors import InvalidInputError
from common.simulation.camera.frame import CameraFrame
from common.simulation.day_labels import DayLabels
from common.simulation.day_motion import DayMotion, stream
from common.simulation.frames_day import camera_frames
from common.simulation.inertial import CHANNELS, InertialSensor
from common.simulation.inertial_day import InertialChunk, inertial_chunks
from common.simulation.people.resident import Resident
from common.simulation.planner import room_for
from common.simulation.rooms.room import Room
from common.simulation.routine import HOUR_S, plan
from common.simulation.wearing.faults import WearFaults, draw_periods
from common.validation import check_integer, check_number

# Days for training the sensors' classifiers, for training the fusion and its threshold, and for the test. They were
# fixed before anything was judged on them; for other days take seeds below 1000.
DAY_TRAIN_SEEDS = tuple(range(1501, 1513))
DAY_VALIDATION_SEEDS = tuple(range(1601, 1613))
DAY_TEST_SEEDS = tuple(range(1701, 1731))

_WAIST_SENSOR = InertialSensor("waist")
_WEAR_FAULTS = WearFaults()
_MAX_FALLS_PER_HOUR = 6


@dataclass(frozen=True)
class DayScenario:
    """Which part of the day is recorded, how many falls it holds, and by which sensors.

    Parameters
    ----------
    hours, start_hour : float
        How long the recording is, and at which hour of the day it begins; residents sleep from about 22 to 7.
    n_falls : int
        Falls, spread over the waking hours: at most six per hour of the recording.
    sensor : InertialSensor
        What the resident wears.
    camera_hz : float
        Frames a second while something moves.
    size : int
        Side of the square frames in pixels.
    wear_faults : WearFaults
        How often the sensor is taken off, charged, reversed, put on a carer, or loose: by default now and then;
        ``WearFaults.none()`` for a sensor that is always worn as it should be.

    Raises
    ------
    InvalidInputError
        If a value is out of its range; the message names it.

    Examples
    --------
    >>> morning = DayScenario(hours=2, start_hour=7, n_falls=1, sensor=InertialSensor("wrist"))
    >>> morning.camera_hz, morning.sensor.rate_hz
    (2.0, 50.0)
    """

    hours: float = 24.0
    start_hour: float = 0.0
    n_falls: int = 10
    sensor: InertialSensor = _WAIST_SENSOR
    camera_hz: float = 2.0
    size: int = 96
    wear_faults: WearFaults = _WEAR_FAULTS

    def __post_init__(self) -> None:
        check_number(self.hours, "hours", above=0, below=24 + 1e-9)
        check_number(self.start_hour, "start_hour", at_least=0, below=24)
        check_integer(self.n_falls, "n_falls", at_least=0, at_most=int(_MAX_FALLS_PER_HOUR * self.hours))
        check_number(self.camera_hz, "camera_hz", above=0, below=100)
        check_integer(self.size, "size", at_least=8, at_most=480)
        if not isinstance(self.sensor, InertialSensor):
            raise InvalidInputError(f"sensor is {self.sensor!r}; pass an InertialSensor")
        if not isinstance(self.wear_faults, WearFaults):
            raise InvalidInputError(f"wear_faults is {self.wear_faults!r}; pass a WearFaults")


@dataclass(frozen=True)
class SimulatedRecording:
    """A resident's day, made by :func:`simulate_resident`. Nothing is computed until it is asked for.

    Attributes
    ----------
    inertial : iterator of InertialChunk
        Samples in :attr:`channels`, up to a minute at a time, without gaps from 0 to the end, NaN while the sensor
        charges; every access starts again at 0.
    frames : iterator of CameraFrame
        In order of ``time_s``, drawn by their ``draw()``: only while the picture changes and for a few seconds
        after. A frame is one box of the person detector, or one without a box if it found nobody; see
        :func:`common.simulation.frames_day.camera_frames`.
    labels : DayLabels
        What truly happened.
    motion : DayMotion
        What further simulated sensors measure: :mod:`common.simulation.day_motion`.
    scenario, seed, room, resident, visitor
        What the recording was made from.
    duration_s : float
        Length of the recording in seconds.

    Examples
    --------
    >>> day = simulate_resident(DayScenario(hours=0.1, start_hour=10, n_falls=0), seed=1)
    >>> day.duration_s, day.labels.falls
    (360.0, ())
    >>> first = next(day.inertial)
    >>> first.samples.shape[1] == len(day.channels) == 6
    True
    >>> next(day.frames).time_s, sorted(day.motion.people)
    (0.5, ['resident', 'visitor'])
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

    @cached_property
    def motion(self) -> DayMotion:
        """Who moves how, when and where."""
        people = {"resident": self.resident, "visitor": self.visitor}
        return DayMotion(self.seed, self.duration_s, self.room, people, self.labels.routine)

    @property
    def inertial(self) -> Iterator[InertialChunk]:
        """What the worn sensor measures."""
        return inertial_chunks(self.motion, self.scenario.sensor)

    @property
    def frames(self) -> Iterator[CameraFrame]:
        """What the camera sees."""
        return camera_frames(self.motion, self.scenario.camera_hz, start_hour=self.scenario.start_hour)


def simulate_resident(scenario: DayScenario | None = None, *, seed: int) -> SimulatedRecording:
    """Simulate a resident's day, recorded by a worn sensor and a room camera.

    Parameters
    ----------
    scenario : DayScenario, optional
        By default a whole day with ten falls, a sensor at the waist at 50 Hz, and a camera at 2 frames a second.
    seed : int
        Resident, room and day derive from it: the same seed gives the same bytes.

    Returns
    -------
    SimulatedRecording

    Raises
    ------
    InvalidInputError
        If the seed is not an integer of at least 0, or its room has no space for the day's activities.

    Examples
    --------
    >>> day = simulate_resident(DayScenario(hours=0.5, start_hour=10, n_falls=1), seed=1)
    >>> len(day.labels.falls)
    1
    >>> sum(len(chunk.samples) for chunk in day.inertial) == 0.5 * 3600 * 50
    True
    >>> first = next(frame for frame in day.frames if frame.box)
    >>> first.draw().shape
    (96, 96, 3)
    """
    scenario = DayScenario() if scenario is None else scenario
    if not isinstance(scenario, DayScenario):
        raise InvalidInputError(f"scenario is {scenario!r}; pass a DayScenario")
    seed = check_integer(seed, "seed", at_least=0)
    rng = stream(seed, "day")
    resident, visitor = Resident.random(rng), Resident.random(rng)
    room = room_for(resident, rng)
    routine = plan(
        room,
        (resident, visitor),
        start_hour=scenario.start_hour,
        hours=scenario.hours,
        n_falls=scenario.n_falls,
        rng=rng,
    )
    # A stream of their own: the same day with and without faults.
    rests = routine.rests(scenario.hours * HOUR_S)
    wear = draw_periods(scenario.wear_faults, rests, list(routine.night), scenario.hours, stream(seed, "wear"))
    return SimulatedRecording(scenario, seed, room, resident, visitor, DayLabels.of(replace(routine, wear=wear)))
