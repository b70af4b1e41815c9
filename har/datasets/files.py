"""What the readers share: where a data set comes from, its folder, and its files of numbers and of arrays."""

import os
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.validation import FloatArray


@dataclass(frozen=True)
class Source:
    """Where a data set is published, and what its folder holds."""

    name: str
    page: str
    paper: str
    layout: str

    def folder(self, root: str | os.PathLike[str], contents: str) -> Path:
        """The folder in which the pattern ``contents`` matches: ``root``, or one or two below it.

        Archives unpack to a folder of their own, sometimes twice; either level may be named.
        """
        top = Path(root)
        if top.is_dir():
            for folder in (top, *sorted(top.glob("*/")), *sorted(top.glob("*/*/"))):
                if any(folder.glob(contents)):
                    return folder
        raise InvalidInputError(
            f"root is {str(root)!r}, which {'does not hold' if top.is_dir() else 'is not a folder with'} {self.name}. "
            f"Download {self.name} from {self.page} and name the folder with {self.layout}. Paper: {self.paper}"
        )


def read_numbers(
    file: Path, *, columns: Sequence[int], separator: str = ",", header_lines: int = 0, comment: str | None = None
) -> FloatArray:
    """Some columns of a text file of numbers, as ``(n_lines, n_columns)``.

    Raises
    ------
    InvalidInputError
        With the file and the line that is not as many finite numbers as it should be.
    """
    import pandas as pd

    try:
        table = pd.read_csv(
            file,
            sep=separator,
            header=None,
            skiprows=header_lines,
            comment=comment,
            usecols=list(columns),
            dtype=np.float64,
            encoding="latin-1",  # numbers are ASCII; comments with accents should not stop the reader
        )
        numbers = table[list(columns)].to_numpy()
    except (OSError, ValueError, pd.errors.ParserError) as error:
        raise _unreadable(file, columns, separator, header_lines, comment, error) from error
    if not len(numbers) or not np.isfinite(numbers).all():
        raise _unreadable(file, columns, separator, header_lines, comment, None)
    return numbers


def _unreadable(
    file: Path,
    columns: Sequence[int],
    separator: str,
    header_lines: int,
    comment: str | None,
    error: Exception | None,
) -> InvalidInputError:
    """Read once more, slowly, to name the line: parsers count without header and comments, if at all."""
    if not file.is_file():
        return InvalidInputError(f"{file} is missing: copy the data set completely")
    width = None
    with file.open(encoding="latin-1") as lines:
        for number, line in enumerate(lines, start=1):
            text = line.partition(comment)[0].strip() if comment else line.strip()
            if number <= header_lines or not text:
                continue
            fields = text.split(None if separator == r"\s+" else separator)
            width = width or len(fields)
            if len(fields) != width or not all(_is_number(fields, column) for column in columns):
                return InvalidInputError(
                    f"{file}, line {number}: {text[:60]!r} should be {max(width, max(columns) + 1)} numbers: "
                    "the file is truncated or damaged, copy it again"
                )
    why = f" ({error})" if width and error else ""
    return InvalidInputError(f"{file} holds no {'readable ' if width else ''}numbers{why}: copy it again")


def _is_number(fields: list[str], column: int) -> bool:
    try:
        return bool(np.isfinite(float(fields[column])))
    except (IndexError, ValueError):
        return False


def read_arrays(file: Path, names: Sequence[str]) -> dict[str, npt.NDArray[Any]]:
    """These arrays of an ``.npz`` file, read without unpickling."""
    try:
        with np.load(file, allow_pickle=False) as archive:
            return {name: archive[name] for name in names}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise InvalidInputError(
            f"{file} cannot be read as arrays named {', '.join(names)} ({error}): it is truncated or damaged, "
            "copy it again"
        ) from error
