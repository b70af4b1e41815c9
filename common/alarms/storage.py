"""An alarm in a file that is replaced as a whole: a reader finds the old alarm or the new one, never a part."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from pathlib import Path

from common.alarms.stored import MAX_JSON_BYTES, StoredAlarm, read, write
from common.bundles.atomic.durable import flush_folder
from common.errors import InvalidInputError, ModelIntegrityError
from common.validation.files import read_file_bytes

_IN_PROGRESS = ".saving"


def save(alarm: StoredAlarm, path: str | os.PathLike[str]) -> None:
    """Replace a file by this alarm, durably: a reader, also after a power cut, finds the old file or the new one."""
    file = Path(path)
    text = write(alarm)
    content = f"{hashlib.sha256(text.encode()).hexdigest()}\n{text}\n".encode()
    try:
        descriptor, temporary = tempfile.mkstemp(prefix=f".{file.name}.", suffix=_IN_PROGRESS, dir=file.parent)
        try:
            with os.fdopen(descriptor, "wb") as opened:
                opened.write(content)
                opened.flush()
                os.fsync(opened.fileno())
            os.replace(temporary, file)  # noqa: PTH105  (a name, not a path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(temporary)  # noqa: PTH108
            raise
        flush_folder(file.parent)
    except OSError as error:
        raise InvalidInputError(
            f"path {str(file)!r} cannot be written ({error}): name a file in a folder that exists"
        ) from error


def load(path: str | os.PathLike[str]) -> StoredAlarm:
    """The alarm that :func:`save` wrote; what an interrupted save left beside it is removed."""
    file = Path(path)
    content = read_file_bytes(file, max_bytes=MAX_JSON_BYTES)
    digest, _, text = content.partition(b"\n")
    if hashlib.sha256(text.removesuffix(b"\n")).hexdigest().encode() != digest:
        raise ModelIntegrityError(
            f"{file} is damaged: restore a copy, or start a new tracker and tell the staff that earlier alarms are lost"
        )
    alarm = read(text.removesuffix(b"\n"))
    for leftover in file.parent.glob(f".{_escaped(file.name)}.*{_IN_PROGRESS}"):
        with contextlib.suppress(OSError):
            leftover.unlink()
    return alarm


def _escaped(name: str) -> str:
    """A file's name as a pattern that matches only itself."""
    return "".join(f"[{character}]" if character in "*?[" else character for character in name)
