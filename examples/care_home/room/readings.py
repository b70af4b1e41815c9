"""What the sensors of a room have measured since the last look, in memory only: pictures are forgotten once judged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from common import Box, Zone
from common.validation import FloatArray


@dataclass(frozen=True, eq=False)
class Frame:
    """One box that a person detector found in a frame of the camera, or a frame in which it found nobody.

    Attributes
    ----------
    time_s : float
        Several people in one frame have the same.
    moved : bool
        Whether the picture differs from the one before.
    box : Box or None
    track : int
    picture : ndarray of shape (96, 96, 3) or None
        The person; None if there is nobody, or only the box is known.
    """

    time_s: float
    moved: bool
    box: Box | None
    track: int
    picture: npt.NDArray[np.uint8] | None


@dataclass(frozen=True, eq=False)
class Reading:
    """What came since the last reading.

    Attributes
    ----------
    samples : ndarray of shape (n, 6)
        Acceleration in g and turning in degrees per second, at the rate of the worn sensor; NaN where it measured
        nothing.
    frames : tuple of Frame
        In order of time; none if nothing moved.
    camera_works : bool
        Whether the camera took pictures, be it of a room in which nothing moves.
    """

    samples: FloatArray
    frames: tuple[Frame, ...] = ()
    camera_works: bool = True

    @classmethod
    def nothing(cls) -> Reading:
        """Both sensors are silent."""
        return cls(np.empty((0, 6)), (), camera_works=False)


class Sensors(Protocol):
    """The two sensors of a room."""

    @property
    def zones(self) -> tuple[Zone, ...]:
        """Where people normally lie, as staff drew it."""

    def until(self, time_s: float) -> Reading:
        """What came up to this time, in seconds since the sensors were switched on."""


def by_time(frames: tuple[Frame, ...]) -> Iterator[tuple[float, list[Frame]]]:
    """Frames of the same moment together."""
    together: list[Frame] = []
    for frame in frames:
        if together and frame.time_s != together[0].time_s:
            yield together[0].time_s, together
            together = []
        together.append(frame)
    if together:
        yield together[0].time_s, together
