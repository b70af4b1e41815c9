"""The recordings of a table: the rows of one subject and one recording, in time order, and cut at holes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.validation import FloatArray, IntArray
from har.tables.clock import on_clock
from har.tables.order import Ordered, holes, in_order, is_bunched, rate_of, spread_bunches

#: A step of the stamps is a gap from this many regular steps on.
_GAP_STEPS = 1.5
#: Fewest samples from which a rate is estimated.
_FEWEST_FOR_RATE = 20
#: No sensor is this many times as fast as another; units differ by 1000.
_OTHER_UNIT = 300
#: Rates of the recordings of one table may differ by this share.
_SAME_RATE = 0.05
#: A clock may be this many times as fast as the samples; a faster one would mostly invent values.
_FASTER = 1.5
#: Quantile of the pauses between bunches that is still regular; longer pauses are stalls.
_LONG_PAUSES = 0.95


@dataclass(frozen=True)
class Source:
    """One recording of the table."""

    subject: Any
    ordered: Ordered
    is_bunched: bool
    rate_hz: float


@dataclass(frozen=True)
class Stretch:
    """Samples on the clock without a hole.

    Attributes
    ----------
    values : ndarray of shape (n, n_channels)
    rows : ndarray of shape (n,)
        The row of the table that is nearest in time to each.
    """

    values: FloatArray
    rows: IntArray


def sources_of(
    seconds: FloatArray | None,
    values: FloatArray,
    subjects: npt.NDArray[Any],
    recordings: npt.NDArray[Any],
    rows_of_each: list[IntArray],
    rate_hz: float | None,
    counts: Counter[str],
) -> list[Source]:
    """The recordings in order of appearance; without ``seconds``, rows are ``1 / rate_hz`` apart."""
    found = []
    for rows in rows_of_each:
        if seconds is not None:
            rows = rows[np.isfinite(seconds[rows])]
        if len(rows) < 2:
            counts["n_short"] += 1
            continue
        times = np.arange(len(rows)) / rate_hz if seconds is None and rate_hz else np.asarray(seconds)[rows]
        ordered = in_order(
            times, values[rows], rows, f" (subject {subjects[rows[0]]}, recording {recordings[rows[0]]})"
        )
        counts["n_late"] += ordered.n_late
        counts["n_doubled"] += ordered.n_doubled
        if ordered.seconds[-1] <= ordered.seconds[0]:
            counts["n_short"] += 1
            continue
        bunched = seconds is not None and is_bunched(ordered.seconds)
        counts["n_bunched"] += bunched
        rate = rate_hz if seconds is None and rate_hz else rate_of(ordered.seconds, bunched=bunched)
        found.append(Source(subjects[rows[0]], ordered, bunched, rate))
    if not found:
        raise InvalidInputError("frame: no recording has two samples at different times")
    return _with_usual_rate(found)


def _with_usual_rate(sources: list[Source]) -> list[Source]:
    """Recordings too short to estimate a rate get the usual one: of three samples, a lost one would halve it."""
    estimated = [source.rate_hz for source in sources if len(source.ordered.seconds) >= _FEWEST_FOR_RATE]
    if not estimated:
        return sources
    usual = float(np.median(estimated))
    return [
        source if len(source.ordered.seconds) >= _FEWEST_FOR_RATE else replace(source, rate_hz=usual)
        for source in sources
    ]


def rows_of_recordings(subjects: npt.NDArray[Any], recordings: npt.NDArray[Any]) -> list[IntArray]:
    """The rows of each subject and recording, in order of appearance."""
    import pandas as pd

    names = pd.MultiIndex.from_arrays([subjects, recordings])
    codes, _ = pd.factorize(names)
    order = np.argsort(codes, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(codes[order])) + 1)


def clock_rate(sources: list[Source], rate_hz: float | None) -> float:
    """Samples per second of the recordings' clock.

    Raises
    ------
    InvalidInputError
        If recordings differ in rate and ``rate_hz`` is None, or their rates are far below ``rate_hz``.
    """
    rates = np.array([source.rate_hz for source in sources])
    usual = float(np.median(rates))
    if rate_hz is None:
        if np.any(np.abs(rates - usual) > _SAME_RATE * usual):
            raise InvalidInputError(
                f"recordings have from {rates.min():.4g} to {rates.max():.4g} samples a second: pass rate_hz, to which "
                "all of them are resampled"
            )
        return usual
    if rates.max() > _OTHER_UNIT * rates.min():
        raise InvalidInputError(
            f"recordings have from {rates.min():.4g} to {rates.max():.4g} samples a second: are their stamps in "
            "different units? Convert them to one"
        )
    if rate_hz > _FASTER * rates.min():
        raise InvalidInputError(
            f"rate_hz is {rate_hz:g}, but a recording has {rates.min():.4g} samples a second: pass at most that, or "
            "time_unit if the stamps are in another unit"
        )
    return rate_hz


def stretches_of(source: Source, clock_hz: float, max_gap_s: float, counts: Counter[str]) -> Iterator[Stretch]:
    """The source on the clock; gaps of up to ``max_gap_s`` in a channel are interpolated, longer ones end a stretch."""
    seconds, values, rows = source.ordered.seconds, source.ordered.values, source.ordered.rows
    longest_s = max_gap_s + 1 / source.rate_hz * (1 + 1e-3)
    measured = _is_measured(seconds, values, longest_s)
    counts["n_unmeasured"] += int(np.sum(~measured))
    seconds, values, rows = seconds[measured], values[measured], rows[measured]
    if source.is_bunched:
        seconds = _spread(seconds, source.rate_hz, longest_s)
    cuts = holes(seconds, longest_s)
    counts["n_holes"] += len(cuts)
    for stretch in np.split(np.arange(len(seconds)), cuts):
        if len(stretch) < 2:
            counts["n_short"] += 1
            continue
        counts["n_bridged"] += int(np.sum(np.diff(seconds[stretch]) > _GAP_STEPS / source.rate_hz))
        times, samples = on_clock(seconds[stretch], values[stretch], source_hz=source.rate_hz, rate_hz=clock_hz)
        yield Stretch(samples, rows[stretch[_nearest(seconds[stretch], times)]])


def _is_measured(seconds: FloatArray, values: FloatArray, longest_s: float) -> npt.NDArray[np.bool_]:
    """False in rows in which nothing was measured, or a channel was missing for longer than ``longest_s``."""
    complete: npt.NDArray[np.bool_] = np.asarray(np.isfinite(values).any(axis=1))
    for channel in values.T:
        measured = np.flatnonzero(np.isfinite(channel))
        if not len(measured):
            return np.zeros(len(seconds), dtype=bool)
        complete[: measured[0]] = complete[measured[-1] + 1 :] = False
        for place in np.flatnonzero(np.diff(seconds[measured]) > longest_s):
            complete[measured[place] + 1 : measured[place + 1]] = False
    return complete


def _spread(seconds: FloatArray, rate_hz: float, longest_s: float) -> FloatArray:
    """Smooth the stamps of bunches, separately on both sides of a hole."""
    steps = np.diff(seconds)
    pauses = steps[steps > np.mean(steps)]
    pause_s = float(np.quantile(pauses, _LONG_PAUSES)) if len(pauses) else 0.0
    parts = np.split(seconds, holes(seconds, longest_s + pause_s))
    return np.concatenate([spread_bunches(part, rate_hz) for part in parts])


def _nearest(seconds: FloatArray, times: FloatArray) -> IntArray:
    """The index of the nearest of the increasing ``seconds`` to each of ``times``."""
    after = np.clip(np.searchsorted(seconds, times), 1, len(seconds) - 1)
    return after - (times - seconds[after - 1] <= seconds[after] - times)
