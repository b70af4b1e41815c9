"""Which files are meant by names, patterns and folders; none is read twice, and none is passed over in silence."""

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
        If a name is no file, a pattern or folder has none, or something is a pipe or a device.

    Warns
    -----
    FrugalWarning
        If a file is named twice, or is a copy of another ("walk (1).csv"): it is read once. If files in folders of a
        folder are not read.
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
        what = f"a folder without {', '.join(_SUFFIXES[:-1])} or {_SUFFIXES[-1]} files of its own"
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
            f"files in {len(unread)} folders of {folder} are not read, such as those in {unread[0]}: "
            f"pass {str(folder / '**' / '*.csv')!r} for all of them",
            FrugalWarning,
            stacklevel=6,
        )
    return files


def _is_data(file: Path) -> bool:
    """Neither hidden nor left by macOS."""
    return not file.name.startswith(".") and "__MACOSX" not in file.parts


def _each_once(files: list[Path]) -> list[Path]:
    kept: dict[Path, Path] = {}
    repeated = []
    for file in files:
        place = file.resolve()
        original = place.with_name(original_name(place.name))
        if place in kept:
            repeated.append((file, kept[place]))
        elif original in kept and read_file_bytes(file) == read_file_bytes(kept[original]):
            repeated.append((file, kept[original]))
        else:
            # A copy that sorts before its original ("walk (1).csv") stands for it.
            other = kept.get(original)
            kept[place] = file
            if other is None:
                kept.setdefault(original, file)
    if repeated:
        warnings.warn(
            f"{len(repeated)} files are read once although they are named twice, or are copies of others: "
            f"{repeated[0][0]} is {repeated[0][1]}",
            FrugalWarning,
            stacklevel=5,
        )
    return list(dict.fromkeys(kept.values()))
