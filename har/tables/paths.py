"""Finds files by name, pattern or folder; none is read twice, and none is skipped without a warning."""

from __future__ import annotations

import glob
import os
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from common.errors import FrugalWarning, InvalidInputError
from common.validation import check_regular_file, original_name, read_file_bytes

_SUFFIXES = (".csv", ".txt", ".tsv")


def files_of(paths: Any) -> list[Path]:
    """Files by name, pattern, folder (its ``*.csv``, ``*.txt`` and ``*.tsv``), or a list of these; sorted within each.

    Raises
    ------
    InvalidInputError
        If a file does not exist, a pattern or folder yields none, or an entry is a pipe or a device.

    Warns
    -----
    FrugalWarning
        If a file is named twice, or is a copy of another ("walk (1).csv"): it is read once. If a folder has subfolders
        whose files are not read.
    """
    if isinstance(paths, (str, os.PathLike)):
        paths = [paths]
    if not isinstance(paths, Iterable):
        raise InvalidInputError(f"paths is {paths!r}; pass a file, a pattern such as 'data/*.csv', or a list of files")
    found: list[Path] = []
    for entry in paths:
        name = os.fspath(entry) if isinstance(entry, (str, os.PathLike)) else None
        if not isinstance(name, str):
            raise InvalidInputError(f"paths holds {entry!r}; pass files as text or as pathlib.Path")
        try:
            found += _files_of_entry(name)
        except (OSError, ValueError) as error:
            if isinstance(error, InvalidInputError):
                raise
            raise InvalidInputError(f"paths holds {name!r}, which cannot be read ({error})") from error
    if not found:
        raise InvalidInputError("paths is empty; pass at least one file")
    for file in found:
        check_regular_file(file)
    return _each_once(found)


def _files_of_entry(entry: str) -> list[Path]:
    path = Path(entry)
    if path.is_dir():
        files = _files_of_folder(path)
        what = f"a folder without {', '.join(_SUFFIXES[:-1])} or {_SUFFIXES[-1]} files directly in it"
    elif path.exists():
        return [path]
    else:
        files = sorted(map(Path, glob.glob(entry, recursive=True)))  # noqa: PTH207  (a pattern may be absolute)
        what = "neither a file nor a pattern that matches one"
    files = [file for file in files if _is_data(file)]
    if not files:
        raise InvalidInputError(f"paths holds {entry!r}, which is {what}")
    return files


def _files_of_folder(folder: Path) -> list[Path]:
    entries = sorted(folder.iterdir())
    unread = [
        entry.name
        for entry in entries
        if entry.is_dir() and _is_data(entry) and any(file.suffix.lower() in _SUFFIXES for file in entry.iterdir())
    ]
    files = [entry for entry in entries if entry.suffix.lower() in _SUFFIXES and not entry.is_dir()]
    if unread and files:
        warnings.warn(
            f"files in {len(unread)} subfolders of {folder}, such as {unread[0]}, are not read: "
            f"pass {str(folder / '**' / '*.csv')!r} to read all of them",
            FrugalWarning,
            stacklevel=6,
        )
    return files


def _is_data(file: Path) -> bool:
    """Whether it is neither hidden nor a leftover of macOS."""
    return not file.name.startswith(".") and "__MACOSX" not in file.parts


def _each_once(files: list[Path]) -> list[Path]:
    first_of: dict[Path, Path] = {}
    repeated = []
    for file in files:
        place = file.resolve()
        original = place.with_name(original_name(place.name))
        if place in first_of:
            repeated.append((file, first_of[place]))
        elif original in first_of and read_file_bytes(file) == read_file_bytes(first_of[original]):
            repeated.append((file, first_of[original]))
        else:
            # A copy that sorts before its original ("walk (1).csv") is read in its place.
            other = first_of.get(original)
            first_of[place] = file
            if other is None:
                first_of.setdefault(original, file)
    if repeated:
        warnings.warn(
            f"{len(repeated)} files are named twice or are copies of others, and are read once: "
            f"{repeated[0][0]} is the same as {repeated[0][1]}",
            FrugalWarning,
            stacklevel=5,
        )
    return list(dict.fromkeys(first_of.values()))
