"""Slow, plain references: each function is its definition, written to be read, not to be fast."""

import math

import numpy as np


def in_band(i: int, j: int, n: int, m: int, radius: int | None) -> bool:
    """The band rule: |i - j| <= r for equal lengths, else a corridor about the rectangle's diagonal."""
    if radius is None:
        return True
    if n > m:
        return in_band(j, i, m, n, radius)
    if n == m:
        return abs(i - j) <= radius
    return 2 * abs(i * (m - 1) - j * (n - 1)) <= max(2 * radius * (n - 1), m - 1)


def accumulated_cost(x: np.ndarray, y: np.ndarray, radius: int | None) -> np.ndarray:
    """The whole table of accumulated squared costs; infinity outside the band."""
    n, m = len(x), len(y)
    table = np.full((n, m), math.inf)
    for i in range(n):
        for j in range(m):
            if not in_band(i, j, n, m, radius):
                continue
            cost = sum((float(a) - float(b)) ** 2 for a, b in zip(x[i], y[j], strict=True))
            before = [table[i - 1, j]] if i else []
            before += [table[i, j - 1]] if j else []
            before += [table[i - 1, j - 1]] if i and j else []
            table[i, j] = cost + (min(before) if before else 0.0)
    return table


def dtw(x: np.ndarray, y: np.ndarray, radius: int | None = None) -> float:
    """DTW distance: the root of the smallest sum of squared Euclidean costs along a path in the band."""
    return math.sqrt(accumulated_cost(x, y, radius)[-1, -1])


def nearest(X: np.ndarray, references: np.ndarray, k: int, radius: int | None) -> tuple[np.ndarray, np.ndarray]:
    """Exhaustive k-NN: distances and indices, nearest first, ties to the lowest index."""
    matrix = np.array([[dtw(x, reference, radius) for reference in references] for x in X])
    order = np.argsort(matrix, axis=1, kind="stable")[:, :k]
    return np.take_along_axis(matrix, order, axis=1), order
