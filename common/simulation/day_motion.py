"""The interface between a simulated day and its sensors: who moves how, when and where.

A simulated sensor is a module with a function of a :class:`DayMotion` that yields measurements in order of time, such
as :mod:`common.simulation.inertial_day` and :mod:`common.simulation.frames_day`. It reads poses from the scenes and
draws random numbers from its own stream, so no sensor changes what another one measures.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from common.simulation.people.resident import Resident
from common.simulation.rooms.room import Room
from common.simulation.scenes import Routine, Scene
from common.validation import FloatArray

# Days are frozen: the first streams keep their numbers. Any other stream derives from its name.
_FROZEN_STREAMS: Mapping[str, tuple[int, ...]] = {
    "day": (11,),
    "inertial attachment": (12,),
    "inertial noise": (13,),
    "inertial rest": (13, 1),
    "camera": (14,),
}


def stream(seed: int, name: str, *numbers: int) -> np.random.Generator:
    """A stream of random numbers that derives from a seed, a name, and numbers that tell its parts apart."""
    return np.random.default_rng([seed, *_FROZEN_STREAMS.get(name, tuple(name.encode())), *numbers])


@dataclass(frozen=True)
class DayMotion:
    """The people of one simulated day, their room, and all that they do.

    Attributes
    ----------
    seed : int
    duration_s : float
    room : Room
        With furniture and camera.
    people : mapping of str to Resident
        By actor: ``"resident"`` and ``"visitor"``.
    routine : Routine
        Scenes of both, dropped sensors, absences.

    Examples
    --------
    How high the resident's pelvis is one second into each scene:

    >>> from common import DayScenario, simulate_resident
    >>> motion = simulate_resident(DayScenario(hours=0.5, start_hour=10, n_falls=1), seed=1).motion
    >>> poses = [scene.episode.pose(np.array([1.0])) for scene in motion.scenes_of("resident")]
    >>> all(0 < pose.positions["pelvis"][0, 2] < 1.2 for pose in poses)
    True
    """

    seed: int
    duration_s: float
    room: Room
    people: Mapping[str, Resident]
    routine: Routine

    def scenes_of(self, actor: str) -> tuple[Scene, ...]:
        """The scenes of ``"resident"`` or ``"visitor"``, in order of time; between two of them the actor rests."""
        return tuple(scene for scene in self.routine.scenes if scene.actor == actor)

    def rng(self, name: str, *numbers: int) -> np.random.Generator:
        """The stream of random numbers of a sensor, by name, such as ``"bed pressure noise"``."""
        return stream(self.seed, name, *numbers)


def ticks(start_s: float, stop_s: float, rate_hz: float) -> FloatArray:
    """Times in [start, stop) of a clock that ticks ``rate_hz`` times a second since the day began.

    Examples
    --------
    >>> ticks(0.9, 2.0, rate_hz=2.0)
    array([1. , 1.5])
    """
    # A nanosecond of slack, so that a tick at an end is counted once.
    first, last = (int(np.ceil((time_s - 1e-9) * rate_hz)) for time_s in (start_s, stop_s))
    return np.arange(first, last) / rate_hz
