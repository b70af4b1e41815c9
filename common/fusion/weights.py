"""The weight of each row: how many rows it stands for."""

from __future__ import annotations

from typing import Any

import numpy as np

from common.errors import InvalidInputError
from common.validation import Float64Array, check_vector

# Beyond these totals a loss or its inverse would overflow.
_SMALLEST_TOTAL, _LARGEST_TOTAL = 1e-100, 1e100


def check_weights(value: Any, n: int) -> Float64Array:
    """One weight for each of ``n`` rows: finite, not negative, and not all zero.

    Raises
    ------
    InvalidInputError
        With the first row that has no such weight.

    Examples
    --------
    >>> check_weights([1, 0, 2], 3)
    array([1., 0., 2.])
    """
    vector = check_vector(value, n, "sample_weight")
    if vector.dtype.kind not in "biuf":
        raise InvalidInputError("sample_weight does not hold numbers: pass one number of at least 0 per row")
    weights = vector.astype(np.float64)
    unusable = ~(np.isfinite(weights) & (weights >= 0))
    if unusable.any():
        row = int(np.argmax(unusable))
        raise InvalidInputError(
            f"sample_weight is {weights[row]:g} at row {row}; it must be finite and at least 0, "
            "and 0 leaves the row out"
        )
    with np.errstate(over="ignore"):
        total = float(weights.sum())
    if total == 0:
        raise InvalidInputError("sample_weight is zero for all rows: give some rows a weight above 0")
    if not _SMALLEST_TOTAL <= total <= _LARGEST_TOTAL:
        raise InvalidInputError(
            f"sample_weight has a sum of {total:g}; it must be from {_SMALLEST_TOTAL:g} to {_LARGEST_TOTAL:g}: "
            "divide all weights by their mean"
        )
    return weights
