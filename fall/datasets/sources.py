"""Where a data set comes from, and which reader reads it: declared once in each reader's file."""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from common.errors import InvalidInputError

if TYPE_CHECKING:
    import pandas as pd

    Load = Callable[..., pd.DataFrame]
    Split = Callable[[pd.DataFrame], tuple[pd.DataFrame, pd.DataFrame]]


@dataclass(frozen=True)
class Source:
    """Where a data set is published, and what its folder holds.

    Attributes
    ----------
    name : str
        The data set's name.
    layout : str
        What the folder holds.
    page, paper : str
        Where to download the data set, and the paper that describes it; empty for your own images.
    """

    name: str
    layout: str
    page: str = ""
    paper: str = ""

    def check_root(self, root: str | os.PathLike[str]) -> Path:
        """The folder of the data set, if it is one."""
        if not isinstance(root, (str, os.PathLike)):
            raise InvalidInputError(f"root is {root!r}; pass the folder as text or as a pathlib.Path")
        folder = Path(root)
        if not folder.is_dir():
            raise self.error(root, "is not a folder")
        return folder

    def error(self, root: str | os.PathLike[str], problem: str) -> InvalidInputError:
        """The error for a folder that does not hold the data set; it says where to get it."""
        download = f" Download {self.name} from {self.page}." if self.page else ""
        paper = f" Paper: {self.paper}" if self.paper else ""
        return InvalidInputError(
            f"root is {str(root)!r}, which {problem}.{download} Name the folder with {self.layout}.{paper}"
        )


@dataclass(frozen=True)
class ImageDataset:
    """A data set of images, as its reader's file declares it.

    Attributes
    ----------
    name : str
        A short name, such as "caucafall".
    load : callable
        The reader: from a folder to a frame table.
    source : Source
        Where the data set is published.
    split : callable, optional
        The usual split into training and test tables; by default the person that comes last is tested on.
    tested_on : str
        Who is in the test table of ``split``.
    """

    name: str
    load: Load
    source: Source
    split: Split | None = None
    tested_on: str = ""

    def read(self, root: str | os.PathLike[str], **options: Any) -> pd.DataFrame:
        """The frame table of a folder; options that this reader does not have are ignored."""
        known = inspect.signature(self.load).parameters
        return self.load(root, **{name: value for name, value in options.items() if name in known})


def image_datasets() -> dict[str, ImageDataset]:
    """Every data set that a reader of :mod:`fall.datasets` declares, by its short name.

    A reader is a name ``load_…`` in the package's stub; its file declares the data set as an :class:`ImageDataset`.

    Examples
    --------
    >>> list(image_datasets())
    ['caucafall', 'folder', 'gmdcsa24', 'urfd']
    >>> image_datasets()["caucafall"].source.page
    'https://data.mendeley.com/datasets/7w7fccy7ky'
    """
    from fall import datasets

    readers = [getattr(datasets, name) for name in dir(datasets) if name.startswith("load_")]
    declared = [
        value
        for module in {reader.__module__ for reader in readers}
        for value in vars(sys.modules[module]).values()
        if isinstance(value, ImageDataset)
    ]
    return {dataset.name: dataset for dataset in sorted(declared, key=lambda dataset: dataset.name)}
