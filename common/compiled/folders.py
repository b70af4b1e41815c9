"""Where compiled code is kept: only in folders that nobody else can write to, for what lies there is run.

The order is Numba's: the folder that the user names (``NUMBA_CACHE_DIR``), ``__pycache__`` beside the sources, the
user's own cache. A named folder that is not safe is refused, and nothing is kept; an unsafe ``__pycache__``, as a
umask of 002 makes it, is passed over. Windows has no such modes, its folders are not checked.
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
    """The folder for the compiled code of a folder of sources; None if there is none that is safe and can be written.

    ``configured`` is the folder that the user names, or empty.
    """
    # Not the name that Numba gives: folders that it has made have the modes of the user's umask.
    name = "har-fall_" + _CacheLocator.get_suitable_cache_subpath(str(sources / "__init__.py"))
    if configured:
        refused, folder = _private_folder(Path(configured), name, 2)
        if refused:
            warn_once(f"compiled code is not kept, since NUMBA_CACHE_DIR is {configured}: {refused}")
            return None
        if folder is not None:
            return folder
    beside = sources / "__pycache__"
    # Who can exchange this folder as a whole can exchange the sources: its parents matter no more than theirs.
    if _made(beside, 0o755) and not can_be_changed_by_others(beside.stat()):
        return beside
    refused, folder = _private_folder(Path(AppDirs("numba", appauthor=False).user_cache_dir), name, 1)
    if refused:
        warn_once(f"compiled code is not kept: {refused}, or set NUMBA_CACHE_DIR to a folder that is safe")
    return folder


def can_be_changed_by_others(status: os.stat_result) -> bool:
    """Whether anybody but us and root can write to a file, or to the entries of a folder."""
    return os.name == "posix" and (_is_foreign(status) or bool(status.st_mode & _WRITABLE_BY_OTHERS))


@cache
def warn_once(message: str) -> None:
    """A warning that concerns a folder, not each function in it."""
    warnings.warn(message, FrugalWarning, stacklevel=2)


def _private_folder(parent: Path, name: str, n_strict: int) -> tuple[str, Path | None]:
    """A folder made in ``parent``, or why it is refused; neither if it cannot be written to."""
    if not parent.is_absolute():
        return f"{parent} would be another folder wherever the program is started; give an absolute path", None
    # Links are followed once and for all: who could turn them later turns them for nobody.
    folder = Path(os.path.realpath(parent / name))
    refused = _why_unsafe(folder, n_strict)
    if refused or not _made(folder, 0o700):
        return refused, None
    return _why_unsafe(folder, n_strict), folder


def _why_unsafe(folder: Path, n_strict: int) -> str:
    """Who else could put code in a folder, and the way out; empty if nobody can.

    The folder and its next ``n_strict - 1`` parents must be writable by none but us and root. Of the parents above,
    nobody else may exchange the entries; a group of which the user is the only member is nobody else.
    """
    if os.name != "posix":
        return ""
    for level, path in enumerate([folder, *folder.parents]):
        try:
            status = path.stat()
        except OSError:  # not there yet
            continue
        if not stat.S_ISDIR(status.st_mode):  # no folder can be made here
            continue
        if _is_foreign(status):
            return f"{path} belongs to another user ({status.st_uid}), who could put code there; name another folder"
        if can_be_changed_by_others(status) if level < n_strict else _entries_can_be_exchanged(status):
            return f"others can write to {path}, and could put code there; chmod go-w {path}"
    return ""


def _is_foreign(status: os.stat_result) -> bool:
    return status.st_uid not in (0, os.geteuid())


def _entries_can_be_exchanged(status: os.stat_result) -> bool:
    if status.st_mode & stat.S_ISVTX:  # as in /tmp: entries belong to those who made them
        return False
    if status.st_mode & stat.S_IWOTH:
        return True
    return bool(status.st_mode & stat.S_IWGRP) and not _is_private(status.st_gid)


def _is_private(group: int) -> bool:
    """Whether a group is the user's own, without further members: the reason for umask 002 on many systems."""
    import grp  # not on Windows
    import pwd

    try:
        user, entry = pwd.getpwuid(os.geteuid()), grp.getgrgid(group)
    except KeyError:
        return False
    return group == user.pw_gid and entry.gr_name == user.pw_name and set(entry.gr_mem) <= {user.pw_name}


def _made(folder: Path, mode: int) -> bool:
    """Make a folder with its parents, none of them writable by others, unless it is there; whether it can be used."""
    try:
        for path in reversed([folder, *folder.parents]):
            if not path.exists():
                path.mkdir(mode, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError:
        return False
    return True
