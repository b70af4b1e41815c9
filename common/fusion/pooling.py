"""Fixed rules that pool the fall probabilities of several sensors: the baselines of :mod:`common.fusion.classifier`.

Each takes probabilities ``(n, n_sensors)``, NaN where a sensor is absent, and returns one probability per row,
``(n,)``; a row without sensors gets the base rate. They are not fitted, so they cannot take into account that sensors
are correlated, or that one of them is unreliable.

References
----------
J. Kittler, M. Hatef, R. P. W. Duin and J. Matas, "On combining classifiers", IEEE Transactions on Pattern Analysis
and Machine Intelligence 20, 1998 (mean, maximum, product).
G. Shafer, "A Mathematical Theory of Evidence", Princeton 1976 (combination, discounting).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Self

import numpy as np
from scipy.special import expit, logit

from common.validation import BoolArray, FloatArray

# Probabilities of exactly 0 or 1 have infinite log-odds, and no finite data can support them.
SMALLEST = 1e-6


def clip(probabilities: FloatArray) -> FloatArray:
    """Probabilities, or any real numbers, clipped to [1e-6, 1 − 1e-6]; NaN stays NaN."""
    return np.clip(probabilities, SMALLEST, 1 - SMALLEST)


def mean_pool(probabilities: FloatArray, base_rate: float) -> FloatArray:
    """Mean over the present sensors.

    Examples
    --------
    >>> mean_pool(np.array([[0.2, 0.8], [0.2, np.nan], [np.nan, np.nan]]), base_rate=0.1)
    array([0.5, 0.2, 0.1])
    """
    count = np.sum(~np.isnan(probabilities), axis=1)
    total = np.nansum(probabilities, axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), base_rate)


def max_pool(probabilities: FloatArray, base_rate: float) -> FloatArray:
    """Maximum over the present sensors: it passes on every fall and every false alarm of any of them.

    Examples
    --------
    >>> max_pool(np.array([[0.2, 0.8], [0.2, np.nan], [np.nan, np.nan]]), base_rate=0.1)
    array([0.8, 0.2, 0.1])
    """
    largest = np.max(np.nan_to_num(probabilities, nan=-np.inf), axis=1)
    return np.where(np.isneginf(largest), base_rate, largest)


def product_pool(probabilities: FloatArray, base_rate: float) -> FloatArray:
    """Bayes' rule for conditionally independent sensors: the sum of their evidence beyond the base rate.

    Examples
    --------
    >>> product_pool(np.array([[0.5, 0.8], [0.2, np.nan], [np.nan, np.nan]]), base_rate=0.5)
    array([0.8, 0.2, 0.5])
    """
    return np.asarray(expit(logit(base_rate) + evidence(probabilities, base_rate).sum(axis=1)))


def evidence(probabilities: FloatArray, base_rate: float) -> FloatArray:
    """Log-odds minus those of the base rate; 0 where a sensor is absent.

    I. J. Good's *weight of evidence*: positive for a fall, negative against, additive if sensors are independent.
    """
    return np.nan_to_num(logit(clip(probabilities)) - logit(base_rate), nan=0.0)


def dempster_shafer_pool(probabilities: FloatArray, base_rate: float, *, reliabilities: FloatArray) -> FloatArray:
    """Dempster's rule over {fall, no fall}, with every sensor discounted by its reliability.

    A sensor of reliability r assigns the mass r·p to a fall and r·(1 − p) to no fall, and leaves 1 − r unassigned.
    The mass that is unassigned after the combination is divided by the base rate (Smets' pignistic probability with
    the base rate instead of one half), so a row without sensors gets the base rate. With r = 1 for all sensors and a
    base rate of ½, this is the product rule.

    Parameters
    ----------
    probabilities : ndarray of shape (n, n_sensors)
    base_rate : float
    reliabilities : ndarray of shape (n_sensors,)
        From 0 (the sensor is ignored) to 1 (it is not discounted).

    Examples
    --------
    Shafer's two witnesses, each reliable nine times in ten, contradict each other: each account gets 9/19, and 1/19
    stays unassigned.

    >>> dempster_shafer_pool(np.array([[1.0, 0.0]]), base_rate=0.0, reliabilities=np.array([0.9, 0.9])) * 19
    array([9.])
    """
    present = ~np.isnan(probabilities)
    p = np.where(present, probabilities, 0.5)
    r = np.where(present, reliabilities, 0.0)
    # The commonality of a set is the mass of all its supersets, r·p + 1 − r for {fall}; Dempster's rule multiplies it.
    fall_or_both = np.prod(r * p + 1 - r, axis=1)
    none_or_both = np.prod(r * (1 - p) + 1 - r, axis=1)
    both = np.prod(1 - r, axis=1)
    agreement = fall_or_both + none_or_both - both
    # Without any agreement, as far as floats can tell, a row is as one without sensors.
    has_any = agreement > 0
    return np.where(has_any, (fall_or_both - both + both * base_rate) / np.where(has_any, agreement, 1.0), base_rate)


def youden_reliabilities(
    probabilities: FloatArray, is_fall: BoolArray, weights: FloatArray | None = None
) -> FloatArray:
    """Youden's index of each sensor ``(n_sensors,)``: sensitivity + specificity − 1 at threshold ½, at least 0.

    A sensor without rows of both classes gets 0. ``weights (n,)`` are of the rows, and positive.

    Examples
    --------
    >>> youden_reliabilities(np.array([[0.9, 0.6], [0.8, 0.4], [0.1, 0.6]]), np.array([True, True, False]))
    array([1., 0.])
    """
    weights = np.ones(len(probabilities)) if weights is None else weights
    reliabilities = np.zeros(probabilities.shape[1])
    for sensor, column in enumerate(probabilities.T):
        falls, others = is_fall & ~np.isnan(column), ~is_fall & ~np.isnan(column)
        if falls.any() and others.any():
            sensitivity = np.average(column[falls] > 0.5, weights=weights[falls])
            specificity = np.average(column[others] <= 0.5, weights=weights[others])
            reliabilities[sensor] = max(0.0, sensitivity + specificity - 1)
    return reliabilities


@dataclass(frozen=True, eq=False)
class FixedPool:
    """A pooling rule and its base rate, with the result as log-odds."""

    rule: Callable[[FloatArray, float], FloatArray]
    base_rate: float

    @classmethod
    def of(
        cls, name: str, X: FloatArray, is_fall: BoolArray, weights: FloatArray | None = None, *, base_rate: float
    ) -> Self:
        """The rule called ``name``; Dempster-Shafer estimates its reliabilities from the rows."""
        if name == "dempster_shafer":
            reliabilities = youden_reliabilities(X, is_fall, weights)
            return cls(partial(dempster_shafer_pool, reliabilities=reliabilities), base_rate)
        return cls(RULES[name], base_rate)

    def log_odds(self, X: FloatArray) -> FloatArray:
        """The pooled log-odds ``(n,)`` of a fall."""
        return np.asarray(logit(clip(self.rule(X, self.base_rate))))


RULES: dict[str, Callable[[FloatArray, float], FloatArray]] = {
    "mean": mean_pool,
    "max": max_pool,
    "product": product_pool,
}
