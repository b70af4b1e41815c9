"""DTW to all windows, where bounds would rule out too few: blocks of similar windows, the most similar block first."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from common.compiled import compiled
from har.dtw.lane_kernel import lane_dtw
from har.dtw.rounding import standardise
from har.dtw.search.candidates import add_candidate, clear, input_error, no_candidates, squared_cutoff
from har.dtw.search.outlines import write_outline
from har.dtw.search.verification import verify


class Blocks(NamedTuple):
    """All windows, packed. Windows have a *position*, in which similar ones are neighbours."""

    packed: Any  # (n_blocks, n_values * width): in float32, centred and scaled; or rounded, as pairs of integers
    limit: Any  # of integers; None if there are none
    order: Any  # (n_blocks, width): the index of the window in each lane, -1 for padding
    norms: Any  # (n_blocks,): the largest norm in each block, see har.dtw.rounding
    outlines: Any  # (n_blocks, n_features): the mean outline of each block


@compiled
def search_all(
    queries: Any, windows: Any, blocks: Any, space: Any, shape: Any, exact_shape: Any, distances: Any, indices: Any
) -> None:
    """Write the nearest windows of each query."""
    n_channels = len(space.centre)
    candidates = no_candidates(len(windows), distances.shape[1])
    query = np.empty(queries.shape[1], np.float32)
    stored = np.empty(blocks.packed.shape[1] // len(shape[1]), blocks.packed.dtype)
    n_stored = len(stored) // (len(query) // n_channels)  # channels or pairs
    for a in range(len(queries)):
        clear(candidates)
        norm = standardise(queries[a], space.centre, space.scale, query)
        norm = _write_stored(query, norm, n_channels, blocks.limit, stored)
        order = _visiting_order(query, n_channels, blocks.outlines)
        _find_candidates(stored, n_stored, norm, order, blocks, space, shape, candidates)
        verify(queries[a], windows, candidates, space, exact_shape, distances[a], indices[a])


@compiled
def _write_stored(query: Any, norm: float, n_channels: int, limit: Any, out: Any) -> float:
    """Write a flat query as the blocks are stored; returns its norm, infinity if integers are too small for it."""
    if limit is None:
        for v in range(len(query)):
            out[v] = query[v]
        return norm
    integers = out.view(np.int16)
    integers[:] = 0
    if norm > limit:
        return np.inf
    n_paired = n_channels + n_channels % 2
    for t in range(len(query) // n_channels):
        for c in range(n_channels):
            integers[t * n_paired + c] = np.rint(query[t * n_channels + c])
    return norm


@compiled
def _find_candidates(
    query: Any, n_channels: int, norm: float, order: Any, blocks: Any, space: Any, shape: Any, candidates: Any
) -> None:
    """Add all windows that may be among the k nearest, and some others.

    Parameters
    ----------
    query, n_channels : the flat query as stored, and its number of channels or pairs
    order : the blocks in the order in which they are visited
    """
    width, radius, precision = len(shape[1]), space.radius, space.precision
    buffer = np.empty((2 * radius + 3) * width, dtype=np.float32)
    lanes = np.empty(width, dtype=np.float32)
    cutoff = np.empty(1, dtype=np.float32)
    for b in order:
        error = input_error(norm, blocks.norms[b], precision)
        cutoff[0] = squared_cutoff(candidates.upper_ends[-1], error, precision)
        if not lane_dtw(query, blocks.packed[b], n_channels, shape, radius, cutoff, buffer, lanes):
            continue
        for lane in range(width):
            if blocks.order[b, lane] >= 0 and lanes[lane] <= cutoff[0]:
                add_candidate(candidates, blocks.order[b, lane], lanes[lane], error, precision)


@compiled
def _visiting_order(query: Any, n_channels: int, block_outlines: Any) -> Any:
    """The order of the blocks by the distance of their mean outline: near windows are probably in the first ones."""
    features = np.empty(block_outlines.shape[1], dtype=np.float32)
    write_outline(query, len(query), n_channels, features)
    squared = np.zeros(len(block_outlines))
    for b in range(len(block_outlines)):
        for f in range(len(features)):
            squared[b] += (features[f] - block_outlines[b, f]) ** 2
    return np.argsort(squared)
