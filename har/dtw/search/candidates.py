"""The windows that may be among the k nearest, as far as a search has come."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from common.compiled import compiled


class Precision(NamedTuple):
    """How far a float32 distance may be from the float64 one, see :class:`har.dtw.rounding.Rounding`."""

    relative: float
    per_norm: float
    floor: float


class Space(NamedTuple):
    """What all searches of an index have in common."""

    centre: Any  # (n_channels,)
    scale: float  # distances in float32 are in units of 1 / scale
    radius: int
    precision: Precision


class Candidates(NamedTuple):
    """Windows whose intervals have been computed. Distances are in units of ``1 / scale``."""

    indices: Any  # (n,), the first ``count[0]`` are used
    lower_ends: Any  # (n,)
    upper_ends: Any  # (k,): the k smallest, in order
    count: Any  # (1,)


@compiled
def no_candidates(n: int, k: int) -> Any:
    return Candidates(np.empty(n, np.int64), np.empty(n), np.full(k, np.inf), np.zeros(1, np.int64))


@compiled
def clear(candidates: Any) -> None:
    candidates.upper_ends[:] = np.inf
    candidates.count[0] = 0


@compiled
def input_error(query_norm: float, norm: float, precision: Any) -> float:
    """What the rounding of the query and of a window may change their distance by."""
    return precision.floor + precision.per_norm * (query_norm + norm)


@compiled
def squared_cutoff(upper_end: float, error: float, precision: Any) -> float:
    """The largest squared distance whose lower end does not exceed the upper end.

    The last factor covers rounding to float32.
    """
    return ((upper_end + error) * (1 + 2 * precision.relative)) ** 2 * (1 + 1e-6)


@compiled
def add_candidate(candidates: Any, index: int, squared: float, error: float, precision: Any) -> None:
    """Add a window by its squared distance in float32."""
    distance = np.sqrt(np.float64(squared))
    place = candidates.count[0]
    candidates.indices[place] = index
    candidates.lower_ends[place] = distance * (1 - precision.relative) - error
    candidates.count[0] = place + 1
    _insert(candidates.upper_ends, distance * (1 + precision.relative) + error)


@compiled
def drop_excluded(candidates: Any) -> int:
    """Keep the windows whose lower end does not exceed the k-th upper end; returns how many."""
    n_kept = 0
    for c in range(candidates.count[0]):
        if candidates.lower_ends[c] <= candidates.upper_ends[-1]:
            candidates.indices[n_kept] = candidates.indices[c]
            candidates.lower_ends[n_kept] = candidates.lower_ends[c]
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
