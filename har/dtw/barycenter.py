"""Profiles that describe a class: medoids, and means under DTW."""

from typing import Any

import numpy as np
import numpy.typing as npt

from common.compiled import compiled
from common.validation import FloatArray, IntArray
from har.dtw.lane_path import follow, lane_steps
from har.dtw.packing import pack, squared_distances

Array = npt.NDArray[np.float64]


def medoids(
    X: FloatArray, k: int, radius: int, *, rng: np.random.Generator, n_jobs: int | None = None, at_most: int = 2_000
) -> tuple[IntArray, IntArray]:
    """The k windows that lie nearest to all others: k-medoids under banded DTW.

    Greedy start (BUILD) and alternation as in Kaufman & Rousseeuw, *Finding Groups in Data*, 1990; the
    sum of distances never grows. Of more than ``at_most`` windows a random draw stands for the rest, so that
    the distance matrix stays below 32 MB.

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
        # An own medoid keeps its place even beside its duplicate, so that no cluster runs empty.
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


def barycenter(X: FloatArray, start: FloatArray, radius: int, *, max_iterations: int = 30) -> Array:
    """The mean profile: DTW barycenter averaging.

    Petitjean, Ketterlin & Gançarski, Pattern Recognition 44(3), 2011: every window is aligned with
    the current mean, and each of the mean's samples becomes the average of all samples aligned with it.
    The sum of squared distances never grows; stops when it falls by less than 1e-5 of itself.

    Parameters
    ----------
    X : ndarray of shape (n, n_timesteps, n_channels)
    start : ndarray of shape (n_timesteps, n_channels)
        For example the medoid.
    """
    windows = np.require(X, np.float64, ["C"])
    packed = pack(windows)
    mean = np.array(start, dtype=np.float64)
    before = np.inf
    for _ in range(max_iterations):
        sums = np.zeros_like(mean)
        counts = np.zeros(len(mean))
        inertia = _align(mean.ravel(), windows, packed.blocks, packed.shape, radius, sums, counts)
        if not inertia < before * (1 - 1e-5):
            break
        before = inertia
        mean = sums / counts[:, None]
    return mean


@compiled
def _align(mean: Any, windows: Any, blocks: Any, shape: Any, radius: int, sums: Any, counts: Any) -> float:
    """Add up the samples aligned with each sample of ``mean``; returns the sum of squared distances."""
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
            for s in range(follow(steps, lane, path), len(path)):
                i, j = path[s, 0], path[s, 1]
                counts[i] += 1
                for c in range(n_channels):
                    sums[i, c] += window[j, c]
    return inertia


def soft_barycenter(X: FloatArray, start: FloatArray, *, gamma: float = 1.0, at_most: int = 50) -> Array:
    """The soft-DTW mean of Cuturi & Blondel (ICML 2017), by tslearn; it knows no band.

    It takes seconds per hundred windows: of more than ``at_most`` the ones nearest to ``start`` are averaged.
    """
    from tslearn.barycenters import softdtw_barycenter

    if len(X) > at_most:
        to_start = squared_distances(pack(start[None]), X, X.shape[1] - 1)[:, 0]
        X = X[np.sort(np.argsort(to_start, kind="stable")[:at_most])]
    return np.asarray(softdtw_barycenter(X, gamma=gamma, init=np.asarray(start), max_iter=30), dtype=np.float64)
