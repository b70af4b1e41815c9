"""A simulated resident with a worn sensor and a room camera: an hour of a busy morning, again and again."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

import common
from common import Box, DayScenario, InertialSensor, Zone
from common.simulation.camera.frame import CameraFrame
from common.validation import FloatArray
from examples.care_home.room.readings import Frame, Reading
from examples.fusion_zones import draw_zones

_FIRST_SEED = 853  # of the free seeds, one for each room; this resident falls soon, so that little is left out
_FRAMES_PER_S = 2.0


class SimulatedSensors:
    """The sensors of one simulated resident.

    The simulation knows when its resident falls, and uses it only to begin shortly before the first fall, so that
    whoever tries this out need not wait. What leaves this class is samples, pictures and boxes.

    Parameters
    ----------
    number : int
        Of the resident, from 0: another is another person in another room.
    sensor : InertialSensor
        What the resident wears.
    first_fall_s : float, optional
        After how many seconds the first fall begins; by default the recording runs from its beginning.
    hours : float
    n_falls : int
    """

    def __init__(
        self,
        number: int,
        sensor: InertialSensor,
        *,
        first_fall_s: float | None = None,
        hours: float = 1.0,
        n_falls: int = 2,
    ) -> None:
        seed = _FIRST_SEED + number
        scenario = DayScenario(hours, 9.0, n_falls, sensor, _FRAMES_PER_S)
        self._day = common.simulate_resident(scenario, seed=seed)
        self.zones: tuple[Zone, ...] = draw_zones(self._day.room, seed=seed)
        self._rate_hz = sensor.rate_hz
        onset_s = self._day.labels.falls[0].onset_s if self._day.labels.falls else 0.0
        self._skipped_s = 0.0 if first_fall_s is None else float(int(max(0.0, onset_s - first_fall_s)))
        self._samples, self._buffer = self._all_samples(), np.empty((0, 6))
        self._n_given = 0
        self._frames = self._all_frames()
        self._next_frame = next(self._frames)
        self._skip()

    def until(self, time_s: float) -> Reading:
        """What came up to this time, in seconds since the beginning."""
        samples = self._take(max(0, round(time_s * self._rate_hz) - self._n_given))
        self._n_given += len(samples)
        frames = []
        while self._next_frame[0] <= time_s:
            frames.append(_seen(*self._next_frame))
            self._next_frame = next(self._frames)
        return Reading(samples, tuple(frames))

    @property
    def truth_impacts_s(self) -> list[float]:
        """When the resident truly hit the floor, in seconds since the beginning: for counting afterwards."""
        return [float(impact_s) - self._skipped_s for impact_s in self._day.labels.impacts_s]

    def _skip(self) -> None:
        """Leave out what came before the beginning, without drawing its pictures."""
        self._take(round(self._skipped_s * self._rate_hz))
        while self._next_frame[0] <= 0:
            self._next_frame = next(self._frames)

    def _take(self, n_samples: int) -> FloatArray:
        while len(self._buffer) < n_samples:
            self._buffer = np.concatenate([self._buffer, next(self._samples)])
        taken, self._buffer = self._buffer[:n_samples], self._buffer[n_samples:]
        return taken

    def _all_samples(self) -> Iterator[FloatArray]:
        while True:
            yield from (chunk.samples for chunk in self._day.inertial)

    def _all_frames(self) -> Iterator[tuple[float, CameraFrame]]:
        """Frames with their time since the beginning."""
        began_s = -self._skipped_s
        while True:
            yield from ((began_s + frame.time_s, frame) for frame in self._day.frames)
            began_s += self._day.duration_s


def _seen(time_s: float, frame: CameraFrame) -> Frame:
    box = frame.box
    if box is None:
        return Frame(time_s, frame.moved, None, 0, None)
    place = Box(float(box.x), float(box.y), float(box.w), float(box.h))
    return Frame(time_s, frame.moved, place, frame.track, frame.draw())
