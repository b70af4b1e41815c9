"""Write files and folders that survive a power cut: flush the contents, and the folder that lists them."""

import errno
import os
import stat
from collections.abc import Mapping
from pathlib import Path

# Some network file systems cannot flush a folder; the server does it.
_NO_FLUSH = {errno.EINVAL, errno.ENOTSUP, errno.EBADF}
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


def make_parents(directory: Path) -> None:
    """Create the missing parents of ``directory`` durably."""
    missing = []
    parent = directory.parent
    while not parent.exists():
        missing.append(parent)
        parent = parent.parent
    for folder in reversed(missing):
        folder.mkdir(exist_ok=True)
        flush_folder(folder.parent)


def write_files(folder: Path, files: Mapping[str, bytes], replaced: Path) -> None:
    """Fill a new private folder, then give it the permissions of ``replaced``.

    If ``replaced`` does not exist, folder and files get the default permissions (umask).
    """
    older = status_of(replaced)
    # A file that the older version lacks gets the permissions of its manifest.
    typical = status_of(replaced / "manifest.json")
    mode = 0o600
    for name, content in files.items():
        mode = write_file(folder / name, content, (status_of(replaced / name) or typical) if older else None)
    if older is None:
        # Derived from a file, since the umask cannot be read without changing it for all threads: who may read the
        # file may enter the folder.
        folder.chmod(stat.S_IMODE(folder.stat().st_mode) | mode | (mode & 0o444) >> 2)
    else:
        _copy_permissions(folder, older)
    flush_folder(folder)


def flush_folder(folder: Path) -> None:
    """Make the entries of a folder durable; Windows has no such call and needs none."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _NO_FLUSH:
            raise
    finally:
        os.close(descriptor)


def write_file(path: Path, content: bytes, older: os.stat_result | None) -> int:
    """Write and flush a new file with the permissions of ``older``; return its permissions."""
    with os.fdopen(os.open(path, _NEW_FILE, 0o666), "wb") as file:
        file.write(content)
        file.flush()
        if older is not None:
            _copy_permissions(path, older)
        os.fsync(file.fileno())
        return stat.S_IMODE(os.fstat(file.fileno()).st_mode)


def _copy_permissions(path: Path, older: os.stat_result) -> None:
    """Copy permissions, and owner and group if this user may, from an older file or folder."""
    status = path.stat()
    if os.name != "nt" and (status.st_uid, status.st_gid) != (older.st_uid, older.st_gid):
        for owner in ((older.st_uid, older.st_gid), (-1, older.st_gid)):
            try:
                os.chown(path, *owner)
                break
            except OSError:
                continue
        status = path.stat()
    mode = stat.S_IMODE(older.st_mode)
    if status.st_gid != older.st_gid:
        mode &= ~0o070  # they were meant for another group
    path.chmod(mode)


def status_of(path: Path) -> os.stat_result | None:
    """What the system says of a path, without following a link; None if it does not exist."""
    try:
        return path.lstat()
    except OSError:
        return None
