"""Shared by all readers: listing a folder's files, and arranging rows as a frame table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


# The first columns of every frame table. Label 1 is a fall, 0 is not a fall; −1 is undecided and usually left out.
FRAME_COLUMNS = ("path", "label", "subject", "sequence", "activity")
IMAGE_SUFFIXES = (".png", ".jpg", ".jpeg")


def arrange(table: pd.DataFrame, *, keep_excluded: bool) -> pd.DataFrame:
    """Put the common columns first, and drop dark frames and those labelled −1 unless ``keep_excluded``."""
    if not keep_excluded:
        table = table[(table["label"] >= 0) & ~table.get("dark", False)]
    rest = [column for column in table.columns if column not in FRAME_COLUMNS]
    return table[[*FRAME_COLUMNS, *rest]].reset_index(drop=True)


def visible(folder: Path) -> list[Path]:
    """A folder's entries, sorted, without hidden files and those of file managers (``._a.png``, ``.DS_Store``)."""
    return sorted(entry for entry in folder.iterdir() if not entry.name.startswith((".", "__MACOSX")))
