"""A sensor's samples on a regular clock: short gaps are bridged, longer ones stay open as NaN.

The clock has *slots*, 1 / rate_hz apart; slot 0 is the first sample. A sample's *place* is its time in slots: a whole
number if it comes on the beat, otherwise the slots beside it are interpolated. Everything is decided sample by sample,
in compiled code, so that the same samples give the same slots in whatever pieces they arrive.
"""

from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from common.compiled import compiled
from common.errors import InvalidInputError
from common.validation import check_sample_times

Array = npt.NDArray[np.float64]

#: What is missing for at most this long is interpolated between the samples on both sides.
LONGEST_GAP_S = 0.2
#: A clock that jumps further ahead is taken for a broken one.
LONGEST_SILENCE_S = 86_400.0

# In slots. A time stamp in seconds since 1970 is rounded by 2e-5 slots at 100 Hz.
_TOLERANCE = 1e-3


@dataclass(frozen=True)
class SlotClock:
    """From the times of samples to places on the regular clock.

    Parameters
    ----------
    rate_hz : float
        Slots a second.
    first_s, last_s : float or None
        Time stamps of the first and the newest sample, where samples have any.
    n_samples : int
        Samples so far.
    """

    rate_hz: float
    first_s: float | None = None
    last_s: float | None = None
    n_samples: int = 0

    def place(self, n: int, times_s: Any) -> tuple["SlotClock", Array]:
        """The clock after ``n`` more samples, and their places; without times each sample is the next slot.

        Raises
        ------
        InvalidInputError
            For times that do not increase, jump more than a day ahead, or are given for some samples only.
        """
        if n == 0:
            return self, np.empty(0)
        if self.n_samples and (times_s is None) != (self.first_s is None):
            raise InvalidInputError(
                f"times_s is {'missing' if times_s is None else 'given'}, other than for the samples before: "
                "pass times for all samples of a stream or for none; reset() begins a new one"
            )
        if times_s is None:
            places = np.arange(self.n_samples, self.n_samples + n, dtype=np.float64)
            return replace(self, n_samples=self.n_samples + n), places
        times = check_sample_times(times_s, "times_s", n=n, after=self.last_s, longest_step=LONGEST_SILENCE_S)
        first_s = float(times[0]) if self.first_s is None else self.first_s
        places = (times - first_s) * self.rate_hz
        whole = np.rint(places)
        places = np.where(np.abs(places - whole) <= _TOLERANCE, whole, places)
        return replace(self, first_s=first_s, last_s=float(times[-1]), n_samples=self.n_samples + n), places

    def time_s(self, slot: int) -> float:
        """When a slot is, in the time of the samples' stamps; without stamps, seconds since the first sample."""
        return (self.first_s or 0.0) + slot / self.rate_hz


@dataclass
class SlotBuffer:
    """The newest slots of a stream, in memory that does not grow.

    Attributes
    ----------
    ring : ndarray of shape (n_kept, n_channels)
        Slot k is row k modulo ``n_kept``; NaN where a channel is absent.
    filled : ndarray of shape (n_channels,)
        Slots known so far. A channel whose gap may yet be bridged lags behind the others.
    place, value : ndarray of shape (n_channels,)
        Each channel's newest measurement.
    newest : float
        Place of the newest sample, measured or not.
    """

    ring: Array
    longest_gap: float  # slots
    filled: npt.NDArray[np.int64]
    place: Array
    value: Array
    newest: float = field(default=-1.0)

    @classmethod
    def empty(cls, n_slots: int, n_channels: int, rate_hz: float) -> Self:
        """A buffer from which the last ``n_slots`` known slots can be read at any time."""
        longest_gap = LONGEST_GAP_S * rate_hz + _TOLERANCE
        # One sample moves a channel on by no more than the gap that it bridges and the step it takes (below 2 slots).
        n_kept = n_slots + int(longest_gap) + 4
        return cls(
            ring=np.full((n_kept, n_channels), np.nan),
            longest_gap=longest_gap,
            filled=np.zeros(n_channels, dtype=np.int64),
            place=np.full(n_channels, -np.inf),
            value=np.full(n_channels, np.nan),
        )

    def copy(self) -> Self:
        """One that can be written to while this one stays as it is."""
        arrays = {name: getattr(self, name).copy() for name in ("ring", "filled", "place", "value")}
        return replace(self, **arrays)

    def feed(self, samples: Array, places: Array, start: int, until: int) -> int:
        """Take samples from index ``start`` on until slot ``until - 1`` is known; the index of the next sample."""
        start, self.newest = _feed(
            samples,
            places,
            start,
            until,
            self.longest_gap,
            self.ring,
            self.filled,
            self.place,
            self.value,
            self.newest,
        )
        return start

    def knows(self, until: int) -> bool:
        """Whether all slots before ``until`` are decided, in every channel."""
        return int(self.filled.min()) >= until

    def last(self, n_slots: int, until: int) -> Array:
        """The ``n_slots`` slots before slot ``until``: ``(n_slots, n_channels)``."""
        return self.ring[np.arange(until - n_slots, until) % len(self.ring)]


@compiled
def _feed(
    samples: Any,
    places: Any,
    start: int,
    until: int,
    longest_gap: float,
    ring: Any,
    filled: Any,
    last_place: Any,
    last_value: Any,
    newest: float,
) -> tuple[int, float]:
    while start < len(samples) and filled.min() < until:
        # Slots that no sample came for are walked through one by one, as if NaN had been measured.
        silent = places[start] - newest >= 2
        newest = newest + 1 if silent else places[start]
        end = int(np.floor(newest)) + 1
        for c in range(samples.shape[1]):
            measured = np.nan if silent else samples[start, c]
            too_long = newest - last_place[c] - 1 > longest_gap
            if np.isnan(measured) and not too_long:
                continue  # a later sample may bridge the gap
            for slot in range(filled[c], end):
                if slot == newest:
                    value = measured
                elif too_long:
                    value = np.nan
                else:
                    share = (slot - last_place[c]) / (newest - last_place[c])
                    value = (1 - share) * last_value[c] + share * measured
                ring[slot % len(ring), c] = value
            filled[c] = end
            if not np.isnan(measured):
                last_place[c], last_value[c] = newest, measured
        if not silent:
            start += 1
    return start, newest
