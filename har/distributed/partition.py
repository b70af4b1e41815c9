"""A part of the training windows, searched where it lies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.validation import FloatArray, IntArray, check_windows
from har.dtw.rounding import check_squares
from har.dtw.search import NeighborIndex

Neighbors = tuple[FloatArray, IntArray]


@dataclass(frozen=True, eq=False)
class Partition:
    """Training windows from number ``start`` on, prepared for search.

    Attributes
    ----------
    index : NeighborIndex
    start : int
        The number of its first window in the whole training set.
    """

    index: NeighborIndex
    start: int

    @classmethod
    def build(cls, X: npt.ArrayLike, start: int, radius: int) -> Partition:
        """Check windows ``(n, n_timesteps, n_channels)`` and prepare them.

        Raises
        ------
        InvalidInputError
            For what :class:`har.DTWKNeighborsClassifier` refuses; the message says where the partition starts.
        """
        try:
            windows = check_windows(X)
            check_squares(windows, np.float64)
        except InvalidInputError as error:
            raise InvalidInputError(f"in the partition whose first window is X[{start}]: {error}") from error
        return cls(NeighborIndex.build(windows, radius), start)

    def nearest(self, X: FloatArray, k: int, n_jobs: int | None) -> Neighbors:
        """The ``min(k, n)`` nearest windows of this part, numbered as in the whole training set."""
        distances, indices = self.index.nearest(X, min(k, len(self.index.windows)), n_jobs=n_jobs)
        return distances, indices + self.start

    def __sizeof__(self) -> int:
        """The bytes of its arrays: a scheduler must know that it is cheaper to move queries than this."""
        return self.index.windows.nbytes + _bytes_of(self.index.stored)


def _bytes_of(stored: Any) -> int:
    """Of the arrays in nested tuples."""
    if isinstance(stored, np.ndarray):
        return stored.nbytes
    return sum(map(_bytes_of, stored)) if isinstance(stored, tuple) else 0


def merge(parts: list[Neighbors], k: int) -> Neighbors:
    """The k nearest of all parts ``(n, k)``, nearest first; ties go to the lowest index.

    Distances are those of float64, whatever a window was searched together with, so that their order is that of a
    single search.

    Examples
    --------
    >>> left = np.array([[0.5, 2.0]]), np.array([[1, 0]])
    >>> right = np.array([[0.5, 0.7]]), np.array([[9, 8]])
    >>> distances, indices = merge([right, left], 3)
    >>> print(distances, indices)
    [[0.5 0.5 0.7]] [[1 9 8]]
    """
    distances = np.concatenate([part[0] for part in parts], axis=1)
    indices = np.concatenate([part[1] for part in parts], axis=1)
    nearest = np.lexsort((indices, distances), axis=1)[:, :k]
    return np.take_along_axis(distances, nearest, axis=1), np.take_along_axis(indices, nearest, axis=1)
