"""Columns of labels, subjects and recordings: one spelling per name, and text never mixed with numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from har.tables.columns import is_missing


def as_categories(column: npt.NDArray[Any], name: Any, argument: str) -> npt.NDArray[np.object_]:
    """One name per row, None where it is missing.

    Text is stripped of surrounding white space, and is missing if nothing remains. Whole floats become integers,
    because a column of integers with missing entries is stored as floats.

    Raises
    ------
    InvalidInputError
        If the column mixes text and numbers (1 and "1" could be one name or two), or holds lists or other objects.

    Examples
    --------
    >>> as_categories(np.array([1.0, np.nan, 2.0]), "who", "subject")
    array([1, None, 2], dtype=object)
    >>> as_categories(np.array(["walk", "walk ", ""]), "does", "label")
    array(['walk', 'walk', None], dtype=object)
    """
    import pandas as pd

    try:
        codes, found = pd.factorize(np.asarray(column, dtype=object))
    except TypeError as error:  # an entry that cannot be hashed
        raise InvalidInputError(
            f"column {name!r} ({argument}) holds lists or other objects: use text or numbers"
        ) from error
    distinct = [_cleaned(entry) for entry in found]
    kinds = {"text" if isinstance(entry, str) else "numbers" for entry in distinct if entry is not None}
    if len(kinds) > 1:
        texts, numbers = (
            [e for e in distinct if e is not None and isinstance(e, str) == kind] for kind in (True, False)
        )
        raise InvalidInputError(
            f"column {name!r} ({argument}) mixes text and numbers, such as {texts[0]!r} and {numbers[0]!r}: "
            "use one of the two, for example by astype(str)"
        )
    # Code -1 stands for a missing entry; it indexes the last name, None.
    names = np.empty(len(distinct) + 1, dtype=object)
    names[:-1] = distinct
    return np.asarray(names[codes])


def _cleaned(entry: Any) -> Any:
    if is_missing(entry):
        return None
    if isinstance(entry, np.generic):
        entry = entry.item()
    if isinstance(entry, str):
        return str(entry).strip() or None
    if isinstance(entry, float) and entry.is_integer():
        return int(entry)
    return entry
