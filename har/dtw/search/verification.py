"""The last step of a search: the few windows that float32 cannot tell apart, in float64."""

from __future__ import annotations

from typing import Any

import numpy as np

from common.compiled import compiled
from har.dtw.lane_kernel import lane_dtw
from har.dtw.lanes import LEAST_LOOPED, Shape, make_shape
from har.dtw.search.candidates import drop_excluded

#: Usually only one or two candidates remain.
_LANES = 4


def exact_shape(n_channels: int) -> Shape:
    """The shape of the float64 lanes."""
    return make_shape(min(n_channels, LEAST_LOOPED), _LANES)


@compiled
def verify(query: Any, windows: Any, candidates: Any, space: Any, shape: Any, distances: Any, indices: Any) -> None:
    """Write the k nearest candidates and their distances, computed in float64 by the recurrence of the matrix.

    Parameters
    ----------
    query : 1-D float64 array, the flat window
    windows : array of shape (n, n_values), all training windows
    distances, indices : arrays of k entries, the output
    """
    n_kept = drop_excluded(candidates)
    lower_ends, upper_end = candidates.lower_ends[:n_kept], candidates.upper_ends[-1] / space.scale
    width = len(shape[1])
    block = np.empty(len(query) * width)
    buffer = np.empty((2 * space.radius + 3) * width)
    lanes = np.empty(width)
    cutoff = np.empty(1)
    distances[:], indices[:] = np.inf, len(windows)
    order = np.argsort(lower_ends)
    for start in range(0, len(order), width):
        if lower_ends[order[start]] > distances[-1] * space.scale * (1 + 1e-12):
            break
        group = order[start : start + width]
        for lane in range(width):
            window = windows[candidates.indices[group[min(lane, len(group) - 1)]]]
            for v in range(len(query)):
                block[v * width + lane] = window[v]
        # Different squares can have equal roots: windows that tie with the k-th best must not be abandoned.
        cutoff[0] = min(distances[-1] ** 2, upper_end**2) * (1 + 1e-12)
        if not lane_dtw(query, block, len(space.centre), shape, space.radius, cutoff, buffer, lanes):
            continue
        for lane in range(len(group)):
            if lanes[lane] <= cutoff[0]:
                _insert_neighbor(distances, indices, np.sqrt(lanes[lane]), candidates.indices[group[lane]])


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
