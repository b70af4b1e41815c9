"""Centres of a set of windows under DTW: medoids and means."""

from __future__ import annotations

from typing import Any

import numpy as np

from common.compiled import compiled
from common.validation import Float64Array, FloatArray, IntArray
from har.dtw.lane_path import lane_steps, trace_path
from har.dtw.packing import pack, squared_distances


def medoids(
    X: FloatArray, k: int, radius: int, *, rng: np.random.Generator, n_jobs: int | None = None, at_most: int = 2_000
) -> tuple[IntArray, IntArray]:
    """The k windows nearest to all others: k-medoids under banded DTW.

    A greedy start (BUILD; Kaufman & Rousseeuw, *Finding Groups in Data*, 1990), then alternating assignment and
    update; the sum of distances never increases. If there are more than ``at_most`` windows, medoids are chosen among
    a random sample of that size, which keeps the distance matrix below 32 MB.

    Returns
    -------
    chosen : ndarray of shape (k,)
        Indices into X.
    nearest : ndarray of shape (len(X),)
        Which of the k medoids each window belongs to.
    """
    drawn = np.arange(len(X)) if len(X) <= at_most else np.sort(rng.choice(len(X), at_most, replace=False))
    k = min(k, len(drawn))
    pool = X[drawn]
    matrix = np.sqrt(squared_distances(pack(pool), pool, radius, n_jobs=n_jobs, symmetric=True))
    centres = [int(np.argmin(matrix.sum(axis=0)))]
    while len(centres) < k:
        gain = np.maximum(matrix[:, centres].min(axis=1)[:, None] - matrix, 0.0).sum(axis=0)
        gain[centres] = -1.0  # duplicates have no gain either, but may be chosen
        centres.append(int(np.argmax(gain)))
    while True:
        owner = np.argmin(matrix[:, centres], axis=1)
        # A medoid stays in its own cluster even if it equals another medoid, so no cluster becomes empty.
        owner[centres] = np.arange(k)
        updated = []
        for cluster in range(k):
            members = np.flatnonzero(owner == cluster)
            updated.append(int(members[np.argmin(matrix[np.ix_(members, members)].sum(axis=0))]))
        if matrix[:, updated].min(axis=1).sum() >= matrix[:, centres].min(axis=1).sum():
            break
        centres = updated
    chosen = drawn[centres]
    to_medoids = squared_distances(pack(X[chosen]), X, radius, n_jobs=n_jobs)
    return chosen, np.argmin(to_medoids, axis=1)


def barycenter(X: FloatArray, start: FloatArray, radius: int, *, max_iterations: int = 30) -> Float64Array:
    """The mean under DTW: barycenter averaging.

    Petitjean, Ketterlin & Gançarski, Pattern Recognition 44(3), 2011: every window is aligned with the current mean,
    and each sample of the mean becomes the average of all samples aligned with it. The sum of squared distances never
    increases; iteration stops when it decreases by less than a factor of 1e-5.

    Parameters
    ----------
    X : ndarray of shape (n, n_timesteps, n_channels)
    start : ndarray of shape (n_timesteps, n_channels)
        The initial mean, for example the medoid.
    """
    windows = np.require(X, np.float64, ["C"])
    packed = pack(windows)
    mean = np.array(start, dtype=np.float64)
    before = np.inf
    for _ in range(max_iterations):
        sums = np.zeros_like(mean)
        counts = np.zeros(len(mean))
        inertia = _sum_aligned(mean.ravel(), windows, packed.blocks, packed.shape, radius, sums, counts)
        if not inertia < before * (1 - 1e-5):
            break
        before = inertia
        mean = sums / counts[:, None]
    return mean


@compiled
def _sum_aligned(mean: Any, windows: Any, blocks: Any, shape: Any, radius: int, sums: Any, counts: Any) -> float:
    """Add the samples aligned with each sample of ``mean`` to ``sums``; returns the sum of squared distances."""
    n_timesteps, n_channels = sums.shape
    width = len(shape[1])
    radius = min(radius, n_timesteps - 1)
    buffer = np.empty((2 * radius + 3) * width)
    steps = np.empty((n_timesteps, 2 * radius + 1), dtype=np.int64)
    path = np.empty((2 * n_timesteps - 1, 2), dtype=np.int64)
    squared = np.empty(width)
    inertia = 0.0
    for b in range(len(blocks)):
        lane_steps(mean, blocks[b], n_channels, shape, radius, buffer, steps, squared)
        for lane in range(min(width, len(windows) - b * width)):  # the rest is padding
            window = windows[b * width + lane]
            inertia += squared[lane]
            for s in range(trace_path(steps, lane, path), len(path)):
                i, j = path[s, 0], path[s, 1]
                counts[i] += 1
                for c in range(n_channels):
                    sums[i, c] += window[j, c]
    return inertia


def soft_barycenter(X: FloatArray, start: FloatArray, *, gamma: float = 1.0, at_most: int = 50) -> Float64Array:
    """The soft-DTW mean (Cuturi & Blondel, ICML 2017), computed by tslearn and without a band.

    As this takes seconds per hundred windows, only the ``at_most`` windows nearest to ``start`` are averaged.
    """
    from tslearn.barycenters import softdtw_barycenter

    if len(X) > at_most:
        to_start = squared_distances(pack(start[None]), X, X.shape[1] - 1)[:, 0]
        X = X[np.sort(np.argsort(to_start, kind="stable")[:at_most])]
    return np.asarray(softdtw_barycenter(X, gamma=gamma, init=np.asarray(start), max_iter=30), dtype=np.float64)
