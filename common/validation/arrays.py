"""Arrays of numbers of any meaning: type, shape, and the position of values that are not finite."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.validation.missing import DATES_ADVICE, as_array, holds_dates

FloatArray = npt.NDArray[np.floating[Any]]
Float64Array = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

_AXES = {1: ("sample",), 2: ("sample", "channel"), 3: ("window", "timestep", "channel")}


class WrongTypeError(InvalidInputError, TypeError):
    """Values that are not numbers: scikit-learn expects a TypeError for them."""


def as_float_array(value: Any, name: str) -> FloatArray:
    """``value`` as an array of floats: float32 stays float32, everything else becomes float64.

    Masked entries, None and pandas' NA are missing: NaN. Dates and durations are refused.
    """
    try:
        array = as_array(value)
        if holds_dates(array):
            raise InvalidInputError(f"{name} holds dates or durations; {DATES_ADVICE}")
        if np.iscomplexobj(array):
            raise InvalidInputError(f"{name} is complex. Complex data not supported: pass magnitudes or two channels.")
        if array.dtype == object and hasattr(value, "toarray"):
            raise InvalidInputError(f"{name} is sparse. Sparse data is not supported: pass {name}.toarray()")
        if array.dtype == object:
            return _objects_as_floats(array)
        return array if array.dtype == np.float32 else array.astype(np.float64, copy=False)
    except (TypeError, ValueError, OverflowError) as error:
        if isinstance(error, InvalidInputError):
            raise
        kind = WrongTypeError if isinstance(error, TypeError) else InvalidInputError
        raise kind(
            f"{name} is not a rectangular array of numbers ({error}); windows must share one length and channel count, "
            "see har.segment"
        ) from error


def _objects_as_floats(array: npt.NDArray[Any]) -> Float64Array:
    try:
        return array.astype(np.float64)
    except TypeError:
        import pandas as pd

        missing = pd.isna(array)
        if not missing.any():
            raise
        return np.where(missing, np.nan, array).astype(np.float64)


def check_finite(array: FloatArray, name: str, axes: tuple[str, ...] | None = None) -> None:
    """Refuse NaN and infinity, naming the position of the first."""
    # Fast path without a temporary array: the sum of finite numbers is finite unless it overflows.
    with np.errstate(over="ignore", invalid="ignore"):
        if np.isfinite(array.sum(dtype=np.float64)):
            return
    not_finite = ~np.isfinite(array)
    if not not_finite.any():
        return
    place = np.unravel_index(int(np.argmax(not_finite)), array.shape)
    kind = "NaN" if np.isnan(array[place]) else "infinity"
    axes = axes or _AXES.get(array.ndim, tuple(f"axis {axis}" for axis in range(array.ndim)))
    position = ", ".join(f"{axis} {index}" for axis, index in zip(axes, place, strict=True))
    raise InvalidInputError(
        f"{name} contains {kind} at {position} ({int(not_finite.sum())} such values in all): "
        "interpolate short gaps, leave out windows with longer ones"
    )


def check_not_empty(array: FloatArray, name: str, advice: str) -> None:
    """Refuse a batch without entries, in the words that scikit-learn's own tests look for."""
    if 0 in array.shape:
        missing = "sample" if len(array) == 0 else "feature"
        raise InvalidInputError(
            f"{name} is empty: 0 {missing}(s) (shape={array.shape}) while a minimum of 1 is required. {advice}"
        )


def check_series(value: Any, name: str) -> FloatArray:
    """One series as ``(n_samples, n_channels)``; a one-dimensional input has one channel."""
    array = as_float_array(value, name)
    if array.ndim == 1:
        array = array[:, None]
    if array.ndim != 2:
        raise InvalidInputError(
            f"{name} has {array.ndim} dimensions; a series is (n_samples,) or (n_samples, n_channels)"
        )
    if 0 in array.shape:
        raise InvalidInputError(f"{name} is empty: shape {array.shape}; a series needs one sample and one channel")
    check_finite(array, name)
    return array


def check_tensor(value: Any, name: str) -> FloatArray:
    """A non-empty array of finite numbers of any shape, such as weights or activations."""
    try:
        array = as_float_array(value, name)
    except InvalidInputError as error:
        if error.__cause__ is None:  # complex or sparse: the message is right for tensors too
            raise
        raise type(error)(f"{name} is not a rectangular array of numbers: pass one tensor at a time") from error
    if array.size == 0:
        raise InvalidInputError(f"{name} is empty: shape {array.shape}; it needs at least one value")
    if not np.isfinite(array).all():
        index = np.unravel_index(int(np.argmin(np.isfinite(array))), array.shape)
        raise InvalidInputError(
            f"{name} contains {array[index]} at index {tuple(map(int, index))}: leave such values out, "
            "or train again at a lower learning rate"
        )
    return array


def check_integers(value: Any, name: str, *, at_least: int, at_most: int) -> IntArray:
    """An array of integers in a range, of any shape (bool is refused)."""
    try:
        array = as_array(value)
    except ValueError as error:
        raise InvalidInputError(f"{name} is ragged: pass one rectangular array") from error
    if array.size == 0:
        return np.zeros(array.shape, np.int64)
    if array.dtype.kind == "f" and np.isnan(array).any():
        raise InvalidInputError(f"{name} has missing or masked entries; it must hold integers")
    if array.dtype.kind not in "iu":
        raise InvalidInputError(f"{name} holds {array.dtype}; it must hold integers")
    outside = (array < at_least) | (array > at_most)
    if outside.any():
        index = np.unravel_index(int(np.argmax(outside)), array.shape)
        raise InvalidInputError(
            f"{name} is {array[index]} at index {tuple(map(int, index))}; it must lie from {at_least} to {at_most}"
        )
    return array.astype(np.int64)


def check_same_channels(x: FloatArray, y: FloatArray, names: tuple[str, str]) -> None:
    """Refuse arrays whose last axes differ in length."""
    if x.shape[-1] != y.shape[-1]:
        raise InvalidInputError(
            f"{names[0]} has {x.shape[-1]} channels and {names[1]} has {y.shape[-1]}: select the same channels in both"
        )
