"""How readers read a file: text, columns of numbers, or arrays; errors name the file and the line."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.validation import FloatArray


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
            skiprows=header_lines,
            comment=comment,
            dtype=np.float64,  # for all columns: otherwise a line with one field too many would be read, shifted
        )
        numbers = table[list(columns)].to_numpy()
    except (KeyError, ValueError) as error:  # pandas' parser errors are ValueErrors
        raise _damaged_line_error(file, text, columns, separator, header_lines, comment) from error
    if not len(numbers) or not np.isfinite(numbers).all():
        raise _damaged_line_error(file, text, columns, separator, header_lines, comment)
    return numbers


def read_text(file: Path) -> str:
    """The content of a text file. Latin-1 reads any byte, such as accents in comments; numbers are ASCII anyway."""
    try:
        return file.read_text(encoding="latin-1")
    except OSError as error:
        raise InvalidInputError(f"{file} cannot be read ({error.strerror}): copy the data set completely") from error


def _damaged_line_error(
    file: Path, text: str, columns: Sequence[int], separator: str, header_lines: int, comment: str | None
) -> InvalidInputError:
    """The error for a file that pandas refused, found line by line: its own line numbers skip header and comments."""
    width = 0
    for number, line in enumerate(text.split("\n"), start=1):
        content = line.partition(comment)[0].strip() if comment else line.strip()
        if number <= header_lines or not content:
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


def read_arrays(file: Path, names: Sequence[str]) -> dict[str, npt.NDArray[Any]]:
    """The arrays with these names in an ``.npz`` file; pickled objects are refused."""
    try:
        with np.load(file, allow_pickle=False) as archive:
            return {name: archive[name] for name in names}
    except (OSError, ValueError, KeyError, EOFError, MemoryError, zipfile.BadZipFile, zlib.error) as error:
        raise InvalidInputError(
            f"{file} cannot be read as arrays named {', '.join(names)} ({error}): it is truncated or damaged, "
            "copy it again"
        ) from error
