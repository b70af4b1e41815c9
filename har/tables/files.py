"""Several text files as one table, each a recording; their names may hold labels and subjects."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from common.errors import InvalidInputError
from har.tables.columns import ADDED_COLUMNS
from har.tables.paths import files_of
from har.tables.text_files import read_text_file

if TYPE_CHECKING:
    import pandas as pd

_FILE, _RECORDING = ADDED_COLUMNS


@dataclass(frozen=True)
class FilesTable:
    """The rows of all files, and the names of the columns to pass to :func:`har.tables.reading.read_table`.

    Attributes
    ----------
    frame : pandas.DataFrame
    time, label, subject, recording : str or None
        Names of columns.
    channels : list of str
    n_broken_lines : int
    """

    frame: pd.DataFrame
    time: str | None
    channels: list[str]
    label: str | None
    subject: str | None
    recording: str
    n_broken_lines: int


def read_files(
    paths: Any,
    *,
    time: Any,
    channels: Any,
    label: Any,
    subject: Any,
    recording: Any,
    read_csv: dict[str, Any],
) -> FilesTable:
    """Read files; ``label``, ``subject`` and ``recording`` are columns, or patterns to be found in file names.

    A pattern stands for its group 1, or for the whole match if it has no groups. In files without a header, columns
    are numbered from 0.

    Raises
    ------
    InvalidInputError
        If files differ in their columns, a name does not match, or a file cannot be read.
    """
    import pandas as pd

    wanted = [name for name in (time, *(channels if isinstance(channels, (list, tuple)) else ())) if name is not None]
    frames: list[pd.DataFrame] = []
    names: list[Path] = []
    n_broken_lines = 0
    for file in files_of(paths):
        frame, n_broken = read_text_file(file, wanted, read_csv)
        frame.columns = [str(name).strip() for name in frame.columns]
        if frames and list(frame.columns) != list(frames[0].columns):
            raise InvalidInputError(
                f"{file} has the columns {', '.join(frame.columns)}, other files have {', '.join(frames[0].columns)}: "
                "read them separately"
            )
        n_broken_lines += n_broken
        frames.append(frame)
        names.append(file)
    table = pd.concat(frames, ignore_index=True)
    table[_FILE] = np.repeat([str(file) for file in names], [len(frame) for frame in frames])
    columns = {
        argument: _column_or_match(table, argument, value)
        for argument, value in (("label", label), ("subject", subject), ("recording", recording))
    }
    table[_RECORDING] = table[_FILE]
    if columns["recording"] is not None:
        table[_RECORDING] += " " + table[columns["recording"]].astype(str)
    return FilesTable(
        frame=table,
        time=None if time is None else str(time),
        channels=[str(name) for name in channels] if isinstance(channels, (list, tuple)) else channels,
        label=columns["label"],
        subject=columns["subject"],
        recording=_RECORDING,
        n_broken_lines=n_broken_lines,
    )


def _column_or_match(table: pd.DataFrame, argument: str, value: Any) -> str | None:
    """The column of that name; for a pattern, a new column with its matches in the file names."""
    if not isinstance(value, re.Pattern):
        return None if value is None else str(value)
    column = f"{argument} of the file name"
    found = {}
    for file in table[_FILE].unique():
        match = value.search(Path(file).as_posix())
        if match is None:
            raise InvalidInputError(f"{argument}: the name of {file} does not match {value.pattern!r}")
        found[file] = match[1] if value.groups else match[0]
    table[column] = table[_FILE].map(found)
    return column
