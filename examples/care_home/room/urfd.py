"""A sequence of URFD as the sensors of a room: measured people, seen by a camera.

The worn sensor of URFD has no gyroscope, which the shipped model needs. The camera is on its own, as in a room in which
nobody wears a sensor. What a frame is labelled is not read here.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

import fall
from common import Box, Zone
from common.simulation.frames_day import HOLD_S
from examples.care_home.room.readings import Frame, Reading

_AFTER_HZ = 2.0


class UrfdSensors:
    """The camera of one sequence.

    The recordings stop soon after a fall, where a camera would go on: the last picture is repeated for as long as a
    camera goes on looking when nothing moves any more. After that the picture stays as it was.

    Parameters
    ----------
    frames : DataFrame
        Rows of :func:`fall.datasets.load_urfd`, of one sequence: ``path``, ``time_s`` and ``source_box``.
    """

    zones: tuple[Zone, ...] = ()

    def __init__(self, frames: pd.DataFrame) -> None:
        boxed = frames[frames["source_box"].str.count(",") == 3].sort_values("time_s")
        times = boxed["time_s"].to_numpy() - boxed["time_s"].iloc[0]
        after = times[-1] + np.arange(1, HOLD_S * _AFTER_HZ + 1) / _AFTER_HZ
        self._frames = [
            Frame(float(time_s), time_s <= times[-1], Box(*map(float, text.split(","))), 1, picture)
            for time_s, text, picture in zip(
                [*times, *after],
                [*boxed["source_box"], *[boxed["source_box"].iloc[-1]] * len(after)],
                self._pictures(boxed, len(after)),
                strict=True,
            )
        ]
        self.duration_s = float(after[-1])
        self._n_given = 0

    def until(self, time_s: float) -> Reading:
        """What came up to this time, in seconds since the first frame."""
        stop = self._n_given
        while stop < len(self._frames) and self._frames[stop].time_s <= time_s:
            stop += 1
        frames, self._n_given = tuple(self._frames[self._n_given : stop]), stop
        return Reading(np.empty((0, 6)), frames)

    @staticmethod
    def _pictures(boxed: pd.DataFrame, n_again: int) -> list[npt.NDArray[np.uint8]]:
        pictures = list(fall.read_images(boxed))
        return [*pictures, *[pictures[-1]] * n_again]
