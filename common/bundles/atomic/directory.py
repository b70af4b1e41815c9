"""Replace a directory atomically: a reader finds the complete old one or the complete new one.

The new directory is written beside the old one, flushed to disk, and moved into place. The old one is deleted only
after the move is durable, so a failure or a kill before then leaves it intact.
"""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from common.bundles.atomic.durable import make_parents, write_files
from common.bundles.atomic.leftovers import claimed, clear_abandoned, interrupted_replacement
from common.bundles.atomic.swap import put_in_place
from common.errors import FrugalError

T = TypeVar("T")


def replace_directory(directory: Path, files: Mapping[str, bytes]) -> None:
    """Replace ``directory``, if it exists, by a directory that contains ``files``.

    If several processes save at once, the last one wins.
    """
    make_parents(directory)
    clear_abandoned(directory)
    with claimed(directory) as names:
        names.new.mkdir(mode=0o700)
        write_files(names.new, files, replaced=directory)
        put_in_place(names, directory)
    # Again: another saver may have been killed meanwhile; its bundle must not reappear once this one is deleted.
    clear_abandoned(directory)


def read_directory(directory: Path, read: Callable[[Path], T]) -> T:
    """Return ``read(directory)``, retrying whenever it fails because the directory was replaced meanwhile."""
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
    """``directory``, or the new folder of an interrupted replacement that will be moved there."""
    if os.path.lexists(directory):
        return directory
    return interrupted_replacement(directory) or directory


def _identity(directory: Path) -> tuple[int, ...] | None:
    try:
        status = directory.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino, status.st_mtime_ns  # the time too: inode numbers are reused
