"""The hidden names beside a bundle under which it is replaced, and what becomes of those that a killed saver left.

All names of one replacement share a token. Its saver holds a lock on one of them from before the first of the others is
there until the last of them is gone. The system frees the lock when the saver ends in any way; so whoever gets it knows
that the others serve nobody.
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

# Where no lock tells, time does. Version 0.1 knew no locks either.
_ABANDONED_AFTER_S = 3600.0


@dataclass(frozen=True)
class Names:
    """The names of one replacement, beside the bundle, since a rename does not cross file systems."""

    new: Path  # the new bundle; after an exchange, the older one
    old: Path  # the older bundle, where there is no exchange
    waste: Path  # what is being deleted
    lock: Path

    @classmethod
    def of(cls, directory: Path, token: str) -> "Names":
        """The names with this token."""
        new, old, waste, lock = (
            directory.with_name(f".{directory.name}.{token}.{end}") for end in ("new", "old", "waste", "lock")
        )
        return cls(new, old, waste, lock)

    def is_cut_off(self, directory: Path) -> bool:
        """Whether a replacement ended between its two renames; ``new`` is complete then."""
        return not os.path.lexists(directory) and self.old.exists() and self.new.exists()


@contextmanager
def claimed(directory: Path) -> Iterator[Names]:
    """Names that nobody else uses or clears away; nothing of them is left afterwards."""
    while True:
        names = Names.of(directory, secrets.token_hex(8))
        descriptor = os.open(names.lock, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        # Another saver may have found the file before it was locked, and taken it for abandoned.
        if _lock(descriptor) is not False and names.lock.exists():
            break
        os.close(descriptor)
    try:
        yield names
    finally:
        _clear(names, directory)
        os.close(descriptor)


def clear_abandoned(directory: Path) -> None:
    """Remove what killed savers of this bundle left, and finish a replacement that was cut off."""
    groups = list(_groups(directory))
    if groups:
        # What is removed next may be the older version: the newer one has to be durable.
        flush_folder(directory.parent)
    for names in groups:
        with _taken_over(names, directory) as is_abandoned:
            if is_abandoned:
                _clear(names, directory)


def cut_off_replacement(directory: Path) -> Path | None:
    """The complete new folder of a replacement that ended between its two renames."""
    with suppress(FileNotFoundError, NotADirectoryError):
        for names in _groups(directory):
            if names.is_cut_off(directory):
                return names.new
    return None


def discard(path: Path, names: Names) -> None:
    """Delete a folder as far as the system lets; renamed before, so that no half of it is ever taken for a whole."""
    with suppress(OSError):
        path.rename(names.waste)
    with suppress(OSError):
        if not names.waste.is_symlink():
            names.waste.chmod(0o700)  # it may be protected against its own deletion
    shutil.rmtree(names.waste, ignore_errors=True)


def _clear(names: Names, directory: Path) -> None:
    """Finish a replacement that was cut off; remove all else, and the lock if nothing is left that it tells about."""
    if names.is_cut_off(directory):
        with suppress(OSError):
            names.new.rename(directory)
            flush_folder(directory.parent)
    for path in (names.waste, names.new, names.old):
        if os.path.lexists(path) and not names.is_cut_off(directory):
            discard(path, names)
    if not any(map(os.path.lexists, (names.waste, names.new, names.old))):
        with suppress(OSError):
            names.lock.unlink()


@contextmanager
def _taken_over(names: Names, directory: Path) -> Iterator[bool]:
    """Whether nobody is at work under these names; nobody begins while this lasts."""
    try:
        descriptor = os.open(names.lock, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
    except FileNotFoundError:
        yield names.is_cut_off(directory) or _is_old(names)
        return
    except OSError:  # somebody else's file
        yield False
        return
    try:
        locked = _lock(descriptor)
        yield _is_old(names) if locked is None else locked
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> bool | None:
    """Whether the lock on an open file was free and is held now; None where there are no locks."""
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
    """The names beside a bundle that look like ours, by token."""
    pattern = re.compile(re.escape(f".{directory.name}.") + r"([0-9a-f]{16})\.(?:new|old|waste|lock)")
    found = {match[1] for path in directory.parent.iterdir() if (match := pattern.fullmatch(path.name))}
    for token in sorted(found):
        yield Names.of(directory, token)
