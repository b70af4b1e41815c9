"""Columns of labels, subjects and recordings: the same name is spelled the same, and kinds are not mixed."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from har.tables.columns import is_missing


def as_categories(column: npt.NDArray[Any], name: Any, argument: str) -> npt.NDArray[np.object_]:
    """One name a row, None where there is none.

    Text loses the white space around it, and is none if nothing remains. Whole floats become integers: a column of
    integers in which some are missing is one of floats.

    Raises
    ------
    InvalidInputError
        If the column mixes text and numbers, of which 1 and "1" would be two or one; or holds lists or other objects.

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
    except TypeError as error:  # what cannot be hashed names nothing
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
            "use one of both, as by astype(str)"
        )
    # -1, for what is missing, is the last entry.
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
