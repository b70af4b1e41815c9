"""Choose the folder of compiled code: only one that nobody else can write to, since its content is executed.

The order is Numba's: the folder set by the user (``NUMBA_CACHE_DIR``), ``__pycache__`` beside the sources, the user's
cache folder. If the set folder is unsafe, it is refused and nothing is cached; an unsafe ``__pycache__``, as a umask of
002 creates it, is skipped. Folders on Windows, which has no such modes, are not checked.
"""

import os
import stat
import tempfile
import warnings
from functools import cache
from pathlib import Path

from numba.core.caching import _CacheLocator
from numba.misc.appdirs import AppDirs

from common.errors import FrugalWarning

_WRITABLE_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH


@cache
def cache_folder(sources: Path, configured: str) -> Path | None:
    """The cache folder for a folder of sources; None if none is both safe and writable.

    ``configured`` is the folder set by the user, or empty.
    """
    # Not Numba's own name: a folder that Numba created has the mode of the user's umask.
    name = "har-fall_" + _CacheLocator.get_suitable_cache_subpath(str(sources / "__init__.py"))
    if configured:
        refused, folder = _private_folder(Path(configured), name, 2)
        if refused:
            warn_once(f"compiled code is not cached, since NUMBA_CACHE_DIR is {configured}: {refused}")
            return None
        if folder is not None:
            return folder
    beside = sources / "__pycache__"
    # Its parents are not checked: whoever can replace this folder can replace the sources too.
    if _created(beside, 0o755) and not can_be_changed_by_others(beside.stat()):
        return beside
    refused, folder = _private_folder(Path(AppDirs("numba", appauthor=False).user_cache_dir), name, 1)
    if refused:
        warn_once(f"compiled code is not cached: {refused}, or set NUMBA_CACHE_DIR to a folder that is safe")
    return folder


def can_be_changed_by_others(status: os.stat_result) -> bool:
    """Whether anyone but the user and root can write to a file or folder."""
    return os.name == "posix" and (_is_foreign(status) or bool(status.st_mode & _WRITABLE_BY_OTHERS))


@cache
def warn_once(message: str) -> None:
    """Warn once about a folder, not for each function in it."""
    warnings.warn(message, FrugalWarning, stacklevel=2)


def _private_folder(parent: Path, name: str, n_strict: int) -> tuple[str, Path | None]:
    """Why a folder in ``parent`` is refused (or ""), and the created folder (or None if it cannot be used)."""
    if not parent.is_absolute():
        return f"{parent} is relative, so it depends on where the program is started; give an absolute path", None
    # Links are resolved once, so that changing them later has no effect.
    folder = Path(os.path.realpath(parent / name))
    refused = _why_unsafe(folder, n_strict)
    if refused or not _created(folder, 0o700):
        return refused, None
    return _why_unsafe(folder, n_strict), folder


def _why_unsafe(folder: Path, n_strict: int) -> str:
    """Who else could put code in a folder, and how to fix that; empty if nobody can.

    The folder and its next ``n_strict - 1`` parents must be writable only by the user and root. In the parents above,
    nobody else may replace entries, except a group whose only member is the user.
    """
    if os.name != "posix":
        return ""
    for level, path in enumerate([folder, *folder.parents]):
        try:
            status = path.stat()
        except OSError:  # does not exist yet
            continue
        if not stat.S_ISDIR(status.st_mode):  # no folder can be made here
            continue
        if _is_foreign(status):
            return f"{path} belongs to another user ({status.st_uid}), who could put code there; choose another folder"
        if can_be_changed_by_others(status) if level < n_strict else _entries_can_be_replaced(status):
            return f"others can write to {path}, and could put code there; chmod go-w {path}"
    return ""


def _is_foreign(status: os.stat_result) -> bool:
    return status.st_uid not in (0, os.geteuid())


def _entries_can_be_replaced(status: os.stat_result) -> bool:
    if status.st_mode & stat.S_ISVTX:  # as in /tmp: only its owner can replace an entry
        return False
    if status.st_mode & stat.S_IWOTH:
        return True
    return bool(status.st_mode & stat.S_IWGRP) and not _is_private(status.st_gid)


def _is_private(group: int) -> bool:
    """Whether a group has only this user as a member, as on the many systems whose default umask is 002."""
    import grp  # not on Windows
    import pwd

    try:
        user, entry = pwd.getpwuid(os.geteuid()), grp.getgrgid(group)
    except KeyError:
        return False
    return group == user.pw_gid and entry.gr_name == user.pw_name and set(entry.gr_mem) <= {user.pw_name}


def _created(folder: Path, mode: int) -> bool:
    """Create a folder and its missing parents with this mode; whether the folder can be written to."""
    try:
        for path in reversed([folder, *folder.parents]):
            if not path.exists():
                path.mkdir(mode, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError:
        return False
    return True
