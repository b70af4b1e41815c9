"""UCI HAR: six activities with a phone at the waist, published as windows."""

from __future__ import annotations

import os
import re
from pathlib import Path

import numpy as np

from common.errors import InvalidInputError
from common.validation import DatasetFolder, DatasetSource, FloatArray, IntArray
from har.datasets.catalog import WearableDataset
from har.datasets.reading.text import read_numbers, read_text, whole_numbers
from har.windows import Windows

_SOURCE = DatasetSource(
    name="UCI HAR (Human Activity Recognition Using Smartphones)",
    page="https://doi.org/10.24432/C54S4K",
    paper="Anguita et al., A public domain dataset for human activity recognition using smartphones, ESANN 2013",
    layout="activity_labels.txt, train/ and test/ with 'Inertial Signals'/, y_*.txt and subject_*.txt",
)
_UNITS = {"total_acc": "g", "body_acc": "g", "body_gyro": "rad/s"}
_SIGNALS = [f"{sensor}_{axis}" for sensor in _UNITS for axis in "xyz"]
# The number of an activity, and its name.
_ACTIVITY = re.compile(r"([0-9]{1,3})\s+(\S.*)")
_CHANNELS = tuple(f"{sensor}_{axis} [{unit}]" for sensor, unit in _UNITS.items() for axis in "xyz")

# The people of the official test part; none of them is in the training part.
UCI_HAR_TEST_SUBJECTS = (2, 4, 9, 10, 12, 13, 18, 20, 24)


def load_uci_har(root: str | os.PathLike[str]) -> Windows:
    """Read UCI HAR: 30 people, six activities, a phone at the waist; windows of 128 samples at 50 Hz, half overlapping.

    Parameters
    ----------
    root : str or path-like
        The unpacked archive, or a folder above it.

    Returns
    -------
    Windows
        The windows of the official training part, followed by those of the test part; ``np.isin(windows.groups,
        UCI_HAR_TEST_SUBJECTS)`` tells them apart. Channels: total and body acceleration in g, angular velocity in
        rad/s. ``y``: WALKING, WALKING_UPSTAIRS, WALKING_DOWNSTAIRS, SITTING, STANDING, LAYING. ``groups``: 1–30.
        ``recording``: consecutive windows of one person and one activity, as the original recordings were not
        published.

    Raises
    ------
    InvalidInputError
        If the folder is not UCI HAR, or if a file is damaged; the message names file and line.

    References
    ----------
    Anguita, Ghio, Oneto, Parra and Reyes-Ortiz: A public domain dataset for human activity recognition using
    smartphones. ESANN 2013. Data: https://doi.org/10.24432/C54S4K.

    Examples
    --------
    >>> windows = load_uci_har("UCI HAR Dataset")  # doctest: +SKIP
    """
    folder = DatasetFolder(root, _SOURCE)
    folder.find_some(r"(?i:train)/(?i:Inertial[ _+]Signals)/total_acc_x_train\.txt")
    names = _read_names(_only(folder, "activity_labels.txt"))
    parts = [_read_part(folder, part, names) for part in ("train", "test")]
    X, codes, groups = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    changes = (np.diff(codes) != 0) | (np.diff(groups) != 0)
    recording = np.concatenate([[0], np.cumsum(changes)])
    return Windows(X, np.array([names[code] for code in codes]), groups, 50, _CHANNELS, recording)


def _only(folder: DatasetFolder, *places: str) -> Path:
    """The file at this place of the published layout, which may be spelled a little differently."""
    found = folder.find("/".join(f"(?i:{re.escape(place)})".replace("\\ ", "[ _+]") for place in places))
    if not found:
        raise folder.source.error(folder.root, f"lacks {'/'.join(places)}")
    return found[0].path


def _read_names(file: Path) -> dict[int, str]:
    """The names of the activities by their numbers, from lines such as ``1 WALKING``."""
    names: dict[int, str] = {}
    for number, line in enumerate(read_text(file).split("\n"), start=1):
        if not line:
            continue
        match = _ACTIVITY.fullmatch(line.strip())
        if match is None or names.get(int(match[1]), match[2]) != match[2]:
            raise InvalidInputError(f"{file}, line {number}: {line[:60]!r} should look like '1 WALKING': copy it again")
        names[int(match[1])] = match[2]
    return names


def _read_part(folder: DatasetFolder, part: str, names: dict[int, str]) -> tuple[FloatArray, IntArray, IntArray]:
    """Windows, activity codes and subjects of the part ``train`` or ``test``, all of the same length."""
    files = {what: _only(folder, part, f"{what}_{part}.txt") for what in ("y", "subject")}
    codes, subjects = (_read_integers(file, what) for what, file in files.items())
    if len(subjects) != len(codes):
        raise InvalidInputError(
            f"{files['y'].parent}: {len(codes)} activities but {len(subjects)} subjects: copy it again"
        )
    unknown = np.flatnonzero(~np.isin(codes, list(names)))
    if len(unknown):
        line = int(unknown[0])
        raise InvalidInputError(f"{files['y']}, line {line + 1}: {codes[line]} is not an activity's number")
    X = np.empty((len(codes), 128, len(_SIGNALS)))
    for channel, signal in enumerate(_SIGNALS):
        file = _only(folder, part, "Inertial Signals", f"{signal}_{part}.txt")
        rows = read_numbers(file, columns=range(128), separator=r"\s+")
        if len(rows) != len(codes):
            raise InvalidInputError(f"{file} ends at line {len(rows)} of {len(codes)}: it is truncated, copy it again")
        X[:, :, channel] = rows
    return X, codes, subjects


def _read_integers(file: Path, what: str) -> IntArray:
    return whole_numbers(read_numbers(file, columns=[0], separator=r"\s+")[:, 0], file, what)


DATASET = WearableDataset("uci-har", _SOURCE, load_uci_har)
