"""Folders of data sets: found up to two levels down, or refused with where to download the data set."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common.errors import InvalidInputError


@dataclass(frozen=True)
class DatasetSource:
    """Where a data set is published, and what its folder holds: what an error message quotes.

    Parameters
    ----------
    name : str
        As its authors call it.
    page : str
        Where to download it.
    paper : str
        What to cite.
    layout : str
        Some of the files that the folder holds.
    """

    name: str
    page: str
    paper: str
    layout: str


def check_folder_path(root: Any) -> Path:
    """The folder that a reader was given, which need not exist."""
    if not isinstance(root, (str, os.PathLike)):
        raise InvalidInputError(f"root is {root!r}; pass the folder as text or as a pathlib.Path")
    return Path(root)


def find_dataset_folder(root: Any, pattern: str, source: DatasetSource) -> Path:
    """The folder in which ``pattern`` matches a file: ``root``, or one or two levels below it.

    Archives unpack to a folder of their own, sometimes to a nested one; any of these levels may be named.

    Raises
    ------
    InvalidInputError
        If there is none, with the page, the paper and the layout of the data set.

    Examples
    --------
    >>> import tempfile
    >>> source = DatasetSource("MotionSense", "https://example.org", "A paper, 2019", "dws_1/sub_1.csv and so on")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     Path(folder, "dws_1").mkdir()
    ...     find_dataset_folder(folder, "dws_*", source) == Path(folder)
    True
    """
    top = check_folder_path(root)
    if top.is_dir():
        for folder in (top, *sorted(top.glob("*/")), *sorted(top.glob("*/*/"))):
            if any(folder.glob(pattern)):
                return folder
    raise InvalidInputError(
        f"root is {str(root)!r}, which {'does not hold' if top.is_dir() else 'is not a folder with'} {source.name}. "
        f"Download {source.name} from {source.page} and name the folder with {source.layout}. Paper: {source.paper}"
    )
