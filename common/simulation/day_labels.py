"""What truly happened on a simulated day, for training and scoring; evidence must not come from here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from common.simulation.scenes import Routine
from common.validation import FloatArray, IntArray

if TYPE_CHECKING:
    import pandas as pd


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
        All scenes, dropped sensors, and times out of the room.
    """

    falls: tuple[FallTimes, ...]
    routine: Routine

    @classmethod
    def of(cls, routine: Routine) -> DayLabels:
        """The labels of a day on which this happens."""
        return cls(tuple(_falls(routine)), routine)

    @property
    def impacts_s(self) -> FloatArray:
        """Impacts of the falls in seconds, as :func:`common.score_events` takes them."""
        return np.array([fall.impact_s for fall in self.falls])

    def at(self, times_s: FloatArray) -> IntArray:
        """1 while a resident who has fallen lies, −1 from the loss of balance to the impact, else 0."""
        labels = np.zeros(len(times_s), dtype=np.int64)
        for fall in self.falls:
            labels[(times_s >= fall.onset_s) & (times_s < fall.impact_s)] = -1
            labels[(times_s >= fall.impact_s) & (times_s < fall.up_s)] = 1
        return labels

    def is_away(self, times_s: FloatArray) -> npt.NDArray[np.bool_]:
        """Whether the resident is out of the room at each time."""
        away = np.zeros(len(times_s), dtype=bool)
        for first, last in self.routine.away:
            away |= (times_s >= first) & (times_s < last)
        return away

    def is_worn(self, times_s: FloatArray) -> npt.NDArray[np.bool_]:
        """Whether the resident wears the sensor at each time, be it reversed or loose."""
        worn = np.ones(len(times_s), dtype=bool)
        for period in self.routine.wear:
            if not period.is_worn:
                worn &= (times_s < period.start_s) | (times_s >= period.end_s)
        return worn

    def table(self) -> pd.DataFrame:
        """A row a scene: ``start_s``, ``end_s``, ``activity``, ``actor``, ``in_view``."""
        import pandas as pd

        rows = [
            (scene.start_s, scene.end_s + scene.lies_s, scene.episode.activity, scene.actor, scene.in_view)
            for scene in self.routine.scenes
        ]
        rows += [(drop.start_s, drop.end_s, "Drop the sensor", "resident", False) for drop in self.routine.drops]
        return pd.DataFrame(sorted(rows), columns=["start_s", "end_s", "activity", "actor", "in_view"])


def _falls(routine: Routine) -> Iterator[FallTimes]:
    for scene in routine.scenes:
        fall = scene.episode.fall
        if fall is not None:
            times = (scene.start_s + fall.onset_s, scene.start_s + fall.impact_s, scene.end_s + scene.lies_s)
            yield FallTimes(scene.episode.activity, *times)
