"""Banded DTW of integer windows in ``uint32_t``, with early abandoning: the core of the exported C code.

The local cost of two samples is Σ (q − p)² over the channels; differences fit ``int16_t``, sums ``uint32_t``. Where the
longest path could exceed 2**32 − 1, additions saturate there. Saturation commutes with minima, so a saturated distance
is the smaller of the true distance and 2**32 − 1.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from common.compiled import compiled
from har.embedded.arithmetic import UINT32_MAX, wide


@compiled
def integer_dtw(query: Any, prototype: Any, radius: int, best: int, row: Any) -> int:
    """The DTW sum of two windows ``(n_timesteps, n_channels)``; 2**32 − 1 as soon as it is certain to reach ``best``.

    Cell (i, j) is stored at ``k = j − i + radius + 1`` of ``row``, which has 2 · radius + 3 entries of ``uint32_t`` and
    is updated in place: before cell (i, j) is written, ``row[k]`` holds (i − 1, j − 1), ``row[k + 1]`` holds
    (i − 1, j), and the value written last is (i, j − 1). Both ends stay 2**32 − 1. After each row i, the prototype is
    given up if the smallest value of the row is at least ``best``.
    """
    n, n_channels = query.shape
    for k in range(2 * radius + 3):
        row[k] = UINT32_MAX
    row[radius + 1] = 0
    for i in range(n):
        first, last = max(0, i - radius), min(n - 1, i + radius)
        k = first - i + radius + 1
        left = UINT32_MAX
        smallest = UINT32_MAX
        for j in range(first, last + 1):
            cost = 0
            for c in range(n_channels):
                difference = wide(query[i, c]) - wide(prototype[j, c])
                cost += difference * difference
            before = min(min(wide(row[k]), wide(row[k + 1])), left)
            left = min(before + cost, UINT32_MAX)
            row[k] = left
            smallest = min(smallest, left)
            k += 1
        if smallest >= best:
            return UINT32_MAX
    distance: int = wide(row[radius + 1])
    return distance


@compiled
def nearest_prototypes(windows: Any, prototypes: Any, radius: int, index: Any, distance: Any) -> None:
    """Write the nearest prototype of each window and its distance.

    The search begins with index 0 and distance 2**32 − 1. Prototypes are visited in their order, each abandoned at the
    best distance so far, and only a smaller distance replaces it: ties go to the lowest index.
    """
    row = np.empty(2 * radius + 3, dtype=np.uint32)
    for a in range(len(windows)):
        best, nearest = UINT32_MAX, 0
        for p in range(len(prototypes)):
            found = integer_dtw(windows[a], prototypes[p], radius, best, row)
            if found < best:
                best, nearest = found, p
        index[a], distance[a] = nearest, best


@compiled
def all_distances(windows: Any, prototypes: Any, radius: int, out: Any) -> None:
    """Write all distances of windows to prototypes ``(n_windows, n_prototypes)``; only saturated ones are abandoned."""
    row = np.empty(2 * radius + 3, dtype=np.uint32)
    for a in range(len(windows)):
        for p in range(len(prototypes)):
            out[a, p] = integer_dtw(windows[a], prototypes[p], radius, UINT32_MAX, row)


@compiled
def class_distances(windows: Any, prototypes: Any, class_indices: Any, radius: int, out: Any) -> None:
    """Write the distance of each window to the nearest prototype of each class ``(n_windows, n_classes)``.

    A prototype is abandoned at the best distance so far of its own class; all of them begin with 2**32 − 1.
    """
    row = np.empty(2 * radius + 3, dtype=np.uint32)
    for a in range(len(windows)):
        out[a, :] = UINT32_MAX
        for p in range(len(prototypes)):
            best = wide(out[a, class_indices[p]])
            found = integer_dtw(windows[a], prototypes[p], radius, best, row)
            if found < best:
                out[a, class_indices[p]] = found
