"""What every reader does last, and first: arrange its rows as a frame table, and look for its files."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd

from common.errors import InvalidInputError

# Every frame table begins with these; label 1 is a fall, 0 is none, −1 cannot be told and is left out.
FRAME_COLUMNS = ("path", "label", "subject", "sequence", "activity")
IMAGE_SUFFIXES = (".png", ".jpg", ".jpeg")


def arrange(table: pd.DataFrame, *, keep_excluded: bool) -> pd.DataFrame:
    """The table with the common columns first, and without label −1 and dark frames unless those are wanted."""
    if not keep_excluded:
        table = table[(table["label"] >= 0) & ~table.get("dark", False)]
    rest = [column for column in table.columns if column not in FRAME_COLUMNS]
    return table[[*FRAME_COLUMNS, *rest]].reset_index(drop=True)


def check_root(root: str | os.PathLike[str], contents: str) -> Path:
    """The folder of a data set; ``contents`` says what should lie in it."""
    folder = Path(root)
    if not folder.is_dir():
        raise InvalidInputError(f"root is {str(root)!r}, which is not a folder: name the one with {contents}")
    return folder


def visible(folder: Path) -> list[Path]:
    """Entries in a fixed order, without what file managers leave behind (``._a.png``, ``.DS_Store``)."""
    return sorted(entry for entry in folder.iterdir() if not entry.name.startswith((".", "__MACOSX")))
