"""DTW distances, paths and lower bounds: the public functions of the engine.

A DTW distance is the square root of the sum of squared Euclidean costs along the cheapest warping path (Sakoe & Chiba,
IEEE TASSP 26(1), 1978); all channels share the path ("dependent" DTW). A *band* keeps the path near the diagonal, which
reduces the work from O(n²) to O(r·n):

- ``None``: no constraint;
- an integer: the Sakoe-Chiba radius r in samples;
- a float in (0, 1]: r = floor(band · length of the longer series).

For equal lengths, cell (i, j) is in the band iff |i - j| <= r. For lengths n < m, the band follows the diagonal of the
rectangle: 2·|i(m-1) - j(n-1)| <= max(2r(n-1), m-1), which always contains a path.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.validation import (
    Band,
    Float64Array,
    FloatArray,
    IntArray,
    band_radius,
    check_choice,
    check_same_channels,
    check_series,
    check_windows,
)
from har.dtw import kernels, packing
from har.dtw.integers import IntegerScale, pair_up


def _check_pair(x: Any, y: Any) -> tuple[Float64Array, Float64Array]:
    x, y = (np.ascontiguousarray(check_series(s, name), dtype=np.float64) for s, name in ((x, "x"), (y, "y")))
    check_same_channels(x, y, ("x", "y"))
    return x, y


def dtw_distance(x: npt.ArrayLike, y: npt.ArrayLike, *, band: Band = None) -> float:
    """The DTW distance of two series.

    Parameters
    ----------
    x, y : array-like of shape (n_samples,) or (n_samples, n_channels)
        Two series with the same channels; their lengths may differ.
    band : None, int or float
        The global constraint (see :mod:`har.dtw.distance`).

    Returns
    -------
    float
        In the unit of the samples.

    Raises
    ------
    InvalidInputError
        For NaN, infinity, empty series, different numbers of channels, or an invalid band.

    Examples
    --------
    >>> dtw_distance([0, 0, 1, 2], [0, 1, 2, 2])
    0.0
    >>> dtw_distance([0, 0, 1, 2], [0, 1, 2, 2], band=0) == 2 ** 0.5
    True
    """
    x, y = _check_pair(x, y)
    return float(np.sqrt(kernels.squared_dtw(x, y, band_radius(band, len(x), len(y)))))


def dtw_path(x: npt.ArrayLike, y: npt.ArrayLike, *, band: Band = None) -> tuple[IntArray, float]:
    """The cheapest warping path of two series, and their distance.

    Parameters
    ----------
    x, y, band
        As in :func:`dtw_distance`.

    Returns
    -------
    path : ndarray of shape (length, 2)
        Pairs of sample indices (i in x, j in y), from (0, 0) to (n - 1, m - 1). Among equally cheap paths, diagonal
        steps are preferred.
    distance : float

    Raises
    ------
    InvalidInputError
        As for :func:`dtw_distance`.

    Examples
    --------
    >>> path, distance = dtw_path([0, 1, 2], [0, 0, 1, 2])
    >>> path.tolist(), distance
    ([[0, 0], [0, 1], [1, 2], [2, 3]], 0.0)
    """
    x, y = _check_pair(x, y)
    radius = band_radius(band, len(x), len(y))
    steps = np.empty((len(x) + len(y) - 1, 2), dtype=np.int64)
    if len(x) <= len(y):
        squared, start = kernels.banded_path(x, y, radius, steps)
        return steps[start:].copy(), float(np.sqrt(squared))
    squared, start = kernels.banded_path(y, x, radius, steps)
    return steps[start:, ::-1].copy(), float(np.sqrt(squared))


def pairwise_dtw(
    X: npt.ArrayLike,
    Y: npt.ArrayLike | None = None,
    *,
    band: Band = None,
    dtype: str = "float64",
    n_jobs: int | None = None,
) -> FloatArray:
    """The matrix of DTW distances between two batches of windows.

    Parameters
    ----------
    X : array-like of shape (n, n_timesteps) or (n, n_timesteps, n_channels)
    Y : array-like of shape (m, ...), optional
        Default: X itself, in which case each pair is computed only once.
    band : None, int or float
        The global constraint (see :mod:`har.dtw.distance`).
    dtype : {"float64", "float32", "int16"}
        Precision of the local costs and of the result. For "int16", samples are rounded to whole multiples of one step,
        the finest with which all of them fit (:mod:`har.dtw.integers`), and paths are added up in float32; the result
        is float64. No distance is then off by more than √((2 · n_timesteps - 1) · n_channels) steps, besides the
        rounding of float32. With six channels this takes two thirds of the time of float32.
    n_jobs : int or None
        Threads; None means one, -1 all.

    Returns
    -------
    ndarray of shape (n, m)

    Raises
    ------
    InvalidInputError
        For NaN, infinity, empty windows, different numbers of channels, an invalid band or dtype; for "int16" also if
        the range of the samples overflows.

    Examples
    --------
    >>> pairwise_dtw([[0.0, 1.0, 2.0], [0.0, 0.0, 2.0]], band=1)
    array([[0., 1.],
           [1., 0.]])
    """
    check_choice(dtype, "dtype", ("float64", "float32", "int16"))
    X = check_windows(X)
    symmetric = Y is None
    Y = X if Y is None else check_windows(Y, "Y")
    check_same_channels(X, Y, ("X", "Y"))
    radius = band_radius(band, X.shape[1], Y.shape[1])
    have_equal_lengths = X.shape[1] == Y.shape[1]
    unit = 1.0
    batches: list[npt.NDArray[Any]] = [X, Y]
    if dtype == "int16":
        scale = IntegerScale.of(X, Y)
        unit = scale.step
        integers = [scale.rounded(batch) for batch in batches]
        batches = [pair_up(batch) if have_equal_lengths else batch.astype(np.float32) for batch in integers]
    else:
        batches = [np.ascontiguousarray(batch, dtype=dtype) for batch in batches]
    queries, references = batches
    if have_equal_lengths:
        packed = packing.pack(references)
        squared = packing.squared_distances(packed, queries, radius, n_jobs=n_jobs, symmetric=symmetric)
    else:
        squared = packing.unequal_distances(queries, references, radius, n_jobs=n_jobs)
    distances = np.sqrt(squared)
    return distances.astype(np.float64) * unit if dtype == "int16" else np.asarray(distances)


def lb_kim(x: npt.ArrayLike, y: npt.ArrayLike) -> float:
    """A lower bound on the DTW distance from the first and last samples, in constant time.

    Every warping path aligns the two first samples and the two last ones (after Kim et al., ICDE 2001, in the form of
    Rakthanmanon et al., KDD 2012). The bound holds for any band.

    Parameters
    ----------
    x, y : array-like of shape (n_samples,) or (n_samples, n_channels)
        Two series with the same channels; their lengths may differ.

    Returns
    -------
    float
        In the unit of the samples.

    Examples
    --------
    >>> lb_kim([0, 5, 1], [3, 5, 1]) <= dtw_distance([0, 5, 1], [3, 5, 1])
    True
    """
    x, y = _check_pair(x, y)
    first = float(np.sum((x[0] - y[0]) ** 2))
    if len(x) == 1 and len(y) == 1:
        return float(np.sqrt(first))
    return float(np.sqrt(first + np.sum((x[-1] - y[-1]) ** 2)))


def lb_keogh(x: npt.ArrayLike, y: npt.ArrayLike, *, band: Band = None) -> float:
    """A lower bound on the banded DTW distance: how far x lies outside the envelope of y.

    Keogh & Ratanamahatana, KAIS 7(3), 2005. Each channel has its own envelope, which makes the bound valid for
    dependent multivariate DTW too (Rath & Manmatha 2003).

    Parameters
    ----------
    x, y : array-like of shape (n_samples,) or (n_samples, n_channels)
        Two series of equal length.
    band : None, int or float
        The band of the distance that is to be bounded.

    Returns
    -------
    float
        In the unit of the samples.

    Raises
    ------
    InvalidInputError
        For NaN, infinity, series of different lengths or channels, or an invalid band.

    Examples
    --------
    >>> lb_keogh([0, 4, 0], [0, 1, 0], band=1), dtw_distance([0, 4, 0], [0, 1, 0], band=1)
    (3.0, 3.0)
    """
    x, y = _check_pair(x, y)
    if len(x) != len(y):
        raise InvalidInputError(
            f"x has {len(x)} samples and y has {len(y)}: LB_Keogh is defined for equal lengths; resample one of them"
        )
    radius = band_radius(band, len(x), len(y))
    padded = np.pad(y, ((radius, radius), (0, 0)), mode="edge")
    neighbourhoods = np.lib.stride_tricks.sliding_window_view(padded, 2 * radius + 1, axis=0)
    upper, lower = neighbourhoods.max(axis=-1), neighbourhoods.min(axis=-1)
    outside = np.maximum(x - upper, 0.0) + np.maximum(lower - x, 0.0)
    return float(np.sqrt(np.sum(outside**2)))
