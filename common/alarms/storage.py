"""An alarm in a file that is replaced as a whole: a reader finds the old alarm or the new one, never a part."""

from __future__ import annotations

import hashlib
import os

from common.alarms.stored import MAX_JSON_BYTES, StoredAlarm, read, write
from common.bundles.atomic.file import replace_file
from common.bundles.paths import as_file, check_replaceable, explained
from common.errors import ModelIntegrityError
from common.validation.files import read_file_bytes


def save(alarm: StoredAlarm, path: str | os.PathLike[str]) -> None:
    """Replace a file by this alarm, durably: also after a power cut, it holds the old alarm or the new one."""
    file, text = as_file(path), write(alarm)
    content = f"{hashlib.sha256(text.encode()).hexdigest()}\n{text}\n".encode()
    with explained(file, every_error=True, argument="path"):
        check_replaceable(file)
        replace_file(file, content)


def load(path: str | os.PathLike[str]) -> StoredAlarm:
    """The alarm that :func:`save` wrote."""
    file = as_file(path)
    digest, _, text = read_file_bytes(file, max_bytes=MAX_JSON_BYTES).partition(b"\n")
    text = text.removesuffix(b"\n")
    if hashlib.sha256(text).hexdigest().encode() != digest:
        raise ModelIntegrityError(
            f"{file} is damaged: restore a copy, or start a new tracker and tell the staff that earlier alarms are lost"
        )
    return read(text)
