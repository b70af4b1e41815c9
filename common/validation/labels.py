"""Labels, subjects and weights: one entry per window."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.validation.arrays import IntArray


def check_vector(value: Any, n: int, name: str, *, of: str = "X") -> npt.NDArray[Any]:
    """Labels, groups or weights: one entry per window of ``of``, which has ``n``, and none missing."""
    array = np.asarray(value)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1:
        raise InvalidInputError(f"{name} has shape {array.shape}; it must be one-dimensional, one entry per window")
    if len(array) != n:
        raise InvalidInputError(
            f"{name} has {len(array)} entries but {of} has {n}: pass one entry per window, in the same order"
        )
    missing = np.isnan(array) if array.dtype.kind == "f" else np.array([entry is None for entry in array], dtype=bool)
    if missing.any():
        raise InvalidInputError(
            f"{name} contains NaN or None at entry {int(np.argmax(missing))}: leave out such windows"
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
    kinds = ["numbers" if array.dtype.kind in "biuf" else "text" for array in (first, second)]
    if kinds[0] != kinds[1]:
        raise InvalidInputError(
            f"{names[0]} holds {kinds[0]} and {names[1]} holds {kinds[1]}: use the same kind in both"
        )


def _as_labels(value: Any, name: str) -> npt.NDArray[Any]:
    """An array of numbers or text, where pandas may give objects; missing values are refused."""
    array = _as_array(value, name)
    if array.dtype != object:
        return array
    import pandas as pd

    missing = pd.isna(array)
    if missing.any():
        raise InvalidInputError(f"{name} contains a missing value at entry {int(np.argmax(missing))}: leave it out")
    return _as_array(array.tolist(), name)


def _as_array(value: Any, name: str) -> npt.NDArray[Any]:
    try:
        return np.asarray(value)
    except ValueError as error:
        raise InvalidInputError(f"{name} is ragged; it must be one-dimensional, one entry per window") from error
