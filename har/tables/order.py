"""Rows in time order: sorted, rows of one stamp averaged, bunches spread, holes found."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from common.errors import InvalidInputError
from common.validation import FloatArray, IntArray

#: If time steps back further, the clock was set back, or another recording begins.
_LATE_S = 5.0
#: Stamps are bunched if steps below this share of the mean step make up at least this part of all steps.
_BUNCHED_STEP, _BUNCHED_PART = 0.25, 0.4
#: Steps per block in which units are compared, and the ratio that shows another unit; units differ by 1000.
_BLOCK_STEPS, _OTHER_UNIT = 32, 300
#: Stamps per block of the periodogram, and the most blocks used.
_BLOCK, _MOST_BLOCKS = 128, 50
#: Length of the spans that give the rate of bunches; a span further from the median than this share holds a gap.
_SPAN_S, _USUAL_SPAN = 2.0, 0.3
#: Share of the peak's power at which a lower rate is taken for the fundamental, and the peak for a multiple of it.
_MULTIPLE = 0.7
#: With more periods of the rate per sample, most samples would have been lost.
_MOST_LOST = 2.5
#: Steps that differ by less than this share belong to a regular clock.
_EVEN = 1e-6
_OFFERED_HZ = (
    *(5.0, 10.0, 12.5, 16.0, 20.0, 25.0, 26.0, 30.0, 31.25, 32.0, 40.0, 50.0, 51.2, 52.0, 60.0, 62.5, 64.0, 75.0, 80.0),
    *(100.0, 104.0, 120.0, 125.0, 128.0, 200.0, 208.0, 250.0, 256.0, 400.0, 416.0, 500.0, 512.0, 800.0, 1000.0),
)


@dataclass(frozen=True)
class Ordered:
    """Rows of one recording in time order.

    Attributes
    ----------
    seconds : ndarray of shape (n,)
        Increasing; if bunched, stamps may also be equal.
    values : ndarray of shape (n, n_channels)
    rows : ndarray of shape (n,)
        The row of the table of each; the first one, where stamps were equal.
    n_late, n_doubled : int
        Rows that came after a later one, and rows that repeat a stamp.
    """

    seconds: FloatArray
    values: FloatArray
    rows: IntArray
    n_late: int
    n_doubled: int


def in_order(seconds: FloatArray, values: FloatArray, rows: IntArray, recording: str) -> Ordered:
    """Sort rows by time, and average those that share a stamp.

    Raises
    ------
    InvalidInputError
        If time starts again in the middle: two recordings under one name would be interleaved.
    """
    _check_one_clock(seconds, rows, recording)
    _check_one_unit(seconds, rows, recording)
    order = np.argsort(seconds, kind="stable")
    n_late = int(np.sum(seconds < np.maximum.accumulate(seconds)))
    seconds, values, rows = seconds[order], values[order], rows[order]
    first = np.flatnonzero(np.concatenate([[True], np.diff(seconds) > 0]))
    n_doubled = len(seconds) - len(first)
    if n_doubled and _are_copies(values, first):
        return Ordered(seconds[first], values[first], rows[first], n_late, n_doubled)
    if n_doubled > _BUNCHED_PART * len(seconds):
        # One stamp for each bunch: consecutive samples, not repeated ones.
        return Ordered(seconds, values, rows, n_late, 0)
    if n_doubled:
        values = _means(values, first)
    return Ordered(seconds[first], values, rows[first], n_late, n_doubled)


def _check_one_clock(seconds: FloatArray, rows: IntArray, recording: str) -> None:
    """Refuse a few pieces that overlap in time, which are several recordings; shuffled rows are accepted."""
    back = np.flatnonzero(np.diff(seconds) < -_LATE_S) + 1
    if not len(back) or len(back) > len(seconds) / 20:
        return
    pieces = np.split(seconds, back)
    spans = sorted((float(piece.min()), float(piece.max())) for piece in pieces)
    for (_, end), (start, _) in pairwise(spans):
        if start < end:
            place = back[0]
            step_s = seconds[place - 1] - seconds[place]
            raise InvalidInputError(
                f"time goes back by {step_s:.4g} s at row {rows[place]}{recording}, into a time already recorded: "
                "if another recording begins there, name the column that distinguishes them (recording=, subject=)"
            )


def _check_one_unit(seconds: FloatArray, rows: IntArray, recording: str) -> None:
    """Refuse a clock whose steps become a thousand times as long: seconds in one part, milliseconds in another."""
    steps = np.abs(np.diff(seconds))
    n = len(steps) // _BLOCK_STEPS
    if n < 4:
        return
    blocks = np.sort(steps[: n * _BLOCK_STEPS].reshape(n, _BLOCK_STEPS), axis=1)
    typical = blocks[:, : _BLOCK_STEPS * 7 // 8].mean(axis=1)  # without the pauses between bunches, and gaps
    slow, fast = np.quantile(typical, [0.9, 0.1])
    if fast > 0 and slow > _OTHER_UNIT * fast:
        change = int(np.argmax(np.abs(np.diff(np.log(np.maximum(typical, fast))))) + 1) * _BLOCK_STEPS
        raise InvalidInputError(
            f"time runs {slow / fast:.3g} times as fast from about row {rows[change]} on{recording}: does the column "
            "mix two units or two clocks? Convert one, or name the column that distinguishes them (recording=)"
        )


def _are_copies(values: FloatArray, first: IntArray) -> bool:
    """Whether all rows of one stamp are equal although the sensor moves: written twice, not stamped in bunches."""
    group = np.repeat(np.arange(len(first)), np.diff(np.append(first, len(values))))
    same = np.array_equal(values, values[first][group], equal_nan=True)
    return same and not np.array_equal(values, np.broadcast_to(values[0], values.shape), equal_nan=True)


def _means(values: FloatArray, first: IntArray) -> FloatArray:
    """The mean of each group of rows, over what was measured."""
    measured = np.isfinite(values)
    sums = np.add.reduceat(np.where(measured, values, 0.0), first, axis=0)
    counts = np.add.reduceat(measured, first, axis=0)
    return np.asarray(np.divide(sums, counts, out=np.full(sums.shape, np.nan), where=counts > 0))


def is_bunched(seconds: FloatArray) -> bool:
    """Whether samples were stamped in bunches: many steps are far below the mean one."""
    steps = np.diff(seconds)
    if len(steps) < 10:
        return False
    usual = steps[steps <= np.quantile(steps, 0.99)]
    return float(np.mean(steps < _BUNCHED_STEP * usual.mean())) >= _BUNCHED_PART


def holes(seconds: FloatArray, longest_s: float) -> IntArray:
    """Where a new stretch begins: after steps longer than ``longest_s``."""
    return np.flatnonzero(np.diff(seconds) > longest_s) + 1


def spread_bunches(seconds: FloatArray, samples_per_second: float) -> FloatArray:
    """Estimated times of measurement of samples stamped in bunches on arrival: the stamps, smoothed over a second.

    A line is fitted around each sample (Savitzky and Golay, Analytical Chemistry 36(8), 1964).
    """
    from scipy.signal import savgol_filter

    length = min(max(3, round(samples_per_second)), len(seconds) - 1) // 2 * 2 + 1
    if length < 3:
        return seconds
    trend = np.asarray(savgol_filter(seconds, length, polyorder=1))
    # Where the smoothed stamps do not increase, steps of a thousandth of a sample keep the order.
    least = np.arange(len(trend)) * 1e-3 / samples_per_second
    return np.asarray(np.maximum.accumulate(trend - least) + least)


def rate_of(seconds: FloatArray, *, bunched: bool) -> float:
    """Samples per second of increasing times: from the usual step, or for bunches from the mean over about two seconds.

    A rate within half a percent of one that sensors offer becomes that one: clocks drift, and stamps are rounded.
    """
    steps = np.diff(seconds)
    if np.ptp(steps) <= _EVEN * steps.mean():
        # Computed stamps: keep their exact rate, so that samples stay unchanged.
        return float(f"{1 / steps.mean():.9g}")
    if bunched:
        # The mean over all phases of the bunches: a late packet lengthens as many spans as it shortens.
        usual_step = float(np.mean(steps[steps <= np.quantile(steps, 0.99)]))
        n = max(1, min(len(steps) // 2, round(_SPAN_S / usual_step)))
        spans = seconds[n:] - seconds[:-n]
        median = float(np.median(spans))
        rate = n / float(np.mean(spans[np.abs(spans - median) <= _USUAL_SPAN * median]))
    else:
        median = float(np.median(steps))
        usual = steps[np.abs(steps - median) <= 0.2 * median]
        even = len(usual) >= 0.8 * len(steps) or len(seconds) < _BLOCK
        rate = 1 / float(np.mean(usual)) if even else _rate_by_periodogram(seconds, 1 / median)
        mean_step = float(np.mean(steps[steps <= np.quantile(steps, 0.99)]))
        if not even and rate * mean_step > _MOST_LOST:
            raise InvalidInputError(
                f"the median step of the stamps is {1e3 * median:.4g} ms, but the mean is {1e3 * mean_step:.4g} ms: if "
                "the table holds two devices, name the column that distinguishes them (recording=)"
            )
    nearest = min(_OFFERED_HZ, key=lambda offered: abs(offered - rate))
    return nearest if abs(nearest - rate) <= 0.005 * rate else float(f"{rate:.4g}")


def _rate_by_periodogram(seconds: FloatArray, about_hz: float) -> float:
    """The rate of jittered stamps, some of which may be missing: the peak of their periodogram."""
    n = len(seconds) // _BLOCK
    blocks = seconds[: n * _BLOCK].reshape(n, _BLOCK)[:_MOST_BLOCKS]
    blocks = blocks - blocks[:, :1]
    rates = about_hz * np.arange(0.5, 2.6, 0.001)
    power = np.zeros(len(rates))
    for block in blocks:
        power += np.abs(np.exp(2j * np.pi * rates[:, None] * block).mean(axis=1)) ** 2
    # Multiples of the rate have nearly as much power.
    lowest = int(np.argmax(power >= _MULTIPLE * power.max()))
    peak = rates <= 1.05 * rates[lowest]
    return float(rates[peak][np.argmax(power[peak])])
