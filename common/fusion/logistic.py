"""Logistic pooling of sensors in the log-odds, with terms of its own for every set of sensors that is present.

A wearable alone deserves another weight than a wearable beside a camera that says much the same. So every
*availability pattern* a (the sensors of a that are there, the others not) has its own intercept and weights,

    log-odds of a fall = b + b_a + Σ (w_s + w_as) · e_s    over the sensors s in a,

where e_s is the sensor's evidence. The shared b and w are learned from all rows, the deviations b_a and w_as from the
rows of the pattern. One L2 penalty holds weights and deviations near zero: with few rows a pattern follows what is
shared, with many it goes its own way.

Evidence has two parts, each with its weight: the log-odds beyond those of the base rate, and the probability beyond
the base rate. The second is there for k-NN votes and saturated networks. Their log-odds jump from 1.4 at four votes of
five to 13.8 at five of five, which no single weight can turn into what it means; two can.
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
    """Intercept and weights of every learned pattern; the last row is what is shared, for all other patterns.

    Attributes
    ----------
    base_rate : float
    patterns : ndarray of bool, shape (n_patterns, n_sensors)
    intercepts : ndarray of shape (n_patterns + 1,)
    weights : ndarray of shape (n_patterns + 1, n_sensors, 2)
        Of the two parts of each sensor's evidence; zero for sensors that a pattern lacks.
    """

    base_rate: float
    patterns: BoolArray
    intercepts: FloatArray
    weights: FloatArray

    @classmethod
    def fit(cls, X: FloatArray, is_fall: BoolArray, *, base_rate: float, patterns: BoolArray, C: float) -> Self:
        """Learn from clipped probabilities ``(n, n_sensors)`` that already hold :func:`masked_copies`."""
        e = _evidence(X, base_rate).reshape(len(X), -1)
        member = pattern_index(X, patterns)[:, None] == np.arange(len(patterns))
        # Columns: the shared evidence; then for every pattern a one and the evidence, zero outside the pattern.
        own = member[:, :, None] * np.column_stack([np.ones(len(e)), e])[:, None, :]
        design = np.column_stack([e, own.reshape(len(e), -1)])
        model = LogisticRegression(C=C, max_iter=1000, solver="newton-cg").fit(design, is_fall)

        shared, deviations = np.split(model.coef_[0], [e.shape[1]])
        deviations = deviations.reshape(len(patterns), 1 + e.shape[1])
        weights = np.concatenate([shared + deviations[:, 1:], shared[None]]).reshape(-1, X.shape[1], 2)
        present = np.concatenate([patterns, np.ones((1, X.shape[1]), dtype=bool)])
        return cls(
            base_rate=base_rate,
            patterns=patterns,
            intercepts=model.intercept_[0] + np.append(deviations[:, 0], 0.0),
            weights=weights * present[:, :, None],
        )

    def log_odds(self, X: FloatArray) -> FloatArray:
        """The pooled log-odds ``(n,)`` of a fall."""
        row = pattern_index(X, self.patterns)
        return np.asarray(self.intercepts[row] + np.sum(_evidence(X, self.base_rate) * self.weights[row], axis=(1, 2)))


def _evidence(X: FloatArray, base_rate: float) -> FloatArray:
    """Both parts ``(n, n_sensors, 2)``, 0 where a sensor is absent.

    Four times the probability climbs as steeply at one half as the log-odds do, so one penalty suits both.
    """
    return np.stack([evidence(X, base_rate), 4 * np.nan_to_num(X - base_rate, nan=0.0)], axis=2)


def pattern_index(X: FloatArray, patterns: BoolArray) -> IntArray:
    """Which of ``patterns`` each row of ``X`` shows; ``len(patterns)`` for any other.

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


def masked_copies(X: FloatArray, is_fall: BoolArray, *, min_rows: int) -> tuple[FloatArray, IntArray]:
    """``X`` with copies in which sensors are blanked out, for patterns that the data lack.

    Cameras seldom fail in a laboratory, and in a home they do. For every sensor the pattern without it, and the
    pattern of it alone, is filled with copies of all rows that hold more, unless it has ``min_rows`` falls and as many
    other rows of its own: then they are better, since sensors do not fail at random (a dark room means night).

    Parameters
    ----------
    X : ndarray of shape (n, n_sensors)
    is_fall : ndarray of bool, shape (n,)
    min_rows : int

    Returns
    -------
    X : ndarray of shape (n + n_copies, n_sensors)
    rows : ndarray of int, shape (n + n_copies,)
        The row that each one is, or is a copy of: a row and its copies belong on one side of any split.

    Examples
    --------
    >>> masked_copies(np.array([[0.9, 0.8]]), np.array([True]), min_rows=1)
    (array([[0.9, 0.8],
           [0.9, nan],
           [nan, 0.8]]), array([0, 0, 0]))
    """
    n_sensors = X.shape[1]
    present = ~np.isnan(X)
    alone = np.eye(n_sensors, dtype=bool)
    wanted = np.unique(np.concatenate([alone, ~alone]), axis=0)[::-1] if n_sensors > 1 else alone
    parts, rows = [X], [np.arange(len(X))]
    for pattern in wanted:
        if _n_rows(is_fall[(present == pattern).all(axis=1)]) >= min_rows:
            continue
        holds_more = (present >= pattern).all(axis=1) & (present != pattern).any(axis=1)
        parts.append(np.where(pattern, X[holds_more], np.nan))
        rows.append(np.flatnonzero(holds_more))
    return np.concatenate(parts), np.concatenate(rows)


def frequent_patterns(X: FloatArray, is_fall: BoolArray, *, min_rows: int) -> BoolArray:
    """The patterns ``(n_patterns, n_sensors)`` with at least ``min_rows`` falls and as many other rows."""
    patterns, index = np.unique(~np.isnan(X), axis=0, return_inverse=True)
    enough = [
        bool(pattern.any()) and _n_rows(is_fall[index == number]) >= min_rows for number, pattern in enumerate(patterns)
    ]
    return np.asarray(patterns[enough], dtype=bool)


def _n_rows(is_fall: BoolArray) -> int:
    """Rows of the rarer class."""
    n_falls = int(is_fall.sum())
    return min(n_falls, len(is_fall) - n_falls)
