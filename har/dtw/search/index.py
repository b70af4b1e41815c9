"""Exact nearest neighbours under banded DTW: search in float32, verify in float64.

The search runs in float32, since a register holds twice as many such numbers as float64. The error of a float32
distance is bounded (:mod:`har.dtw.rounding`), which gives an interval that contains the float64 distance. Windows whose
lower end exceeds the k-th smallest upper end cannot be among the k nearest. The few that remain are computed again in
float64 by the recurrence of :func:`har.pairwise_dtw`: distances, their order and their ties always equal those of its
matrix.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from common.compiled import compiled
from common.validation import Float64Array, FloatArray, IntArray
from har.dtw.search.grouping import group_similar, outline, outlines
from har.dtw.lane_kernel import lane_dtw
from har.dtw.lanes import make_shape, shape_for
from har.dtw.packing import PackedReferences, count_multiply_adds, pack
from har.dtw.rounding import Rounding, centre_and_scale, standardise
from har.dtw.threads import in_threads

#: Windows from which centre and scale are estimated.
_SCALE_SAMPLE = 1_000
#: Float64 lanes of the verification: usually only one or two candidates remain.
_VERIFICATION_LANES = 4
#: Queries converted to contiguous float64 at a time.
_QUERIES_AT_ONCE = 256


@dataclass(frozen=True, eq=False)
class NeighborIndex:
    """Training windows prepared for :meth:`nearest`. Distances in float32 are in units of ``1 / scale``."""

    windows: FloatArray  # (n, n_timesteps * n_channels), unchanged, for the verification
    packed: PackedReferences  # in float32, centred and scaled; similar windows share a block
    members: IntArray  # (n_blocks, width): the window in each lane, -1 for padding
    norms: Float64Array  # (n_blocks,): the largest norm in each block, see har.dtw.rounding
    outlines: Float64Array  # (n_blocks, n_features): the mean outline of each block
    centre: Float64Array  # (n_channels,)
    scale: float

    @classmethod
    def build(cls, X: FloatArray) -> NeighborIndex:
        """Group and pack copies of windows ``(n, n_timesteps, n_channels)``."""
        n, n_timesteps, n_channels = X.shape
        windows = np.array(X, order="C").reshape(n, -1)
        centre, scale = centre_and_scale(X[:: -(-n // _SCALE_SAMPLE)])
        single = np.empty(windows.shape, dtype=np.float32)
        norms = np.array([standardise(windows[a], centre, scale, single[a]) for a in range(n)])
        features = outlines(single, n_timesteps, n_channels)
        width = len(shape_for(np.float32, n_channels, n)[1])
        order = group_similar(features, width)
        members = np.full((-(-n // width), width), -1)
        members.flat[:n] = order
        blocks = [order[start : start + width] for start in range(0, n, width)]
        return cls(
            windows,
            pack(single[order].reshape(X.shape)),
            members,
            np.array([norms[block].max() for block in blocks]),
            np.array([features[block].mean(axis=0, dtype=np.float64) for block in blocks]),
            centre,
            scale,
        )

    def nearest(self, X: FloatArray, k: int, radius: int, *, n_jobs: int | None = None) -> tuple[FloatArray, IntArray]:
        """The k windows nearest to each window of X, nearest first; ties go to the lowest index.

        Returns
        -------
        distances : ndarray of shape (len(X), k), float64
        indices : ndarray of shape (len(X), k)
        """
        distances = np.empty((len(X), k))
        indices = np.empty((len(X), k), dtype=np.int64)
        packed = self.packed
        rounding = Rounding.of(packed.n_timesteps, packed.n_channels, self.scale)
        exact_shape = make_shape(len(packed.shape[0]), _VERIFICATION_LANES)

        def search(start: int, stop: int) -> None:
            for first in range(start, stop, _QUERIES_AT_ONCE):
                part = slice(first, min(first + _QUERIES_AT_ONCE, stop))
                queries = np.require(X[part].reshape(part.stop - part.start, -1), np.float64, ["C", "W"])
                _search_batch(
                    queries, self.windows, packed.blocks, self.members, self.norms, self.outlines, self.centre,
                    self.scale, (rounding.relative, rounding.per_norm, rounding.floor), radius, packed.shape,
                    exact_shape, distances[part], indices[part],
                )  # fmt: skip

        in_threads(search, len(X), n_jobs, work=count_multiply_adds(len(X), packed, radius))
        return distances, indices


@compiled
def _search_batch(
    queries: Any, windows: Any, blocks: Any, members: Any, norms: Any, block_outlines: Any, centre: Any,
    scale: float, rounding: Any, radius: int, shape: Any, exact_shape: Any, distances: Any, indices: Any,
) -> None:  # fmt: skip
    candidates, lower_ends = np.empty(len(windows), dtype=np.int64), np.empty(len(windows))
    query = np.empty(queries.shape[1], dtype=np.float32)
    for a in range(len(queries)):
        norm = standardise(queries[a], centre, scale, query)
        order = _visiting_order(query, len(centre), block_outlines)
        n_candidates = _find_candidates(
            query, norm, blocks, members, norms, order, rounding, len(centre), radius, shape, distances.shape[1],
            candidates, lower_ends,
        )  # fmt: skip
        _verify(
            queries[a], windows, candidates[:n_candidates], lower_ends[:n_candidates], scale, len(centre), radius,
            exact_shape, distances[a], indices[a],
        )  # fmt: skip


@compiled
def _visiting_order(query: Any, n_channels: int, block_outlines: Any) -> Any:
    """The order of the blocks by the distance of their mean outline: near windows are probably in the first ones."""
    features = np.empty(block_outlines.shape[1])
    outline(query, n_channels, features)
    squared = np.zeros(len(block_outlines))
    for b in range(len(block_outlines)):
        for f in range(len(features)):
            squared[b] += (features[f] - block_outlines[b, f]) ** 2
    return np.argsort(squared)


@compiled
def _find_candidates(
    query: Any, norm: float, blocks: Any, members: Any, norms: Any, order: Any, rounding: Any, n_channels: int,
    radius: int, shape: Any, k: int, candidates: Any, lower_ends: Any,
) -> int:  # fmt: skip
    """Write the windows that may be among the k nearest, and the lower ends of their intervals; returns how many."""
    relative, per_norm, floor = rounding
    width = len(shape[1])
    buffer = np.empty((2 * radius + 3) * width, dtype=np.float32)
    lanes = np.empty(width, dtype=np.float32)
    cutoff = np.empty(1, dtype=np.float32)
    upper_ends = np.full(k, np.inf)  # the k smallest so far, in order
    n_candidates = 0
    for b in order:
        error = floor + per_norm * (norm + norms[b])
        # The largest squared distance whose lower end does not exceed the k-th upper end. The last factor covers
        # rounding to float32.
        cutoff[0] = ((upper_ends[-1] + error) * (1 + 2 * relative)) ** 2 * (1 + 1e-6)
        if not lane_dtw(query, blocks[b], n_channels, shape, radius, cutoff, buffer, lanes):
            continue
        for lane in range(width):
            if members[b, lane] < 0 or lanes[lane] > cutoff[0]:
                continue
            distance = np.sqrt(np.float64(lanes[lane]))
            candidates[n_candidates] = members[b, lane]
            lower_ends[n_candidates] = distance * (1 - relative) - error
            n_candidates += 1
            _insert(upper_ends, distance * (1 + relative) + error)
    n_kept = 0
    for c in range(n_candidates):
        if lower_ends[c] <= upper_ends[-1]:
            candidates[n_kept], lower_ends[n_kept] = candidates[c], lower_ends[c]
            n_kept += 1
    return n_kept


@compiled
def _insert(smallest: Any, value: float) -> None:
    """Insert ``value`` into the sorted array ``smallest``, dropping the largest value."""
    place = len(smallest) - 1
    if not value < smallest[place]:
        return
    while place > 0 and value < smallest[place - 1]:
        smallest[place] = smallest[place - 1]
        place -= 1
    smallest[place] = value


@compiled
def _verify(
    query: Any, windows: Any, candidates: Any, lower_ends: Any, scale: float, n_channels: int, radius: int, shape: Any,
    distances: Any, indices: Any,
) -> None:  # fmt: skip
    """Write the k nearest candidates and their distances, computed in float64."""
    width = len(shape[1])
    block = np.empty(len(query) * width)
    buffer = np.empty((2 * radius + 3) * width)
    lanes = np.empty(width)
    cutoff = np.full(1, np.inf)
    distances[:], indices[:] = np.inf, len(windows)
    order = np.argsort(lower_ends)
    for start in range(0, len(order), width):
        if lower_ends[order[start]] > distances[-1] * scale * (1 + 1e-12):
            break
        group = order[start : start + width]
        for lane in range(width):
            window = windows[candidates[group[min(lane, len(group) - 1)]]]
            for v in range(len(query)):
                block[v * width + lane] = window[v]
        # Different squares can have equal roots: windows that tie with the k-th best must not be abandoned.
        cutoff[0] = distances[-1] ** 2 * (1 + 1e-15)
        if not lane_dtw(query, block, n_channels, shape, radius, cutoff, buffer, lanes):
            continue
        for lane in range(len(group)):
            if lanes[lane] <= cutoff[0]:
                _insert_neighbor(distances, indices, np.sqrt(lanes[lane]), candidates[group[lane]])


@compiled
def _insert_neighbor(distances: Any, indices: Any, distance: float, index: int) -> None:
    """Insert a neighbour in order of distance, then of index, dropping the last one."""
    place = len(distances)
    while place > 0 and (
        distance < distances[place - 1] or (distance == distances[place - 1] and index < indices[place - 1])
    ):
        place -= 1
        if place < len(distances) - 1:
            distances[place + 1], indices[place + 1] = distances[place], indices[place]
    if place < len(distances):
        distances[place], indices[place] = distance, index
