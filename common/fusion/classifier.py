"""One calibrated probability of a fall from several sensors, any of which may be absent."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit
from sklearn.utils import Tags
from sklearn.utils.multiclass import type_of_target
from sklearn.utils.validation import check_is_fitted

from common.errors import InvalidInputError
from common.estimators.base import BaseEstimator, ClassifierMixin
from common.fusion.calibration import Calibration, Pool, fold_numbers, given_fold_numbers, held_out_log_odds
from common.fusion.logistic import LogisticPool, frequent_patterns, masked_copies, pattern_index
from common.fusion.pooling import SMALLEST, FixedPool, clip
from common.fusion.shapley import shapley_values
from common.fusion.weights import check_weights
from common.validation import (
    BoolArray,
    FloatArray,
    check_choice,
    check_class_labels,
    check_fitted_features,
    check_integer,
    check_number,
    check_same_kind,
    check_sensors,
    check_vector,
    fall_second,
    remember_features,
)

METHODS = ("logistic", "mean", "max", "product", "dempster_shafer")


class FusionClassifier(ClassifierMixin, BaseEstimator):
    """Combines the fall probabilities of several sensors into one, calibrated for every set of present sensors.

    ``X (n, n_sensors)`` holds the probability of the second class (``classes_[1]``, a fall) according to each sensor's
    classifier, and NaN where a sensor is absent. These probabilities must come from people on whom the classifiers
    were not trained (:func:`common.out_of_fold_probabilities`), or every sensor looks more reliable than it is.

    Probabilities are pooled (``method``), then calibrated on held-out folds, separately for every availability pattern
    (``calibration``). Patterns that are missing from the training data are learned from copies of rows in which
    sensors are blanked out. Values are clipped to [1e-6, 1 − 1e-6]; where a value outside [0, 1] would be a fault, at
    the edge of a system, call :func:`common.check_probabilities` first. A row without any sensor gets the base rate.

    Parameters
    ----------
    method : {"logistic", "mean", "max", "product", "dempster_shafer"}
        How sensors are pooled: learned weights of log-odds (:mod:`common.fusion.logistic`), or one of the fixed rules
        of :mod:`common.fusion.pooling`.
    calibration : {"sigmoid", "isotonic"} or None
        Platt's logistic curve on the pooled log-odds; isotonic regression, which fits any monotonic curve but needs
        about a thousand rows per pattern and assigns one value to whole ranges; or None for the pooled value itself.
    C : float, default 1.0
        Inverse strength of the penalty of the logistic method, as in scikit-learn's ``LogisticRegression``.
    min_pattern_rows : int, default 20
        Rows of each class from which a pattern gets parameters of its own and no blanked-out copies.
    n_folds : int, default 5
        Folds for the calibration; fewer if there are fewer subjects or fewer rows of a class.
    cv : list of (train, test), optional
        These folds instead: row numbers, such as :func:`common.subject_folds` gives, with each row tested once.

    Attributes
    ----------
    classes_ : ndarray of shape (2,)
    base_rate_ : float
        Fraction of the training rows in the second class.
    patterns_ : ndarray of bool, shape (n_patterns, n_sensors)
        The availability patterns with parameters of their own.
    pool_ : LogisticPool or FixedPool
        The pooling rule; a ``LogisticPool`` has ``intercepts`` and ``weights``, one row per pattern.
    n_features_in_ : int
        Number of sensors.
    feature_names_in_ : ndarray of str
        Names of the sensors, if ``X`` was a data frame. A frame with other names or another order is then refused.

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
    >>> fusion.predict([[0.9, 0.4], [np.nan, np.nan]])  # without any sensor, the base rate decides
    array([1, 0])

    What each sensor adds to the log-odds, from those of the base rate, which are 0 here:

    >>> row = [[0.9, 0.4]]
    >>> parts = fusion.contributions(row)
    >>> bool(parts[0, 0] > 0 > parts[0, 1]), bool(np.isclose(parts.sum(), fusion.decision_function(row)[0]))
    (True, True)
    """

    def __init__(
        self,
        method: str = "logistic",
        *,
        calibration: str | None = "sigmoid",
        C: float = 1.0,
        min_pattern_rows: int = 20,
        n_folds: int = 5,
        cv: Sequence[tuple[Any, Any]] | None = None,
    ) -> None:
        self.method = method
        self.calibration = calibration
        self.C = C
        self.min_pattern_rows = min_pattern_rows
        self.n_folds = n_folds
        self.cv = cv

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.classifier_tags.multi_class = False
        # The fixed rules assume that each column is a probability, which scikit-learn's test data are not.
        tags.classifier_tags.poor_score = self.method != "logistic"
        return tags

    def fit(
        self,
        X: npt.ArrayLike,
        y: npt.ArrayLike,
        groups: npt.ArrayLike | None = None,
        sample_weight: npt.ArrayLike | None = None,
    ) -> Self:
        """Learn from out-of-fold probabilities.

        Parameters
        ----------
        X : array-like of shape (n, n_sensors)
            Probabilities of the second class, NaN where a sensor is absent.
        y : array-like of shape (n,)
            Two classes; the second in sorted order is a fall, unless the words plainly say that it is the first.
        groups : array-like of shape (n,), optional
            Subject of each row; whole subjects are then held out for the calibration.
        sample_weight : array-like of shape (n,), optional
            How many rows each one stands for: in the base rate, the pool, ``min_pattern_rows`` and the calibration,
            whose folds are of rows nonetheless. A row of weight 0 is left out.

        Raises
        ------
        InvalidInputError
            For infinity, labels of another length, a number of classes other than two, a class that only one subject
            shows, or weights that are negative, infinite or zero for a whole class. The estimator is then unchanged.
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
        classes = fall_second(np.unique(labels))
        is_fall = labels == classes[1]
        subjects = None if groups is None else check_vector(groups, len(columns), "groups")
        weights = None if sample_weight is None else check_weights(sample_weight, len(columns))
        base_rate = float(np.average(is_fall, weights=weights))
        if not 0 < base_rate < 1:
            raise InvalidInputError("sample_weight leaves one class only: give rows of both classes a weight above 0")

        # Rows without any sensor count towards the base rate only.
        is_used = ~np.isnan(columns).all(axis=1) & (True if weights is None else weights > 0)
        rows = np.flatnonzero(is_used)
        is_fall = is_fall[rows]
        if len(np.unique(is_fall)) < 2:
            raise InvalidInputError(
                "X has rows with a sensor present for one class only: add such rows of the other class"
            )
        weights = None if weights is None else weights[rows]
        augmented, source = masked_copies(clip(columns[rows]), is_fall, weights, min_rows=self.min_pattern_rows)
        training = augmented, is_fall[source], None if weights is None else weights[source]
        patterns = frequent_patterns(*training, min_rows=self.min_pattern_rows)

        fit_pool = partial(self._fit_pool, base_rate=base_rate, patterns=patterns)
        pool = fit_pool(*training)
        calibration = None
        if self.calibration is not None:
            if self.cv is None:
                folds = fold_numbers(is_fall, None if subjects is None else subjects[rows], self.n_folds)
            else:
                folds = given_fold_numbers(self.cv, rows, is_fall, len(columns))
            z = held_out_log_odds(fit_pool, *training, folds[source])
            calibration = Calibration.fit(
                self.calibration, z, *training[1:], pattern_index(augmented, patterns), len(patterns)
            )

        remember_features(self, X if hasattr(X, "columns") else columns)
        self.classes_ = classes
        self.base_rate_ = base_rate
        self.patterns_ = patterns
        self.pool_ = pool
        self._calibration = calibration
        return self

    def decision_function(self, X: npt.ArrayLike) -> FloatArray:
        """The calibrated log-odds ``(n,)`` of a fall; :meth:`predict` answers "fall" above 0.

        Parameters
        ----------
        X : array-like of shape (n, n_sensors)
            Probabilities, NaN where a sensor is absent.
        """
        return self._log_odds(self._check(X))

    def predict_proba(self, X: npt.ArrayLike) -> FloatArray:
        """Probabilities ``(n, 2)`` in the order of ``classes_``.

        Parameters
        ----------
        X : array-like of shape (n, n_sensors)
            Probabilities, NaN where a sensor is absent.
        """
        z = self.decision_function(X)
        return np.stack([expit(-z), expit(z)], axis=1)

    def predict(self, X: npt.ArrayLike) -> npt.NDArray[Any]:
        """The more probable class ``(n,)``, even for a row without sensors; use :meth:`decide` to abstain.

        Parameters
        ----------
        X : array-like of shape (n, n_sensors)
            Probabilities, NaN where a sensor is absent.
        """
        is_fall = self.decision_function(X) > 0
        return np.asarray(self.classes_[is_fall.astype(int)])

    def decide(
        self, X: npt.ArrayLike, *, band: tuple[float, float] = (0.3, 0.7), abstention: Any = None
    ) -> npt.NDArray[Any]:
        """The class ``(n,)``, or ``abstention`` where the probability of a fall lies inside ``band``.

        A row without sensors always gives an abstention.

        Parameters
        ----------
        X : array-like of shape (n, n_sensors)
        band : (float, float)
            Probabilities of a fall, ends excluded; with (0.5, 0.5) only rows without sensors give an abstention.
        abstention : label, optional
            By default −1 if classes are numbers, and ``"unsure"`` if they are text.
        """
        columns = self._check(X)
        low, high = _check_band(band)
        abstention = _check_abstention(abstention, self.classes_)
        p = expit(self._log_odds(columns))
        labels = self.classes_[(p > 0.5).astype(int)]
        abstains = ((p > low) & (p < high)) | np.isnan(columns).all(axis=1)
        return np.asarray(np.where(abstains, abstention, labels))

    def contributions(self, X: npt.ArrayLike) -> FloatArray:
        """What each sensor adds to the log-odds of a fall ``(n, n_sensors)``; 0 for an absent sensor.

        ``logit(base_rate_) + contributions(X).sum(axis=1)`` equals ``decision_function(X)`` for every method, since
        contributions are Shapley values: a sensor's effect, averaged over all orders in which sensors can be added.

        Parameters
        ----------
        X : array-like of shape (n, n_sensors)
            Probabilities, NaN where a sensor is absent.

        References
        ----------
        L. S. Shapley, "A value for n-person games", Contributions to the Theory of Games 2, 1953.
        """
        return shapley_values(self._log_odds, self._check(X))

    def _log_odds(self, columns: FloatArray) -> FloatArray:
        clipped = clip(columns)
        z = self.pool_.log_odds(clipped)
        if self._calibration is not None:
            z = self._calibration.apply(z, pattern_index(clipped, self.patterns_))
        limit = logit(1 - SMALLEST)
        no_sensor = np.isnan(columns).all(axis=1)
        return np.where(no_sensor, logit(self.base_rate_), np.clip(z, -limit, limit))

    def _fit_pool(
        self, X: FloatArray, is_fall: BoolArray, weights: FloatArray | None, *, base_rate: float, patterns: BoolArray
    ) -> Pool:
        if self.method == "logistic":
            return LogisticPool.fit(X, is_fall, weights, base_rate=base_rate, patterns=patterns, C=self.C)
        return FixedPool.of(self.method, X, is_fall, weights, base_rate=base_rate)

    def _check(self, X: npt.ArrayLike) -> FloatArray:
        check_is_fitted(self)
        columns = check_sensors(X)
        check_fitted_features(self, X if hasattr(X, "columns") else columns)
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
        raise InvalidInputError(
            f"band is {band!r}; the first must not exceed the second, and the second must not exceed 1"
        )
    return low, high


def _check_abstention(abstention: Any, classes: npt.NDArray[Any]) -> Any:
    """A label of the kind of the classes, but different from all of them."""
    if abstention is None:
        abstention = "unsure" if classes.dtype.kind in "USO" else -1
    check_same_kind(np.asarray([abstention]), classes, ("abstention", "y"))
    if abstention in classes:
        raise InvalidInputError(f"abstention is {abstention!r}, which is a class: pass another label as abstention=")
    return abstention
