"""A few profiles per class in place of the whole training set."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from common.costs import knn_cost
from common.costs.ledger import Cost
from common.validation import (
    Band,
    Float64Array,
    FloatArray,
    IntArray,
    band_radius,
    check_band,
    check_choice,
    check_class_labels,
    check_fitted_windows,
    check_integer,
    check_number,
    check_vector,
    check_windows,
    random_generator,
    remember_windows,
)
from har.dtw.early_stopping import hold_out
from har.dtw.learning import Epoch, Profiles, Schedule, epoch_recorder, learn_profiles, random_profiles
from har.dtw.packing import pack, squared_distances
from har.dtw.representatives import representative_profiles
from har.dtw.rounding import check_no_overflow, check_squares
from har.dtw.scores import class_scores, scores_of_distances
from har.dtw.threads import thread_count
from har.embedded.quantization import IntegerPrototypes, check_bits, quantize_prototypes
from har.neighbors import vote

#: Up to this many windows are scored in one compiled call; more by a matrix of distances, on ``n_jobs`` threads.
_SMALL_BATCH = 16

METHODS = ("learned", "medoid", "barycenter", "soft_barycenter", "greedy")


class DTWPrototypeClassifier(ClassifierMixin, BaseEstimator):
    """Classification by the nearest of a few profiles per class, under banded DTW.

    Parameters
    ----------
    n_prototypes : int, default 4
        Profiles per class. From a class with fewer windows, all of them are profiles.
    method : str, default "learned"
        - ``"learned"``: trained by gradient descent to separate the classes, with a weight for each
          channel (generalised relevance LVQ in DTW space; see :mod:`har.dtw.learning`);
        - ``"medoid"`` (best profiles): the windows nearest to all others of their class;
        - ``"barycenter"`` (mean profiles): the DTW barycenters of the windows around each medoid;
        - ``"soft_barycenter"``: soft-DTW means instead (slow; by tslearn);
        - ``"greedy"``: windows chosen one by one, each for what it adds to leave-one-out accuracy.
    band : None, int or float, default 0.1
        Global constraint: a radius in samples, or a fraction of the window.
    n_neighbors : int, default 1
        Number of nearest profiles that vote.
    validation_fraction : float in [0, 1), default 0
        For ``"learned"`` only: the share of groups held out for early stopping; of windows, if no groups are given.
    bits : None, 16 or 8, default None
        How prototypes are kept: as the floating-point numbers of X, or as integers with a scale per channel; then
        windows become such integers, too, and distances are sums of integers. On a microcontroller, 8 bits take a
        quarter of the memory of float32 (see :mod:`har.embedded`).
    random_state : int, Generator, RandomState or None
    n_jobs : int or None
        Threads; None means one, -1 all. The profiles do not depend on it.
    verbose : int, default 0
        1 prints a line for each epoch of learning.

    Attributes
    ----------
    prototypes_ : ndarray of shape (n, n_timesteps, n_channels)
        In the unit of X, grouped by class. With ``bits``, what the integers stand for; 0 in channels of weight zero.
    prototype_labels_ : ndarray of shape (n,)
    channel_weights_ : ndarray of shape (n_channels,)
        Weights of the squared differences, summing to n_channels; ones unless learned. Channels with
        weight zero are skipped.
    integer_prototypes_ : har.embedded.quantization.IntegerPrototypes or None
        What is kept if ``bits`` was given.
    steepness_ : float
        β of the softmax in :meth:`predict_proba`.
    cost_ : common.Cost
        Work of one decision, and memory for the prototypes as they are kept.
    history_ : list of har.dtw.learning.Epoch
        Empty unless learned.
    classes_, n_features_in_
        As in scikit-learn; ``n_features_in_`` is timesteps × channels.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> t = np.linspace(0, 1, 24)
    >>> X = np.array([np.sin(12 * t + p) if k % 2 else np.sin(6 * t + p) for k, p in enumerate(rng.uniform(0, 1, 40))])
    >>> y = np.tile(["slow", "fast"], 20)
    >>> model = DTWPrototypeClassifier(1, random_state=0).fit(X, y)
    >>> model.score(X, y), model.prototypes_.shape
    (1.0, (2, 24, 1))
    """

    def __init__(
        self,
        n_prototypes: int = 4,
        *,
        method: str = "learned",
        band: Band = 0.1,
        n_neighbors: int = 1,
        validation_fraction: float = 0.0,
        bits: int | None = None,
        random_state: int | np.random.Generator | np.random.RandomState | None = None,
        n_jobs: int | None = None,
        verbose: int = 0,
    ) -> None:
        self.n_prototypes = n_prototypes
        self.method = method
        self.band = band
        self.n_neighbors = n_neighbors
        self.validation_fraction = validation_fraction
        self.bits = bits
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.verbose = verbose

    def fit(self, X: npt.ArrayLike, y: npt.ArrayLike, groups: npt.ArrayLike | None = None) -> Self:
        """Choose or learn the profiles.

        Parameters
        ----------
        X : array-like of shape (n, n_timesteps) or (n, n_timesteps, n_channels)
            Learning converges best when the channels have a standard deviation near one
            (:class:`har.preprocessing.ScaleChannels`).
        y : array-like of shape (n,)
        groups : array-like of shape (n,), optional
            Subjects, of whom ``validation_fraction`` are held out.

        Raises
        ------
        InvalidInputError
            The message names the argument and says where; the estimator is then unchanged.
        """
        windows = check_windows(X)
        labels = check_class_labels(y, len(windows))
        subjects = None if groups is None else check_vector(groups, len(windows), "groups")
        classes, indices = np.unique(labels, return_inverse=True)
        n_prototypes = check_integer(self.n_prototypes, "n_prototypes")
        n_profiles = int(np.minimum(np.bincount(indices), n_prototypes).sum())
        n_neighbors = self._check_parameters(n_profiles)
        radius = band_radius(self.band, windows.shape[1], windows.shape[1])
        check_squares(windows, windows.dtype)
        rng = random_generator(self.random_state)

        schedule = Schedule()
        history: list[Epoch] = []
        if self.method == "learned":
            profiles = self._learn(windows, indices, subjects, n_prototypes, radius, schedule, rng, history)
        else:
            profiles = representative_profiles(
                windows, indices, n_prototypes, radius, method=self.method, rng=rng, n_jobs=self.n_jobs
            )

        remember_windows(self, X, windows)
        self.classes_ = classes
        self.history_ = history
        self.steepness_ = schedule.steepness
        self._class_indices = profiles.labels
        self._radius = radius
        self._set_profiles(profiles.values.astype(windows.dtype), profiles.channel_weights)
        kept = self.integer_prototypes_
        cost = knn_cost(
            len(profiles.values),
            windows.shape[1],
            len(self._active),
            band=radius,
            n_neighbors=n_neighbors,
            bytes_per_value=windows.itemsize if kept is None else kept.values.itemsize,
        )
        self.cost_: Cost = cost if kept is None else kept.cost(cost)
        return self

    def _check_parameters(self, n_profiles: int) -> int:
        """The number of neighbours, if all parameters are valid: they may have been set after ``fit``."""
        check_integer(self.n_prototypes, "n_prototypes")
        check_choice(self.method, "method", METHODS)
        check_band(self.band)
        check_number(self.validation_fraction, "validation_fraction", at_least=0.0, below=1.0)
        check_bits(self.bits)
        thread_count(self.n_jobs)
        return check_integer(self.n_neighbors, "n_neighbors", at_most=n_profiles, why="(the number of profiles)")

    def _set_profiles(self, prototypes: FloatArray, channel_weights: Float64Array) -> None:
        """Store the profiles, as integers if ``bits`` is given; ``_class_indices`` must be set before."""
        if self.bits is not None:
            kept = quantize_prototypes(prototypes, channel_weights, self.bits)
            self._set_integers(kept, channel_weights, prototypes.dtype)
            return
        self._set_floats(prototypes, channel_weights)

    def _set_floats(self, prototypes: FloatArray, channel_weights: Float64Array) -> None:
        self._set_shared(prototypes, channel_weights, None)
        self._sqrt_weights = np.sqrt(channel_weights[self._active]).astype(prototypes.dtype)
        self._packed = pack(prototypes[:, :, self._active] * self._sqrt_weights)

    def _set_integers(self, kept: IntegerPrototypes, channel_weights: Float64Array, dtype: Any) -> None:
        """Store profiles that are integers, as if X had been of type ``dtype``."""
        self._set_shared(kept.restored(len(channel_weights), dtype), channel_weights, kept)
        # Float64 adds integers of this size without rounding, and the compiled search runs on it.
        self._packed = pack(kept.values.astype(np.float64))

    def _set_shared(
        self, prototypes: FloatArray, channel_weights: Float64Array, kept: IntegerPrototypes | None
    ) -> None:
        self.prototypes_ = prototypes
        self.prototype_labels_ = self.classes_[self._class_indices]
        self.channel_weights_ = channel_weights
        self.integer_prototypes_ = kept
        self._active = np.flatnonzero(channel_weights > 0)

    def predict_proba(self, X: npt.ArrayLike) -> FloatArray:
        """Class scores that sum to one, in the order of ``classes_``.

        With one neighbour: the softmax of −β d²(class) / (d²(nearest class) + d²(second nearest class)), where β is
        ``steepness_``; for two classes this is the criterion that learning minimises. With several neighbours: each
        class's share of the vote. Calibrate the scores before using them as probabilities
        (:class:`common.FusionClassifier` does).
        """
        check_is_fitted(self)
        k = self._check_parameters(len(self._class_indices))
        if k > 1:
            distances, classes = self._neighbors(X)
            return vote(distances[:, :k], classes[:, :k], len(self.classes_), "uniform")
        windows = check_fitted_windows(self, X)
        if len(windows) <= _SMALL_BATCH and self.integer_prototypes_ is None:
            scores = self._batch_scorer()(np.ascontiguousarray(windows))
        else:
            scores = self._scores_by_matrix(windows)
        check_no_overflow(scores)
        return scores

    def predict(self, X: npt.ArrayLike) -> npt.NDArray[Any]:
        """The class of each window; ties go to the first in ``classes_``."""
        probabilities = self.predict_proba(X)
        return np.asarray(self.classes_[np.argmax(probabilities, axis=1)])

    def _neighbors(self, X: npt.ArrayLike) -> tuple[FloatArray, IntArray]:
        """Distances to all profiles, nearest first, and the class index of each."""
        squared = self._squared_distances(check_fitted_windows(self, X))
        check_no_overflow(squared)
        order = np.argsort(squared, axis=1, kind="stable")
        return np.sqrt(np.take_along_axis(squared, order, axis=1)), self._class_indices[order]

    def _scores_by_matrix(self, windows: FloatArray) -> Float64Array:
        scores = np.empty((len(windows), len(self.classes_)))
        squared = np.ascontiguousarray(self._squared_distances(windows))
        scores_of_distances(squared, self._class_indices, self.steepness_, scores)
        return scores

    def _squared_distances(self, windows: FloatArray) -> FloatArray:
        """To each profile; with integers, their sums in the unit of X."""
        kept = self.integer_prototypes_
        if kept is not None:
            sums = squared_distances(self._packed, kept.quantize(windows), self._radius, n_jobs=self.n_jobs)
            return kept.saturated(sums) * kept.distance_scale
        weighted = windows[:, :, self._active] * self._sqrt_weights
        return squared_distances(self._packed, weighted, self._radius, n_jobs=self.n_jobs)

    def window_scorer(self) -> Callable[[Float64Array], Float64Array]:
        """:meth:`predict_proba` for one window at a time, without its checks.

        On a small device, checking a single window takes longer than computing its distances; a stream has checked
        its samples already.

        Returns
        -------
        callable
            From a window ``(n_timesteps, n_channels)`` to its scores ``(n_classes,)``, which are NaN for numbers whose
            squares overflow. The window must be a contiguous
            float64 array of finite numbers, shaped as in ``fit``. Later changes to the model do not affect it.

        Examples
        --------
        >>> import numpy as np
        >>> X = np.sin(np.linspace(0, 9, 20) * np.array([1, 1.1, 2, 2.1])[:, None])
        >>> model = DTWPrototypeClassifier(1, method="medoid").fit(X, ["slow", "slow", "fast", "fast"])
        >>> score = model.window_scorer()
        >>> np.allclose(score(X[0][:, None]), model.predict_proba(X[:1]))
        True
        """
        if self._check_parameters(len(self._class_indices)) > 1:
            return lambda window: np.asarray(self.predict_proba(window[None])[0], dtype=np.float64)
        score = self._batch_scorer() if self.integer_prototypes_ is None else self._scores_by_matrix
        return lambda window: np.asarray(score(window[None])[0])

    def _batch_scorer(self) -> Callable[[FloatArray], Float64Array]:
        """Scores of contiguous windows by their nearest profiles, unchecked, from the model as it is now."""
        packed, n_classes, steepness = self._packed, len(self.classes_), self.steepness_
        model = (self._active, self._sqrt_weights, packed.blocks, packed.shape, self._class_indices, self._radius)

        def score(windows: FloatArray) -> Float64Array:
            scores = np.empty((len(windows), n_classes))
            class_scores(windows, *model, steepness, scores)
            return scores

        return score

    def _learn(
        self,
        X: FloatArray,
        y: IntArray,
        groups: npt.NDArray[Any] | None,
        n_prototypes: int,
        radius: int,
        schedule: Schedule,
        rng: np.random.Generator,
        history: list[Epoch],
    ) -> Profiles:
        """Profiles that start at random windows of their class; every epoch is appended to ``history``."""
        held_out = None
        if self.validation_fraction > 0:
            train, stop = hold_out(y, groups, float(self.validation_fraction), rng)
            held_out = X[stop], y[stop]
            X, y = X[train], y[train]
        return learn_profiles(
            random_profiles(X, y, n_prototypes, rng),
            X,
            y,
            radius,
            rng=rng,
            schedule=schedule,
            held_out=held_out,
            on_epoch=epoch_recorder(history, self.verbose),
            n_jobs=self.n_jobs,
        )
