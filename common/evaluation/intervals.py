"""95% intervals of a classifier's measures: Wilson or exact ones of proportions, and a bootstrap over subjects."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse, stats

from common.tables import ABSENT
from common.validation import FloatArray, IntArray

LEVEL = 0.95
N_RESAMPLES = 2000
_SEED = 0
# Numbers computed at a time: 2**22 of them take 32 MB, whatever the number of subjects or classes.
_BLOCK = 2**22


@dataclass(frozen=True)
class Interval:
    """A 95% interval; both ends are NaN where it is undefined.

    Attributes
    ----------
    low, high : float
        Both ends, which belong to the interval.

    Examples
    --------
    >>> interval = Interval(0.8551, 0.9)
    >>> print(interval, 0.87 in interval)
    0.855–0.900 True
    """

    low: float
    high: float

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high

    def __str__(self) -> str:
        return ABSENT if math.isnan(self.low) else f"{self.low:.3f}–{self.high:.3f}"


UNDEFINED = Interval(math.nan, math.nan)


def is_constant(interval: Interval) -> bool:
    """Whether the width is zero up to rounding; False if undefined."""
    return interval.high - interval.low < 1e-9


@dataclass(frozen=True)
class Intervals:
    """95% intervals of the overall measures; NaN to NaN where one does not apply.

    Attributes
    ----------
    accuracy, macro_f1, sensitivity, specificity : Interval

    Examples
    --------
    >>> print(Intervals(accuracy=Interval(0.8, 0.9)).accuracy, Intervals().macro_f1)
    0.800–0.900 –
    """

    accuracy: Interval = UNDEFINED
    macro_f1: Interval = UNDEFINED
    sensitivity: Interval = UNDEFINED
    specificity: Interval = UNDEFINED


def wilson(successes: int, trials: int) -> Interval:
    """Wilson's score interval of a proportion, without continuity correction (by SciPy).

    It keeps its coverage for few trials and for proportions near 0 and 1, where the normal approximation fails.
    It assumes independent trials, which windows of one person are not: with several windows per person it is too
    narrow.

    References
    ----------
    E. B. Wilson, Journal of the American Statistical Association 22, 1927.
    R. G. Newcombe, Statistics in Medicine 17, 1998 (method 3).

    Examples
    --------
    >>> print(wilson(81, 263), wilson(0, 20), wilson(0, 0))
    0.255–0.366 0.000–0.161 –
    """
    if trials == 0:
        return UNDEFINED
    low, high = stats.binomtest(int(successes), int(trials)).proportion_ci(LEVEL, method="wilson")
    return Interval(float(low), float(high))


def clopper_pearson(successes: int, trials: int) -> Interval:
    """The exact interval of a proportion (by SciPy): of independent trials, such as people.

    References
    ----------
    C. J. Clopper and E. S. Pearson, Biometrika 26, 1934.

    Examples
    --------
    >>> print(clopper_pearson(6, 6), clopper_pearson(0, 6), clopper_pearson(0, 0))
    0.541–1.000 0.000–0.459 –
    """
    if trials == 0:
        return UNDEFINED
    low, high = stats.binomtest(int(successes), int(trials)).proportion_ci(LEVEL, method="exact")
    return Interval(float(low), float(high))


def bootstrap_by_group(
    counts: npt.NDArray[Any] | sparse.csr_array, statistic: Callable[[npt.NDArray[Any]], FloatArray]
) -> list[Interval]:
    """Percentile intervals of statistics that are functions of counts summed over groups.

    A resample draws as many groups as there are, with replacement. Its counts are sums of the groups' counts, so one
    matrix product computes all resamples. The seed is fixed: the same data give the same interval. A resample in which
    a statistic is undefined (NaN), because a class is missing, is left out for that statistic. With fewer than about
    ten groups percentile intervals are somewhat too narrow; with one group they are undefined.

    Parameters
    ----------
    counts : array or sparse array of shape (n_groups, n_counts)
        Counts, or times, of each group.
    statistic : callable
        From counts ``(n_resamples, n_counts)`` to values ``(n_resamples, n_statistics)``.

    Returns
    -------
    list of Interval
        One for each statistic.

    References
    ----------
    C. A. Field and A. H. Welsh, "Bootstrapping clustered data", Journal of the Royal Statistical Society B 69, 2007.

    Examples
    --------
    >>> right_and_all = np.array([[9, 10], [8, 10], [5, 10], [10, 10]])
    >>> accuracy, = bootstrap_by_group(right_and_all, lambda counts: counts[:, :1] / counts[:, 1:])
    >>> print(accuracy)
    0.600–0.950
    """
    n_groups, n_counts = counts.shape
    rng = np.random.default_rng(_SEED)

    def resample(size: int) -> FloatArray:
        drawn = rng.integers(n_groups, size=(size, n_groups)) + n_groups * np.arange(size)[:, None]
        # Counts of (resample, group) pairs; rng.multinomial would take more than twice as long.
        times_drawn = np.bincount(drawn.ravel(), minlength=size * n_groups).reshape(size, n_groups)
        return statistic(times_drawn @ counts)

    if n_groups == 1:  # all resamples would be equal and the width zero
        return [UNDEFINED] * resample(1).shape[1]
    block = max(1, _BLOCK // (n_groups + n_counts))
    values = [resample(min(block, N_RESAMPLES - start)) for start in range(0, N_RESAMPLES, block)]
    return [_percentiles(column) for column in np.concatenate(values).T]


def sensitivity_specificity(confusion: IntArray, positive: int | None) -> tuple[FloatArray, FloatArray]:
    """Recall of the positive class and of all others, from confusion matrices ``(..., n_classes, n_classes)``.

    NaN where ``positive`` is None, or where the class or all others do not occur.
    """
    if positive is None:
        undefined = np.full(confusion.shape[:-2], np.nan)
        return undefined, undefined
    true_positives = confusion[..., positive, positive]
    positives = confusion[..., positive, :].sum(axis=-1)
    false_positives = confusion[..., :, positive].sum(axis=-1) - true_positives
    negatives = confusion.sum(axis=(-2, -1)) - positives
    with np.errstate(invalid="ignore"):
        return true_positives / positives, (negatives - false_positives) / negatives


def wilson_intervals(confusion: IntArray, positive: int | None) -> Intervals:
    """Wilson intervals of the measures that are proportions, which macro F1 is not."""
    accuracy = wilson(np.trace(confusion), confusion.sum())
    if positive is None:
        return Intervals(accuracy)
    falls = confusion[positive]
    others = np.delete(confusion, positive, axis=0)
    return Intervals(
        accuracy,
        sensitivity=wilson(falls[positive], falls.sum()),
        specificity=wilson(others.sum() - others[:, positive].sum(), others.sum()),
    )


def by_subject_intervals(
    true: IntArray, predicted: IntArray, subjects: IntArray, n_classes: int, positive: int | None
) -> Intervals:
    """Intervals over subjects; classes and subjects are integers from 0.

    They are bootstrapped, except where all resamples are equal, since an interval of zero width would claim certainty.
    At 1, where nobody was misjudged, and at 0 the exact interval is given instead: that of the people in whom all
    decisions were right (or wrong), counting those who have any window of the measure. Elsewhere, and for macro F1,
    which is not a proportion, the interval is undefined.
    """
    coordinates = (subjects, true * n_classes + predicted)
    per_subject = sparse.coo_array(
        (np.ones(len(true), dtype=np.int64), coordinates), shape=(int(subjects.max()) + 1, n_classes**2)
    ).tocsr()

    def measures(counts: IntArray) -> FloatArray:
        confusion = counts.reshape(-1, n_classes, n_classes)
        correct = np.diagonal(confusion, axis1=1, axis2=2)
        with np.errstate(invalid="ignore"):  # a class that is neither true nor predicted in a resample
            f1 = 2 * correct / (confusion.sum(axis=1) + confusion.sum(axis=2))
        accuracy = correct.sum(axis=1) / confusion.sum(axis=(1, 2))
        macro_f1 = np.nanmean(f1, axis=1)
        return np.stack([accuracy, macro_f1, *sensitivity_specificity(confusion, positive)], axis=1)

    accuracy, macro_f1, sensitivity, specificity = bootstrap_by_group(per_subject, measures)
    is_positive = true == positive if positive is not None else np.zeros(len(true), dtype=bool)
    return Intervals(
        _exact_if_constant(accuracy, subjects),
        UNDEFINED if is_constant(macro_f1) else macro_f1,
        _exact_if_constant(sensitivity, subjects[is_positive]),
        _exact_if_constant(specificity, subjects[~is_positive]),
    )


def _exact_if_constant(interval: Interval, subjects: IntArray) -> Interval:
    """``interval``, or what replaces one of zero width; ``subjects`` are those of the measure's windows."""
    if not is_constant(interval):
        return interval
    n_people = len(np.unique(subjects))
    if round(interval.low, 9) in (0.0, 1.0):
        return clopper_pearson(n_people * round(interval.low), n_people)
    return UNDEFINED


def _percentiles(values: FloatArray) -> Interval:
    defined = values[~np.isnan(values)]
    if len(defined) == 0:
        return UNDEFINED
    tail = 100 * (1 - LEVEL) / 2
    low, high = np.percentile(defined, [tail, 100 - tail])
    return Interval(float(low), float(high))
