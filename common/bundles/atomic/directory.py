"""Write a directory so that a reader finds the old one or the new one, complete, and nothing between.

The new one is written beside the old one, flushed to the disk, and moved into its place; the old one is deleted when
the new one's place is durable too. Whatever fails or is killed before leaves the old one as it was.
"""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from common.bundles.atomic.durable import make_parents, write_files
from common.bundles.atomic.leftovers import claimed, clear_abandoned, cut_off_replacement
from common.bundles.atomic.swap import put_in_place
from common.errors import FrugalError

T = TypeVar("T")


def replace_directory(directory: Path, files: Mapping[str, bytes]) -> None:
    """Put a directory that holds ``files`` in the place of ``directory``, which may exist.

    Of savers at the same time the last one wins.
    """
    make_parents(directory)
    clear_abandoned(directory)
    with claimed(directory) as names:
        names.new.mkdir(mode=0o700)
        write_files(names.new, files, replaced=directory)
        put_in_place(names, directory)
    # Once more: others may have been killed meanwhile, and must not come back when this directory is deleted.
    clear_abandoned(directory)


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
    """``directory``, or what will be in its place as soon as a replacement is finished that was cut off."""
    if os.path.lexists(directory):
        return directory
    return cut_off_replacement(directory) or directory


def _identity(directory: Path) -> tuple[int, ...] | None:
    try:
        status = directory.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino, status.st_mtime_ns  # the time, since numbers of deleted folders are used again
