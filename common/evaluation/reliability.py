"""Do probabilities mean what they say? Reliability in bins of equal mass, and its error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.tables import ratio, text_table
from common.validation import FloatArray, IntArray, check_integer, check_probabilities, check_vector


@dataclass(frozen=True, eq=False)
class Reliability:
    """What was promised and what came, bin by bin; :func:`reliability` makes it.

    Attributes
    ----------
    promised, observed : ndarray of shape (n_bins,)
        Mean probability and share of positives in each bin.
    counts : ndarray of shape (n_bins,)
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
        """Expected calibration error: mean of |observed − promised| over the decisions."""
        return float(np.average(np.abs(self.observed - self.promised), weights=self.counts))

    def __str__(self) -> str:
        rows = [
            [ratio(promised), ratio(observed), f"{count:,}"]
            for promised, observed, count in zip(self.promised, self.observed, self.counts, strict=True)
        ]
        return f"{text_table(['promised', 'observed', 'decisions'], rows)}\n\ncalibration error {self.error:.3f}"


def reliability(is_positive: npt.ArrayLike, probabilities: npt.ArrayLike, *, n_bins: int = 10) -> Reliability:
    """Compare probabilities with what happened, in bins that hold equally many decisions.

    Decisions with the same probability share what happened among them, so the result does not depend on their order,
    and classifiers with few distinct values are not flattered by empty bins.

    Parameters
    ----------
    is_positive : array-like of shape (n,)
        What happened: 1 or True for a positive.
    probabilities : array-like of shape (n,)
        Promised probability of a positive.
    n_bins : int
        At most; fewer decisions than bins make a bin each.

    Raises
    ------
    InvalidInputError
        For values outside [0, 1], NaN, other labels than 0 and 1, or different lengths.

    References
    ----------
    M. P. Naeini, G. F. Cooper and M. Hauskrecht, "Obtaining well calibrated probabilities using Bayesian binning",
    AAAI 2015; with bins of equal mass as in K. Nguyen and B. O'Connor, EMNLP 2015.

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
    values = check_probabilities(np.asarray(probabilities)[..., None], "probabilities")[:, 0]
    if np.isnan(values).any():
        raise InvalidInputError(
            f"probabilities is NaN at entry {int(np.argmax(np.isnan(values)))}: leave out decisions that were not made"
        )
    outcome = check_vector(is_positive, len(values), "is_positive", of="probabilities")
    if not np.isin(outcome, (0, 1)).all():
        raise InvalidInputError("is_positive holds other values than 0 and 1: pass y == the positive class")
    check_integer(n_bins, "n_bins")

    distinct, rank, counts = np.unique(values, return_inverse=True, return_counts=True)
    share = np.bincount(rank, weights=outcome.astype(float)) / counts
    bins = np.array_split(np.sort(rank), min(n_bins, len(values)))
    return Reliability(
        promised=np.array([distinct[ranks].mean() for ranks in bins]),
        observed=np.array([share[ranks].mean() for ranks in bins]),
        counts=np.array([len(ranks) for ranks in bins]),
    )
