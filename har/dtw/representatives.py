"""Profiles that describe a class without learning: chosen windows, or means of windows."""

from __future__ import annotations

import numpy as np

from common.validation import FloatArray, IntArray
from har.dtw.barycenter import barycenter, medoids, soft_barycenter
from har.dtw.learning import Profiles
from har.dtw.packing import pack, squared_distances
from har.dtw.threads import in_threads

#: Candidates per class: this many for each profile, and no fewer than the second number.
CANDIDATES_PER_PROFILE, MIN_CANDIDATES = 4, 16


def representative_profiles(
    X: FloatArray,
    y: IntArray,
    n_per_class: int,
    radius: int,
    *,
    method: str,
    rng: np.random.Generator,
    n_jobs: int | None = None,
) -> Profiles:
    """Up to ``n_per_class`` profiles of each class, grouped by class, with equal channel weights.

    ``method`` is "medoid", "barycenter", "soft_barycenter" or "greedy": see :class:`har.DTWPrototypeClassifier`.
    """
    equal_weights = np.ones(X.shape[2])
    if method == "greedy":
        chosen = greedy_profiles(X, y, n_per_class, radius, rng=rng, n_jobs=n_jobs)
        return Profiles(X[chosen].astype(np.float64), y[chosen], equal_weights)
    values: list[FloatArray] = []
    clusters: list[FloatArray] = []
    labels: list[int] = []
    for c in range(int(y.max()) + 1):
        members = X[y == c]
        chosen, nearest = medoids(members, n_per_class, radius, rng=rng, n_jobs=n_jobs)
        values += list(members[chosen])
        clusters += [members[nearest == index] for index in range(len(chosen))]
        labels += [c] * len(chosen)

    def average(start: int, stop: int) -> None:
        for index in range(start, stop):
            if not len(clusters[index]):  # that of a medoid that equals another medoid
                continue
            if method == "barycenter":
                values[index] = barycenter(clusters[index], values[index], radius)
            else:
                values[index] = soft_barycenter(clusters[index], values[index])

    if method != "medoid":
        in_threads(average, len(values), n_jobs if method == "barycenter" else None)
    return Profiles(np.array(values, dtype=np.float64), np.array(labels), equal_weights)


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

    The candidates are medoids of each class. The classes take turns; each adds the candidate with which the most
    training windows are nearest to a profile of their own class (ties: the candidate nearest to its class). A window
    never counts as its own neighbour. Memory holds the distances from windows to candidates only.
    """
    n_classes = int(y.max()) + 1
    members = [np.flatnonzero(y == c) for c in range(n_classes)]
    n_candidates = max(MIN_CANDIDATES, CANDIDATES_PER_PROFILE * n_profiles)
    candidates = np.concatenate(
        [part[medoids(X[part], n_candidates, radius, rng=rng, n_jobs=n_jobs)[0]] for part in members]
    )
    matrix = squared_distances(pack(X[candidates]), X, radius, n_jobs=n_jobs).astype(np.float64)
    matrix[candidates, np.arange(len(candidates))] = np.inf

    # Squared distances of each window to the nearest chosen profile of its own class, and of any other class.
    own, other = np.full(len(X), np.inf), np.full(len(X), np.inf)
    chosen: list[list[int]] = [[] for _ in range(n_classes)]
    for _ in range(n_profiles):
        for c in range(n_classes):
            remaining = np.setdiff1d(np.flatnonzero(y[candidates] == c), chosen[c])
            if not len(remaining):
                continue
            to_own = np.minimum(own[members[c], None], matrix[np.ix_(members[c], remaining)])
            n_correct = (to_own < other[members[c], None]).sum(axis=0)
            outside = y != c
            to_other = np.minimum(other[outside, None], matrix[np.ix_(outside, remaining)])
            n_correct += (own[outside, None] < to_other).sum(axis=0)
            # A candidate's distance to itself is infinite; the tie-breaker leaves it out.
            spread = np.where(np.isfinite(to_own), to_own, 0.0).sum(axis=0)
            best = remaining[np.lexsort((spread, -n_correct))[0]]
            chosen[c].append(int(best))
            own[members[c]] = np.minimum(own[members[c]], matrix[members[c], best])
            other[outside] = np.minimum(other[outside], matrix[outside, best])
    return np.concatenate([candidates[part] for part in chosen])
