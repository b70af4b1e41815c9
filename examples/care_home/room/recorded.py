"""Readings that were taken before, one a second, given again from the beginning when they end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from common import Zone
from examples.care_home.room.readings import Reading, Sensors


@dataclass(frozen=True, eq=False)
class Recorded:
    """Seconds of a room: for loads and tests, where drawing pictures again would measure the drawing."""

    zones: tuple[Zone, ...]
    seconds: tuple[Reading, ...]


class RecordedSensors:
    """The sensors of a recording, which may begin anywhere in it."""

    def __init__(self, recorded: Recorded, *, begin_s: int = 0) -> None:
        self.zones = recorded.zones
        self._seconds, self._begin_s = recorded.seconds, begin_s
        self._n_given = 0

    def until(self, time_s: float) -> Reading:
        """What came up to this time, in whole seconds."""
        given = [self._second(number) for number in range(self._n_given, int(time_s))]
        self._n_given += len(given)
        return joined(given)

    def _second(self, number: int) -> Reading:
        place = (self._begin_s + number) % len(self._seconds)
        reading = self._seconds[place]
        frames = tuple(replace(frame, time_s=frame.time_s - place + number) for frame in reading.frames)
        return replace(reading, frames=frames)


def record(sensors: Sensors, n_seconds: int) -> Recorded:
    """The next seconds of sensors."""
    return Recorded(sensors.zones, tuple(sensors.until(float(second + 1)) for second in range(n_seconds)))


def joined(readings: Sequence[Reading]) -> Reading:
    """Several readings as one."""
    if not readings:
        return Reading.nothing()
    return Reading(
        np.concatenate([reading.samples for reading in readings]),
        tuple(frame for reading in readings for frame in reading.frames),
        any(reading.camera_works for reading in readings),
    )
