"""The folder that a user names, and what to say when the system refuses it."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from common.errors import InvalidInputError

# Not among them: a full disk, and a disk that fails. Those are no mistake in an argument.
_MISTAKES = {
    *(errno.ENAMETOOLONG, errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.EROFS),
    *(errno.EBUSY, errno.EXDEV),  # a folder at which another disk is mounted cannot be renamed
}


def as_path(directory: Any) -> Path:
    """The absolute path of a bundle's folder, links followed."""
    if not isinstance(directory, (str, os.PathLike)):
        raise InvalidInputError(f"directory is {directory!r}; pass a folder as text or as a pathlib.Path")
    try:
        path = Path(directory).resolve()
    except (TypeError, ValueError, OSError, RuntimeError) as error:  # bytes, a null byte, a loop of links
        raise InvalidInputError(f"directory is {directory!r}, which is no path: {error}") from error
    if not path.name:
        raise InvalidInputError(f"directory is {str(path)!r}; pass a folder below it")
    return path


@contextmanager
def explained(directory: Path, *, every_error: bool) -> Iterator[None]:
    """Turn what the system says into an error of this library that names the path and the permission.

    Errors that no other argument would avoid, such as a full disk, pass unless ``every_error``.
    """
    try:
        yield
    except PermissionError as error:
        path = error.filename or directory
        raise InvalidInputError(
            f"directory is {str(directory)!r}: permission to use {str(path)!r} is denied ({error.strerror}). Ask its "
            f"owner for it (chmod), or take another folder"
        ) from error
    except OSError as error:
        if not every_error and error.errno not in _MISTAKES:
            raise
        raise InvalidInputError(f"directory is {str(directory)!r}, which cannot be used: {error}") from error
