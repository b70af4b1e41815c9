"""Folders of data sets: finds their files at any depth, or raises an error that says where to download them."""

from __future__ import annotations

import os
import re
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common.errors import FrugalWarning, InvalidInputError
from common.validation.files import check_regular_file, original_name, read_file_bytes

#: Most entries below a folder; with more, it is not a data set but perhaps a whole disk.
_MOST_ENTRIES = 200_000


@dataclass(frozen=True)
class DatasetSource:
    """Where a data set is published and what its folder holds, for error messages.

    Parameters
    ----------
    name : str
        As its authors call it.
    layout : str
        Some of the files that the folder holds.
    page, paper : str
        Where to download it, and what to cite; empty for files of your own.
    """

    name: str
    layout: str
    page: str = ""
    paper: str = ""

    def check_folder(self, root: Any) -> Path:
        """The folder that a reader was given, which must exist."""
        folder = check_folder_path(root)
        try:
            found = folder.is_dir()
        except ValueError:  # a null character in the name
            found = False
        if not found:
            raise self.error(root, "is not a folder")
        return folder

    def error(self, root: Any, problem: str) -> InvalidInputError:
        """The error for a folder that does not hold the data set; it says where to get it."""
        download = f" Download {self.name} from {self.page}." if self.page else ""
        paper = f" Paper: {self.paper}" if self.paper else ""
        return InvalidInputError(
            f"root is {str(root)!r}, which {problem}.{download} Pass the folder with {self.layout}.{paper}"
        )


@dataclass(frozen=True)
class DatasetFile:
    """A file of a data set.

    Attributes
    ----------
    path : pathlib.Path
    match : re.Match
        The match of the pattern with the end of the path.
    """

    path: Path
    match: re.Match[str]


def check_folder_path(root: Any) -> Path:
    """The folder that a reader was given, which need not exist."""
    if not isinstance(root, (str, os.PathLike)):
        raise InvalidInputError(f"root is {root!r}; pass the folder as text or as a pathlib.Path")
    return Path(root)


class DatasetFolder:
    """All files below the folder that a reader was given, at any depth, listed once.

    Archives unpack to nested folders, and people sort files by person or by activity: each file is recognised by the
    end of its path. Hidden files, and leftovers of macOS in archives (``__MACOSX``, ``._…``), are ignored. Links
    to folders are followed, and each folder is read once.

    Parameters
    ----------
    root : str or path-like
    source : DatasetSource
        The data set to look for, quoted in error messages.

    Raises
    ------
    InvalidInputError
        If ``root`` is not a folder, or holds too many files for a data set.

    Warns
    -----
    FrugalWarning
        If a folder below it cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> source = DatasetSource("MotionSense", "dws_1/sub_1.csv and so on", "https://example.org", "A paper, 2019")
    >>> with tempfile.TemporaryDirectory() as root:
    ...     Path(root, "data", "dws_1").mkdir(parents=True)
    ...     Path(root, "data", "dws_1", "sub_7.csv").touch()
    ...     (file,) = DatasetFolder(root, source).find(r"dws_(\\d)/sub_(\\d)\\.csv")
    >>> file.match.groups()
    ('1', '7')
    """

    def __init__(self, root: Any, source: DatasetSource) -> None:
        self.root = root
        self.source = source
        self._top = source.check_folder(root)
        self._files = _files_below(self._top)

    def find(self, pattern: str, *, outside: str | None = None) -> list[DatasetFile]:
        """The files whose paths end in a match of ``pattern``, sorted by the match; copies are left out.

        Parameters
        ----------
        pattern : str
            A regular expression with "/" between folders. Copies match like their originals: "sub_1 (1).csv" as
            "sub_1.csv".
        outside : str, optional
            Names of folders to leave out, as a regular expression: they hold other files of the same names.

        Raises
        ------
        InvalidInputError
            If two files match in the same way but differ.

        Warns
        -----
        FrugalWarning
            If files are copies of others.
        """
        expression = re.compile(pattern)
        n_parts = pattern.count("/") + 1
        found: dict[str, DatasetFile] = {}
        copies = []
        for path in self._files:
            parts = path.relative_to(self._top).parts
            if outside is not None and any(re.fullmatch(outside, part) for part in parts[:-1]):
                continue
            match = expression.fullmatch("/".join(map(original_name, parts[-n_parts:])))
            if match is None:
                continue
            key = match[0].casefold()
            if key not in found:
                found[key] = DatasetFile(path, match)
            elif _differ(found[key].path, path):
                raise InvalidInputError(
                    f"root {str(self.root)!r}: {found[key].path} and {path} have the same name but differ: "
                    "keep the one that belongs to the data set"
                )
            else:
                copies.append((path, found[key].path))
        if copies:
            copy, original = copies[0]
            warnings.warn(
                f"{len(copies)} of the files of {self.source.name} are copies of others, and are read once: "
                f"{copy} is the same as {original}",
                FrugalWarning,
                stacklevel=3,
            )
        return sorted(found.values(), key=lambda file: file.match[0])

    def find_some(self, pattern: str, *, outside: str | None = None) -> list[DatasetFile]:
        """:meth:`find`, or the error that says where to download the data set."""
        found = self.find(pattern, outside=outside)
        if not found:
            raise self.source.error(self.root, f"does not hold {self.source.name}")
        return found


def _files_below(top: Path) -> list[Path]:
    files: list[Path] = []
    folders, seen = [top], set()
    n_entries = 0
    while folders:
        folder = folders.pop()
        try:
            status = folder.stat()
            if (status.st_dev, status.st_ino) in seen:
                continue
            seen.add((status.st_dev, status.st_ino))
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            warnings.warn(f"{folder} was not read ({error.strerror})", FrugalWarning, stacklevel=4)
            continue
        n_entries += len(entries)
        if n_entries > _MOST_ENTRIES:
            raise InvalidInputError(
                f"root is {str(top)!r}, which holds more than {_MOST_ENTRIES:,} files: pass the data set's own folder"
            )
        for entry in entries:
            if not entry.name.startswith(".") and entry.name != "__MACOSX":
                (folders if _is_folder(entry) else files).append(Path(entry.path))
    return sorted(files, key=lambda file: (len(file.parts), file))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself or to an inaccessible place: an error only once it is read
        return False


def _differ(one: Path, other: Path) -> bool:
    check_regular_file(one)
    check_regular_file(other)
    return one.stat().st_size != other.stat().st_size or read_file_bytes(one) != read_file_bytes(other)
