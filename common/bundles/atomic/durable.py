"""Files and names that survive a power cut: what was written is flushed, and so is the folder that names it."""

import errno
import os
import stat
from collections.abc import Mapping
from pathlib import Path

# Some network file systems cannot flush a folder; their server does.
_NO_FLUSH = {errno.EINVAL, errno.ENOTSUP, errno.EBADF}
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


def make_parents(directory: Path) -> None:
    """Make the folders above ``directory``, each of them durably."""
    missing = []
    parent = directory.parent
    while not parent.exists():
        missing.append(parent)
        parent = parent.parent
    for folder in reversed(missing):
        folder.mkdir(exist_ok=True)
        flush_folder(folder.parent)


def write_files(folder: Path, files: Mapping[str, bytes], replaced: Path) -> None:
    """Fill a new folder that nobody else can enter, and open it as far as ``replaced`` is, if there is such a folder.

    Without one, folder and files get what the process allows new ones (its umask).
    """
    older = _status(replaced)
    # A file that the older version lacks is as private as its manifest.
    typical = _status(replaced / "manifest.json")
    mode = 0o600
    for name, content in files.items():
        mode = _write(folder / name, content, (_status(replaced / name) or typical) if older else None)
    if older is None:
        # The umask cannot be read without changing it for all threads; whoever may read a file may enter its folder.
        folder.chmod(stat.S_IMODE(folder.stat().st_mode) | mode | (mode & 0o444) >> 2)
    else:
        _imitate(folder, older)
    flush_folder(folder)


def flush_folder(folder: Path) -> None:
    """Make the names in a folder durable; Windows has no such call, and needs none."""
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


def _write(path: Path, content: bytes, older: os.stat_result | None) -> int:
    """Write and flush a new file with the permissions of ``older``; the permissions it has."""
    with os.fdopen(os.open(path, _NEW_FILE, 0o666), "wb") as file:
        file.write(content)
        file.flush()
        if older is not None:
            _imitate(path, older)
        os.fsync(file.fileno())
        return stat.S_IMODE(os.fstat(file.fileno()).st_mode)


def _imitate(path: Path, older: os.stat_result) -> None:
    """Give a new file or folder the owner, as far as this user may, and the permissions of an older one."""
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
        mode &= ~0o070  # it would be another group that may read it
    path.chmod(mode)


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.lstat()
    except OSError:
        return None
