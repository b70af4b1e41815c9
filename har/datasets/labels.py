"""Labels of falls: 1 for a fall, 0 for everything else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from common.errors import InvalidInputError
from har.datasets.catalog import WearableDataset, known_datasets
from har.recordings import Recordings


def fall_labels(recordings: Recordings) -> Recordings:
    """The same recordings with ``y`` 1 where somebody falls and 0 where nobody does.

    Parameters
    ----------
    recordings : Recordings
        From :func:`load_umafall`, :func:`load_weda_fall`, :func:`load_urfd`, or another reader that names its falls
        (see :func:`known_datasets`).

    Returns
    -------
    Recordings

    Raises
    ------
    InvalidInputError
        If none of these data sets has such an activity, or if two of them disagree about it.

    Examples
    --------
    >>> signal = np.zeros((9, 1))
    >>> both = Recordings([signal, signal], ["Fall_forwardFall", "ADL_Walking"], [1, 1], 20, ["ax [g]"])
    >>> fall_labels(both).y
    array([1, 0])
    """
    datasets = [dataset for dataset in known_datasets().values() if dataset.falls is not None]
    labels = [_fall_label(str(activity), i, datasets) for i, activity in enumerate(recordings.y)]
    return replace(recordings, y=np.array(labels))


def _fall_label(activity: str, i: int, datasets: list[WearableDataset]) -> int:
    answers = {dataset.is_fall(activity) for dataset in datasets} - {None}
    if len(answers) != 1:
        names = ", ".join(dataset.source.name for dataset in datasets)
        problem = "a fall in one data set and a daily activity in another" if answers else "not an activity of any"
        raise InvalidInputError(
            f"recordings.y[{i}] is {activity!r}, {problem} of {names}: "
            f"read them with {', '.join(dataset.load.__name__ for dataset in datasets)}, or set y to 0 and 1 yourself"
        )
    return int(bool(answers.pop()))
