"""Do probabilities mean what they say? Reliability curves in bins, and the calibration error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.tables import ratio, text_table
from common.validation import (
    FloatArray,
    IntArray,
    as_float_array,
    check_choice,
    check_integer,
    check_probabilities,
    check_vector,
)


@dataclass(frozen=True, eq=False)
class Reliability:
    """Predicted probability and observed frequency in each bin; made by :func:`reliability`.

    Attributes
    ----------
    promised, observed : ndarray of shape (n_bins,)
        Mean predicted probability and fraction of positives in each bin.
    counts : ndarray of shape (n_bins,)
        Decisions in each bin, at least 1.

    Raises
    ------
    InvalidInputError
        If the arrays differ in length or are empty.

    Examples
    --------
    Of ten decisions that promised 0.1, three came true; of ten that promised 0.9, nine:

    >>> result = Reliability(np.array([0.1, 0.9]), np.array([0.3, 0.9]), np.array([10, 10]))
    >>> round(result.error, 3)  # half of the decisions are off by 0.2
    0.1
    """

    promised: FloatArray
    observed: FloatArray
    counts: IntArray

    def __post_init__(self) -> None:
        if not len(self.promised) == len(self.observed) == len(self.counts) > 0:
            raise InvalidInputError("promised, observed and counts differ in length or are empty: one entry per bin")
        for array in (self.promised, self.observed, self.counts):
            array.setflags(write=False)

    @property
    def error(self) -> float:
        """Expected calibration error: |observed − promised|, averaged over the decisions."""
        return float(np.average(np.abs(self.observed - self.promised), weights=self.counts))

    def __str__(self) -> str:
        rows = [
            [ratio(promised), ratio(observed), f"{count:,}"]
            for promised, observed, count in zip(self.promised, self.observed, self.counts, strict=True)
        ]
        return f"{text_table(['promised', 'observed', 'decisions'], rows)}\n\ncalibration error {self.error:.3f}"


def reliability(
    is_positive: npt.ArrayLike, probabilities: npt.ArrayLike, *, n_bins: int = 10, strategy: str = "quantile"
) -> Reliability:
    """Compare predicted probabilities with what happened, in bins of similar probabilities.

    Decisions with the same probability share their average outcome, so the result does not depend on their order.

    Parameters
    ----------
    is_positive : array-like of shape (n,)
        What happened: 1 or True for a positive.
    probabilities : array-like of shape (n,)
        Predicted probability of a positive.
    n_bins : int
        Number of bins at most: fewer decisions than bins get a bin each, and empty bins are left out.
    strategy : {"quantile", "uniform"}
        Bins with equally many decisions, or bins of equal width from 0 to 1, as in scikit-learn's
        ``calibration_curve``. Choose ``"uniform"`` where nearly all probabilities are close to 0.

    Returns
    -------
    Reliability

    Raises
    ------
    InvalidInputError
        For values outside [0, 1], NaN, labels other than 0 and 1, or different lengths.

    References
    ----------
    M. P. Naeini, G. F. Cooper and M. Hauskrecht, "Obtaining well calibrated probabilities using Bayesian binning",
    AAAI 2015; for bins of equal mass, K. Nguyen and B. O'Connor, EMNLP 2015.

    Examples
    --------
    >>> print(reliability([0, 0, 0, 1, 1, 1], [0.1, 0.1, 0.1, 0.9, 0.9, 0.6], n_bins=2))
    promised  observed  decisions
    --------  --------  ---------
       0.100     0.000          3
       0.800     1.000          3
    <BLANKLINE>
    calibration error 0.150
    """
    values = check_probabilities(as_float_array(probabilities, "probabilities")[..., None], "probabilities")[:, 0]
    if np.isnan(values).any():
        raise InvalidInputError(
            f"probabilities is NaN at entry {int(np.argmax(np.isnan(values)))}: leave out decisions that were not made"
        )
    outcome = check_vector(is_positive, len(values), "is_positive", of="probabilities")
    if outcome.dtype.kind not in "biuf" or not np.isin(outcome, (0, 1)).all():
        raise InvalidInputError("is_positive holds other values than 0 and 1: pass y == the positive class")
    n_bins = check_integer(n_bins, "n_bins")
    check_choice(strategy, "strategy", ("quantile", "uniform"))

    distinct, rank, counts = np.unique(values, return_inverse=True, return_counts=True)
    mean_outcome = np.bincount(rank, weights=outcome.astype(float)) / counts
    rank = np.sort(rank)
    if strategy == "quantile":
        bins = np.array_split(rank, min(n_bins, len(rank)))
    else:
        starts = np.searchsorted(distinct[rank], np.arange(1, n_bins) / n_bins)
        bins = [ranks for ranks in np.split(rank, starts) if len(ranks)]
    return Reliability(
        promised=np.array([distinct[ranks].mean() for ranks in bins]),
        observed=np.array([mean_outcome[ranks].mean() for ranks in bins]),
        counts=np.array([len(ranks) for ranks in bins]),
    )
