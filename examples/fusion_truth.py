"""What truly happened on a day: it scores alarms and labels what the fusion learns from, and reaches no evidence."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from common import MonitoredDay
from common.evaluation.events import AFTER_S
from common.simulation.day_labels import FallTimes
from common.validation import BoolArray, FloatArray

# The fusion learns from the seconds after an impact in which an alarm ought to come. From all seconds until the
# resident is helped up it would learn to believe a camera alone too readily: on the validation days both sensors would
# find 112 of 120 falls instead of 117, at 4 false alarms.
_DUE_S = (1.0, 6.0)
UNTIL_SEATED_S = 20.0  # after being helped up, when neither a fall nor its absence is certain


@dataclass(frozen=True, eq=False)
class Truth:
    """The falls of a day, and the seconds in which the resident moved.

    Attributes
    ----------
    falls : tuple of FallTimes
    is_moving : ndarray of bool, shape (n_seconds,)
        By a sensor at the waist: the hours of movement against which false alarms are told.
    """

    falls: tuple[FallTimes, ...]
    is_moving: BoolArray

    @property
    def seconds(self) -> FloatArray:
        """The end of each second of the day."""
        return np.arange(1.0, len(self.is_moving) + 1)

    @property
    def impacts_s(self) -> FloatArray:
        """Impacts of the falls in seconds."""
        return np.array([fall.impact_s for fall in self.falls])

    @property
    def labels(self) -> npt.NDArray[np.int64]:
        """1 in the seconds in which an alarm ought to come, −1 in the other seconds of a fall, 0 elsewhere."""
        seconds = self.seconds
        labels = np.zeros(len(seconds), dtype=np.int64)
        for fall in self.falls:
            labels[(seconds > fall.onset_s) & (seconds < fall.up_s + UNTIL_SEATED_S)] = -1
            since_impact = seconds - fall.impact_s
            labels[(since_impact > _DUE_S[0]) & (since_impact <= _DUE_S[1])] = 1
        return labels

    @property
    def is_settled(self) -> BoolArray:
        """From when an alarm is too late until the resident is up; alarms in between are neither right nor false."""
        settled = np.zeros(len(self.is_moving), dtype=bool)
        for fall in self.falls:
            too_late = self.seconds > fall.impact_s + AFTER_S
            settled |= too_late & (self.seconds < fall.up_s + UNTIL_SEATED_S)
        return settled

    @property
    def monitored_s(self) -> float:
        """The time in which an alarm can be right or false."""
        return float((~self.is_settled).sum())

    @property
    def movement_s(self) -> float:
        """The part of it in which the resident moved."""
        return float((self.is_moving & ~self.is_settled).sum())

    def monitored(self, scores: FloatArray) -> MonitoredDay:
        """The day under one decision rule's scores, one a second."""
        scored = np.where(self.is_settled, np.nan, scores)
        return MonitoredDay(self.seconds, scored, self.impacts_s, self.monitored_s, self.movement_s)

    def save(self, path: Path) -> None:
        """Write to an ``.npz`` file."""
        np.savez_compressed(
            path,
            activities=np.array([fall.activity for fall in self.falls], dtype=str),
            times_s=np.array([fall[1:] for fall in self.falls], dtype=np.float64).reshape(-1, 3),
            is_moving=self.is_moving,
        )

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what :meth:`save` wrote."""
        with np.load(path) as arrays:
            rows = zip(arrays["activities"].tolist(), arrays["times_s"].tolist(), strict=True)
            return cls(tuple(FallTimes(activity, *times) for activity, times in rows), arrays["is_moving"])
