"""Several sensors, any of them missing, one calibrated probability of a fall."""

from __future__ import annotations

from functools import partial
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import Tags
from sklearn.utils.multiclass import type_of_target
from sklearn.utils.validation import check_is_fitted, validate_data

from common.errors import InvalidInputError
from common.fusion.calibration import Calibration, Pool, fold_numbers, held_out_log_odds
from common.fusion.logistic import LogisticPool, frequent_patterns, masked_copies, pattern_index
from common.fusion.pooling import SMALLEST, FixedPool, clip
from common.fusion.shapley import shapley_values
from common.validation import (
    BoolArray,
    FloatArray,
    check_choice,
    check_class_labels,
    check_integer,
    check_number,
    check_same_kind,
    check_sensors,
    check_vector,
)

METHODS = ("logistic", "mean", "max", "product", "dempster_shafer")


class FusionClassifier(ClassifierMixin, BaseEstimator):
    """Fall probabilities of several sensors → one, calibrated for every set of sensors that is present.

    ``X (n, n_sensors)`` holds what each sensor's classifier believes, the probability of the second class
    (``classes_[1]``, a fall), with NaN where a sensor is absent. To learn how far a sensor can be trusted, its
    probabilities must come from people it was not trained on: :func:`common.out_of_fold_probabilities`.

    Probabilities are pooled (``method``), then calibrated on held-out folds, apart for every availability pattern
    (``calibration``). Patterns that training data lack are learned from copies with sensors blanked out. Values are
    clipped to [1e-6, 1 − 1e-6]; use :func:`common.check_probabilities` before, at the edge of a system, where a value
    outside [0, 1] is a fault. A row without sensors gets the base rate.

    Parameters
    ----------
    method : {"logistic", "mean", "max", "product", "dempster_shafer"}
        How sensors are pooled: weighted log-odds, learned (:mod:`common.fusion.logistic`), or one of the fixed rules
        of :mod:`common.fusion.pooling`.
    calibration : {"sigmoid", "isotonic"} or None
        Platt's logistic curve on the pooled log-odds; isotonic regression, which bends as the data want, but needs
        a thousand rows a pattern and ties what had a rank; or the pooled value as it is.
    C : float, default 1.0
        Inverse strength of the penalty of the logistic method, as in scikit-learn's ``LogisticRegression``.
    min_pattern_rows : int, default 20
        Rows of each class that a pattern needs to have terms of its own, and, if it has them, to do without
        blanked-out copies.
    n_folds : int, default 5
        Folds for the calibration, fewer where there are fewer subjects or rows of a class.

    Attributes
    ----------
    classes_ : ndarray of shape (2,)
    base_rate_ : float
        Share of the second class in the training rows.
    patterns_ : ndarray of bool, shape (n_patterns, n_sensors)
        The availability patterns with terms of their own.
    pool_ : LogisticPool or FixedPool
        The pooling rule; a ``LogisticPool`` shows ``intercepts`` and ``weights``, a row a pattern.
    n_features_in_ : int
        Number of sensors.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> y = np.arange(600) % 2
    >>> X = 1 / (1 + np.exp(-rng.normal((4 * y - 2)[:, None], [1, 3])))  # a good sensor and a poor one
    >>> fusion = FusionClassifier().fit(X, y)
    >>> fusion.predict_proba([[0.9, 0.4], [0.9, np.nan], [np.nan, 0.9], [np.nan, np.nan]])[:, 1].round(2)
    array([1.  , 1.  , 0.76, 0.5 ])
    >>> fusion.decide([[0.9, 0.4], [np.nan, 0.6]], band=(0.2, 0.8))
    array([ 1, -1])
    """

    def __init__(
        self,
        method: str = "logistic",
        *,
        calibration: str | None = "sigmoid",
        C: float = 1.0,
        min_pattern_rows: int = 20,
        n_folds: int = 5,
    ) -> None:
        self.method = method
        self.calibration = calibration
        self.C = C
        self.min_pattern_rows = min_pattern_rows
        self.n_folds = n_folds

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.classifier_tags.multi_class = False
        # The fixed rules take the sensors at their word, so columns that are no probabilities of the class fail them.
        tags.classifier_tags.poor_score = self.method != "logistic"
        return tags

    def fit(self, X: npt.ArrayLike, y: npt.ArrayLike, groups: npt.ArrayLike | None = None) -> Self:
        """Learn from out-of-fold probabilities.

        Parameters
        ----------
        X : array-like of shape (n, n_sensors)
            Probabilities of the second class, NaN where a sensor is absent.
        y : array-like of shape (n,)
            Two classes; the second in sorted order is the fall.
        groups : array-like of shape (n,), optional
            Subject of each row: whole subjects are then held out for the calibration.

        Raises
        ------
        InvalidInputError
            For infinity, labels of another length, other than two classes, or a class that only one subject shows.
            The estimator is then unchanged.
        """
        columns = check_sensors(X)
        labels = check_class_labels(y, len(columns))
        kind = type_of_target(labels)
        if kind != "binary":
            raise InvalidInputError(
                f"Only binary classification is supported. The type of the target y is {kind}: "
                "pass fall or not, such as y == 'fall'"
            )
        self._check_parameters()
        classes, codes = np.unique(labels, return_inverse=True)
        is_fall = codes == 1
        subjects = None if groups is None else check_vector(groups, len(columns), "groups")
        base_rate = float(is_fall.mean())

        # A row without sensors counts for the base rate and teaches nothing else.
        seen = ~np.isnan(columns).all(axis=1)
        if len(np.unique(is_fall[seen])) < 2:
            raise InvalidInputError("X has rows with a sensor present for one class only: add such rows of both")
        augmented, rows = masked_copies(clip(columns[seen]), is_fall[seen], min_rows=self.min_pattern_rows)
        fell = is_fall[seen][rows]
        patterns = frequent_patterns(augmented, fell, min_rows=self.min_pattern_rows)

        fit_pool = partial(self._fit_pool, base_rate=base_rate, patterns=patterns)
        pool = fit_pool(augmented, fell)
        calibrate = None
        if self.calibration is not None:
            folds = fold_numbers(is_fall[seen], None if subjects is None else subjects[seen], self.n_folds)
            z = held_out_log_odds(fit_pool, augmented, fell, folds[rows])
            calibrate = Calibration.fit(self.calibration, z, fell, pattern_index(augmented, patterns), len(patterns))

        validate_data(self, X if hasattr(X, "columns") else columns, skip_check_array=True, reset=True)
        self.classes_ = classes
        self.base_rate_ = base_rate
        self.patterns_ = patterns
        self.pool_ = pool
        self._calibration = calibrate
        return self

    def decision_function(self, X: npt.ArrayLike) -> FloatArray:
        """The calibrated log-odds ``(n,)`` of a fall; above 0 :meth:`predict` says fall."""
        return self._log_odds(self._check(X))

    def predict_proba(self, X: npt.ArrayLike) -> FloatArray:
        """Probabilities ``(n, 2)`` in the order of ``classes_``."""
        z = self.decision_function(X)
        return np.stack([expit(-z), expit(z)], axis=1)

    def predict(self, X: npt.ArrayLike) -> npt.NDArray[Any]:
        """The more probable class ``(n,)``, also of a row without sensors: use :meth:`decide` to abstain."""
        is_fall = self.decision_function(X) > 0
        return np.asarray(self.classes_[is_fall.astype(int)])

    def decide(
        self, X: npt.ArrayLike, *, band: tuple[float, float] = (0.3, 0.7), abstention: Any = None
    ) -> npt.NDArray[Any]:
        """The class ``(n,)``, or ``abstention`` where the probability of a fall lies inside ``band``.

        A row without sensors is always an abstention: there is nothing to decide on.

        Parameters
        ----------
        X : array-like of shape (n, n_sensors)
        band : (float, float)
            Probabilities of a fall, both ends excluded; (0.5, 0.5) is empty and abstains only without sensors.
        abstention : label, optional
            By default −1 for classes that are numbers and ``"unsure"`` for text.
        """
        columns = self._check(X)
        low, high = _check_band(band)
        abstention = _check_abstention(abstention, self.classes_)
        p = expit(self._log_odds(columns))
        labels = self.classes_[(p > 0.5).astype(int)]
        unsure = ((p > low) & (p < high)) | np.isnan(columns).all(axis=1)
        return np.asarray(np.where(unsure, abstention, labels))

    def contributions(self, X: npt.ArrayLike) -> FloatArray:
        """What each sensor adds to the log-odds of a fall ``(n, n_sensors)``: positive speaks for one, 0 is absent.

        ``logit(base_rate_) + contributions(X).sum(axis=1)`` is ``decision_function(X)``, whatever the method: the
        shares are Shapley values, the sensor's effect averaged over all orders in which sensors can be heard.
        """
        return shapley_values(self._log_odds, self._check(X))

    def _log_odds(self, columns: FloatArray) -> FloatArray:
        clipped = clip(columns)
        z = self.pool_.log_odds(clipped)
        if self._calibration is not None:
            z = self._calibration.apply(z, pattern_index(clipped, self.patterns_))
        limit = logit(1 - SMALLEST)
        silent = np.isnan(columns).all(axis=1)
        return np.where(silent, logit(self.base_rate_), np.clip(z, -limit, limit))

    def _fit_pool(self, X: FloatArray, is_fall: BoolArray, *, base_rate: float, patterns: BoolArray) -> Pool:
        if self.method == "logistic":
            return LogisticPool.fit(X, is_fall, base_rate=base_rate, patterns=patterns, C=self.C)
        return FixedPool.of(self.method, X, is_fall, base_rate=base_rate)

    def _check(self, X: npt.ArrayLike) -> FloatArray:
        check_is_fitted(self)
        columns = check_sensors(X)
        try:
            validate_data(self, X if hasattr(X, "columns") else columns, skip_check_array=True, reset=False)
        except ValueError as error:
            raise InvalidInputError(str(error)) from error
        return columns

    def _check_parameters(self) -> None:
        check_choice(self.method, "method", METHODS)
        if self.calibration is not None:
            check_choice(self.calibration, "calibration", ("sigmoid", "isotonic"))
        check_number(self.C, "C", above=0)
        check_integer(self.min_pattern_rows, "min_pattern_rows")
        check_integer(self.n_folds, "n_folds", at_least=2)


def _check_band(band: Any) -> tuple[float, float]:
    if not isinstance(band, (tuple, list)) or len(band) != 2:
        raise InvalidInputError(f"band is {band!r}; pass two probabilities, such as (0.3, 0.7)")
    low, high = (check_number(end, "band", at_least=0) for end in band)
    if not low <= high <= 1:
        raise InvalidInputError(f"band is {band!r}; the first must not exceed the second, nor the second 1")
    return low, high


def _check_abstention(abstention: Any, classes: npt.NDArray[Any]) -> Any:
    """A label of the same kind that is no class."""
    if abstention is None:
        abstention = "unsure" if classes.dtype.kind in "USO" else -1
    check_same_kind(np.asarray([abstention]), classes, ("abstention", "y"))
    if abstention in classes:
        raise InvalidInputError(f"abstention is {abstention!r}, which is a class: pass another label as abstention=")
    return abstention
