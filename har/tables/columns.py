"""Columns of a pandas or polars table as arrays, taken by name; errors name the column and the row."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.validation import FloatArray

#: Kinds of NumPy types that are numbers: boolean, signed, unsigned, floating.
_NUMBERS = "biuf"
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")


#: Columns that :mod:`har.tables.files` adds: the file of each row, and its recording.
ADDED_COLUMNS = ("file of the row", "recording of the row")


class Table:
    """A table of any library that narwhals knows, such as pandas, polars or PyArrow.

    Raises
    ------
    InvalidInputError
        If it is not a table, has no rows, or has two columns of one name.
    """

    def __init__(self, frame: Any) -> None:
        import narwhals as nw

        columns = getattr(frame, "columns", None)
        if columns is not None and len(set(columns)) < len(columns):
            twice = next(name for name in columns if list(columns).count(name) > 1)
            raise InvalidInputError(f"frame has two columns named {twice!r}: rename one of them")
        try:
            self._frame = nw.from_native(frame, eager_only=True)
        except TypeError as error:
            raise InvalidInputError(
                f"frame is a {type(frame).__name__}; pass a data frame of pandas or polars (a lazy one: .collect() it)"
            ) from error
        self.names: list[Any] = list(columns if columns is not None else self._frame.columns)
        self.n_rows = len(self._frame)
        if not self.n_rows:
            raise InvalidInputError("frame is empty: it has no row")

    def column(self, name: str, argument: str) -> npt.NDArray[Any]:
        """One column; ``argument`` is the caller's argument that names it, for error messages."""
        if name not in self.names:
            known = [str(known) for known in self.names if known not in ADDED_COLUMNS]
            near = difflib.get_close_matches(str(name), known, n=1, cutoff=0.5)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            if all(_is_number(text) for text in known):
                hint = ": its first line holds numbers, not names. Pass names=[...], or number the columns from 0"
            raise InvalidInputError(
                f"{argument} is {name!r}, but the table has no such column. It has {', '.join(map(repr, known))}{hint}"
            )
        return np.asarray(self._frame.get_column(name).to_numpy())

    def numbers(self, names: Sequence[str], argument: str) -> FloatArray:
        """Columns of numbers as float64 ``(n_rows, n_columns)``, NaN where nothing was measured.

        Raises
        ------
        InvalidInputError
            For text, dates and infinity, with column and row.
        """
        return np.stack([as_numbers(self.column(name, argument), str(name)) for name in names], axis=1)


def as_numbers(column: npt.NDArray[Any], name: str) -> FloatArray:
    """A column as float64. Text is read as numbers, with a decimal point or a decimal comma."""
    if column.dtype.kind in _NUMBERS:
        numbers = column.astype(np.float64)
    elif column.dtype.kind in "mM":
        raise InvalidInputError(f"column {name!r} holds dates or durations; a channel is what a sensor measured")
    elif column.dtype.kind == "c":
        raise InvalidInputError(f"column {name!r} is complex; a channel is what a sensor measured")
    else:
        _check_thousands(column, name)
        numbers = np.array([_number(entry, name, row) for row, entry in enumerate(column.tolist())], dtype=np.float64)
    infinite = np.flatnonzero(np.isinf(numbers))
    if len(infinite):
        raise InvalidInputError(
            f"column {name!r} holds infinity at row {infinite[0]}: use NaN for what was not measured"
        )
    return numbers


def _check_thousands(column: npt.NDArray[Any], name: str) -> None:
    """Refuse "1,234" beside "999": the comma may separate thousands, whereas elsewhere it is decimal."""
    texts = [entry.strip() for entry in column.tolist() if isinstance(entry, str)]
    with_comma = [text for text in texts if "," in text]
    others = [text for text in texts if text and "," not in text]
    if (
        with_comma
        and others
        and all(_THOUSANDS.fullmatch(text) for text in with_comma)
        and all(text.lstrip("+-").isdecimal() for text in others)
    ):
        raise InvalidInputError(
            f"column {name!r} holds {with_comma[0]!r} and {others[0]!r}: does the comma separate thousands? "
            "Convert the column to numbers"
        )


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def is_missing(entry: Any) -> bool:
    """Whether an entry is None, NaN, NaT or pandas.NA: only these differ from themselves, or refuse the comparison."""
    if entry is None:
        return True
    try:
        return bool(entry != entry)
    except TypeError:  # pandas.NA is neither true nor false
        return True
    except ValueError:  # an array has no single answer
        return False


def _number(entry: Any, name: str, row: int) -> float:
    if is_missing(entry):
        return np.nan
    text = str(entry).strip()
    if text.lower() in ("", "nan", "na", "null", "none"):
        return np.nan
    if "_" in text:  # float() would accept "1_000", which no device writes
        text = "not a number"
    if text.count(",") == 1 and "." not in text:
        text = text.replace(",", ".")
    try:
        return float(text)
    except ValueError as error:
        raise InvalidInputError(
            f"column {name!r} holds {str(entry)[:40]!r} at row {row}, which is not a number"
        ) from error
