"""A few profiles per class in place of the whole training set."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from functools import partial
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.utils.validation import check_is_fitted

from common.costs.ledger import Cost
from common.estimators.base import BaseEstimator, ClassifierMixin
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
from har.dtw.learning import Epoch, Schedule, epoch_recorder
from har.dtw.methods import METHODS as METHODS, make_profiles
from har.dtw.rounding import check_no_overflow, check_squares
from har.dtw.scores import PackedProfiles
from har.dtw.threads import thread_count
from har.embedded.packing import PackedIntegers
from har.embedded.quantization import IntegerPrototypes, check_bits, quantize_prototypes
from har.neighbors import vote
from har.preprocessing.augmentation import Augmentation, check_augmentation
from har.readouts.choice import check_readout
from har.readouts.decision import Decision
from har.readouts.learning import learn_profiles_and_readout
from har.readouts.linear import LinearReadout
from har.readouts.nearest import NearestReadout


class DTWPrototypeClassifier(ClassifierMixin, BaseEstimator):
    """Classification by banded DTW distances to a few profiles per class: by the nearest, or by all of them.

    Parameters
    ----------
    n_prototypes : int, default 4
        Profiles per class. From a class with fewer windows, all of them are profiles.
    method : str, default "learned"
        - ``"learned"``: trained to separate the classes, with a weight for each channel (:mod:`har.dtw.learning`);
        - ``"medoid"`` (best profiles): the windows nearest to all others of their class;
        - ``"barycenter"`` (mean profiles): the DTW barycenters of the windows around each medoid;
        - ``"soft_barycenter"``: soft-DTW means instead (slow; by tslearn);
        - ``"greedy"``: windows chosen one by one, each for what it adds to leave-one-out accuracy.
    band : None, int or float, default 0.1
        Global constraint: a radius in samples, or a fraction of the window.
    n_neighbors : int, default 1
        Nearest profiles that vote; 1 unless ``readout`` is the nearest.
    validation_fraction : float in [0, 1), default 0
        For ``"learned"`` and ``"joint"``: the share of groups, or of windows, held out for early stopping.
    readout : {"nearest", "linear", "joint", "auto"}, default "nearest"
        What decides:

        - ``"nearest"``: the nearest profile;
        - ``"linear"``: the distances to all, weighed by logistic regression (:mod:`har.readouts.linear`), which helps
          where profiles are few. People held out choose its penalty: learning takes three to five times as long;
        - ``"joint"``: the same, learned together with the profiles (:mod:`har.readouts.joint`); the most accurate for
          activities if ``augmentation`` is given;
        - ``"auto"``: "nearest" or "linear", whichever is right more often on people held out.
    augmentation : har.preprocessing.Augmentation or None, default None
        How windows are changed at random in every epoch of ``method="learned"`` and of ``readout="joint"``.
    bits : None, 16 or 8, default None
        How prototypes are kept: as numbers of X's type, or as integers with a scale per channel, which windows then
        become, too (see :mod:`har.embedded`).
    random_state : int, Generator, RandomState or None
    n_jobs : int or None
        Threads; None means one, -1 all. The profiles do not depend on it.
    verbose : int, default 0
        1 prints a line for each epoch of learning, and what the people held out decided about the readout.

    Attributes
    ----------
    prototypes_ : ndarray of shape (n, n_timesteps, n_channels)
        In the unit of X, grouped by class. With ``bits``, what the integers stand for; 0 in channels of weight zero.
    integer_prototypes_ : har.embedded.quantization.IntegerPrototypes or None
        What is kept if ``bits`` was given.
    prototype_labels_ : ndarray of shape (n,)
    channel_weights_ : ndarray of shape (n_channels,)
        Of the squared differences, summing to n_channels; ones unless learned. A channel of weight zero is skipped.
    steepness_ : float
        β of the softmax in :meth:`predict_proba`.
    readout_ : {"nearest", "linear"}
    readout_mean_, readout_scale_, readout_coef_, readout_intercept_ : ndarray or None
        Those of :class:`har.readouts.linear.LinearReadout`, if the readout is linear.
    cost_ : common.Cost
        Of one decision.
    history_ : list of har.dtw.learning.Epoch
        Empty unless learned.
    classes_, n_features_in_ : as in scikit-learn; ``n_features_in_`` is timesteps × channels.

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

    >>> linear = DTWPrototypeClassifier(1, readout="linear", random_state=0).fit(X, y)
    >>> linear.score(X, y), linear.readout_coef_.shape, linear.cost_.params - model.cost_.params
    (1.0, (1, 4), 13)

    >>> model.predict(X[:2]).tolist(), model.predict_proba(X[:1]).round(2).tolist()  # fast, slow
    (['slow', 'fast'], [[0.0, 1.0]])
    """

    def __init__(
        self,
        n_prototypes: int = 4,
        *,
        method: str = "learned",
        band: Band = 0.1,
        n_neighbors: int = 1,
        validation_fraction: float = 0.0,
        readout: str = "nearest",
        augmentation: Augmentation | None = None,
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
        self.readout = readout
        self.augmentation = augmentation
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
            Subjects, of whom ``validation_fraction`` are held out, and by whom a readout is chosen.

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
        make = partial(
            make_profiles, method=self.method, n_per_class=n_prototypes, radius=radius, schedule=schedule,
            augment=self.augmentation, n_jobs=self.n_jobs,
        )  # fmt: skip
        profiles, readout = learn_profiles_and_readout(
            make, windows, indices, subjects, radius, readout=self.readout, augment=self.augmentation,
            validation_fraction=float(self.validation_fraction), rng=rng, n_jobs=self.n_jobs, verbose=self.verbose,
            on_epoch=epoch_recorder(history, self.verbose),
        )  # fmt: skip
        values, weights = profiles.values.astype(windows.dtype), profiles.channel_weights
        kept = None if self.bits is None else quantize_prototypes(values, weights, self.bits)

        remember_windows(self, X, windows)
        self.classes_ = classes
        self.history_ = history
        self.steepness_ = schedule.steepness
        self._class_indices = profiles.labels
        self._radius = radius
        self._set_profiles(values, weights, kept)
        self._set_readout(None if readout is None else readout.astype(windows.dtype))
        self.cost_: Cost = self._decision().cost(n_neighbors)
        return self

    def _check_parameters(self, n_profiles: int) -> int:
        """The number of neighbours, if all parameters are valid: they may have been set after ``fit``."""
        check_integer(self.n_prototypes, "n_prototypes")
        check_choice(self.method, "method", METHODS)
        check_band(self.band)
        check_number(self.validation_fraction, "validation_fraction", at_least=0.0, below=1.0)
        check_readout(self.readout, self.n_neighbors)
        check_augmentation(self.augmentation)
        check_bits(self.bits)
        thread_count(self.n_jobs)
        return check_integer(self.n_neighbors, "n_neighbors", at_most=n_profiles, why="(the number of profiles)")

    def _set_profiles(
        self, prototypes: FloatArray, channel_weights: Float64Array, kept: IntegerPrototypes | None = None
    ) -> None:
        """Store the profiles, and pack them; ``_class_indices`` and ``_radius`` must be set before."""
        self.integer_prototypes_ = kept
        self.prototypes_ = prototypes if kept is None else kept.restored(len(channel_weights), prototypes.dtype)
        self.prototype_labels_ = self.classes_[self._class_indices]
        self.channel_weights_ = channel_weights
        self._profiles: PackedProfiles | PackedIntegers
        if kept is None:
            self._profiles = PackedProfiles.of(prototypes, channel_weights, self._radius)
        else:
            self._profiles = PackedIntegers.of(kept, self._radius)

    def _set_readout(self, readout: LinearReadout | None) -> None:
        """Store what reads class scores from the distances: None is the nearest profile."""
        self._readout = readout
        self.readout_ = "nearest" if readout is None else "linear"
        self.readout_mean_ = None if readout is None else readout.mean
        self.readout_scale_ = None if readout is None else readout.scale
        self.readout_coef_ = None if readout is None else readout.coef
        self.readout_intercept_ = None if readout is None else readout.intercept

    def predict_proba(self, X: npt.ArrayLike) -> FloatArray:
        """Class scores that sum to one, in the order of ``classes_``.

        With a linear readout: probabilities, calibrated on people whom neither profiles nor weights had seen.

        With one neighbour: the softmax of −β d²(class) / (d²(nearest class) + d²(second nearest class)), where β is
        ``steepness_``; for two classes, learning minimises it. With several: each class's share of the vote. Calibrate
        both before using them as probabilities (:class:`common.FusionClassifier` does).

        Parameters
        ----------
        X : array-like of shape (n, n_timesteps) or (n, n_timesteps, n_channels)

        Returns
        -------
        ndarray of shape (n, n_classes)

        Raises
        ------
        InvalidInputError
            For windows shaped other than in ``fit``, NaN, or numbers whose squares overflow.
        """
        check_is_fitted(self)
        k = self._check_parameters(len(self._class_indices))
        if k > 1:
            distances, classes = self._neighbors(X)
            return vote(distances[:, :k], classes[:, :k], len(self.classes_), "uniform")
        scores = self._decision().scores(check_fitted_windows(self, X), n_jobs=self.n_jobs)
        check_no_overflow(scores)
        return scores

    def predict(self, X: npt.ArrayLike) -> npt.NDArray[Any]:
        """The class of each window; ties go to the first in ``classes_``.

        Parameters
        ----------
        X : array-like of shape (n, n_timesteps) or (n, n_timesteps, n_channels)

        Returns
        -------
        ndarray of shape (n,)
        """
        probabilities = self.predict_proba(X)
        return np.asarray(self.classes_[np.argmax(probabilities, axis=1)])

    def _neighbors(self, X: npt.ArrayLike) -> tuple[FloatArray, IntArray]:
        """Distances to all profiles, nearest first, and the class index of each."""
        squared = self._profiles.squared_distances(check_fitted_windows(self, X), n_jobs=self.n_jobs)
        check_no_overflow(squared)
        order = np.argsort(squared, axis=1, kind="stable")
        return np.sqrt(np.take_along_axis(squared, order, axis=1)), self._class_indices[order]

    def window_scorer(self) -> Callable[[Float64Array], Float64Array]:
        """:meth:`predict_proba` for one window at a time, without its checks.

        Checking a single window may take longer than its distances, and a stream has checked its samples already.

        Returns
        -------
        callable
            From a window ``(n_timesteps, n_channels)`` to its scores ``(n_classes,)``, which are NaN for numbers whose
            squares overflow. The window must be a contiguous float64 array of finite numbers, shaped as in ``fit``.
            Later changes to the model do not affect it.

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
            now = copy(self)
            return lambda window: np.asarray(now.predict_proba(window[None])[0], dtype=np.float64)
        score = self._decision().scorer()
        return lambda window: np.asarray(score(window[None])[0])

    def _decision(self) -> Decision:
        """By the model as it is now: its steepness may have been set after ``fit``."""
        nearest = NearestReadout(self._class_indices, len(self.classes_), self.steepness_)
        return Decision(self._profiles, self._readout or nearest)
