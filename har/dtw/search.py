"""Exact nearest neighbours: which blocks first, how long to follow them, and the proof that none was missed.

The blocks are searched in float32, of which a register holds twice as many as of float64. A float32 distance is off by
a known bound, so it gives an interval that holds the float64 distance. The k-th smallest upper end limits the search:
what begins beyond it cannot be among the k nearest. What is left, k windows and a few, is computed again in float64
by the recurrence of :func:`har.pairwise_dtw`: distances, their order and their ties are those of the matrix, always.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from common.compiled import compiled
from common.validation import FloatArray, IntArray
from har.dtw.grouping import group_similar, outline, outlines
from har.dtw.lane_kernel import lane_dtw
from har.dtw.lanes import make_shape, shape_for
from har.dtw.packing import PackedReferences, pack, work_of
from har.dtw.rounding import Rounding, standardise, typical_units
from har.dtw.threads import in_threads

#: Windows from which the typical size is taken.
_SAMPLE = 1_000
#: Float64 lanes of the recheck: mostly there is a single survivor or two.
_RECHECK_LANES = 4
#: Queries that are converted at a time.
_QUERIES_AT_ONCE = 256


@dataclass(frozen=True, eq=False)
class NeighborIndex:
    """Training windows made ready for :meth:`nearest`. Distances in float32 are in units of ``1 / scale``."""

    windows: FloatArray  # (n, n_timesteps * n_channels), as they were given: for the recheck
    packed: PackedReferences  # in float32, less the centre, in units; similar windows share a block
    members: IntArray  # (n_blocks, width): which window is in each lane, -1 in padding
    reaches: npt.NDArray[np.float64]  # (n_blocks,): see har.dtw.rounding
    outlines: npt.NDArray[np.float64]  # (n_blocks, n_features): the mean outline of each block
    centre: npt.NDArray[np.float64]  # (n_channels,)
    scale: float

    @classmethod
    def build(cls, X: FloatArray) -> "NeighborIndex":
        """Group and pack windows ``(n, n_timesteps, n_channels)``. They are copied."""
        n, n_timesteps, n_channels = X.shape
        windows = np.array(X, order="C").reshape(n, -1)
        centre, scale = typical_units(X[:: -(-n // _SAMPLE)])
        single = np.empty(windows.shape, dtype=np.float32)
        reaches = np.array([standardise(windows[a], centre, scale, single[a]) for a in range(n)])
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
            np.array([reaches[block].max() for block in blocks]),
            np.array([features[block].mean(axis=0, dtype=np.float64) for block in blocks]),
            centre,
            scale,
        )

    def nearest(self, X: FloatArray, k: int, radius: int, *, n_jobs: int | None = None) -> tuple[FloatArray, IntArray]:
        """The k nearest windows of each window of X, nearest first, ties to the lowest index.

        Returns
        -------
        distances : ndarray of shape (len(X), k), float64
        indices : ndarray of shape (len(X), k)
        """
        distances = np.empty((len(X), k))
        indices = np.empty((len(X), k), dtype=np.int64)
        packed = self.packed
        rounding = Rounding.of(packed.n_timesteps, packed.n_channels, self.scale)
        exact_shape = make_shape(len(packed.shape[0]), _RECHECK_LANES)

        def search(start: int, stop: int) -> None:
            for first in range(start, stop, _QUERIES_AT_ONCE):
                part = slice(first, min(first + _QUERIES_AT_ONCE, stop))
                queries = np.require(X[part].reshape(part.stop - part.start, -1), np.float64, ["C", "W"])
                _search(
                    queries, self.windows, packed.blocks, self.members, self.reaches, self.outlines, self.centre,
                    self.scale, (rounding.relative, rounding.per_reach, rounding.floor), radius, packed.shape,
                    exact_shape, distances[part], indices[part],
                )  # fmt: skip

        in_threads(search, len(X), n_jobs, work=work_of(len(X), packed, radius))
        return distances, indices


@compiled
def _search(
    queries: Any, windows: Any, blocks: Any, members: Any, reaches: Any, block_outlines: Any, centre: Any,
    scale: float, rounding: Any, radius: int, shape: Any, exact_shape: Any, distances: Any, indices: Any,
) -> None:  # fmt: skip
    candidates, lows = np.empty(len(windows), dtype=np.int64), np.empty(len(windows))
    query = np.empty(queries.shape[1], dtype=np.float32)
    for a in range(len(queries)):
        reach = standardise(queries[a], centre, scale, query)
        order = _visiting_order(query, len(centre), block_outlines)
        n_candidates = _scan(
            query, reach, blocks, members, reaches, order, rounding, len(centre), radius, shape, distances.shape[1],
            candidates, lows,
        )  # fmt: skip
        _recheck(
            queries[a], windows, candidates[:n_candidates], lows[:n_candidates], scale, len(centre), radius,
            exact_shape, distances[a], indices[a],
        )  # fmt: skip


@compiled
def _visiting_order(query: Any, n_channels: int, block_outlines: Any) -> Any:
    """Blocks in the order in which they probably hold near windows."""
    features = np.empty(block_outlines.shape[1])
    outline(query, n_channels, features)
    apart = np.zeros(len(block_outlines))
    for b in range(len(block_outlines)):
        for f in range(len(features)):
            apart[b] += (features[f] - block_outlines[b, f]) ** 2
    return np.argsort(apart)


@compiled
def _scan(
    query: Any, reach: float, blocks: Any, members: Any, reaches: Any, order: Any, rounding: Any, n_channels: int,
    radius: int, shape: Any, k: int, candidates: Any, lows: Any,
) -> int:  # fmt: skip
    """Collect the windows that may be among the k nearest, and the lower ends of their distances."""
    relative, per_reach, floor = rounding
    width = len(shape[1])
    buffer = np.empty((2 * radius + 3) * width, dtype=np.float32)
    lanes = np.empty(width, dtype=np.float32)
    cutoff = np.empty(1, dtype=np.float32)
    highs = np.full(k, np.inf)
    n_candidates = 0
    for b in order:
        error = floor + per_reach * (reach + reaches[b])
        # Of lower ends up to the k-th upper end, squared. The last factor covers rounding to float32.
        cutoff[0] = ((highs[-1] + error) * (1 + 2 * relative)) ** 2 * (1 + 1e-6)
        if not lane_dtw(query, blocks[b], n_channels, shape, radius, cutoff, buffer, lanes):
            continue
        for lane in range(width):
            if members[b, lane] < 0 or lanes[lane] > cutoff[0]:
                continue
            distance = np.sqrt(np.float64(lanes[lane]))
            candidates[n_candidates] = members[b, lane]
            lows[n_candidates] = distance * (1 - relative) - error
            n_candidates += 1
            _insert(highs, distance * (1 + relative) + error)
    n_kept = 0
    for c in range(n_candidates):
        if lows[c] <= highs[-1]:
            candidates[n_kept], lows[n_kept] = candidates[c], lows[c]
            n_kept += 1
    return n_kept


@compiled
def _insert(smallest: Any, value: float) -> None:
    """Keep ``smallest`` in order and the smallest values in it."""
    place = len(smallest) - 1
    if not value < smallest[place]:
        return
    while place > 0 and value < smallest[place - 1]:
        smallest[place] = smallest[place - 1]
        place -= 1
    smallest[place] = value


@compiled
def _recheck(
    query: Any, windows: Any, candidates: Any, lows: Any, scale: float, n_channels: int, radius: int, shape: Any,
    distances: Any, indices: Any,
) -> None:  # fmt: skip
    """The k nearest of the candidates, in float64."""
    width = len(shape[1])
    block = np.empty(len(query) * width)
    buffer = np.empty((2 * radius + 3) * width)
    lanes = np.empty(width)
    cutoff = np.full(1, np.inf)
    distances[:], indices[:] = np.inf, len(windows)
    order = np.argsort(lows)
    for start in range(0, len(order), width):
        if lows[order[start]] > distances[-1] * scale * (1 + 1e-12):
            break
        group = order[start : start + width]
        for lane in range(width):
            window = windows[candidates[group[min(lane, len(group) - 1)]]]
            for v in range(len(query)):
                block[v * width + lane] = window[v]
        # Different squares can have one root: what ties with the k-th best must not be left.
        cutoff[0] = distances[-1] ** 2 * (1 + 1e-15)
        if not lane_dtw(query, block, n_channels, shape, radius, cutoff, buffer, lanes):
            continue
        for lane in range(len(group)):
            if lanes[lane] <= cutoff[0]:
                _insert_neighbour(distances, indices, np.sqrt(lanes[lane]), candidates[group[lane]])


@compiled
def _insert_neighbour(distances: Any, indices: Any, distance: float, index: int) -> None:
    """Keep the nearest in order of distance, then of index."""
    place = len(distances)
    while place > 0 and (
        distance < distances[place - 1] or (distance == distances[place - 1] and index < indices[place - 1])
    ):
        place -= 1
        if place < len(distances) - 1:
            distances[place + 1], indices[place + 1] = distances[place], indices[place]
    if place < len(distances):
        distances[place], indices[place] = distance, index
