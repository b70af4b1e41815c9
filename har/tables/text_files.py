"""Text files of samples as a data frame: detects encoding, separator, decimal commas, comments and broken lines."""

from __future__ import annotations

import csv
import io
import re
import warnings
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from common.errors import InvalidInputError
from common.validation import encoding_by_mark, read_file_bytes

if TYPE_CHECKING:
    import pandas as pd

_SEPARATORS = (",", ";", "\t", "|")
_COMMENTS = ("#", "%", "//")
_SAMPLE_LINES = 50
#: Options of pandas.read_csv about opening files and reading in parts: files are read whole, beforehand.
_OF_FILES = {"chunksize", "compression", "filepath_or_buffer", "iterator", "memory_map", "storage_options"}


def read_text_file(file: Path, columns: list[Any], read_csv: dict[str, Any]) -> tuple[pd.DataFrame, int]:
    """One file as a data frame, and the number of incomplete last lines left out.

    ``read_csv`` is passed to :func:`pandas.read_csv` and overrides what is detected.

    Raises
    ------
    InvalidInputError
        Naming the file, and the line if there is one.
    """
    import pandas as pd

    refused = sorted(_OF_FILES & set(read_csv))
    if refused:
        raise InvalidInputError(f"{refused[0]} is not a supported option: files are read whole; unpack compressed ones")
    text = _decoded(file, read_csv.get("encoding"))
    lines = text.splitlines()
    content = _without_line_ends(_without_comments(lines, read_csv.get("comment")))
    separator = read_csv.get("sep", read_csv.get("delimiter")) or _separator(content)
    if not isinstance(separator, str):
        raise InvalidInputError(f"sep is {separator!r}; pass text, such as ';'")
    content, n_broken = _without_half_line(content, separator)
    if not content:
        raise InvalidInputError(f"{file} holds no line of data")
    options = {
        "sep": separator,
        "decimal": "," if separator != "," and _has_decimal_commas(content, separator) else ".",
        "skipinitialspace": True,
        "index_col": False,  # otherwise pandas shifts the columns where lines have more fields than the header
        **{name: value for name, value in read_csv.items() if name not in ("encoding", "comment", "sep", "delimiter")},
    }
    if "header" not in options and "names" not in options and all(isinstance(column, int) for column in columns):
        options["header"] = None
    elif "header" not in options:
        _check_named_once(_fields(content[0], separator), columns, file)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)
            return pd.read_csv(io.StringIO("\n".join(content)), **options), n_broken
    except pd.errors.ParserWarning as error:
        raise InvalidInputError(f"{file} has lines with more fields than its header: repair the header") from error
    except (ValueError, TypeError, OverflowError, RecursionError) as error:  # pandas' own errors are among them
        raise InvalidInputError(f"{file} cannot be read as a table: {error}") from error


def _decoded(file: Path, encoding: str | None) -> str:
    data = read_file_bytes(file)
    encoding = encoding or encoding_by_mark(data)
    try:
        if encoding is not None:
            return data.decode(encoding)
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            text = data.decode("cp1252", errors="replace")
    except (LookupError, UnicodeError, TypeError) as error:
        raise InvalidInputError(f"{file} is not text in {encoding} ({error}): pass encoding=") from error
    if "\0" in text:
        raise InvalidInputError(
            f"{file} holds null characters: it is not a text file, or is UTF-16 without a mark: pass encoding="
        )
    return text


def _without_comments(lines: list[str], comment: str | None) -> list[str]:
    marks = (comment,) if comment else _COMMENTS
    content = [line for line in lines if line.strip() and not line.lstrip().startswith(marks)]
    if comment:
        content = [line.partition(comment)[0] for line in content]
    return content


def _without_line_ends(lines: list[str]) -> list[str]:
    """Remove the semicolons at the ends of lines if all lines end in one that separates nothing."""
    ends = [line.rstrip().endswith(";") for line in lines]
    inner = sum(line.count(";") for line in lines)
    if lines and all(ends[:-1]) and inner <= len(lines) and any(ends):
        return [line.rstrip().removesuffix(";") for line in lines]
    return lines


def _separator(lines: list[str]) -> str:
    """The separator that gives most of the first lines the same, largest number of fields; else white space."""
    sample = lines[:_SAMPLE_LINES]
    best, most = r"\s+", 1
    for separator in _SEPARATORS:
        counts = Counter(_n_fields(line, separator) for line in sample)
        n_fields, times = counts.most_common(1)[0] if counts else (1, 0)
        if n_fields > most and times >= 0.8 * len(sample):
            # In "0,1;0,2" the commas are decimal: the line also splits at another separator.
            if separator == "," and any(_n_fields(line, ";") > 1 or _n_fields(line, "\t") > 1 for line in sample[-1:]):
                continue
            best, most = separator, n_fields
    return best


def _n_fields(line: str, separator: str) -> int:
    return len(_fields(line, separator))


def _fields(line: str, separator: str) -> list[str]:
    if separator == r"\s+":
        return line.split()
    try:
        if len(separator) > 1:
            return re.split(separator, line)
        return next(csv.reader([line], delimiter=separator, skipinitialspace=True), [])
    except (csv.Error, re.error, ValueError):  # too long for csv, or an invalid separator: pandas will report it
        return line.split(separator or None)


def _check_named_once(header: list[str], columns: list[Any], file: Path) -> None:
    """Refuse two columns of one name, of which pandas would read the first."""
    names = [name.strip() for name in header]
    twice = [name for name in columns if names.count(str(name)) > 1]
    if twice:
        raise InvalidInputError(f"{file} has two columns named {twice[0]!r}: rename one of them")


def _has_decimal_commas(lines: list[str], separator: str) -> bool:
    split_at = None if separator == r"\s+" else separator
    fields = [field for line in lines[1:_SAMPLE_LINES] for field in line.split(split_at)]
    with_comma = [field.strip(' "') for field in fields if "," in field]
    return bool(with_comma) and all(
        field.count(",") == 1 and field.replace(",", "").lstrip("+-").replace("e-", "").replace("E-", "").isdigit()
        for field in with_comma
    )


def _without_half_line(lines: list[str], separator: str) -> tuple[list[str], int]:
    """Leave out a last line with fewer fields than the others, which was cut off while being written."""
    if len(lines) < 3:
        return lines, 0
    usual = Counter(_n_fields(line, separator) for line in lines[:_SAMPLE_LINES]).most_common(1)[0][0]
    return (lines[:-1], 1) if _n_fields(lines[-1], separator) < usual else (lines, 0)
