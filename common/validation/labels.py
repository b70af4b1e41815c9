"""Labels, subjects and weights: one entry per window."""

from __future__ import annotations

import numbers
from typing import Any

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.validation.arrays import IntArray
from common.validation.missing import DATES, as_array, holds_dates


def check_vector(value: Any, n: int, name: str, *, of: str = "X") -> npt.NDArray[Any]:
    """Labels, groups or weights: one entry per window of ``of``, which has ``n``, none missing, and all of one kind."""
    array = _as_labels(value, name)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1:
        raise InvalidInputError(f"{name} has shape {array.shape}; it must be one-dimensional, one entry per window")
    if len(array) != n:
        raise InvalidInputError(
            f"{name} has {len(array)} entries but {of} has {n}: pass one entry per window, in the same order"
        )
    return array


def encode_labels(value: Any, name: str, *, n: int | None = None, of: str = "X") -> tuple[npt.NDArray[Any], IntArray]:
    """The sorted distinct labels or subjects in ``value``, and the index of each entry among them.

    Examples
    --------
    >>> values, codes = encode_labels(["walk", "fall", "walk"], "y")
    >>> values.tolist(), codes.tolist()
    (['fall', 'walk'], [1, 0, 1])
    """
    array = _as_labels(value, name)
    array = check_vector(array, n if n is not None else array.size, name, of=of)
    if len(array) == 0:
        raise InvalidInputError(f"{name} is empty; it needs at least one entry")
    try:
        values, codes = np.unique(array, return_inverse=True)
    except TypeError as error:
        raise InvalidInputError(f"{name} mixes types without an order ({error}): use numbers or text") from error
    return values, codes.astype(np.int64, copy=False)


def check_class_labels(value: Any, n: int, name: str = "y") -> npt.NDArray[Any]:
    """The labels of ``n`` windows for a classifier: at least two classes, none missing, not a regression target."""
    from sklearn.utils.multiclass import check_classification_targets
    from sklearn.utils.validation import column_or_1d

    if value is None:
        raise InvalidInputError(f"fit requires {name} to be passed, but the target {name} is None: pass the classes")
    try:
        labels = column_or_1d(_as_labels(value, name), warn=True)
        check_vector(labels, n, name)
        check_classification_targets(labels)
    except (TypeError, ValueError) as error:
        if isinstance(error, InvalidInputError):
            raise
        raise InvalidInputError(f"{name} does not hold one class per window: {error}") from error
    if (labels == labels[0]).all():
        raise InvalidInputError(f"{name} holds one class only, {labels[0]!r}: add windows of another class")
    return np.asarray(labels)


def check_same_kind(first: npt.NDArray[Any], second: npt.NDArray[Any], names: tuple[str, str]) -> None:
    """Refuse numbers in one and text in the other: NumPy would convert both to text, and 1 would equal "1"."""
    kinds = [_kind_of_array(array) for array in (first, second)]
    if kinds[0] != kinds[1]:
        raise InvalidInputError(
            f"{names[0]} holds {kinds[0]} and {names[1]} holds {kinds[1]}: use the same kind in both"
        )


_KINDS = {"numbers": "biuf", "text": "UT", "bytes": "S", "dates": "mM"}


def _kind_of_array(array: npt.NDArray[Any]) -> str:
    for kind, codes in _KINDS.items():
        if array.dtype.kind in codes:
            return kind
    return _kind_of_type(type(array.flat[0])) if array.size else "objects"


def _kind_of_type(entry: type) -> str:
    if issubclass(entry, str):
        return "text"
    if issubclass(entry, bytes):
        return "bytes"
    if issubclass(entry, DATES):
        return "dates"
    return "numbers" if issubclass(entry, (numbers.Number, np.bool_)) else f"objects of type {entry.__name__}"


def _as_labels(value: Any, name: str) -> npt.NDArray[Any]:
    """An array of numbers or of text, where pandas may give objects; missing entries and mixed kinds are refused.

    In an array of text made from a list, 1 would have become "1"; the list itself shows what was passed.
    """
    array = _as_array(value, name)
    if array.dtype != object:
        if array.dtype.kind in "fmM":
            _refuse_missing(np.isnan(array), name)  # and NaT
        if isinstance(value, (list, tuple)) and array.dtype.kind in "USTf":
            _check_one_kind(np.asarray(value, dtype=object), name)
        return array
    import pandas as pd

    _refuse_missing(pd.isna(array), name)
    _check_one_kind(array, name)
    return array if holds_dates(array) else _as_array(array.tolist(), name)


def _check_one_kind(entries: npt.NDArray[Any], name: str) -> None:
    """Refuse numbers beside text, and whole numbers that floats beside them would round to others."""
    flat = entries.ravel().tolist()
    types = set(map(type, flat))
    kinds = sorted(set(map(_kind_of_type, types)))
    if len(kinds) > 1:
        other = next(i for i, entry in enumerate(flat) if _kind_of_type(type(entry)) != _kind_of_type(type(flat[0])))
        raise InvalidInputError(
            f"{name} mixes {' and '.join(kinds)}: {flat[0]!r} at entry 0 and {flat[other]!r} at entry {other}. "
            "Use numbers only, or text only"
        )
    has_floats = any(issubclass(entry, (float, np.floating)) for entry in types)
    if has_floats and any(isinstance(entry, numbers.Integral) and abs(int(entry)) > 2**53 for entry in flat):
        raise InvalidInputError(f"{name} holds numbers above 2**53 beside floats, which would round them: use text")


def _refuse_missing(missing: npt.NDArray[np.bool_], name: str) -> None:
    if missing.any():
        raise InvalidInputError(
            f"{name} contains a missing value at entry {int(np.argmax(missing))}: leave out such windows"
        )


def _as_array(value: Any, name: str) -> npt.NDArray[Any]:
    try:
        return as_array(value)
    except ValueError as error:
        raise InvalidInputError(f"{name} is ragged; it must be one-dimensional, one entry per window") from error
