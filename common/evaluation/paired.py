"""Is one classifier better than another on the same windows? The difference by person, its interval, and a test."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from common.evaluation.encoding import encode_both
from common.evaluation.intervals import UNDEFINED, Interval, bootstrap_by_group, is_constant
from common.validation import IntArray, check_vector, encode_labels


@dataclass(frozen=True)
class PairedDifference:
    """How much more often one classifier is right than another; made by :func:`paired_difference`.

    Attributes
    ----------
    difference : float
        Accuracy of the first minus accuracy of the second.
    interval : Interval
        Its 95% interval: a bootstrap over people; undefined if all resamples are equal.
    p_value : float
        Two-sided, of the exact permutation test by person. This decides whether a difference is significant; the
        interval tells how large it may be, and is somewhat too narrow for fewer than about ten people.
    n_better, n_worse, n_equal : int
        People in whom the first is right more often, less often, and equally often.

    Examples
    --------
    >>> print(PairedDifference(0.02, Interval(0.004, 0.036), 0.031, n_better=8, n_worse=2, n_equal=0))
    +0.020 (+0.004 to +0.036), p = 0.031, 10 people: 8 better, 2 worse
    >>> PairedDifference(0.02, Interval(0.004, 0.036), 0.031, n_better=8, n_worse=2, n_equal=1).n_people
    11
    """

    difference: float
    interval: Interval
    p_value: float
    n_better: int
    n_worse: int
    n_equal: int

    @property
    def n_people(self) -> int:
        """All people, equal ones too."""
        return self.n_better + self.n_worse + self.n_equal

    def __str__(self) -> str:
        limits = "" if self.interval == UNDEFINED else f" ({self.interval.low:+.3f} to {self.interval.high:+.3f})"
        people = f"{self.n_people} people: {self.n_better} better, {self.n_worse} worse"
        return f"{self.difference:+.3f}{limits}, p = {self.p_value:.2g}, {people}"


def paired_difference(
    y_true: npt.ArrayLike, y_pred: npt.ArrayLike, y_pred_other: npt.ArrayLike, *, groups: npt.ArrayLike
) -> PairedDifference:
    """Compare two classifiers that judged the same windows, person by person.

    Two separate intervals overlap even where one classifier is better in almost everybody, since people differ more
    than classifiers do. And windows of one person are not independent, so a test over windows (McNemar's) finds
    differences that another ten people would not confirm. Here whole people are the sample: if both classifiers were
    alike, their decisions could be exchanged in any person. The p-value is the share of all 2ⁿ exchanges whose
    difference is at least as large as the one observed, in either direction; it is computed exactly.

    Parameters
    ----------
    y_true, y_pred, y_pred_other : array-like of shape (n_windows,)
        Labels. For several seeds, concatenate them (``np.tile`` the labels and the people): a person remains one unit.
    groups : array-like of shape (n_windows,)
        Person of each window.

    Returns
    -------
    PairedDifference

    Raises
    ------
    InvalidInputError
        If the lengths or the kinds of label differ; the message names the argument.

    References
    ----------
    R. A. Fisher, The Design of Experiments, 1935, section 21 (the permutation test of pairs).

    Examples
    --------
    Ten people with ten windows each. One classifier errs once in everybody, the other twice:

    >>> y_true, people = np.ones(100, dtype=int), np.repeat(np.arange(10), 10)
    >>> window = np.tile(np.arange(10), 10)
    >>> result = paired_difference(y_true, window >= 1, window >= 2, groups=people)
    >>> print(result)
    +0.100, p = 0.002, 10 people: 10 better, 0 worse

    To compare sensitivities, pass the windows of falls alone.
    """
    _, true, predicted = encode_both(y_true, y_pred, None)
    _, true_again, other = encode_both(y_true, y_pred_other, None)
    _, people = encode_labels(check_vector(groups, len(true), "groups", of="y_true"), "groups")
    gain = (predicted == true).astype(np.int64) - (other == true_again)
    gains, windows = np.bincount(people, gain).astype(np.int64), np.bincount(people)
    (interval,) = bootstrap_by_group(np.stack([gains, windows], axis=1), lambda sums: sums[:, :1] / sums[:, 1:])
    return PairedDifference(
        difference=float(gains.sum() / len(true)),
        interval=UNDEFINED if is_constant(interval) else interval,
        p_value=sign_flip_p_value(gains),
        n_better=int((gains > 0).sum()),
        n_worse=int((gains < 0).sum()),
        n_equal=int((gains == 0).sum()),
    )


def sign_flip_p_value(gains: IntArray) -> float:
    """The share of all 2ⁿ choices of signs for which the sum of ``gains`` is at least as far from zero.

    The distribution of the sum is built person by person, which needs n · Σ|gain| steps instead of 2ⁿ.

    Examples
    --------
    >>> sign_flip_p_value(np.array([1, 1, 1, 1, 1])), sign_flip_p_value(np.array([3, -3]))
    (0.0625, 1.0)
    """
    sizes = np.abs(gains)
    largest = int(sizes.sum())
    probability = np.zeros(2 * largest + 1)  # of each sum, from −largest
    probability[largest] = 1.0
    for size in sizes[sizes > 0]:
        # Sums never leave the array: `largest` bounds them.
        probability = 0.5 * (np.roll(probability, size) + np.roll(probability, -size))
    sums = np.arange(-largest, largest + 1)
    return float(min(1.0, probability[np.abs(sums) >= abs(int(gains.sum()))].sum()))
