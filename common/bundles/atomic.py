"""Write a directory so that a reader finds the old one or the new one, complete, and nothing between."""

import errno
import os
import secrets
import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from glob import escape
from pathlib import Path
from typing import TypeVar

from common.errors import FrugalError

T = TypeVar("T")

# A cut between the two renames of a replacement leaves the old directory under this name, beside its place.
_ASIDE = "old"


def replace_directory(directory: Path, files: Mapping[str, bytes]) -> None:
    """Put a directory that holds ``files`` in the place of ``directory``, which may exist.

    The files are written beside it, flushed to the disk, and moved into place by renaming: whatever fails before that
    leaves the old directory as it was. Of savers at the same time the last one wins.
    """
    directory.parent.mkdir(parents=True, exist_ok=True)
    new = _sibling(directory, "new")
    try:
        new.mkdir()
        for name, content in files.items():
            _write_to_disk(new / name, content)
        _flush(new)
        _move_into_place(new, directory)
    except BaseException:
        shutil.rmtree(new, ignore_errors=True)
        raise
    _flush(directory.parent)


def read_directory(directory: Path, read: Callable[[Path], T]) -> T:
    """``read(directory)``, once more whenever it failed because the directory was replaced meanwhile."""
    while True:
        path = _current(directory)
        before = path, _identity(path)
        try:
            return read(path)
        except (FrugalError, OSError):
            path = _current(directory)
            if (path, _identity(path)) == before:
                raise


def _current(directory: Path) -> Path:
    """``directory``, or what it held before a replacement that was cut off between its two renames."""
    if not directory.exists():
        with suppress(FileNotFoundError):
            aside = directory.parent.glob(f".{escape(directory.name)}.*.{_ASIDE}")
            return max(aside, key=os.path.getmtime, default=directory)
    return directory


def _identity(directory: Path) -> tuple[int, ...] | None:
    try:
        status = directory.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino, status.st_mtime_ns  # the time, since numbers of deleted folders are used again


def _move_into_place(new: Path, directory: Path) -> None:
    """Rename the old directory away and the new one into its place: no system call replaces a full directory."""
    while True:
        aside = _sibling(directory, _ASIDE)
        with suppress(FileNotFoundError):
            directory.rename(aside)
        try:
            new.rename(directory)
        except OSError as error:
            if error.errno in (errno.ENOTEMPTY, errno.EEXIST):  # another saver was faster: replace what it wrote
                _delete(aside)
                continue
            if aside.exists():
                aside.rename(directory)
            raise
        _delete(aside)
        return


def _delete(aside: Path) -> None:
    """Delete what was replaced; renamed before, so that no half of it is ever taken for the last good one."""
    waste = aside.with_suffix(".waste")
    with suppress(FileNotFoundError):
        aside.rename(waste)
        shutil.rmtree(waste, ignore_errors=True)


def _sibling(directory: Path, kind: str) -> Path:
    """A hidden name on the same file system, since a rename does not cross file systems."""
    return directory.with_name(f".{directory.name}.{secrets.token_hex(8)}.{kind}")


def _write_to_disk(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _flush(directory: Path) -> None:
    """Make the names in a directory durable; Windows has no such call, and needs none."""
    if os.name == "nt":
        return
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
