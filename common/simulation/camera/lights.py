"""The light in a room over a day: daylight that changes, lamps in the evening, a night lamp or an infrared camera."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from common.simulation.rooms.light import Light
from common.simulation.rooms.room import Room
from common.validation import FloatArray

_DAY_H, _EVENING_H, _NIGHT_H = 7.5, 18.0, 22.5  # when each begins; an assumption
_STEP_H = (0.5, 3.0)  # between two changes: clouds, curtains, a lamp; an assumption
_INFRARED = 0.5  # part of the cameras that light the night themselves; an assumption


@dataclass(frozen=True)
class DayLights:
    """Each light from its time on.

    Attributes
    ----------
    starts_s : ndarray of shape (n,)
        Seconds since the day began, ascending from 0.
    lights : tuple of Light
    """

    starts_s: FloatArray
    lights: tuple[Light, ...]

    @classmethod
    def random(cls, room: Room, *, start_hour: float, duration_s: float, rng: np.random.Generator) -> DayLights:
        """The lights of a recording that begins at an hour of the day."""
        at_night = "infrared" if rng.random() < _INFRARED else "night"
        starts, lights, since_h = [], [], 0.0
        while since_h < duration_s / 3600:
            hour = (start_hour + since_h) % 24
            if not _DAY_H <= hour < _NIGHT_H:
                kind, next_h = at_night, (_DAY_H - hour) % 24
            else:
                kind = str(rng.choice(["lamp", "lamp", "dim"] if hour >= _EVENING_H else ["window", "window", "lamp"]))
                next_h = min(rng.uniform(*_STEP_H), _NIGHT_H - hour)
            starts.append(3600 * since_h)
            lights.append(Light.of_kind(kind, room.size, room.camera.position, rng))
            since_h += max(next_h, 0.1) + rng.uniform(0.0, 0.2)  # nobody switches by the clock
        return cls(np.array(starts), tuple(lights))

    def at(self, time_s: float) -> Light:
        """The light at a time."""
        return self.lights[int(np.searchsorted(self.starts_s, time_s, side="right")) - 1]
