"""Shared by all readers: which files count, and arranging rows as a frame table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from common.errors import InvalidInputError

if TYPE_CHECKING:
    import pandas as pd


# The first columns of every frame table. Label 1 is a fall, 0 is not a fall; −1 is undecided and usually left out.
FRAME_COLUMNS = ("path", "label", "subject", "sequence", "activity")
#: Names of images; the content decides what a file is, but a name that promises an image is worth a warning.
IMAGE_SUFFIXES = (".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".bmp", ".dib", ".webp")

# What operating systems, file managers and archives put beside images; other such files are hidden (``.DS_Store``).
_OF_THE_SYSTEM = {"__macosx", "thumbs.db", "ehthumbs.db", "desktop.ini", "@eadir", "$recycle.bin"}


def arrange(table: pd.DataFrame, *, keep_excluded: bool) -> pd.DataFrame:
    """Put the common columns first, and drop dark frames and those labelled −1 unless ``keep_excluded``."""
    if not keep_excluded:
        table = table[(table["label"] >= 0) & ~table.get("dark", False)]
    rest = [column for column in table.columns if column not in FRAME_COLUMNS]
    return table[[*FRAME_COLUMNS, *rest]].reset_index(drop=True)


def is_ignored(name: str) -> bool:
    """Whether a file or folder is hidden, or belongs to an operating system or file manager."""
    return name.startswith(".") or name.casefold() in _OF_THE_SYSTEM


def visible(folder: Path) -> list[Path]:
    """A folder's entries, sorted, without those of :func:`is_ignored`.

    Raises
    ------
    InvalidInputError
        If it cannot be read.
    """
    try:
        return sorted(entry for entry in folder.iterdir() if not is_ignored(entry.name))
    except OSError as error:
        raise InvalidInputError(f"{folder} cannot be read ({error.strerror}): check its permissions") from error
