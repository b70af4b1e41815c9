"""Orders samples by measurement time: waits for late ones, drops copies and spreads bunches."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from common.errors import InvalidInputError
from common.validation import Float64Array

# Samples closer together than this, in slots, form a bunch.
_BUNCH_STEP = 0.5
# A bunch fits the time since the previous bunch if the two lengths differ by at most this factor.
_FITS = 1.25
# Copies up to this share of a bunch are few.
_FEW = 0.25
# If every sample is late for this long, the clock was set back.
_LATE_FOR_GOOD_S = 1.0
# Samples held, as a multiple of those expected at the rate: with more, the clock has stopped.
_MOST_HELD = 100


@dataclass(frozen=True)
class Arrivals:
    """Samples held back for late ones, for at most ``tolerance_s`` by their time stamps; memory is bounded.

    Attributes
    ----------
    tolerance_s, rate_hz, longest_step_s : float
    samples, times : ndarray of shape (n_held, n_channels) and (n_held,)
        The samples held, ordered by time.
    newest_s, last_s : float
        The newest stamp received, and the newest stamp released.
    in_long_bunch : bool
        Whether the last or current bunch is too long to be spread.
    n_late : int
        Number of consecutive samples that came too late.
    """

    tolerance_s: float
    rate_hz: float
    longest_step_s: float
    samples: Float64Array
    times: Float64Array
    newest_s: float = -np.inf
    last_s: float = -np.inf
    in_long_bunch: bool = False
    n_late: int = 0

    def add(self, samples: Float64Array, times: Float64Array) -> tuple[Arrivals, Float64Array, Float64Array, int]:
        """The arrivals after these samples, the samples released with their times, and how many came too late.

        Raises
        ------
        InvalidInputError
            If the clock was set back or far ahead, or has stopped.
        """
        if not len(times):
            return self, samples, times, 0
        newest = np.maximum.accumulate(np.concatenate([[self.newest_s], times]))
        self._check_steps(newest)
        too_late = times < newest[1:] - self.tolerance_s - self._rounding_s
        in_time = np.flatnonzero(~too_late)
        n_late = len(times) - 1 - in_time[-1] if len(in_time) else self.n_late + len(times)
        if n_late > (self.tolerance_s + _LATE_FOR_GOOD_S) * self.rate_hz + 1:
            raise InvalidInputError(
                f"times_s went back from {newest[-1]} s to {times[-1]} s and stayed there: if the clock was set, "
                "call reset() to begin a new stream"
            )
        all_samples = np.concatenate([self.samples, samples[in_time]])
        all_times = np.concatenate([self.times, times[in_time]])
        order = np.argsort(all_times, kind="stable")
        later = replace(
            self, samples=all_samples[order], times=all_times[order], newest_s=float(newest[-1]), n_late=int(n_late)
        )
        return *later._release(), int(too_late.sum())

    @property
    def _rounding_s(self) -> float:
        return 1e-3 / self.rate_hz

    def _check_steps(self, newest: Float64Array) -> None:
        with np.errstate(invalid="ignore", over="ignore"):
            steps = np.diff(newest)
        ahead = np.isfinite(newest[:-1]) & (steps > self.longest_step_s)
        if ahead.any():
            index = int(np.argmax(ahead))
            raise InvalidInputError(
                f"times_s jumps from {newest[index]} s to {newest[index + 1]} s at sample {index}, by more than "
                f"{self.longest_step_s:g} s: pass seconds; if the clock was set, call reset() to begin a new stream"
            )

    def _release(self) -> tuple[Arrivals, Float64Array, Float64Array]:
        """Release all bunches that can no longer grow; a single sample is a bunch too."""
        limit = self.newest_s - self.tolerance_s - self._rounding_s  # nothing older will be accepted
        bunch_step_s = _BUNCH_STEP / self.rate_hz
        starts = np.flatnonzero(np.diff(self.times, prepend=-np.inf) >= bunch_step_s)
        bounds = np.append(starts, len(self.times))
        complete = self.times[bounds[1:] - 1] + bunch_step_s <= limit if len(starts) else np.zeros(0, dtype=bool)
        n_complete = int(complete.sum())
        longest = 2 * (self.tolerance_s * self.rate_hz + 1)  # with a copy of each
        continues = self.in_long_bunch and len(starts) > 0 and self.times[0] - self.last_s < bunch_step_s

        sizes = np.diff(bounds)
        is_long = sizes > longest
        is_long[:1] |= continues
        end = bounds[n_complete]
        if n_complete < len(sizes) and is_long[n_complete]:
            end = int(np.searchsorted(self.times, limit))

        samples, times = [], []
        done = 0
        for k in np.flatnonzero((sizes > 1) & complete & ~is_long):
            bunch = slice(bounds[k], bounds[k + 1])
            before_s = float(self.times[bunch.start - 1]) if bunch.start else self.last_s
            spread_samples, spread_times = self._spread(self.samples[bunch], self.times[bunch], before_s)
            samples += [self.samples[done : bunch.start], spread_samples]
            times += [self.times[done : bunch.start], spread_times]
            done = bunch.stop
        samples.append(self.samples[done:end])
        times.append(self.times[done:end])
        held = replace(
            self,
            samples=self.samples[end:].copy(),
            times=self.times[end:].copy(),
            last_s=float(self.times[end - 1]) if end else self.last_s,
            in_long_bunch=bool(end > bounds[n_complete]) if end else self.in_long_bunch,
        )
        if len(held.times) > _MOST_HELD * (self.tolerance_s * self.rate_hz + 10):
            raise InvalidInputError(
                f"times_s has {len(held.times)} samples within tolerance_s={self.tolerance_s:g} s of "
                f"{self.newest_s} s, far more than rate_hz={self.rate_hz:g}: "
                "the clock has stopped; correct it, and call reset() to begin a new stream"
            )
        return held, np.concatenate(samples), np.concatenate(times)

    def _spread(self, samples: Float64Array, times: Float64Array, before_s: float) -> tuple[Float64Array, Float64Array]:
        """A bunch without copies, evenly spaced up to its last stamp; left as is if it does not fit the time before."""
        slots = (times[-1] - before_s) * self.rate_hz
        indices = _without_copies(samples, times, slots)
        samples, times = samples[indices], times[indices]
        n = len(times)
        if n == 1 or slots * _FITS < n:
            return samples, times
        step_s = (slots / n if slots <= _FITS * n else 1.0) / self.rate_hz
        spread = times[-1] - np.arange(n - 1, -1, -1) * step_s
        if np.abs(spread - times).max() > self.tolerance_s + self._rounding_s:
            return samples, times
        return samples, spread


def _without_copies(samples: Float64Array, times: Float64Array, slots: float) -> list[int]:
    """The indices of a bunch's samples without surplus copies: samples equal to an earlier one with the same stamp.

    A sensor at rest also repeats itself within a packet of one stamp, but then the packet has as many samples as
    ``slots`` have passed since the previous one. Where that is unknown, at the start or after a loss, a few repeated
    samples are taken for copies, and many for a sensor at rest.
    """
    n = len(times)
    seen: set[tuple[float, bytes]] = set()
    copies = []
    for i, content in enumerate(zip(times.tolist(), (sample.tobytes() for sample in samples), strict=True)):
        if content in seen:
            copies.append(i)
        seen.add(content)
    if slots <= _FITS * n:
        n_dropped = min(max(n - max(round(slots), 1), 0), len(copies))
    else:
        n_dropped = len(copies) if n == 2 or len(copies) <= _FEW * n else 0
    dropped = set(copies[len(copies) - n_dropped :])
    return [i for i in range(n) if i not in dropped]
