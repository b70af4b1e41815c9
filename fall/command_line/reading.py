"""The images that the options name, with a label and a person for each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import fall
from common.command_line.options import listed
from common.command_line.running import WrongUsageError

if TYPE_CHECKING:
    import pandas as pd

_VALUES = {"1": 1, "0": 0, "none": None}
_FOLDERS, _YOLO = "folder", "yolo"


def read_frames(root: Path, layout: str, labels: Sequence[str] | None) -> pd.DataFrame:
    """The frame table of a folder: ``label`` is 1 for a fall, ``subject`` who is seen."""
    datasets = fall.datasets.image_datasets()
    if layout not in datasets:
        raise WrongUsageError(f"--layout is {layout!r}; it is one of {', '.join(datasets)}")
    named = labels_of(labels)
    if named is None:
        return datasets[layout].read(root)
    if layout == _FOLDERS:
        return datasets[layout].read(root, labels=named)
    if layout == _YOLO:
        numbered = {int(name) if name.isdecimal() else name: label for name, label in named.items()}
        return datasets[layout].read(root, classes=numbered)
    raise WrongUsageError(f"--labels is for folders of your own; {layout} has labels of its own: leave it out")


def labels_of(values: Sequence[str] | None) -> dict[str, int | None] | None:
    """The labels of ``Sturz=1,Alltag=0,unklar=none``; None without any.

    Examples
    --------
    >>> labels_of(["Sturz=1, Alltag=0", "unklar=none"])
    {'Sturz': 1, 'Alltag': 0, 'unklar': None}
    """
    pairs = [entry.rpartition("=") for entry in listed(list(values or ()))]
    for name, _, value in pairs:
        if not name.strip() or value.strip().casefold() not in _VALUES:
            raise WrongUsageError(
                f"--labels holds {name.strip()!r} with {value.strip()!r}; give each folder 1 (fall), 0 or none, such "
                "as Sturz=1,Alltag=0,unklar=none"
            )
    return {name.strip(): _VALUES[value.strip().casefold()] for name, _, value in pairs} or None
