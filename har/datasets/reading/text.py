"""Reads text files and columns of numbers; errors name the file and the line."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from common.errors import InvalidInputError
from common.validation import FloatArray, IntArray, encoding_by_mark, read_file_bytes

#: A line of white space is a blank line.
_BLANK_LINE = re.compile(r"^[ \t\f\v]+$", re.MULTILINE)


def read_numbers(
    file: Path,
    *,
    columns: Sequence[int],
    separator: str = ",",
    header_lines: int = 0,
    comment: str | None = None,
    text: str | None = None,
) -> FloatArray:
    """Some columns of a text file of numbers, as ``(n_lines, n_columns)``.

    ``text`` is the content of the file, if it has been read already.

    Raises
    ------
    InvalidInputError
        Naming the file and the first line that does not hold the expected count of finite numbers.
    """
    import pandas as pd

    text = read_text(file) if text is None else text
    try:
        table = pd.read_csv(
            io.StringIO(text),
            sep=separator,
            header=None,
            skiprows=_end_of_header(text, header_lines),
            comment=comment,
            dtype=np.float64,  # for all columns: otherwise a line with one field too many would be read, shifted
        )
        numbers = table[list(columns)].to_numpy()
    except (KeyError, ValueError, TypeError, OverflowError) as error:  # pandas' parser errors are ValueErrors
        raise _damaged_line_error(file, text, columns, separator, header_lines, comment) from error
    if not len(numbers) or not np.isfinite(numbers).all():
        raise _damaged_line_error(file, text, columns, separator, header_lines, comment)
    return numbers


def read_text(file: Path) -> str:
    """The content of a text file, with line feeds at the ends of lines, and blank lines empty.

    Without a byte order mark it is read as Latin-1, which reads any byte, such as accents in comments; numbers are
    ASCII anyway.
    """
    data = read_file_bytes(file)
    encoding = encoding_by_mark(data) or "latin-1"
    try:
        text = data.decode(encoding)
    except UnicodeError as error:
        raise InvalidInputError(f"{file} is not text in {encoding} ({error}): copy it again") from error
    if "\0" in text:
        raise InvalidInputError(f"{file} holds null characters: it is not text, or is damaged; copy it again")
    return _BLANK_LINE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def first_line(text: str) -> str:
    """The first line that is not blank."""
    return text.lstrip("\n").partition("\n")[0].strip()


def whole_numbers(values: FloatArray, file: Path, what: str) -> IntArray:
    """Numbers of people or activities, which were read as floats.

    Raises
    ------
    InvalidInputError
        If one of them is not a whole number.
    """
    refused = ~(np.abs(values) < 2**31) | (values != np.round(values))
    if refused.any():
        raise InvalidInputError(
            f"{file}: {what} is {values[refused][0]:g}, which is not a whole number: the file is damaged, copy it again"
        )
    return values.astype(np.int64)


def _end_of_header(text: str, n_lines: int) -> int:
    """How many lines to skip for a header of ``n_lines`` that are not blank."""
    ends = [number for number, line in enumerate(text.split("\n", 20 + n_lines), start=1) if line]
    return ends[n_lines - 1] if 0 < n_lines <= len(ends) else n_lines


def _damaged_line_error(
    file: Path, text: str, columns: Sequence[int], separator: str, header_lines: int, comment: str | None
) -> InvalidInputError:
    """The error for a file that pandas refused, found line by line: pandas' line numbers skip header and comments."""
    width, end_of_header = 0, _end_of_header(text, header_lines)
    for number, line in enumerate(text.split("\n"), start=1):
        content = line.partition(comment)[0].strip() if comment else line.strip()
        if number <= end_of_header or not content:
            continue
        fields = content.split(None if separator == r"\s+" else separator)
        width = width or max(len(fields), max(columns) + 1)
        if len(fields) != width or not all(_is_number(fields[column]) for column in columns):
            return InvalidInputError(
                f"{file}, line {number}: {content[:60]!r} should be {width} numbers: "
                "the file is truncated or damaged, copy it again"
            )
    return InvalidInputError(
        f"{file} does not hold {max(columns) + 1} columns of numbers: it is empty or damaged, copy it again"
    )


def _is_number(field: str) -> bool:
    try:
        return bool(np.isfinite(float(field)))
    except ValueError:
        return False


def read_table(file: Path, *, n_columns: int) -> FloatArray:
    """A text file of numbers separated by white space, NaN where nothing was measured, as ``(n_lines, n_columns)``.

    Raises
    ------
    InvalidInputError
        Naming the file, and the line that does not hold ``n_columns`` numbers.
    """
    import pandas as pd

    text = read_text(file)
    try:
        table = pd.read_csv(io.StringIO(text), sep=r"\s+", header=None, dtype=np.float64).to_numpy()
    except (ValueError, TypeError, OverflowError) as error:  # pandas' parser errors are ValueErrors
        raise _wrong_line(file, text, n_columns) from error
    if table.shape[1] != n_columns or np.isnan(table[:, -1]).any() or np.isinf(table).any():
        raise _wrong_line(file, text, n_columns)
    return np.asarray(table)


def _wrong_line(file: Path, text: str, n_columns: int) -> InvalidInputError:
    for number, line in enumerate(text.split("\n"), start=1):
        fields = line.split()
        if fields and (len(fields) != n_columns or not all(_is_number(field) or field == "NaN" for field in fields)):
            return InvalidInputError(
                f"{file}, line {number}: {line.strip()[:60]!r} should be {n_columns} numbers: "
                "the file is truncated or damaged, copy it again"
            )
    return InvalidInputError(
        f"{file} does not hold {n_columns} columns of numbers: it is empty or damaged, copy it again"
    )
