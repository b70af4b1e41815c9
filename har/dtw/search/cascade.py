"""Bounds first: the windows that they leave are measured in batches, the most promising ones first."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from common.compiled import compiled
from har.dtw.lane_kernel import bounded_lane_dtw
from har.dtw.rounding import standardise
from har.dtw.search.bounds import BLOCK, interval_bounds, outline_bounds, write_remaining
from har.dtw.search.candidates import add_candidate, clear, input_error, no_candidates, squared_cutoff
from har.dtw.search.envelopes import write_envelope
from har.dtw.search.outlines import Outlines, write_outline
from har.dtw.search.transposing import gather
from har.dtw.search.verification import verify

#: The bound of a window that is not to be measured (again).
_DONE = np.inf


class Positions(NamedTuple):
    """All windows by *position*, in which similar ones are neighbours."""

    order: Any  # (n,): their indices
    windows: Any  # (n * padded length,): in float32, centred and scaled
    norms: Any  # (n,): see har.dtw.rounding
    outlines: Outlines


class Query(NamedTuple):
    """A query in float32, its envelope, and the outlines of both."""

    window: Any  # with padding, as the next two
    below: Any
    above: Any
    outline: Any
    outline_below: Any
    outline_above: Any
    n_values: int  # without padding
    norm: float


@compiled
def search_by_bounds(
    queries: Any, windows: Any, positions: Any, space: Any, shape: Any, exact_shape: Any, distances: Any, indices: Any
) -> int:
    """Write the nearest windows of each query; returns how many windows the bounds left in all."""
    candidates = no_candidates(len(windows), distances.shape[1])
    n_left = 0
    for a in range(len(queries)):
        clear(candidates)
        query = _prepare_query(queries[a], positions, space)
        n_left += _find_candidates(query, positions, space, shape, candidates)
        verify(queries[a], windows, candidates, space, exact_shape, distances[a], indices[a])
    return n_left


@compiled
def _prepare_query(query: Any, positions: Any, space: Any) -> Any:
    """What bounds need of a flat query."""
    n_values, n_channels, outlines = len(query), len(space.centre), positions.outlines
    length = len(positions.windows) // len(positions.order)
    n_features = len(outlines.windows) // (len(outlines.block_norms) * BLOCK)
    window, below, above = np.zeros(length, np.float32), np.empty(length, np.float32), np.empty(length, np.float32)
    norm = standardise(query, space.centre, space.scale, window[:n_values])
    write_envelope(window, n_values, n_channels, space.radius, below, above)
    own = np.empty((3, n_features), np.float32)
    for side, outline in zip((window, below, above), own):  # noqa: B905 - Numba knows no strict
        write_outline(side, n_values, n_channels, outline)
    return Query(window, below, above, own[0], own[1], own[2], n_values, norm)


@compiled
def _find_candidates(query: Any, positions: Any, space: Any, shape: Any, candidates: Any) -> int:
    """Add all windows that may be among the k nearest, and some others; returns how many the bounds left."""
    width, outlines = len(shape[1]), positions.outlines
    n_blocks = len(outlines.block_norms)
    block_bounds = np.empty(-(-n_blocks // BLOCK) * BLOCK, np.float32)
    interval_bounds(
        outlines.low, outlines.high, len(block_bounds) // BLOCK, query.outline_below, query.outline_above, block_bounds
    )
    bounds = np.empty(n_blocks * BLOCK, np.float32)
    is_known = np.zeros(n_blocks, np.bool_)

    seeds = _closest(query, positions, block_bounds, bounds, is_known, width)
    _measure(seeds, query, positions, space, shape, candidates)
    for position in seeds:
        bounds[position] = _DONE
    upper_end = candidates.upper_ends[-1]
    left = _within_bounds(query, positions, block_bounds, bounds, is_known, space.precision, upper_end)
    order = left[np.argsort(bounds[left])]
    for start in range(0, len(order), width):
        batch = order[start : start + width]
        error = input_error(query.norm, positions.norms[batch].max(), space.precision)
        if bounds[batch[0]] <= squared_cutoff(candidates.upper_ends[-1], error, space.precision):
            _measure(batch, query, positions, space, shape, candidates)
    return len(seeds) + len(left)


@compiled
def _closest(query: Any, positions: Any, block_bounds: Any, bounds: Any, is_known: Any, n_seeds: int) -> Any:
    """The windows with the smallest bounds. Fills the bounds of the blocks that it has to look into."""
    n, outlines = len(positions.order), positions.outlines
    seeds = np.zeros(min(n, n_seeds), np.int64)
    smallest = np.full(len(seeds), np.inf, np.float32)
    for b in range(len(is_known)):
        if block_bounds[b] > smallest[-1]:
            continue
        outline_bounds(
            outlines.windows, outlines.below, outlines.above, b, query.outline, query.outline_below,
            query.outline_above, bounds,
        )  # fmt: skip
        is_known[b] = True
        for position in range(b * BLOCK, min((b + 1) * BLOCK, n)):
            if not bounds[position] < smallest[-1]:
                continue
            place = len(seeds) - 1
            while place > 0 and bounds[position] < smallest[place - 1]:
                smallest[place], seeds[place] = smallest[place - 1], seeds[place - 1]
                place -= 1
            smallest[place], seeds[place] = bounds[position], position
    return seeds


@compiled
def _within_bounds(
    query: Any, positions: Any, block_bounds: Any, bounds: Any, is_known: Any, precision: Any, upper_end: float
) -> Any:
    """The windows whose bounds do not exclude them from the k nearest."""
    n, outlines = len(positions.order), positions.outlines
    left = np.empty(n, np.int64)
    count = 0
    for b in range(len(is_known)):
        error = input_error(query.norm, outlines.block_norms[b], precision)
        cutoff = squared_cutoff(upper_end, error, precision)
        if block_bounds[b] > cutoff:
            continue
        if not is_known[b]:
            outline_bounds(
                outlines.windows, outlines.below, outlines.above, b, query.outline, query.outline_below,
                query.outline_above, bounds,
            )  # fmt: skip
        for position in range(b * BLOCK, min((b + 1) * BLOCK, n)):
            if bounds[position] <= cutoff and bounds[position] < _DONE:
                left[count] = position
                count += 1
    return left[:count]


@compiled
def _measure(batch: Any, query: Any, positions: Any, space: Any, shape: Any, candidates: Any) -> None:
    """Measure a batch of windows, as far as they are not abandoned, and add them."""
    width, k, precision = len(shape[1]), len(candidates.upper_ends), space.precision
    n_channels, n_values = len(space.centre), query.n_values
    block = gather(batch, positions.windows, len(query.window), shape)
    remaining, lanes = np.empty(n_values // n_channels * width, np.float32), np.empty(width, np.float32)
    write_remaining(block, query.window, query.below, query.above, n_channels, shape, remaining, lanes)

    error = input_error(query.norm, positions.norms[batch].max(), precision)
    upper_end = candidates.upper_ends[-1]
    if upper_end == np.inf and k <= len(batch):  # no k windows yet: DTW is at most the Euclidean distance
        straight = np.sort(lanes[: len(batch)])[k - 1]
        upper_end = np.sqrt(np.float64(straight)) * (1 + precision.relative) + error
    cutoff = np.empty(1, np.float32)
    cutoff[0] = squared_cutoff(upper_end, error, precision) * (1 + 5 * precision.relative)
    buffer = np.empty((2 * space.radius + 3) * width, np.float32)
    window = query.window[:n_values]
    if not bounded_lane_dtw(window, block, n_channels, shape, space.radius, cutoff, remaining, buffer, lanes):
        return
    for lane in range(len(batch)):
        if lanes[lane] <= cutoff[0]:
            add_candidate(candidates, positions.order[batch[lane]], lanes[lane], error, precision)
