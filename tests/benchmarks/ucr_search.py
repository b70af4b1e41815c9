"""A plain search after the UCR suite, as the rival that installs everywhere: exact, one core, Numba.

Rakthanmanon et al., KDD 2012: LB_Keogh both ways, windows in the order of the larger bound, and a DTW that abandons by
what remains of the bound. One difference for the better: the band is trimmed where it exceeds the best so far
(Herrmann & Webb 2021). Numbers have the dtype of the windows; the compiler may vectorise the bounds.
"""

from dataclasses import dataclass
from typing import Any, Self

import numba
import numpy as np


@dataclass(frozen=True, eq=False)
class UcrIndex:
    """Windows (n, n_timesteps, n_channels) with the envelopes that are compared with the queries."""

    windows: Any
    below: Any
    above: Any
    radius: int

    @classmethod
    def build(cls, windows: Any, radius: int) -> Self:
        windows = np.ascontiguousarray(windows)
        below, above = np.empty_like(windows), np.empty_like(windows)
        for window, low, high in zip(windows, below, above, strict=True):
            _envelope(window, radius, low, high)
        return cls(windows, below, above, radius)

    def nearest(self, X: Any) -> Any:
        """The index of the window nearest to each window of X."""
        X = np.ascontiguousarray(X, dtype=self.windows.dtype)
        found = np.empty(len(X), dtype=np.int64)
        _search(X, self.windows, self.below, self.above, self.radius, found)
        return found


@numba.njit
def _search(X: Any, windows: Any, below: Any, above: Any, radius: int, found: Any) -> None:
    low, high = np.empty_like(X[0]), np.empty_like(X[0])
    bounds = np.empty(len(windows), X.dtype)
    other_is_larger = np.empty(len(windows), np.bool_)
    n_timesteps = X.shape[1]
    remaining = np.zeros(n_timesteps + 1, X.dtype)
    table = np.empty((2, n_timesteps + 2), X.dtype)
    for a in range(len(X)):
        _envelope(X[a], radius, low, high)
        for w in range(len(windows)):
            one_way = _outside(windows[w], low, high)
            other_way = _outside(X[a], below[w], above[w])
            bounds[w] = max(one_way, other_way)
            other_is_larger[w] = other_way > one_way
        best = np.inf
        for w in np.argsort(bounds):
            if bounds[w] >= best:
                break
            # Rows are the samples that the larger bound is about, so that what remains of it can be used.
            if other_is_larger[w]:
                _fill_remaining(X[a], below[w], above[w], remaining)
                squared = _dtw(X[a], windows[w], radius, best, remaining, table)
            else:
                _fill_remaining(windows[w], low, high, remaining)
                squared = _dtw(windows[w], X[a], radius, best, remaining, table)
            if squared < best:
                best, found[a] = squared, w


@numba.njit
def _envelope(window: Any, radius: int, below: Any, above: Any) -> None:
    n_timesteps, n_channels = window.shape
    for i in range(n_timesteps):
        for c in range(n_channels):
            near = window[max(0, i - radius) : i + radius + 1, c]
            below[i, c], above[i, c] = near.min(), near.max()


@numba.njit(fastmath=True)
def _outside(window: Any, below: Any, above: Any) -> Any:
    values, low, high = window.reshape(-1), below.reshape(-1), above.reshape(-1)
    zero = window.dtype.type(0)
    total = zero
    for v in range(len(values)):
        distance = max(max(values[v] - high[v], low[v] - values[v]), zero)
        total += distance * distance
    return total


@numba.njit
def _fill_remaining(window: Any, below: Any, above: Any, remaining: Any) -> None:
    """What the rows from each one on cost at least; a little less, against rounding."""
    for i in range(window.shape[0] - 1, -1, -1):
        remaining[i] = remaining[i + 1] + 0.999 * _outside(window[i : i + 1], below[i : i + 1], above[i : i + 1])


@numba.njit(fastmath={"nnan", "nsz", "contract"})
def _dtw(x: Any, y: Any, radius: int, best: float, remaining: Any, table: Any) -> float:
    """Squared DTW, or infinity as soon as it is certain not to be below ``best``. Column j is at ``j + 1`` of a row."""
    n, n_channels = x.shape
    table[:] = np.inf
    table[1, 0] = 0
    first_within, last_within = 0, 0
    for i in range(n):
        above, row = table[(i + 1) % 2], table[i % 2]
        limit = best - remaining[i + 1]
        first, stop = max(first_within, i - radius), min(i + radius + 1, n)
        row[first] = np.inf
        left = row.dtype.type(np.inf)
        new_first, new_last = n, -1
        j = first
        while j < stop:
            if j > last_within + 1 and not left < limit:
                break
            cost = x.dtype.type(0)
            for c in range(n_channels):
                difference = x[i, c] - y[j, c]
                cost += difference * difference
            before = left if j > last_within + 1 else min(left, min(above[j], above[j + 1]))
            left = before + cost
            row[j + 1] = left
            if left < limit:
                new_first, new_last = min(new_first, j), j
            j += 1
        if new_last < 0:
            return np.inf
        for k in range(j, min(stop, j + 1)):
            row[k + 1] = np.inf
        if i == 0:
            table[1, 0] = np.inf
        first_within, last_within = new_first, new_last
    return float(row[n]) if last_within == n - 1 else np.inf
