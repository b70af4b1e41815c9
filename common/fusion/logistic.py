"""Logistic pooling of log-odds, with separate parameters for every set of present sensors.

A wearable alone deserves a different weight than a wearable beside a camera that largely agrees with it. So every
*availability pattern* a (a set of sensors that are present while all others are absent) has its own intercept and
weights,

    log-odds of a fall = b + b_a + Σ (w_s + w_as) · e_s    over the sensors s in a,

where e_s is the sensor's evidence. The shared b and w are learned from all rows, the deviations b_a and w_as from the
rows of the pattern. One L2 penalty shrinks weights and deviations: a pattern with few rows stays close to the shared
parameters, a pattern with many rows can move away from them.

Evidence has two parts, each with its own weight: the log-odds minus those of the base rate, and the probability minus
the base rate. The second is for k-NN votes and saturated networks. Their log-odds jump from 1.4 at four votes of five
to 13.8 at five of five (the clipping limit), which no single weight can correct; two can.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from sklearn.linear_model import LogisticRegression

from common.fusion.pooling import evidence
from common.validation import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class LogisticPool:
    """Intercept and weights of each learned pattern; the last row holds the shared ones, for all other patterns.

    Attributes
    ----------
    base_rate : float
    patterns : ndarray of bool, shape (n_patterns, n_sensors)
    intercepts : ndarray of shape (n_patterns + 1,)
    weights : ndarray of shape (n_patterns + 1, n_sensors, 2)
        Of the two parts of each sensor's evidence; zero for sensors that are absent from a pattern.
    """

    base_rate: float
    patterns: BoolArray
    intercepts: FloatArray
    weights: FloatArray

    @classmethod
    def fit(
        cls,
        X: FloatArray,
        is_fall: BoolArray,
        weights: FloatArray | None = None,
        *,
        base_rate: float,
        patterns: BoolArray,
        C: float,
    ) -> Self:
        """Fit on clipped probabilities ``(n, n_sensors)``, :func:`masked_copies` included, and the rows' weights."""
        e = _evidence(X, base_rate).reshape(len(X), -1)
        in_pattern = pattern_index(X, patterns)[:, None] == np.arange(len(patterns))
        # Columns: the shared evidence; then for each pattern a 1 and the evidence, all 0 outside the pattern.
        per_pattern = in_pattern[:, :, None] * np.column_stack([np.ones(len(e)), e])[:, None, :]
        design = np.column_stack([e, per_pattern.reshape(len(e), -1)])
        # At the default tolerance the result depends on the solver's path, so on the order of the rows: by up to 1e-3.
        model = LogisticRegression(C=C, max_iter=1000, tol=1e-8, solver="newton-cg").fit(design, is_fall, weights)

        shared, deviations = np.split(model.coef_[0], [e.shape[1]])
        deviations = deviations.reshape(len(patterns), 1 + e.shape[1])
        sensor_weights = np.concatenate([shared + deviations[:, 1:], shared[None]]).reshape(-1, X.shape[1], 2)
        present = np.concatenate([patterns, np.ones((1, X.shape[1]), dtype=bool)])
        return cls(
            base_rate=base_rate,
            patterns=patterns,
            intercepts=model.intercept_[0] + np.append(deviations[:, 0], 0.0),
            weights=sensor_weights * present[:, :, None],
        )

    def log_odds(self, X: FloatArray) -> FloatArray:
        """The pooled log-odds ``(n,)`` of a fall."""
        row = pattern_index(X, self.patterns)
        return np.asarray(self.intercepts[row] + np.sum(_evidence(X, self.base_rate) * self.weights[row], axis=(1, 2)))


def _evidence(X: FloatArray, base_rate: float) -> FloatArray:
    """Both parts ``(n, n_sensors, 2)``, 0 where a sensor is absent.

    Four times the probability has the slope of the log-odds at one half, so one penalty suits both parts.
    """
    return np.stack([evidence(X, base_rate), 4 * np.nan_to_num(X - base_rate, nan=0.0)], axis=2)


def pattern_index(X: FloatArray, patterns: BoolArray) -> IntArray:
    """Index in ``patterns`` of each row's set of present sensors; ``len(patterns)`` for any other set.

    Examples
    --------
    >>> patterns = np.array([[True, True], [True, False]])
    >>> pattern_index(np.array([[0.1, np.nan], [np.nan, 0.1], [0.1, 0.2]]), patterns)
    array([1, 2, 0])
    """
    present = ~np.isnan(X)
    index = np.full(len(X), len(patterns))
    for number, pattern in enumerate(patterns):
        index[(present == pattern).all(axis=1)] = number
    return index


def masked_copies(
    X: FloatArray, is_fall: BoolArray, weights: FloatArray | None = None, *, min_rows: int
) -> tuple[FloatArray, IntArray]:
    """``X`` and copies of its rows with sensors blanked out, for patterns that are rare in the data.

    Cameras seldom fail in a laboratory, but they do in a home. For every sensor, the pattern without it and the
    pattern of it alone are filled with copies of all rows in which more sensors are present. A pattern with
    ``min_rows`` falls and as many other rows gets no copies: real rows are better, since sensors do not fail at random
    (a dark camera means night).

    Parameters
    ----------
    X : ndarray of shape (n, n_sensors)
    is_fall : ndarray of bool, shape (n,)
    weights : ndarray of shape (n,), optional
        How many rows each one counts for; one by default.
    min_rows : int

    Returns
    -------
    X : ndarray of shape (n + n_copies, n_sensors)
    rows : ndarray of int, shape (n + n_copies,)
        Index of the row that each one is or was copied from; a row and its copies belong to the same fold.

    Examples
    --------
    >>> masked_copies(np.array([[0.9, 0.8]]), np.array([True]), min_rows=1)
    (array([[0.9, 0.8],
           [0.9, nan],
           [nan, 0.8]]), array([0, 0, 0]))
    """
    n_sensors = X.shape[1]
    present = ~np.isnan(X)
    single = np.eye(n_sensors, dtype=bool)
    patterns = np.unique(np.concatenate([single, ~single]), axis=0)[::-1] if n_sensors > 1 else single
    parts, rows = [X], [np.arange(len(X))]
    for pattern in patterns:
        of_pattern = (present == pattern).all(axis=1)
        if _rarer_class_size(is_fall, weights, of_pattern) >= min_rows:
            continue
        has_more_sensors = (present >= pattern).all(axis=1) & (present != pattern).any(axis=1)
        parts.append(np.where(pattern, X[has_more_sensors], np.nan))
        rows.append(np.flatnonzero(has_more_sensors))
    return np.concatenate(parts), np.concatenate(rows)


def frequent_patterns(
    X: FloatArray, is_fall: BoolArray, weights: FloatArray | None = None, *, min_rows: int
) -> BoolArray:
    """The patterns ``(n_patterns, n_sensors)`` with at least ``min_rows`` falls and as many other rows."""
    patterns, index = np.unique(~np.isnan(X), axis=0, return_inverse=True)
    is_frequent = [
        bool(pattern.any()) and _rarer_class_size(is_fall, weights, index == number) >= min_rows
        for number, pattern in enumerate(patterns)
    ]
    return np.asarray(patterns[is_frequent], dtype=bool)


def _rarer_class_size(is_fall: BoolArray, weights: FloatArray | None, rows: BoolArray) -> float:
    """Number of ``rows`` in the rarer class, or the sum of their weights."""
    weights = np.ones(len(is_fall)) if weights is None else weights
    return float(min(weights[rows & is_fall].sum(), weights[rows & ~is_fall].sum()))
