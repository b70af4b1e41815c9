"""Profiles that describe a class without learning: chosen windows, or means of windows."""

from __future__ import annotations

import numpy as np

from common.validation import FloatArray, IntArray
from har.dtw.barycenter import barycenter, medoids, soft_barycenter
from har.dtw.greedy import greedy_profiles
from har.dtw.learning import Profiles


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
    values, labels = [], []
    for c in range(int(y.max()) + 1):
        members = X[y == c]
        chosen, nearest = medoids(members, n_per_class, radius, rng=rng, n_jobs=n_jobs)
        for index, medoid in enumerate(members[chosen]):
            cluster = members[nearest == index]
            # The cluster of a medoid that equals another medoid is empty.
            if method == "medoid" or not len(cluster):
                values.append(medoid)
            elif method == "barycenter":
                values.append(barycenter(cluster, medoid, radius))
            else:
                values.append(soft_barycenter(cluster, medoid))
        labels += [c] * len(chosen)
    return Profiles(np.array(values, dtype=np.float64), np.array(labels), equal_weights)
