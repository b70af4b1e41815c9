"""The data sets of images: each declares its reader and where it comes from, once, in the reader's file."""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from common.validation import DatasetSource

if TYPE_CHECKING:
    import pandas as pd

    Load = Callable[..., pd.DataFrame]
    Split = Callable[[pd.DataFrame], tuple[pd.DataFrame, pd.DataFrame]]


@dataclass(frozen=True)
class ImageDataset:
    """A data set of images, as its reader's file declares it.

    Attributes
    ----------
    name : str
        A short name, such as "caucafall".
    load : callable
        The reader: from a folder to a frame table.
    source : DatasetSource
        Where the data set is published.
    split : callable, optional
        The usual split into training and test tables; by default the person that comes last is tested on.
    tested_on : str
        Who is in the test table of ``split``.
    """

    name: str
    load: Load
    source: DatasetSource
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
    ['caucafall', 'folder', 'gmdcsa24', 'urfd', 'yolo']
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
