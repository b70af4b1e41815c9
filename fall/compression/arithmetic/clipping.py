"""Clipping: choose the range of real numbers that a quantization represents.

A wide range clips nothing and has coarse steps; a narrow one has fine steps and clips rare large values. Every function
returns a :class:`Range` for :meth:`fall.compression.arithmetic.linear.LinearQuantization.from_range`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import rel_entr

from common.errors import InvalidInputError
from common.validation import check_integer, check_number, check_tensor
from fall.compression.arithmetic.granularity import PER_TENSOR, Granularity
from fall.compression.arithmetic.linear import LinearQuantization

_FRACTIONS = np.linspace(1.0, 0.02, 50)  # of the minimum and the maximum, to be tried


@dataclass(frozen=True, eq=False)
class Range:
    """The ends of a range of real numbers, for each group.

    Attributes
    ----------
    low, high : ndarray of float64 of shape (n_groups,)
        0 lies between them.
    """

    low: npt.NDArray[np.float64]
    high: npt.NDArray[np.float64]


def min_max_range(values: npt.ArrayLike, *, granularity: Granularity = PER_TENSOR) -> Range:
    """The range from the smallest to the largest value: nothing is clipped.

    Parameters
    ----------
    values : array-like of any shape
    granularity : Granularity
        Which numbers of the tensor share a range.

    Returns
    -------
    Range

    Raises
    ------
    InvalidInputError
        If ``values`` is empty or not finite.

    Examples
    --------
    >>> min_max_range([[2.09, -0.98], [-1.08, 2.12]])
    Range(low=array([-1.08]), high=array([2.12]))
    """
    reals = check_tensor(values, "values").astype(np.float64)
    groups = granularity.groups(reals.shape).ravel()
    low, high = np.zeros((2, int(groups.max()) + 1))
    np.minimum.at(low, groups, reals.ravel())
    np.maximum.at(high, groups, reals.ravel())
    return Range(low, high)


def moving_average_range(batches: Iterable[npt.ArrayLike], *, momentum: float = 0.9) -> Range:
    """Exponential moving averages of the smallest and largest value of each batch, for activations.

    A batch with an outlier moves the range only slightly. The averages start with the first batch.

    Parameters
    ----------
    batches : iterable of array-like
        Activations of one layer, batch by batch.
    momentum : float
        Weight of the previous average, in [0, 1).

    Returns
    -------
    Range

    Raises
    ------
    InvalidInputError
        If there is no batch, a batch is empty or not finite, or ``momentum`` is out of its range.

    Examples
    --------
    >>> moving_average_range([[0.0, 1.0], [0.0, 11.0]], momentum=0.9)  # 0.9 * 1 + 0.1 * 11
    Range(low=array([0.]), high=array([2.]))
    """
    check_number(momentum, "momentum", at_least=0, below=1)
    average = None
    for batch in batches:
        current = min_max_range(batch)
        if average is None:
            average = current
        else:
            average = Range(
                momentum * average.low + (1 - momentum) * current.low,
                momentum * average.high + (1 - momentum) * current.high,
            )
    if average is None:
        raise InvalidInputError("batches is empty; it needs at least one batch of activations")
    return average


def mse_range(
    values: npt.ArrayLike,
    *,
    bits: int = 8,
    symmetric: bool = False,
    narrow: bool = False,
    granularity: Granularity = PER_TENSOR,
) -> Range:
    """The range whose quantization has the smallest mean square error.

    Fractions of the minimum and the maximum are tried: of both together if the quantization is symmetric, otherwise of
    one after the other. The error is never larger than that of the range from minimum to maximum.

    Parameters
    ----------
    values : array-like of any shape
        The values to quantize.
    bits, symmetric, narrow, granularity
        As for :meth:`~fall.compression.arithmetic.linear.LinearQuantization.from_range`.

    Returns
    -------
    Range

    Raises
    ------
    InvalidInputError
        If ``values`` is empty or not finite.

    Examples
    --------
    One outlier among a thousand: to clip it costs less than to give all others coarser steps.

    >>> import numpy as np
    >>> values = np.append(np.random.default_rng(0).normal(size=1000), 50.0)
    >>> bool(mse_range(values, bits=4).high[0] < min_max_range(values).high[0] == 50)
    True
    """
    reals = check_tensor(values, "values").astype(np.float64)
    groups = granularity.groups(reals.shape).ravel()

    def squared_errors(tried: Range) -> npt.NDArray[np.float64]:
        linear = LinearQuantization.from_range(
            tried.low, tried.high, bits=bits, symmetric=symmetric, narrow=narrow, granularity=granularity
        )
        errors = (linear.fake_quantize(reals) - reals).ravel() ** 2
        return np.bincount(groups, errors).astype(np.float64)

    widest = min_max_range(reals, granularity=granularity)
    best, smallest = widest, squared_errors(widest)
    for low_moves, high_moves in [(True, True)] if symmetric else [(False, True), (True, False)] * 2:
        for fraction in _FRACTIONS:
            low = widest.low * fraction if low_moves else best.low
            high = widest.high * fraction if high_moves else best.high
            errors = squared_errors(Range(low, high))
            better = errors < smallest
            best = Range(np.where(better, low, best.low), np.where(better, high, best.high))
            smallest = np.where(better, errors, smallest)
    return best


def kl_range(values: npt.ArrayLike, *, bits: int = 8) -> Range:
    """The range that loses the least information: TensorRT's entropy calibration (Migacz 2017), for activations.

    For each threshold in a histogram of magnitudes, the Kullback–Leibler divergence between the clipped distribution
    and its quantization is computed. As in TensorRT, magnitudes get half of the integers, with or without signs.

    Parameters
    ----------
    values : array-like of any shape
        Activations of one layer for a calibration set.
    bits : int
        2 to 12; with more bits, clipping has no benefit.

    Returns
    -------
    Range

    Raises
    ------
    InvalidInputError
        If ``values`` is empty or not finite, or the bits are out of their range.

    Examples
    --------
    >>> import numpy as np
    >>> activations = np.append(np.random.default_rng(0).normal(size=10_000), 50.0)
    >>> bool(kl_range(activations).high[0] < 10)
    True
    """
    reals = check_tensor(values, "values").astype(np.float64)
    widest = min_max_range(reals)
    levels = 1 << (check_integer(bits, "bits", at_least=2, at_most=12) - 1)
    n_bins = max(2048, 16 * levels)
    largest = float(np.abs(reals).max())
    if largest < np.finfo(np.float64).tiny * n_bins:  # too small to be divided into bins
        return widest
    histogram = np.histogram(np.abs(reals), bins=n_bins, range=(0.0, largest))[0]
    thresholds = np.unique(np.linspace(levels, n_bins, 1000).astype(int))
    divergences = []
    for n_kept in thresholds:
        kept = histogram[:n_kept]
        clipped = kept.astype(np.float64)
        clipped[-1] += histogram[n_kept:].sum()
        if kept.any():
            quantized = _quantized_histogram(kept, levels)
            divergences.append(rel_entr(clipped / clipped.sum(), quantized / quantized.sum()).sum())
        else:
            divergences.append(np.inf)
    threshold = thresholds[int(np.argmin(divergences))] / n_bins * largest
    return Range(np.maximum(widest.low, -threshold), np.minimum(widest.high, threshold))


def _quantized_histogram(histogram: npt.NDArray[np.int64], levels: int) -> npt.NDArray[np.float64]:
    """The histogram after quantization: counts are equal in the bins of a level that were not empty."""
    starts = np.arange(levels) * len(histogram) // levels
    level = np.repeat(np.arange(levels), np.diff(starts, append=len(histogram)))
    filled = histogram > 0
    totals = np.add.reduceat(histogram, starts)
    return np.where(filled, (totals / np.maximum(np.add.reduceat(filled, starts, dtype=int), 1))[level], 0.0)
