"""A sensor's samples on a regular clock: short gaps are interpolated, longer ones stay NaN.

The clock is a grid of *slots*, 1 / rate_hz apart; slot 0 is the first sample. A sample's *position* is its time in
slots: a whole number if it is exactly on the grid; otherwise the slots on both sides of it are interpolated. Compiled
code decides sample by sample, so the same samples give the same slots however they are split into pushes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from common.compiled import compiled
from common.validation import Float64Array, IntArray

#: Gaps of up to this length are interpolated between the samples on both sides.
LONGEST_GAP_S = 0.2
#: A clock that jumps further ahead is taken to be broken.
LONGEST_CLOCK_STEP_S = 86_400.0

# In slots. A time stamp in seconds since 1970 is rounded by 2e-5 slots at 100 Hz.
_TOLERANCE = 1e-3


@dataclass(frozen=True)
class SlotClock:
    """Converts the times of samples to positions on the grid of slots.

    Parameters
    ----------
    rate_hz : float
        Slots per second.
    first_s : float or None
        Time stamp of the first sample; None if samples have no time stamps.
    n_samples : int
        Samples so far.
    """

    rate_hz: float
    first_s: float | None = None
    n_samples: int = 0

    def advance(self, n: int, times: Float64Array | None) -> tuple[SlotClock, Float64Array]:
        """The clock after ``n`` more samples, and their positions; without times, each sample is the next slot."""
        if n == 0:
            return self, np.empty(0)
        later = replace(self, n_samples=self.n_samples + n)
        if times is None:
            return later, np.arange(self.n_samples, later.n_samples, dtype=np.float64)
        first_s = float(times[0]) if self.first_s is None else self.first_s
        positions = (times - first_s) * self.rate_hz
        whole = np.rint(positions)
        positions = np.where(np.abs(positions - whole) <= _TOLERANCE, whole, positions)
        return replace(later, first_s=first_s), positions

    def time_s(self, slot: int) -> float:
        """The time of a slot, as the time stamps count it; without stamps, seconds since the first sample."""
        return (self.first_s or 0.0) + slot / self.rate_hz


@dataclass(frozen=True)
class PlacedSamples:
    """Samples in order, and at no more than the rate.

    Attributes
    ----------
    values : ndarray of shape (n, n_channels)
    positions : ndarray of shape (n,)
        In slots.
    unbridged : ndarray of shape (n,)
        True where the gap before a sample must not be interpolated.
    """

    values: Float64Array
    positions: Float64Array
    unbridged: npt.NDArray[np.bool_]


@dataclass
class SlotBuffer:
    """The newest slots of a stream, in a fixed amount of memory.

    Attributes
    ----------
    ring : ndarray of shape (n_kept, n_channels)
        Slot k is row k modulo ``n_kept``; NaN where a channel was missing.
    n_filled : ndarray of shape (n_channels,)
        Number of slots that are final. In a gap that may still turn out to be short, a channel lags behind.
    last_position, last_value : ndarray of shape (n_channels,)
        Position and value of the newest measurement of each channel.
    newest : float
        Position of the newest sample, whether measured or NaN; in a pause, the position up to which it was processed.
    newest_sample : float
        Position of the newest sample.
    """

    ring: Float64Array
    longest_gap: float  # slots
    n_filled: IntArray
    last_position: Float64Array
    last_value: Float64Array
    newest: float = -1.0
    newest_sample: float = -1.0

    @classmethod
    def empty(cls, n_slots: int, n_channels: int, rate_hz: float) -> Self:
        """A buffer from which the last ``n_slots`` final slots can be read at any time."""
        longest_gap = LONGEST_GAP_S * rate_hz + _TOLERANCE
        # One sample fills at most the slots of the gap that it closes and those of its own step (less than 2).
        n_kept = n_slots + int(longest_gap) + 4
        return cls(
            ring=np.full((n_kept, n_channels), np.nan),
            longest_gap=longest_gap,
            n_filled=np.zeros(n_channels, dtype=np.int64),
            last_position=np.full(n_channels, -np.inf),
            last_value=np.full(n_channels, np.nan),
        )

    def copy(self) -> Self:
        """An independent copy."""
        arrays = {name: getattr(self, name).copy() for name in ("ring", "n_filled", "last_position", "last_value")}
        return replace(self, **arrays)

    def fill(self, placed: PlacedSamples, start: int, until: int) -> int:
        """Use samples from index ``start`` on until slot ``until - 1`` is final; the index of the next sample."""
        start, self.newest, self.newest_sample = _fill_slots(
            placed.values,
            placed.positions,
            placed.unbridged,
            start,
            until,
            self.longest_gap,
            self.ring,
            self.n_filled,
            self.last_position,
            self.last_value,
            self.newest,
            self.newest_sample,
        )
        return start

    def pause(self, position: float, until: int, n_slots: int) -> float:
        """Slots from the newest sample to the one at ``position``, if the window before ``until`` lies between them.

        Zero if it does not, or if the gap is short enough to be interpolated.
        """
        length = position - self.newest_sample
        between = self.newest_sample < until - n_slots and until - 1 < position
        return length if between and length - 1 > self.longest_gap else 0.0

    def skip(self, until: int) -> None:
        """Skip all slots before ``until``, which lies in a pause that began more than a window ago."""
        self.ring[:] = np.nan
        self.newest = max(self.newest, until - 1.0)
        np.maximum(self.n_filled, until, out=self.n_filled)

    def is_filled(self, until: int) -> bool:
        """Whether all slots before ``until`` are final in every channel."""
        return int(self.n_filled.min()) >= until

    def window(self, n_slots: int, until: int) -> Float64Array:
        """The ``n_slots`` slots before slot ``until``: ``(n_slots, n_channels)``."""
        return self.ring[np.arange(until - n_slots, until) % len(self.ring)]


@compiled
def _fill_slots(
    samples: Any,
    positions: Any,
    unbridged: Any,
    start: int,
    until: int,
    longest_gap: float,
    ring: Any,
    n_filled: Any,
    last_position: Any,
    last_value: Any,
    newest: float,
    newest_sample: float,
) -> tuple[int, float, float]:
    while start < len(samples) and n_filled.min() < until:
        if unbridged[start]:
            last_position[:] = -np.inf
        # Slots for which no sample came are visited one by one, as if NaN had been measured; in a pause, all of them,
        # so that they are final before the sample that ends it is used.
        in_pause = positions[start] - newest_sample - 1 > longest_gap
        last_skipped = np.ceil(positions[start]) - 1 if in_pause else positions[start] - 1
        skipped = newest < last_skipped if in_pause else positions[start] - newest >= 2
        newest = min(newest + 1, last_skipped) if skipped else positions[start]
        end = int(np.floor(newest)) + 1
        for c in range(samples.shape[1]):
            measured = np.nan if skipped else samples[start, c]
            too_long = in_pause or newest - last_position[c] - 1 > longest_gap
            if np.isnan(measured) and not too_long:
                continue  # a later sample may close the gap
            for slot in range(n_filled[c], end):
                if slot == newest:
                    value = measured
                elif too_long:
                    value = np.nan
                else:
                    share = (slot - last_position[c]) / (newest - last_position[c])
                    value = (1 - share) * last_value[c] + share * measured
                ring[slot % len(ring), c] = value
            n_filled[c] = end
            if not np.isnan(measured):
                last_position[c], last_value[c] = newest, measured
        if not skipped:
            newest_sample = positions[start]
            start += 1
    return start, newest, newest_sample
