"""Multinomial logistic regression on the distances to all prototypes.

The nearest prototype decides by one distance; the others tell something, too. A window of climbing stairs lies at
typical distances from walking and from standing, wherever the nearest prototype is. With distances as features, an
ordinary linear classifier learns how much each of them says (Pękalska & Duin, *Dissimilarity representations allow for
building good classifiers*, Pattern Recognition Letters 23(8), 2002).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Lock
from typing import Self

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from common.costs import dense_cost
from common.costs.ledger import Cost
from common.validation import Float64Array, FloatArray, IntArray
from har.dtw.scores import PackedDistances
from har.readouts.scores import features_of_rows, linear_class_scores, linear_scores_of_distances

# The threads of BLAS are those of the process: of two threads that limit and restore their number at the same time, the
# second would restore the limit of the first.
_one_fit = Lock()


def distance_features(squared: FloatArray) -> Float64Array:
    """Features ``(n, 2 n_prototypes)`` of squared distances ``(n, n_prototypes)``: what a linear readout weighs.

    First the logarithm of each distance, log(d² + 1e-6 mean(d²)): how well the window fits, where a factor counts alike
    near and far. Then each distance relative to the window's own mean, d² / mean(d²): which prototypes are nearer than
    the others, however vigorous the movement is. Another unit adds a constant to the former and nothing to the latter,
    so that decisions do not depend on it.

    Examples
    --------
    >>> print(distance_features(np.array([[1.0, 3.0]])).round(3))
    [[0.    1.099 0.5   1.5  ]]
    """
    features = np.empty((len(squared), 2 * squared.shape[1]))
    features_of_rows(np.ascontiguousarray(squared), features)
    return features


@dataclass(frozen=True, eq=False)
class LinearReadout:
    """Weights of standardised :func:`distance_features`.

    Attributes
    ----------
    mean, scale : ndarray of shape (2 n_prototypes,)
        Of each feature over the training windows.
    coef : ndarray of shape (n_classes, 2 n_prototypes), or (1, 2 n_prototypes) for two classes
        As in scikit-learn's ``LogisticRegression``: a single row gives the log-odds of the second class.
    intercept : ndarray of shape (n_classes,) or (1,)

    Examples
    --------
    All windows are nearest to the first prototype, but not equally far from the second:

    >>> squared = np.array([[1.0, 2.0], [1.1, 2.1], [1.0, 8.0], [1.1, 9.0]])
    >>> readout = LinearReadout.fit(distance_features(squared), np.array([0, 0, 1, 1]), C=1.0)
    >>> readout.scores(squared).argmax(axis=1)
    array([0, 0, 1, 1])
    """

    mean: FloatArray
    scale: FloatArray
    coef: FloatArray
    intercept: FloatArray

    @classmethod
    def fit(cls, features: Float64Array, y: IntArray, C: float) -> Self:
        """Weights for class indices ``y``; ``C`` is the inverse strength of the L2 penalty on ``coef``."""
        from sklearn.linear_model import LogisticRegression
        from sklearn.preprocessing import StandardScaler

        scaler = StandardScaler().fit(features)
        # Unlike lbfgs, it comes so close to the optimum that the result does not depend on the solver's path.
        model = LogisticRegression(C=C, solver="newton-cg", tol=1e-6, max_iter=1000)
        standardised = scaler.transform(features)
        # For matrices as small as these, the threads of BLAS only wait for each other, the more so on a busy machine.
        with _one_fit, threadpool_limits(1, user_api="blas"):
            model.fit(standardised, y)
        return cls(scaler.mean_, scaler.scale_, model.coef_, model.intercept_)

    def folded(self) -> tuple[Float64Array, Float64Array]:
        """Weights ``(n_classes, 2 n_prototypes)`` and intercepts ``(n_classes,)`` for features as they are.

        The standardisation is folded into them, and two classes have a row each; the first is then zero.
        """
        coef, intercept = self.rows()
        coef /= self.scale.astype(np.float64)
        return coef, intercept - coef @ self.mean

    def rows(self) -> tuple[Float64Array, Float64Array]:
        """Copies of ``coef`` and ``intercept`` with a row for each class; the first of two is zero."""
        coef, intercept = self.coef.astype(np.float64), self.intercept.astype(np.float64)
        if len(coef) == 1:
            coef, intercept = np.vstack([np.zeros_like(coef), coef]), np.append(0.0, intercept)
        return np.ascontiguousarray(coef), intercept

    def log_odds(self, features: Float64Array) -> Float64Array:
        """The unnormalised log-probability ``(n, n_classes)`` of each class."""
        coef, intercept = self.folded()
        return np.asarray(features @ coef.T + intercept)

    def scores(self, squared: FloatArray) -> Float64Array:
        """The probability ``(n, n_classes)`` of each class, from squared distances ``(n, n_prototypes)``."""
        coef, intercept = self.folded()
        scores = np.empty((len(squared), len(coef)))
        linear_scores_of_distances(squared, coef, intercept, scores)
        return scores

    def scorer(self, profiles: PackedDistances) -> Callable[[FloatArray], Float64Array]:
        """:meth:`scores` of a few contiguous windows, distances included, in one compiled call without checks."""
        coef, intercept = self.folded()
        model = (*profiles.arguments(), coef, intercept)

        def score(windows: FloatArray) -> Float64Array:
            scores = np.empty((len(windows), len(coef)))
            linear_class_scores(windows, *model, scores)
            return scores

        return score

    def with_temperature(self, temperature: float) -> LinearReadout:
        """The same decisions, with log-odds divided by ``temperature``."""
        return LinearReadout(self.mean, self.scale, self.coef / temperature, self.intercept / temperature)

    def astype(self, dtype: npt.DTypeLike) -> LinearReadout:
        """Kept as numbers of another type."""
        return LinearReadout(*(a.astype(dtype) for a in (self.mean, self.scale, self.coef, self.intercept)))

    def cost(self, nearest: Cost) -> Cost:
        """Of one decision, from that of a decision by the nearest prototype alone.

        A dense layer, and a MAC per feature to standardise it; no prototype has to be found. Logarithms and divisions,
        one per prototype, are neither MACs nor comparisons and are not counted.
        """
        n_outputs, n_features = self.coef.shape
        size = self.coef.itemsize
        n_prototypes, n_classes = n_features // 2, max(n_outputs, 2)
        distances = replace(nearest, comparisons=nearest.comparisons - (n_prototypes - 1) + (n_classes - 1))
        standardising = Cost(params=2 * n_features, macs=n_features, weight_bytes=2 * n_features * size)
        return distances + standardising + dense_cost(n_features, n_outputs, bytes_per_value=size)
