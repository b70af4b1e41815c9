"""Put a folder in the place of another: in one step where the system has such a call, else in two renames.

With two renames there is a moment without a folder. Whoever finds none then finds both beside it, the older and the
newer one, under names of one token. That happens at no other time: so it tells a replacement that was cut off from a
folder that somebody deleted.
"""

import ctypes
import errno
import os
from pathlib import Path

from common.bundles.atomic.durable import flush_folder
from common.bundles.atomic.leftovers import Names, discard

_AT_FDCWD, _RENAME_EXCHANGE = -100, 2
# EPERM: a container that forbids what it does not know. ENOENT: one of the two is not there.
_NOT_DONE = {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EPERM, errno.ENOENT}
_OCCUPIED = {errno.ENOTEMPTY, errno.EEXIST}


def put_in_place(names: Names, directory: Path) -> None:
    """Move the complete folder ``names.new`` to ``directory``, durably; what was there is at one of the other names."""
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
            if error.errno in _OCCUPIED:  # another saver was faster: what it wrote is replaced next
                discard(names.old, names)
                if not names.old.exists():
                    continue
            _put_back(names, directory)
            raise
        return


def exchange(first: Path, second: Path) -> bool:
    """Exchange two folders in one step; False where the system or the file system cannot, or one is not there."""
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError, TypeError):  # not Linux
        return False
    if renameat2(_AT_FDCWD, os.fsencode(first), _AT_FDCWD, os.fsencode(second), _RENAME_EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in _NOT_DONE:
        return False
    raise OSError(number, os.strerror(number), str(second))


def _set_aside(names: Names, directory: Path) -> None:
    try:
        directory.rename(names.old)
    except FileNotFoundError:
        return
    # Should the power fail, the older folder must not have two names, nor the newer one the place alone.
    flush_folder(directory.parent)


def _put_back(names: Names, directory: Path) -> None:
    """The older folder to its place, if it was set aside; whatever was moved there instead, back to its own name."""
    if not names.old.exists():
        return
    if not names.new.exists():
        directory.rename(names.new)
    names.old.rename(directory)
