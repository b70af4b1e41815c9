"""The hidden files and folders beside a bundle while it is replaced, and how those of a killed saver are cleared.

All names of one replacement share a token. Its saver locks the lock file before it creates the others, and unlocks it
after they are gone. The system releases the lock however the saver ends, so whoever acquires it knows that the rest is
abandoned.
"""

import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from common.bundles.atomic.durable import flush_folder

try:
    from fcntl import LOCK_EX, LOCK_NB, flock
except ImportError:  # Windows
    _HAS_LOCKS = False
else:
    _HAS_LOCKS = True

# Without a lock, age decides: on systems without locks, and for what version 0.1 left.
_ABANDONED_AFTER_S = 3600.0


@dataclass(frozen=True)
class Names:
    """The paths of one replacement, beside the bundle because a rename cannot cross file systems."""

    new: Path  # the new bundle; after an exchange, the older one
    old: Path  # the older bundle, where the system cannot exchange folders
    waste: Path  # what is being deleted
    lock: Path

    @classmethod
    def of(cls, directory: Path, token: str) -> "Names":
        """The paths with this token."""
        new, old, waste, lock = (
            directory.with_name(f".{directory.name}.{token}.{end}") for end in ("new", "old", "waste", "lock")
        )
        return cls(new, old, waste, lock)

    def is_interrupted(self, directory: Path) -> bool:
        """Whether the replacement ended between its two renames; ``new`` is then complete."""
        return not os.path.lexists(directory) and self.old.exists() and self.new.exists()


@contextmanager
def claimed(directory: Path) -> Iterator[Names]:
    """Paths that no other saver uses or clears; all are removed afterwards."""
    while True:
        names = Names.of(directory, secrets.token_hex(8))
        descriptor = os.open(names.lock, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        # Another saver may have found the file before it was locked, and removed it as abandoned.
        if _lock(descriptor) is not False and names.lock.exists():
            break
        os.close(descriptor)
    try:
        yield names
    finally:
        _clear(names, directory)
        os.close(descriptor)


def clear_abandoned(directory: Path) -> None:
    """Remove what killed savers of this bundle left, and finish an interrupted replacement."""
    groups = list(_groups(directory))
    if groups:
        # The newer version must be durable before the older one is removed.
        flush_folder(directory.parent)
    for names in groups:
        with _taken_over(names, directory) as is_abandoned:
            if is_abandoned:
                _clear(names, directory)


def interrupted_replacement(directory: Path) -> Path | None:
    """The complete new folder of a replacement that ended between its two renames."""
    with suppress(FileNotFoundError, NotADirectoryError):
        for names in _groups(directory):
            if names.is_interrupted(directory):
                return names.new
    return None


def discard(path: Path, names: Names) -> None:
    """Delete a folder or a file as far as possible; renamed first, so a partly deleted one is never read."""
    with suppress(OSError):
        path.rename(names.waste)
    with suppress(OSError):
        if not names.waste.is_symlink():
            names.waste.chmod(0o700)  # a read-only folder cannot be emptied
    with suppress(OSError):
        names.waste.unlink()  # a single file; a folder stays
    shutil.rmtree(names.waste, ignore_errors=True)


def _clear(names: Names, directory: Path) -> None:
    """Finish an interrupted replacement, or remove its folders; then remove the lock if they are all gone."""
    if names.is_interrupted(directory):
        with suppress(OSError):
            names.new.rename(directory)
            flush_folder(directory.parent)
    for path in (names.waste, names.new, names.old):
        if os.path.lexists(path) and not names.is_interrupted(directory):
            discard(path, names)
    if not any(map(os.path.lexists, (names.waste, names.new, names.old))):
        with suppress(OSError):
            names.lock.unlink()


@contextmanager
def _taken_over(names: Names, directory: Path) -> Iterator[bool]:
    """Yield whether these paths are abandoned; while the block runs, nobody else can take them over."""
    try:
        descriptor = os.open(names.lock, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
    except FileNotFoundError:
        yield names.is_interrupted(directory) or _is_old(names)
        return
    except OSError:  # another user's file
        yield False
        return
    try:
        locked = _lock(descriptor)
        yield _is_old(names) if locked is None else locked
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> bool | None:
    """Try to lock an open file: whether that succeeded, or None if locks are not supported."""
    if not _HAS_LOCKS:
        return None
    try:
        flock(descriptor, LOCK_EX | LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True


def _is_old(names: Names) -> bool:
    ages = []
    for path in (names.new, names.old, names.waste, names.lock):
        with suppress(OSError):
            ages.append(time.time() - path.lstat().st_mtime)
    return min(ages, default=0.0) > _ABANDONED_AFTER_S


def _groups(directory: Path) -> Iterator[Names]:
    """The paths of each replacement beside a bundle, by token."""
    pattern = re.compile(re.escape(f".{directory.name}.") + r"([0-9a-f]{16})\.(?:new|old|waste|lock)")
    found = {match[1] for path in directory.parent.iterdir() if (match := pattern.fullmatch(path.name))}
    for token in sorted(found):
        yield Names.of(directory, token)
