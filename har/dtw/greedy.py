"""Profiles chosen one by one for what each adds to leave-one-out accuracy."""

import numpy as np

from common.validation import FloatArray, IntArray
from har.dtw.barycenter import medoids
from har.dtw.packing import pack, squared_distances

#: Candidates for each profile that is wanted, and at least this many for a class.
POOL_FACTOR, POOL_AT_LEAST = 4, 16


def greedy_profiles(
    X: FloatArray,
    y: IntArray,
    n_profiles: int,
    radius: int,
    *,
    rng: np.random.Generator,
    n_jobs: int | None = None,
) -> IntArray:
    """Indices of up to ``n_profiles`` windows of each class, grouped by class.

    The candidates are the medoids of each class. In turns, every class takes the candidate with which most
    training windows are nearest to a profile of their own class (ties: the one nearest to its class). A
    window never counts as its own neighbour. Only windows × candidates distances are held.
    """
    n_classes = int(y.max()) + 1
    members = [np.flatnonzero(y == c) for c in range(n_classes)]
    wanted = max(POOL_AT_LEAST, POOL_FACTOR * n_profiles)
    pools = [part[medoids(X[part], wanted, radius, rng=rng, n_jobs=n_jobs)[0]] for part in members]
    pool = np.concatenate(pools)
    matrix = squared_distances(pack(X[pool]), X, radius, n_jobs=n_jobs).astype(np.float64)
    matrix[pool, np.arange(len(pool))] = np.inf

    own, other = np.full(len(X), np.inf), np.full(len(X), np.inf)
    chosen: list[list[int]] = [[] for _ in range(n_classes)]
    for _ in range(n_profiles):
        for c in range(n_classes):
            left = np.setdiff1d(np.flatnonzero(y[pool] == c), chosen[c])
            if not len(left):
                continue
            to_own = np.minimum(own[members[c], None], matrix[np.ix_(members[c], left)])
            hits = (to_own < other[members[c], None]).sum(axis=0)
            outside = y != c
            hits += (own[outside, None] < np.minimum(other[outside, None], matrix[np.ix_(outside, left)])).sum(axis=0)
            # A profile's distance to itself is infinite; as the tie-breaker it counts as nothing.
            spread = np.where(np.isfinite(to_own), to_own, 0.0).sum(axis=0)
            best = left[np.lexsort((spread, -hits))[0]]
            chosen[c].append(int(best))
            own[members[c]] = np.minimum(own[members[c]], matrix[members[c], best])
            other[outside] = np.minimum(other[outside], matrix[outside, best])
    return np.concatenate([pool[part] for part in chosen])
