"""Resolve the folder that a user passes, and explain the system's errors about it."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from common.errors import InvalidInputError

# Errors that another ``directory`` would avoid, unlike a full or failing disk.
_AVOIDABLE = {
    *(errno.ENAMETOOLONG, errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.EROFS),
    *(errno.EBUSY, errno.EXDEV),  # a mount point cannot be renamed
}


def as_path(directory: Any) -> Path:
    """The absolute path of a bundle's folder, with links resolved."""
    if not isinstance(directory, (str, os.PathLike)):
        raise InvalidInputError(f"directory is {directory!r}; pass a folder as text or as a pathlib.Path")
    try:
        path = Path(directory).resolve()
    except (TypeError, ValueError, OSError, RuntimeError) as error:  # bytes, a null byte, a loop of links
        raise InvalidInputError(f"directory is {directory!r}, which is not a valid path: {error}") from error
    if not path.name:
        raise InvalidInputError(f"directory is {str(path)!r}; pass a folder below it")
    return path


def as_file(path: Any) -> Path:
    """The absolute path of a file, with links resolved."""
    if not isinstance(path, (str, os.PathLike)):
        raise InvalidInputError(f"path is {path!r}; pass a file as text or as a pathlib.Path")
    try:
        return Path(path).resolve()
    except (TypeError, ValueError, OSError, RuntimeError) as error:  # bytes, a null byte, a loop of links
        raise InvalidInputError(f"path is {path!r}, which is not a valid path: {error}") from error


def check_replaceable(path: Path) -> None:
    """Refuse to replace a folder, a pipe or a device by a file."""
    if path.exists() and not path.is_file():
        raise InvalidInputError(f"path is {str(path)!r}, which is not a plain file: name a file")


@contextmanager
def explained(directory: Path, *, every_error: bool, argument: str = "directory") -> Iterator[None]:
    """Turn errors of the system into errors of this library that name the argument, the path and the fix.

    Errors that another folder would not avoid, such as a full disk, are passed on unless ``every_error``.
    """
    try:
        yield
    except PermissionError as error:
        path = error.filename or directory
        raise InvalidInputError(
            f"{argument} is {str(directory)!r}: permission to use {str(path)!r} is denied ({error.strerror}). Ask its "
            f"owner for it (chmod), or choose another folder"
        ) from error
    except OSError as error:
        if not every_error and error.errno not in _AVOIDABLE:
            raise
        raise InvalidInputError(f"{argument} is {str(directory)!r}, which cannot be used: {error}") from error
