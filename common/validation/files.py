"""Reads whole files: only regular ones of limited size, so no reader blocks or fills the memory."""

from __future__ import annotations

import codecs
import io
import os
import re
import stat
from pathlib import Path
from typing import Any, BinaryIO

from common.errors import InvalidInputError

#: Larger than any file that the readers expect.
MAX_BYTES = 2**30
_CHUNK_BYTES = 2**20

# UTF-32 begins like UTF-16, so it is checked first.
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

#: What browsers and file managers append to the name of a copy.
_COPY = re.compile(r"(?: ?\(\d+\)| - (?:Copy|Kopie|copie)| copy(?: \d+)?)+$")


def original_name(name: str) -> str:
    """The name that a file or folder had before it was copied, with its extension in lower case.

    Examples
    --------
    >>> original_name("walk (1).CSV"), original_name("fall - Copy")
    ('walk.csv', 'fall')
    """
    path = Path(name)
    return _COPY.sub("", path.stem) + path.suffix.lower()


def encoding_by_mark(content: bytes) -> str | None:
    """The encoding named by a byte order mark, which also removes the mark; None without a mark."""
    return next((encoding for mark, encoding in _BYTE_ORDER_MARKS if content.startswith(mark)), None)


def check_regular_file(path: Path) -> None:
    """Refuse anything but a regular file, without opening it: pipes and sockets may block, devices may do anything.

    Raises
    ------
    InvalidInputError
        If it does not exist, is not accessible, or is not a regular file.
    """
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:  # a null character in the name is a ValueError
        raise _unreadable(path, error) from error
    if not stat.S_ISREG(mode):
        raise _irregular(path)


def open_regular_file(path: Path) -> BinaryIO:
    """Open a regular file to read its bytes; never waits, even if a pipe is put in its place at that moment.

    Raises
    ------
    InvalidInputError
        As for :func:`check_regular_file`; later, by any function that reads from the file, if its disk fails.
    """
    check_regular_file(path)
    try:
        # The file may have been replaced since the check: open it without blocking, and check again.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        mode = os.fstat(descriptor).st_mode
    except OSError as error:
        raise _unreadable(path, error) from error
    if not stat.S_ISREG(mode):
        os.close(descriptor)
        raise _irregular(path)
    return io.BufferedReader(_RegularFile(descriptor, path))


class _RegularFile(io.FileIO):
    """An open file whose reading fails in our own errors, whoever reads from it."""

    def __init__(self, descriptor: int, path: Path) -> None:
        super().__init__(descriptor, "rb")
        self._path = path

    def readinto(self, buffer: Any) -> int:
        try:
            n_bytes = super().readinto(buffer)
        except OSError as error:
            raise _unreadable(self._path, error) from error
        if n_bytes is None:  # nothing is there yet, and more may come
            raise _irregular(self._path)
        return n_bytes

    def readall(self) -> bytes:
        return b"".join(iter(lambda: self.read(_CHUNK_BYTES), b""))

    def read(self, size: int | None = -1) -> bytes:
        if size is None or size < 0:
            return self.readall()
        content = bytearray(size)
        return bytes(content[: self.readinto(content)])


def read_file_bytes(path: Path, *, max_bytes: int = MAX_BYTES) -> bytes:
    """The content of a regular file of at most ``max_bytes``.

    Raises
    ------
    InvalidInputError
        As for :func:`check_regular_file`, or if the file is larger.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "labels.txt")
    ...     _ = file.write_text("1 WALKING")
    ...     read_file_bytes(file)
    b'1 WALKING'
    """
    with open_regular_file(path) as file:
        is_small = os.fstat(file.fileno()).st_size <= max_bytes
        content = _read_at_most(file, max_bytes) if is_small else None
    if content is None:
        raise InvalidInputError(
            f"{path} cannot be read: it has more than {max_bytes:,} bytes. Split it, or copy it again if it is damaged"
        )
    return content


def _read_at_most(file: BinaryIO, max_bytes: int) -> bytes | None:
    """The rest of an open file, which may still grow; None if that is more than ``max_bytes``."""
    content = bytearray()
    while chunk := file.read(_CHUNK_BYTES):
        content += chunk
        if len(content) > max_bytes:
            return None
    return bytes(content)


def _unreadable(path: Path, error: OSError | ValueError) -> InvalidInputError:
    if isinstance(error, FileNotFoundError):
        return InvalidInputError(f"{path} cannot be read, since it does not exist: check the path")
    reason = error.strerror if isinstance(error, OSError) else error
    return InvalidInputError(f"{path} cannot be read ({reason}): copy the data completely, and check its permissions")


def _irregular(path: Path) -> InvalidInputError:
    return InvalidInputError(f"{path} cannot be read: it is not a regular file. Copy the data into one")
