"""The DTW recurrences, compiled.

Everything here computes squared distances of arrays that have been checked: series are C-contiguous
``(n_samples, n_channels)`` of one dtype, and ``radius`` is the band's radius in samples (``n - 1`` or more: no
constraint). For equal lengths, all rows of the band have the same width, and one buffer of 2r + 3 values is updated in
place; for unequal lengths, the widths differ, and two buffers alternate. These are the scalar recurrences, for single
pairs; :mod:`har.dtw.lane_kernel` runs the first of them for many references at once.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from common.compiled import compiled

_INF = np.inf


@compiled
def _cost(x: Any, i: int, y: Any, j: int) -> Any:
    """Squared Euclidean distance of sample i of x and sample j of y."""
    total = x.dtype.type(0)
    for c in range(x.shape[1]):
        difference = x[i, c] - y[j, c]
        total += difference * difference
    return total


@compiled
def squared_dtw_equal(x: Any, y: Any, radius: int, cutoff: float, buffer: Any) -> float:
    """Squared DTW of two series of equal length, or infinity as soon as it is certain to exceed ``cutoff``.

    Cell (i, j) is stored at ``k = j - i + r + 1``. When a row is computed from left to right, ``buffer[k]`` still
    holds the cell's diagonal neighbour (i - 1, j - 1), ``buffer[k + 1]`` the one above, (i - 1, j), and the value
    written last is the left neighbour. Both ends of the buffer stay infinite.
    """
    n = x.shape[0]
    for k in range(2 * radius + 3):
        buffer[k] = _INF
    buffer[radius + 1] = 0.0  # the virtual cell (-1, -1): the diagonal neighbour of (0, 0)
    for i in range(n):
        first = max(0, i - radius)
        last = min(n - 1, i + radius)
        k = first - i + radius + 1
        left = _INF
        smallest = _INF
        for j in range(first, last + 1):
            best = min(min(buffer[k], buffer[k + 1]), left)
            left = best + _cost(x, i, y, j)
            buffer[k] = left
            smallest = min(smallest, left)
            k += 1
        # Costs are not negative: once a whole row exceeds the cutoff, so does every path.
        if smallest > cutoff:
            return _INF
    return float(buffer[radius + 1])


@compiled
def row_of_band(i: int, n: int, m: int, radius: int) -> tuple[int, int]:
    """First and last column of row i of the band, for n <= m; :mod:`har.dtw.distance` states the rule."""
    if n == 1:
        return 0, m - 1
    slack = max(2 * radius * (n - 1), m - 1) // 2
    first = -((slack - i * (m - 1)) // (n - 1))
    last = (i * (m - 1) + slack) // (n - 1)
    return max(0, first), min(m - 1, last)


@compiled
def band_width(n: int, m: int, radius: int) -> int:
    """Number of cells in the widest row of the band, for n <= m."""
    widest = 1
    for i in range(n):
        first, last = row_of_band(i, n, m, radius)
        widest = max(widest, last - first + 1)
    return widest


@compiled
def squared_dtw_unequal(x: Any, y: Any, radius: int) -> float:
    """Squared DTW for ``len(x) <= len(y)``, in memory proportional to the band's widest row."""
    n, m = x.shape[0], y.shape[0]
    width = band_width(n, m, radius)
    above = np.full(width, _INF)
    row = np.full(width, _INF)
    above_first, above_last = 0, -1
    for i in range(n):
        first, last = row_of_band(i, n, m, radius)
        left = _INF
        for j in range(first, last + 1):
            best = left
            if above_first <= j <= above_last:
                best = min(best, above[j - above_first])
            if above_first <= j - 1 <= above_last:
                best = min(best, above[j - 1 - above_first])
            if i == 0 and j == 0:
                best = 0.0
            left = best + _cost(x, i, y, j)
            row[j - first] = left
        above, row = row, above
        above_first, above_last = first, last
    return float(above[m - 1 - above_first])


@compiled
def squared_dtw(x: Any, y: Any, radius: int) -> float:
    """Squared DTW of any two series; the shorter one gives the rows, so the result is symmetric."""
    if x.shape[0] == y.shape[0]:
        return squared_dtw_equal(x, y, radius, _INF, np.empty(2 * radius + 3))
    if x.shape[0] < y.shape[0]:
        return squared_dtw_unequal(x, y, radius)
    return squared_dtw_unequal(y, x, radius)


@compiled
def banded_path(x: Any, y: Any, radius: int, steps: Any) -> tuple[float, int]:
    """An optimal path for ``len(x) <= len(y)``, written to the end of ``steps`` (n + m - 1, 2).

    Returns the squared distance and the index of the path's first row in ``steps``. Among equally good predecessors,
    the diagonal one is preferred to the one above, and that to the left one. Memory: one byte per cell of the band.
    """
    n, m = x.shape[0], y.shape[0]
    width = band_width(n, m, radius)
    came_from = np.zeros((n, width), dtype=np.uint8)  # 0 diagonal, 1 above, 2 left
    above = np.full(width, _INF)
    row = np.full(width, _INF)
    above_first, above_last = 0, -1
    for i in range(n):
        first, last = row_of_band(i, n, m, radius)
        left = _INF
        for j in range(first, last + 1):
            best = _INF
            step = 2
            if i == 0 and j == 0:
                best = 0.0
            if above_first <= j - 1 <= above_last:
                best = above[j - 1 - above_first]
                step = 0
            if above_first <= j <= above_last and above[j - above_first] < best:
                best = above[j - above_first]
                step = 1
            if left < best:
                best = left
                step = 2
            left = best + _cost(x, i, y, j)
            row[j - first] = left
            came_from[i, j - first] = step
        above, row = row, above
        above_first, above_last = first, last
    squared = float(above[m - 1 - above_first])

    i, j = n - 1, m - 1
    start = n + m - 2
    steps[start, 0], steps[start, 1] = i, j
    while i > 0 or j > 0:
        step = came_from[i, j - row_of_band(i, n, m, radius)[0]]
        if step != 2:
            i -= 1
        if step != 1:
            j -= 1
        start -= 1
        steps[start, 0], steps[start, 1] = i, j
    return squared, start


@compiled
def squared_dtw_matrix(X: Any, Y: Any, radius: int, out: Any) -> None:
    """Squared DTW between two batches ``(n, n_timesteps, n_channels)`` of any lengths, pair by pair."""
    for a in range(X.shape[0]):
        for b in range(Y.shape[0]):
            out[a, b] = squared_dtw(X[a], Y[b], radius)
