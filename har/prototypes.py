"""A few profiles per class in place of the whole training set."""

import time
from collections.abc import Callable
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin

from common.costs import knn_cost
from common.costs.ledger import Cost
from common.errors import InvalidInputError
from common.validation import (
    Band,
    FloatArray,
    IntArray,
    band_radius,
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
from har.dtw.barycenter import barycenter, medoids, soft_barycenter
from har.dtw.greedy import greedy_profiles
from har.dtw.learning import Epoch, Profiles, Schedule, learn_profiles
from har.dtw.packing import pack, squared_distances
from har.dtw.scores import class_scores, scores_of_distances
from har.dtw.threads import thread_count
from har.neighbors import vote

#: So many windows are answered at once by the call that a stream uses; more by a matrix of distances, over threads.
_FEW = 16

METHODS = ("learned", "medoid", "barycenter", "soft_barycenter", "greedy")


class DTWPrototypeClassifier(ClassifierMixin, BaseEstimator):
    """Vote of the nearest of a few profiles per class, under banded DTW.

    Parameters
    ----------
    n_prototypes : int, default 4
        Profiles per class; a class with fewer windows gives them all.
    method : str, default "learned"
        - ``"learned"``: moved by gradient until they separate the classes, with a weight for each
          channel (generalised relevance LVQ in DTW space; see :mod:`har.dtw.learning`);
        - ``"medoid"``, the best profiles: the windows nearest to all others of their class;
        - ``"barycenter"``, the mean profiles: each the DTW barycenter of a medoid's windows;
        - ``"soft_barycenter"``: the soft-DTW mean instead (slow; by tslearn);
        - ``"greedy"``: windows chosen one by one for their leave-one-out gain.
    band : None, int or float, default 0.1
        Global constraint: a radius in samples, or a fraction of the window.
    n_neighbors : int, default 1
        Profiles that vote.
    validation_fraction : float in [0, 1), default 0
        ``"learned"`` only: share of the groups (of the windows, without groups) held out to stop early.
    random_state : int, Generator, RandomState or None
    n_jobs : int or None
        Threads; None means one, -1 all. The profiles do not depend on it.
    verbose : int, default 0
        1 prints a line for each epoch of learning.

    Attributes
    ----------
    prototypes_ : ndarray of shape (n, n_timesteps, n_channels)
        In the unit of X, grouped by class.
    prototype_labels_ : ndarray of shape (n,)
    channel_weights_ : ndarray of shape (n_channels,)
        Weights of the squared differences, summing to n_channels; ones unless learned. Channels with
        weight zero are not computed.
    cost_ : common.Cost
        Work and memory of one decision.
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
        random_state: int | np.random.Generator | np.random.RandomState | None = None,
        n_jobs: int | None = None,
        verbose: int = 0,
    ) -> None:
        self.n_prototypes = n_prototypes
        self.method = method
        self.band = band
        self.n_neighbors = n_neighbors
        self.validation_fraction = validation_fraction
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.verbose = verbose

    def fit(self, X: npt.ArrayLike, y: npt.ArrayLike, groups: npt.ArrayLike | None = None) -> Self:
        """Make the profiles.

        Parameters
        ----------
        X : array-like of shape (n, n_timesteps) or (n, n_timesteps, n_channels)
            Learning converges best when the channels have a standard deviation near one
            (:class:`har.preprocessing.ScaleChannels`).
        y : array-like of shape (n,)
        groups : array-like of shape (n,), optional
            Subjects; used to hold out ``validation_fraction`` of them.

        Raises
        ------
        InvalidInputError
            The message names the argument and the place; the estimator is then unchanged.
        """
        windows = check_windows(X)
        labels = check_class_labels(y, len(windows))
        subjects = None if groups is None else check_vector(groups, len(windows), "groups")
        n_prototypes = check_integer(self.n_prototypes, "n_prototypes")
        check_choice(self.method, "method", METHODS)
        fraction = check_number(self.validation_fraction, "validation_fraction", at_least=0.0, below=1.0)
        radius = band_radius(self.band, windows.shape[1], windows.shape[1])
        thread_count(self.n_jobs)
        classes, indices = np.unique(labels, return_inverse=True)
        n_profiles = int(np.minimum(np.bincount(indices), n_prototypes).sum())
        check_integer(self.n_neighbors, "n_neighbors", at_most=n_profiles, why="(the number of profiles)")
        rng = random_generator(self.random_state)

        history: list[Epoch] = []
        if self.method == "learned":
            profiles = self._learn(windows, indices, subjects, n_prototypes, radius, fraction, rng, history)
        else:
            values, owners = self._describe(windows, indices, n_prototypes, radius, rng)
            profiles = Profiles(values, owners, np.ones(windows.shape[2]))

        remember_windows(self, X, windows)
        self.classes_ = classes
        self.history_ = history
        self._class_indices = profiles.labels
        self._radius = radius
        self._set_profiles(profiles.values.astype(windows.dtype), profiles.channel_weights)
        self.cost_: Cost = knn_cost(
            len(profiles.values),
            windows.shape[1],
            len(self._active),
            band=radius,
            n_neighbors=self.n_neighbors,
            bytes_per_value=windows.itemsize,
        )
        return self

    def _set_profiles(self, prototypes: FloatArray, channel_weights: npt.NDArray[np.float64]) -> None:
        """Keep profiles, and pack the channels that count; ``classes_`` and ``_class_indices`` are there before."""
        self.prototypes_ = prototypes
        self.prototype_labels_ = self.classes_[self._class_indices]
        self.channel_weights_ = channel_weights
        self._active = np.flatnonzero(channel_weights > 0)
        self._root = np.sqrt(channel_weights[self._active]).astype(prototypes.dtype)
        self._packed = pack(prototypes[:, :, self._active] * self._root)

    def predict_proba(self, X: npt.ArrayLike) -> FloatArray:
        """Class scores that sum to one, in the order of ``classes_``.

        With one neighbour: softmax of −8 d²(class) / (d²(nearest) + d²(second nearest class)), which for two
        classes is the criterion that learning lowers. Otherwise the share of the vote. Calibrate them before
        they are read as probabilities (:class:`common.FusionClassifier` does).
        """
        if self.n_neighbors > 1:
            distances, classes = self._neighbors(X)
            k = self.n_neighbors
            return vote(distances[:, :k], classes[:, :k], len(self.classes_), "uniform")
        windows = check_fitted_windows(self, X)
        if len(windows) <= _FEW:
            return self._scorer()(np.ascontiguousarray(windows))
        squared = np.ascontiguousarray(self._squared(windows))
        scores = np.empty((len(windows), len(self.classes_)))
        scores_of_distances(squared, self._class_indices, Schedule.steepness, scores)
        return scores

    def predict(self, X: npt.ArrayLike) -> npt.NDArray[Any]:
        """The class of each window; ties go to the first in ``classes_``."""
        probabilities = self.predict_proba(X)
        return np.asarray(self.classes_[np.argmax(probabilities, axis=1)])

    def _neighbors(self, X: npt.ArrayLike) -> tuple[FloatArray, IntArray]:
        """Distances to all profiles, nearest first, and the class index of each."""
        squared = self._squared(check_fitted_windows(self, X))
        order = np.argsort(squared, axis=1, kind="stable")
        return np.sqrt(np.take_along_axis(squared, order, axis=1)), self._class_indices[order]

    def _squared(self, windows: FloatArray) -> FloatArray:
        weighted = windows[:, :, self._active] * self._root
        return squared_distances(self._packed, weighted, self._radius, n_jobs=self.n_jobs)

    def _scorer(self) -> Callable[[FloatArray], FloatArray]:
        """Scores of contiguous windows by the nearest profile, unchecked, by the model as it is now."""
        packed, n_classes = self._packed, len(self.classes_)
        model = (
            self._active,
            self._root,
            packed.blocks,
            packed.shape,
            self._class_indices,
            self._radius,
            Schedule.steepness,
        )

        def score(windows: FloatArray) -> FloatArray:
            scores = np.empty((len(windows), n_classes))
            class_scores(windows, *model, scores)
            return scores

        return score

    def _describe(
        self, X: FloatArray, y: IntArray, n_prototypes: int, radius: int, rng: np.random.Generator
    ) -> tuple[npt.NDArray[np.float64], IntArray]:
        """Profiles that are, or average, windows of their class."""
        if self.method == "greedy":
            chosen = greedy_profiles(X, y, n_prototypes, radius, rng=rng, n_jobs=self.n_jobs)
            return X[chosen].astype(np.float64), y[chosen]
        values, owners = [], []
        for c in range(int(y.max()) + 1):
            members = X[y == c]
            chosen, cluster = medoids(members, n_prototypes, radius, rng=rng, n_jobs=self.n_jobs)
            for index, medoid in enumerate(members[chosen]):
                mine = members[cluster == index]
                # A duplicate of another medoid owns nothing.
                if self.method == "medoid" or not len(mine):
                    values.append(medoid)
                elif self.method == "barycenter":
                    values.append(barycenter(mine, medoid, radius))
                else:
                    values.append(soft_barycenter(mine, medoid))
            owners += [c] * len(chosen)
        return np.array(values, dtype=np.float64), np.array(owners)

    def _learn(
        self,
        X: FloatArray,
        y: IntArray,
        groups: npt.NDArray[Any] | None,
        n_prototypes: int,
        radius: int,
        fraction: float,
        rng: np.random.Generator,
        history: list[Epoch],
    ) -> Profiles:
        held_out = None
        if fraction > 0:
            train, test = _hold_out(y, groups, fraction, rng)
            held_out = X[test], y[test]
            X, y = X[train], y[train]
        start = []
        for c in range(int(y.max()) + 1):
            members = np.flatnonzero(y == c)
            start.append(rng.choice(members, min(n_prototypes, len(members)), replace=False))
        first = np.concatenate(start)
        return learn_profiles(
            Profiles(X[first].astype(np.float64), y[first], np.ones(X.shape[2])),
            X,
            y,
            radius,
            rng=rng,
            held_out=held_out,
            on_epoch=_reporter(history, self.verbose),
            n_jobs=self.n_jobs,
        )


def _hold_out(
    y: IntArray, groups: npt.NDArray[Any] | None, fraction: float, rng: np.random.Generator
) -> tuple[IntArray, IntArray]:
    from sklearn.model_selection import GroupShuffleSplit, StratifiedShuffleSplit

    seed = int(rng.integers(2**31))
    try:
        if groups is None:
            splitter = StratifiedShuffleSplit(1, test_size=fraction, random_state=seed)
        else:
            splitter = GroupShuffleSplit(1, test_size=fraction, random_state=seed)
        train, test = next(splitter.split(y, y, groups))
    except ValueError as error:
        raise InvalidInputError(
            f"validation_fraction is {fraction:g}: {error}. Pass more subjects or windows, or 0 to learn from all"
        ) from error
    missing = np.setdiff1d(y, y[train])
    if len(missing):
        # A stratified split keeps all classes, so here there are groups.
        held_out = np.unique(np.asarray(groups)[test])
        raise InvalidInputError(
            f"validation_fraction is {fraction:g}: without the held-out groups {held_out} "
            f"{len(missing)} class(es) have no training window left; hold out less, or use another random_state"
        )
    return train, test


def _reporter(history: list[Epoch], verbose: int) -> Callable[[Epoch], None]:
    began = time.perf_counter()

    def report(epoch: Epoch) -> None:
        history.append(epoch)
        if verbose:
            held_out = f"  held out {epoch.validation_accuracy:.3f}" if np.isfinite(epoch.validation_accuracy) else ""
            print(
                f"learning profiles {epoch.number:>3}/{epoch.n_epochs}  loss {epoch.loss:.4f}  "
                f"training {epoch.training_accuracy:.3f}{held_out}  {time.perf_counter() - began:.1f} s",
                flush=True,
            )

    return report
