"""What is known about each published data set before it is read: its reader, what that needs, and its falls."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules

from common.validation import DatasetSource
from har.recordings import Recordings
from har.windows import Windows


@dataclass(frozen=True)
class WearableDataset:
    """A published data set of worn sensors. Each reader's file describes its own as ``DATASET``.

    Parameters
    ----------
    name : str
        As on a command line: lower case, hyphens.
    source : DatasetSource
        Page, paper and layout.
    load : callable
        The reader; its first argument is the folder if ``needs_root``.
    needs_root : bool
        Whether the data must be downloaded; otherwise they come with an installed package.
    falls, daily_activities : str or None
        Regular expressions that match the whole name of each activity that is a fall, and of each that is not. None
        where the data set has no falls.
    groups_are_people : bool
        False where ``groups`` are sequences because the authors do not say who acts.

    Examples
    --------
    >>> dataset = known_datasets()["umafall"]
    >>> dataset.is_fall("Fall_forwardFall"), dataset.is_fall("ADL_Walking"), dataset.is_fall("Dancing")
    (True, False, None)
    """

    name: str
    source: DatasetSource
    load: Callable[..., Recordings | Windows]
    needs_root: bool = True
    falls: str | None = None
    daily_activities: str | None = None
    groups_are_people: bool = True

    def is_fall(self, activity: str) -> bool | None:
        """Whether this activity is a fall; None if it is not an activity of this data set, or if that has no falls."""
        if self.falls is None or self.daily_activities is None:
            return None
        if re.fullmatch(self.falls, activity):
            return True
        return False if re.fullmatch(self.daily_activities, activity) else None


def known_datasets() -> dict[str, WearableDataset]:
    """Every data set that a file of this package reads, by name.

    Returns
    -------
    dict of str to WearableDataset

    Examples
    --------
    >>> datasets = known_datasets()
    >>> datasets["umafall"].source.page
    'https://doi.org/10.6084/m9.figshare.4214283'
    >>> [name for name, dataset in datasets.items() if dataset.falls]
    ['sisfall', 'umafall', 'urfd', 'weda-fall']
    """
    package = import_module(__package__)
    modules = [import_module(f"{package.__name__}.{module.name}") for module in iter_modules(package.__path__)]
    datasets = [module.DATASET for module in modules if hasattr(module, "DATASET")]
    return {dataset.name: dataset for dataset in sorted(datasets, key=lambda dataset: dataset.name)}
