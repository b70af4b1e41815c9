"""Write the files of one export together: all are complete on disk before the first takes its place."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from common.bundles.atomic.durable import flush_folder, make_parents
from common.errors import InvalidInputError

_OURS = re.compile(rb"SHA-256 [0-9a-f]{64}")  # in the first lines of every export, also of version 0.1
_FIRST_BYTES = 1000


def write_together(files: Mapping[Path, str], *, writer: str = "fall.export_c_array") -> None:
    """Write the files of one folder; older exports are replaced, anything else is not.

    Raises
    ------
    InvalidInputError
        If a file exists that is no export, or the folder cannot be written to. What was there stays.
    """
    folder = next(iter(files)).parent
    token = secrets.token_hex(8)
    drafts = {path: path.with_name(f".{path.name}.{token}") for path in files}
    try:
        make_parents(folder)
        folder.mkdir(exist_ok=True)
        for path in files:
            _check_replaceable(path, writer)
        try:
            for path, text in files.items():
                _write(drafts[path], text.encode("ascii"))
            for path, draft in drafts.items():
                draft.replace(path)
            flush_folder(folder)
        finally:
            for draft in drafts.values():
                with suppress(OSError):
                    draft.unlink(missing_ok=True)
    except OSError as error:
        raise InvalidInputError(f"directory {str(folder)!r} cannot be written to ({error})") from error


def _write(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _check_replaceable(path: Path, writer: str) -> None:
    if not path.exists():
        return
    if path.is_file():
        with path.open("rb") as file:
            if _OURS.search(file.read(_FIRST_BYTES)):
                return
    raise InvalidInputError(
        f"directory holds {path.name!r}, which {writer} did not write: choose another directory or name, "
        "or delete it yourself"
    )
