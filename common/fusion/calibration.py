"""Calibration of pooled log-odds on held-out folds, separately for every availability pattern."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, Self

import numpy as np
import numpy.typing as npt
from scipy.special import logit
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from common.errors import InvalidInputError
from common.evaluation.splits import subject_folds
from common.fusion.pooling import clip
from common.validation import BoolArray, FloatArray, IntArray, encode_labels


class Pool(Protocol):
    """A fitted pooling rule: from the sensors' probabilities, NaN where absent, to log-odds."""

    def log_odds(self, X: FloatArray) -> FloatArray:
        """The pooled log-odds ``(n,)``."""


def fold_numbers(is_fall: BoolArray, groups: npt.ArrayLike | None, n_folds: int) -> IntArray:
    """The fold ``(n,)`` in which each row is held out; 0 for all rows if there are too few for two folds.

    With ``groups`` whole subjects are held out. There are at most as many folds as subjects or as rows of a class.
    """
    n_falls = int(is_fall.sum())
    n_folds = min(n_folds, n_falls, len(is_fall) - n_falls)
    numbers = np.zeros(len(is_fall), dtype=np.int64)
    if groups is not None:
        subjects, _ = encode_labels(groups, "groups", n=len(is_fall))
        n_folds = min(n_folds, len(subjects))
    if n_folds < 2:
        return numbers
    if groups is None:
        splits: list[tuple[Any, Any]] = list(StratifiedKFold(n_folds).split(is_fall, is_fall))
    else:
        splits = list(subject_folds(groups, n_folds=n_folds, y=is_fall))
    for number, (train, test) in enumerate(splits):
        if is_fall[train].all() or not is_fall[train].any():
            held_out = ", ".join(map(str, np.unique(np.asarray(groups)[test]).tolist()))
            raise InvalidInputError(
                f"groups: one class occurs only in rows of {held_out}, so the calibration cannot hold them out: "
                "add people with both classes, or pass calibration=None"
            )
        numbers[test] = number
    return numbers


def given_fold_numbers(splits: Any, rows: IntArray, is_fall: BoolArray, n: int) -> IntArray:
    """The fold in which each of these ``rows`` is held out, by ``splits`` of all ``n`` rows.

    Raises
    ------
    InvalidInputError
        If ``splits`` are no pairs (train, test) of row numbers in which every row is tested once and trained on
        otherwise, or if without a fold ``rows`` are of one class.
    """
    if not isinstance(splits, (list, tuple)):
        raise InvalidInputError(
            f"cv is {splits!r:.100}; pass a list of pairs (train, test) of row numbers, such as subject_folds(groups), "
            "or the number of folds as n_folds="
        )
    numbers = np.full(n, -1)
    for number, split in enumerate(splits):
        try:
            train, test = (np.asarray(part) for part in split)
            both = np.concatenate([train, test])
        except (TypeError, ValueError) as error:
            raise InvalidInputError(f"cv holds no pair (train, test) of row numbers at entry {number}") from error
        if both.dtype.kind not in "iu" or not np.array_equal(np.sort(both), np.arange(n)):
            raise InvalidInputError(
                f"cv: train and test of entry {number} do not hold each of the {n} rows of X once, by its number"
            )
        if (numbers[test] >= 0).any():
            raise InvalidInputError(f"cv tests a row in entry {number} that an earlier entry tests: test each row once")
        numbers[test] = number
    if (numbers < 0).any():
        raise InvalidInputError(f"cv never tests row {int(np.argmin(numbers))}: test each row once")
    folds, codes = np.unique(numbers[rows], return_inverse=True)
    for code, number in enumerate(folds):
        if len(np.unique(is_fall[codes != code])) < 2:
            raise InvalidInputError(
                f"cv: without the rows that entry {number} tests, one class is missing: use other folds"
            )
    return codes.astype(np.int64, copy=False)


def held_out_log_odds(
    fit_pool: Callable[[FloatArray, BoolArray, FloatArray | None], Pool],
    X: FloatArray,
    is_fall: BoolArray,
    weights: FloatArray | None,
    folds: IntArray,
) -> FloatArray:
    """The log-odds ``(n,)`` of every row, from a pool fitted on the other folds."""
    if not folds.any():
        return fit_pool(X, is_fall, weights).log_odds(X)
    z = np.empty(len(X))
    for number in range(folds.max() + 1):
        held_out = folds == number
        train_weights = None if weights is None else weights[~held_out]
        z[held_out] = fit_pool(X[~held_out], is_fall[~held_out], train_weights).log_odds(X[held_out])
    return z


@dataclass(frozen=True, eq=False)
class Calibration:
    """A curve from pooled to calibrated log-odds for each pattern, then one for all other patterns."""

    curves: tuple[Any, ...]

    @classmethod
    def fit(
        cls,
        method: str,
        z: FloatArray,
        is_fall: BoolArray,
        weights: FloatArray | None,
        pattern: IntArray,
        n_patterns: int,
    ) -> Self:
        """Fit on held-out log-odds ``z (n,)`` and the index of each row's pattern (``n_patterns``: any other)."""
        subsets = [*(pattern == number for number in range(n_patterns)), np.ones(len(z), dtype=bool)]
        return cls(
            tuple(
                _CURVES[method](z[rows], is_fall[rows], None if weights is None else weights[rows]) for rows in subsets
            )
        )

    def apply(self, z: FloatArray, pattern: IntArray) -> FloatArray:
        """Calibrated log-odds ``(n,)``."""
        calibrated = np.empty(len(z))
        for number, curve in enumerate(self.curves):
            rows = pattern == number
            if not rows.any():
                continue
            if isinstance(curve, IsotonicRegression):
                calibrated[rows] = logit(clip(curve.predict(z[rows])))
            else:
                calibrated[rows] = curve.decision_function(z[rows, None])
        return calibrated


def _sigmoid(z: FloatArray, is_fall: BoolArray, weights: FloatArray | None) -> LogisticRegression:
    """Platt scaling: a slope and an offset in the log-odds."""
    return LogisticRegression().fit(z[:, None], is_fall, weights)


def _isotonic(z: FloatArray, is_fall: BoolArray, weights: FloatArray | None) -> IsotonicRegression:
    return IsotonicRegression(out_of_bounds="clip").fit(z, is_fall, weights)


_CURVES = {"sigmoid": _sigmoid, "isotonic": _isotonic}
