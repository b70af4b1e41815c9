"""Write the files of an exported library: all are complete on disk before the first takes its place."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from common.bundles.atomic.durable import flush_folder, make_parents, write_file
from common.errors import InvalidInputError

#: In the first lines of every file.
MARK = "Written by har.export_c"
_FIRST_BYTES = 400


def write_together(directory: Path, files: Mapping[str, str]) -> None:
    """Write files below ``directory``; those of an earlier export are replaced, anything else is not.

    Parameters
    ----------
    directory : Path
        Created if it does not exist.
    files : mapping of str to str
        Relative paths with slashes, and texts that contain :data:`MARK`.

    Raises
    ------
    InvalidInputError
        If a file of another origin has one of the names, or the folder cannot be written to. What was there stays.
    """
    token = secrets.token_hex(8)
    drafts = {directory / path: (directory / path).with_name(f".{token}.{Path(path).name}") for path in files}
    try:
        for path in drafts:
            _check_replaceable(path)
        try:
            for (path, draft), content in zip(drafts.items(), files.values(), strict=True):
                make_parents(path)
                write_file(draft, content.encode(), None)
            for path, draft in drafts.items():
                draft.replace(path)
            for folder in {path.parent for path in drafts}:
                flush_folder(folder)
        finally:
            for draft in drafts.values():
                with suppress(OSError):
                    draft.unlink(missing_ok=True)
    except OSError as error:
        raise InvalidInputError(f"directory {str(directory)!r} cannot be written to ({error})") from error


def _check_replaceable(path: Path) -> None:
    if not path.exists():
        return
    if path.is_file():
        with path.open("rb") as file:
            if MARK.encode() in file.read(_FIRST_BYTES):
                return
    raise InvalidInputError(
        f"directory holds {path.name!r}, which har.export_c did not write: choose another directory or name, or "
        "delete it yourself"
    )
