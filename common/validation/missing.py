"""Converts callers' data to arrays: masked entries become NaN or None, and dates are recognised.

``np.asarray`` drops the mask of a masked array, so the number under it, such as a logger's -9999, would be used as if
it had been measured. It also turns dates into counts of nanoseconds or of another unit.
"""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import numpy.typing as npt

DATES_ADVICE = "pass numbers: (times - start) / np.timedelta64(1, 's') gives seconds"
DATES = (datetime.date, datetime.time, datetime.timedelta, np.datetime64, np.timedelta64)


def as_array(value: Any) -> npt.NDArray[Any]:
    """``value`` as an array in which masked entries are missing: NaN among numbers, None among everything else.

    Masked arrays in lists, and ``np.ma.masked`` itself, are found too. Without masked entries this is ``np.asarray``.

    Raises
    ------
    ValueError
        From NumPy, if ``value`` is ragged.

    Examples
    --------
    >>> as_array(np.ma.masked_equal([1, 2, -9999], -9999))
    array([ 1.,  2., nan])
    """
    if type(value) is np.ndarray and value.dtype != object:
        return value
    array = np.asarray(_unmasked(value))
    return np.asarray(_unmasked_sequence(array.tolist())) if _holds_masked(array) else array


def holds_dates(array: npt.NDArray[Any]) -> bool:
    """Whether any entry is a date, a time or a duration, of NumPy, pandas or the standard library."""
    if array.dtype != object:
        return array.dtype.kind in "mM"
    types = set(map(type, array.ravel().tolist()))
    # pandas' NaT is a datetime too, but stands for a missing value of any kind.
    return any(issubclass(entry, DATES) and entry.__name__ != "NaTType" for entry in types) or any(
        entry.__name__ == "Period" for entry in types
    )


def _unmasked(value: Any) -> Any:
    if isinstance(value, np.ma.MaskedArray):
        return _fill(value)
    return _unmasked_sequence(value) if isinstance(value, (list, tuple)) else value


def _fill(masked: Any) -> Any:
    if not np.ma.is_masked(masked):
        return masked.data
    if masked.dtype.kind in "fc":
        return masked.filled(np.nan)
    if masked.dtype.kind in "mM":
        return masked.filled(np.array("NaT", masked.dtype))
    if masked.dtype.kind in "biu":
        return masked.astype(np.float64).filled(np.nan)
    filled = masked.data.astype(object)
    filled[np.ma.getmaskarray(masked)] = None  # filled(None) would use NumPy's default
    return filled


def _unmasked_sequence(value: list[Any] | tuple[Any, ...]) -> Any:
    """The sequence with masked entries replaced at any depth; the same object if there are none."""
    types = set(map(type, value))
    if not any(issubclass(entry, (np.ma.MaskedArray, list, tuple)) for entry in types):
        return value
    # Among text a missing entry is None, since NumPy would write NaN as the text "nan"; among numbers it is NaN.
    missing = None if any(issubclass(entry, (str, bytes)) for entry in types) else np.nan
    return [missing if entry is np.ma.masked else _unmasked(entry) for entry in value]


def _holds_masked(array: npt.NDArray[Any]) -> bool:
    return array.dtype == object and any(entry is np.ma.masked for entry in array.ravel().tolist())
