"""k-nearest neighbours under banded DTW: the whole training set as the model."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
import numpy.typing as npt

from common.costs import knn_cost
from common.costs.ledger import Cost
from common.estimators.base import BaseEstimator, ClassifierMixin
from common.validation import (
    Band,
    FloatArray,
    IntArray,
    band_radius,
    check_band,
    check_choice,
    check_class_labels,
    check_fitted_windows,
    check_integer,
    check_windows,
    remember_windows,
)
from har.dtw.rounding import check_no_overflow, check_squares
from har.dtw.search import NeighborIndex
from har.dtw.threads import thread_count


class DTWKNeighborsClassifier(ClassifierMixin, BaseEstimator):
    """Classification by vote of the k training windows nearest in DTW distance.

    The search is exact: neighbours, their order and their distances are those of :func:`har.pairwise_dtw`; ties go to
    the lowest index. No matrix of distances is stored; besides the windows, ``fit`` keeps a copy of them in 16-bit
    integers or float32, and up to 48 further values a window and channel where lower bounds rule out enough windows.

    Parameters
    ----------
    n_neighbors : int, default 1
    band : None, int or float, default 0.1
        Global constraint of the warping path: a radius in samples, or a fraction of the window.
    weights : {"uniform", "distance"}
        Equal votes, or votes weighted by the inverse distance.
    n_jobs : int or None
        Threads; None means one, -1 all.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
    cost_ : common.Cost
        Work of one decision, and memory.
    n_features_in_ : int
        Timesteps × channels.

    Examples
    --------
    >>> import numpy as np
    >>> t = np.linspace(0, 1, 20)
    >>> X = np.array([np.sin(7 * t), np.sin(7 * t - 0.5), t, t**2])
    >>> model = DTWKNeighborsClassifier(band=3).fit(X, ["wave", "wave", "ramp", "ramp"])
    >>> model.predict([np.sin(7 * t - 0.2), t**1.5])
    array(['wave', 'ramp'], dtype='<U4')
    >>> distances, indices = model.kneighbors([np.sin(7 * t)], n_neighbors=2)
    >>> indices.tolist(), float(distances[0, 0])  # the first training window itself, then the other wave
    ([[0, 1]], 0.0)
    >>> model.predict_proba([t]).tolist()  # in the order of classes_: ramp, wave
    [[1.0, 0.0]]
    """

    def __init__(
        self, n_neighbors: int = 1, *, band: Band = 0.1, weights: str = "uniform", n_jobs: int | None = None
    ) -> None:
        self.n_neighbors = n_neighbors
        self.band = band
        self.weights = weights
        self.n_jobs = n_jobs

    def fit(self, X: npt.ArrayLike, y: npt.ArrayLike) -> Self:
        """Store the windows ``(n, n_timesteps[, n_channels])`` and their labels.

        Parameters
        ----------
        X : array-like of shape (n, n_timesteps) or (n, n_timesteps, n_channels)
        y : array-like of shape (n,)

        Raises
        ------
        InvalidInputError
            For NaN, numbers whose squares overflow, a wrong number of labels, a single class, or more neighbours than
            windows; the message says where. The estimator is then unchanged.
        """
        windows = check_windows(X)
        labels = check_class_labels(y, len(windows))
        n_neighbors = self._check_parameters(self.n_neighbors, len(windows))
        check_squares(windows, np.float64)
        n, n_timesteps, n_channels = windows.shape
        radius = band_radius(self.band, n_timesteps, n_timesteps)
        cost = knn_cost(
            n, n_timesteps, n_channels, band=radius, n_neighbors=n_neighbors, bytes_per_value=windows.itemsize
        )

        remember_windows(self, X, windows)
        self.classes_, self._class_indices = np.unique(labels, return_inverse=True)
        self._index = NeighborIndex.build(windows, radius)
        self._radius = radius
        self.cost_: Cost = cost
        return self

    def kneighbors(self, X: npt.ArrayLike, n_neighbors: int | None = None) -> tuple[FloatArray, IntArray]:
        """Distances and training indices of the nearest windows, each ``(len(X), n_neighbors)``.

        Parameters
        ----------
        X : array-like of shape (n, n_timesteps) or (n, n_timesteps, n_channels)
        n_neighbors : int, optional
            By default that of the classifier.

        Raises
        ------
        InvalidInputError
            For windows shaped other than in ``fit``, NaN, or numbers whose squares overflow.
        """
        windows = np.asarray(X) if self._is_plain(X) else check_fitted_windows(self, X)
        k = self._check_parameters(self.n_neighbors if n_neighbors is None else n_neighbors, len(self._class_indices))
        distances, indices = self._index.nearest(windows, k, n_jobs=self.n_jobs)
        check_no_overflow(distances)
        return distances, indices

    def predict_proba(self, X: npt.ArrayLike) -> FloatArray:
        """Each class's share of the vote, in the order of ``classes_``.

        Parameters
        ----------
        X : array-like of shape (n, n_timesteps) or (n, n_timesteps, n_channels)

        Returns
        -------
        ndarray of shape (n, n_classes)
        """
        distances, indices = self.kneighbors(X)
        return vote(distances, self._class_indices[indices], len(self.classes_), self.weights)

    def predict(self, X: npt.ArrayLike) -> npt.NDArray[Any]:
        """The class with the largest vote; ties go to the first in ``classes_``.

        Parameters
        ----------
        X : array-like of shape (n, n_timesteps) or (n, n_timesteps, n_channels)

        Returns
        -------
        ndarray of shape (n,)
        """
        probabilities = self.predict_proba(X)
        return np.asarray(self.classes_[np.argmax(probabilities, axis=1)])

    def _is_plain(self, X: Any) -> bool:
        """Whether X is an array of finite windows as in ``fit``, without names: all checks take as long as a search."""
        shape = (getattr(self, "n_timesteps_in_", None), getattr(self, "n_channels_in_", None))
        return (
            type(X) is np.ndarray
            and X.dtype in (np.float32, np.float64)
            and X.shape[1:] == shape
            and len(X) > 0
            and not hasattr(self, "feature_names_in_")
            and bool(np.isfinite(X).all())
        )

    def _check_parameters(self, n_neighbors: Any, n_windows: int) -> int:
        """The number of neighbours, if all parameters are valid: they may have been set after ``fit``."""
        check_choice(self.weights, "weights", ("uniform", "distance"))
        check_band(self.band)
        thread_count(self.n_jobs)
        return check_integer(n_neighbors, "n_neighbors", at_most=n_windows, why="(the number of training windows)")


def vote(distances: FloatArray, class_indices: IntArray, n_classes: int, weights: str) -> FloatArray:
    """Shares of the vote ``(n, n_classes)`` of neighbours ``(n, k)``.

    If votes are weighted by distance, neighbours at distance zero outvote all others.
    """
    if weights == "uniform":
        shares = np.ones_like(distances)
    else:
        exact = distances == 0
        with np.errstate(divide="ignore"):
            shares = np.where(exact.any(axis=1, keepdims=True), exact, 1.0 / distances)
        # Relative to the largest weight, so that tiny distances do not overflow the sum.
        shares = shares / shares.max(axis=1, keepdims=True)
    votes = np.zeros((len(distances), n_classes))
    np.add.at(votes, (np.arange(len(distances))[:, None], class_indices), shares)
    return np.asarray(votes / votes.sum(axis=1, keepdims=True))
