"""The logarithm of the jerk in integers: the integer form of :class:`har.preprocessing.LogJerk`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from common.compiled import compiled
from har.embedded.arithmetic import (
    LOG2_BITS,
    LOG2_TABLE,
    UINT32_MAX,
    Channels,
    Int16Array,
    integer_sqrt,
    log2_q11,
    wide,
)

#: Fractional bits of a change: one count of the sensor is 16 units.
CHANGE_BITS = 4
#: Of full scale in all of three channels, to the same in the other direction: 65,535 · √3 counts.
LARGEST_CHANGE = 1_816_160
#: log₂ of the change that gives the output 0: halfway between the least floor and the largest change.
CENTRE = 12

_MOST_SHIFTS = CHANGE_BITS + 1


@dataclass(frozen=True, eq=False)
class JerkLogarithm:
    """Append the logarithm of the mean change from one sample to the next, of up to three channels.

    The change of sample t is the Euclidean norm of x(t) − x(t − 1) over ``channels``, in units of 2**-4 counts; the
    first sample has the change of the second. With m the largest absolute difference of a channel and s the largest
    shift from 0 to 5 with ``m << s`` below 2**16, each difference d becomes ``v = (|d| << s) >> 1``, and the change is
    ``integer_sqrt(Σ v²) << (5 − s)``. No sum of squares exceeds ``uint32_t``. A change is too small by less than one
    unit, or by less than 2**-13 of itself.

    The output at t is ``log2_q11(Σ change + n · floor) − log2_q11(n) − 12 · 2048``, where n samples from t − ``reach``
    to t + ``reach`` lie within the window: the logarithm of mean change and floor, in units of 2**-11. The sum fits
    ``uint32_t`` and the output ``int16_t``, which was checked when this was built. Changes are averaged before the
    logarithm is taken, so that their roots are needed. The natural logarithm errs by at most
    1 / ``floor`` + 2**-12 + ln 2 · 2**-10; that ``floor`` is a whole number may add 1 / (2 ``floor`` − 1).

    Attributes
    ----------
    channels : ndarray of uint8
    reach : int
        Samples on either side that are averaged, less than the length of a window.
    floor : int
        Added to each change, in its unit: from 16 to :data:`LARGEST_CHANGE`.
    """

    channels: Channels
    reach: int
    floor: int

    def apply(self, windows: Int16Array) -> Int16Array:
        """All channels, then the logarithm."""
        out = np.empty((*windows.shape[:2], 1), dtype=np.int16)
        _log_changes(windows, self.channels, self.reach, self.floor, LOG2_TABLE, out[:, :, 0])
        return np.concatenate([windows, out], axis=2)


def longest_average(floor: int) -> int:
    """The number of samples whose changes and floors are certain to add up within ``uint32_t``."""
    return UINT32_MAX // (LARGEST_CHANGE + floor)


@compiled
def _log_changes(windows: Any, channels: Any, reach: int, floor: int, table: Any, out: Any) -> None:
    n = windows.shape[1]
    sums = np.zeros(n + 1, dtype=np.int64)
    for a in range(len(windows)):
        for t in range(n):
            later = max(t, 1)
            sums[t + 1] = sums[t] + _change(windows[a, later - 1], windows[a, later], channels)
        for t in range(n):
            first, end = max(t - reach, 0), min(t + reach + 1, n)
            total = sums[end] - sums[first] + (end - first) * floor
            out[a, t] = log2_q11(total, table) - log2_q11(end - first, table) - (CENTRE << LOG2_BITS)


@compiled
def _change(before: Any, sample: Any, channels: Any) -> int:
    largest = 0
    for c in channels:
        largest = max(largest, abs(wide(sample[c]) - wide(before[c])))
    shift = 0
    while shift < _MOST_SHIFTS and (largest << (shift + 1)) < (1 << 16):
        shift += 1
    squares = 0
    for c in channels:
        value = (abs(wide(sample[c]) - wide(before[c])) << shift) >> 1
        squares += value * value
    change: int = integer_sqrt(squares) << (_MOST_SHIFTS - shift)
    return change
