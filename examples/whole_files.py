"""Files that are there completely or not at all, so that whatever was interrupted goes on from those that are."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory


def write_whole(save: Callable[[Path], None], path: Path) -> None:
    """Let ``save`` write a file in a new folder beside ``path``, and move it there when it is complete and on the disk.

    Several may write the same file at once: the last one stays. If ``save`` fails, nothing is left of it.
    """
    with TemporaryDirectory(prefix=f".{path.stem}.", dir=path.parent) as folder:
        part = Path(folder) / path.name
        save(part)
        with part.open("rb+") as written:  # Windows flushes only what may be written
            os.fsync(written.fileno())
        part.replace(path)
