"""Files that are there completely or not at all, so that whatever was interrupted goes on from those that are."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path


def write_whole(save: Callable[[Path], None], path: Path) -> None:
    """Let ``save`` write a file beside ``path``, and move it there when it is complete."""
    part = path.with_suffix(f".{os.getpid()}.part{path.suffix}")
    save(part)
    part.replace(path)
