"""URFD: an accelerometer at the waist, on the same clock as the camera."""

from __future__ import annotations

import os
import re

import numpy as np

from common.errors import InvalidInputError
from common.validation import DatasetFolder, DatasetSource
from har.datasets.catalog import WearableDataset
from har.datasets.reading.text import read_numbers
from har.recordings import Recordings

_SOURCE = DatasetSource(
    name="URFD",
    page="http://fenix.ur.edu.pl/~mkepski/ds/uf.html",
    paper="Kwolek and Kepski, Computer Methods and Programs in Biomedicine 117(3), 489–501, 2014, "
    "https://doi.org/10.1016/j.cmpb.2014.09.005",
    layout="fall-01-acc.csv, adl-01-acc.csv and so on",
)
_RATE_HZ = 50
# Not fall-01-data.csv, which synchronizes the camera and has other columns.
_ANY_NAME = r".*-acc\.csv"
_FILE = re.compile(r"((adl|fall)-\d\d)-acc\.csv")
# The published columns are: time in ms, total acceleration, x, z, y.
_TIME, _XYZ = 0, (2, 4, 3)
#: Ticks of the clock a sample; with more, a time was damaged.
_MOST_MISSING = 10


def load_urfd(root: str | os.PathLike[str]) -> Recordings:
    """Read the accelerometer of the UR Fall Detection data set: falls and daily activities in two rooms.

    Samples arrive 15 to 60 ms apart. They are interpolated linearly on a clock of 50 Hz that starts with the camera's
    first frame: sample *i* was measured 20·i ms after it. :func:`fall.datasets.load_urfd` reads the images.

    Parameters
    ----------
    root : str or path-like
        The folder with the published text files, or one above it; all such files below it are read.

    Returns
    -------
    Recordings
        Acceleration in g. ``y``: ``fall`` or ``adl``; :func:`fall_labels` turns them into 1 and 0. ``groups``: the name
        of the sequence, such as ``fall-01``, as the authors do not say who acts in which.

    Raises
    ------
    InvalidInputError
        If the folder holds no such files, or if a file is damaged; the message names file and line.

    References
    ----------
    Kwolek and Kepski: Human fall detection on embedded platform using depth maps and wireless accelerometer.
    Computer Methods and Programs in Biomedicine 117(3), 489–501, 2014. CC BY-NC-SA 4.0.

    Examples
    --------
    >>> recordings = load_urfd("urfd")  # doctest: +SKIP
    """
    signals, activities, sequences = [], [], []
    for found in DatasetFolder(root, _SOURCE).find_some(_ANY_NAME):
        file, name = found.path, _FILE.fullmatch(found.match[0])
        if not name:
            raise InvalidInputError(f"{file}: the name does not look like fall-01-acc.csv or adl-01-acc.csv: rename it")
        rows = read_numbers(file, columns=range(5))
        times, first = np.unique(rows[:, _TIME] / 1000, return_index=True)
        if np.ptp(times) * _RATE_HZ > _MOST_MISSING * len(times):
            raise InvalidInputError(
                f"{file}: {len(times)} samples in {np.ptp(times):g} s: its time jumps, copy it again"
            )
        clock = np.arange(max(0.0, times[0]), times[-1], 1 / _RATE_HZ)
        if not len(clock):
            raise InvalidInputError(f"{file} ends before the camera's first frame, at 0 ms: copy it again")
        signals.append(np.stack([np.interp(clock, times, rows[first, axis]) for axis in _XYZ], axis=1))
        activities.append(name[2])
        sequences.append(name[1])
    channels = ("acc_x [g]", "acc_y [g]", "acc_z [g]")
    return Recordings(signals, np.array(activities), np.array(sequences), _RATE_HZ, channels)


DATASET = WearableDataset("urfd", _SOURCE, load_urfd, falls="fall", daily_activities="adl", groups_are_people=False)
