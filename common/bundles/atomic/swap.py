"""Replace one folder by another: in one step where the system supports it, otherwise by two renames.

Between the two renames the folder does not exist, but its older and newer versions lie beside it with the same token.
That happens at no other time, so it distinguishes an interrupted replacement from a deleted folder.
"""

import ctypes
import errno
import os
from pathlib import Path

from common.bundles.atomic.durable import flush_folder
from common.bundles.atomic.leftovers import Names, discard

_AT_FDCWD, _RENAME_EXCHANGE = -100, 2
# EPERM: a container that forbids unknown calls. ENOENT: one of the two does not exist.
_CANNOT_EXCHANGE = {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EPERM, errno.ENOENT}
_OCCUPIED = {errno.ENOTEMPTY, errno.EEXIST}


def put_in_place(names: Names, directory: Path) -> None:
    """Move the complete folder ``names.new`` to ``directory`` durably, and what was there to ``new`` or ``old``."""
    flush_folder(directory.parent)
    if exchange(names.new, directory):
        try:
            flush_folder(directory.parent)
        except OSError:
            exchange(names.new, directory)
            raise
        return
    while True:
        try:
            _set_aside(names, directory)
            names.new.rename(directory)
            flush_folder(directory.parent)
        except OSError as error:
            if error.errno in _OCCUPIED:  # another saver was faster: replace its bundle
                discard(names.old, names)
                if not names.old.exists():
                    continue
            _put_back(names, directory)
            raise
        return


def exchange(first: Path, second: Path) -> bool:
    """Exchange two folders in one step; False if the system or file system cannot, or one does not exist."""
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError, TypeError):  # not Linux
        return False
    if renameat2(_AT_FDCWD, os.fsencode(first), _AT_FDCWD, os.fsencode(second), _RENAME_EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in _CANNOT_EXCHANGE:
        return False
    raise OSError(number, os.strerror(number), str(second))


def _set_aside(names: Names, directory: Path) -> None:
    try:
        directory.rename(names.old)
    except FileNotFoundError:
        return
    # Otherwise a power cut could make the two renames durable partly or out of order.
    flush_folder(directory.parent)


def _put_back(names: Names, directory: Path) -> None:
    """Undo the renames: move the newer folder back if it was moved, then the older one."""
    if not names.old.exists():
        return
    if not names.new.exists():
        directory.rename(names.new)
    names.old.rename(directory)
