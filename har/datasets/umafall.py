"""UMAFall: falls and daily activities, with sensors at five places on the body."""

from __future__ import annotations

import os
import re
from pathlib import Path

import numpy as np

from common.errors import InvalidInputError
from common.validation import DatasetFolder, DatasetSource, FloatArray, check_choice
from har.datasets.catalog import WearableDataset
from har.datasets.reading.archives import check_lengths, named, read_arrays
from har.datasets.reading.compact import compact_file
from har.datasets.reading.text import read_numbers, read_text
from har.recordings import Recordings

_SOURCE = DatasetSource(
    name="UMAFall",
    page="https://doi.org/10.6084/m9.figshare.4214283",
    paper="Casilari et al., Procedia Computer Science 110, 32–39, 2017, https://doi.org/10.1016/j.procs.2017.06.110",
    layout="UMAFall_Subject_01_ADL_….csv and so on, or the compact umafall_20hz.npz",
)
_POSITIONS = ("pocket", "chest", "waist", "wrist", "ankle")
_CHANNELS = tuple(f"{sensor}_{axis} [{unit}]" for sensor, unit in (("acc", "g"), ("gyro", "deg/s")) for axis in "xyz")
_CLOCK_MS = np.arange(300) * 50.0
_COMPACT = "umafall_20hz.npz"
_ANY_NAME = r"UMAFall_Subject_.+\.csv"
_FILE = re.compile(r"UMAFall_Subject_(\d{1,4})_((?:ADL|Fall)_.+)_(\d+)_(\d{4}-.+)\.csv")

# A number with two decimal points: a conversion between locales went wrong.
_MALFORMED_LINE = re.compile(r"^[^%\n]*\d\.\d+\.\d.*$", re.MULTILINE)
# The range of a SensorTag is 8 g and 256 deg/s.
_SENSOR_RANGE = (8.01, 257.0)


def load_umafall(root: str | os.PathLike[str], *, position: str = "wrist", keep_excluded: bool = False) -> Recordings:
    """Read UMAFall: 19 people, trials of 15 s as recorded by one of five sensors, at 20 Hz.

    Samples are stamped on arrival. They are interpolated linearly on a clock of 20 Hz; before the first and after the
    last sample, their values are repeated. The phone in the pocket samples at 200 Hz and is not filtered: fast shocks
    may alias.

    Parameters
    ----------
    root : str or path-like
        The folder with the published text files, at any depth, or with the compact ``umafall_20hz.npz``, which is
        preferred.
    position : {"wrist", "waist", "chest", "ankle", "pocket"}
        Trials without a sensor there are left out. The phone in the pocket has no gyroscope.
    keep_excluded : bool
        Keep trials with malformed numbers (20 of 746: all trials of subject 13). Lines of the text files that cannot be
        read are skipped; a sensor without any other line is NaN.

    Returns
    -------
    Recordings
        Acceleration in g and angular velocity in deg/s. ``y``: the published names, ``ADL_Walking``,
        ``Fall_forwardFall``, …; :func:`fall_labels` turns them into 1 and 0. ``groups``: 1–19.

    Raises
    ------
    InvalidInputError
        If the folder holds neither layout, or if a file is damaged in another way; the message names file and line.

    References
    ----------
    Casilari, Santoyo-Ramón and Cano-García: UMAFall: a multisensor dataset for the research on automatic fall
    detection. Procedia Computer Science 110, 32–39, 2017. No licence is stated: cite it, do not redistribute it.

    Examples
    --------
    >>> recordings = load_umafall("umafall", position="waist")  # doctest: +SKIP
    """
    check_choice(position, "position", _POSITIONS)
    folder = DatasetFolder(root, _SOURCE)
    compact = compact_file(folder, _COMPACT, _ANY_NAME)
    if compact is not None:
        return _read_compact(compact, position, keep_excluded)
    return _read_official(folder, position, keep_excluded)


def _channels(position: str) -> tuple[str, ...]:
    return _CHANNELS[:3] if position == "pocket" else _CHANNELS


def _read_compact(file: Path, position: str, keep_excluded: bool) -> Recordings:
    data = read_arrays(file, ["X", "activity", "activity_names", "subject", "damaged"])
    channels = _channels(position)
    try:
        n_trials = check_lengths(data, ["activity", "subject", "damaged"])
        if data["X"].shape != (n_trials, len(_POSITIONS), len(_CLOCK_MS), len(_CHANNELS)):
            raise ValueError(f"X has shape {data['X'].shape} for {n_trials} trials")
        if data["damaged"].dtype != np.bool_ or data["X"].dtype.kind != "f":
            raise ValueError(f"X is {data['X'].dtype}, damaged is {data['damaged'].dtype}")
        X = data["X"][:, _POSITIONS.index(position), :, : len(channels)]
        present = ~np.isnan(X[:, :, :3]).all(axis=(1, 2)) & (keep_excluded | ~data["damaged"])
        activities = named(data["activity_names"], data["activity"])
        return Recordings(list(X[present]), activities[present], data["subject"][present], 20, channels)
    except (IndexError, TypeError, ValueError) as error:
        raise InvalidInputError(f"{file}: its arrays do not fit together ({error}): copy it again") from error


def _read_official(folder: DatasetFolder, position: str, keep_excluded: bool) -> Recordings:
    signals, activities, subjects = [], [], []
    for file in folder.find_some(_ANY_NAME):
        name = _FILE.fullmatch(file.match[0])
        if not name:
            raise InvalidInputError(
                f"{file.path}: the name does not look like UMAFall_Subject_01_ADL_Walking_1_<date>.csv: rename it"
            )
        signal, damaged = _read_trial(file.path, position)
        if signal is not None and (keep_excluded or not damaged):
            signals.append(signal)
            activities.append(name[2])
            subjects.append(int(name[1]))
    if not signals:
        raise InvalidInputError(f"root {str(folder.root)!r} has no undamaged trial with a sensor at the {position}")
    return Recordings(signals, np.array(activities), np.array(subjects), 20, _channels(position))


def _read_trial(file: Path, position: str) -> tuple[FloatArray | None, bool]:
    """The samples of the sensor at ``position`` at 20 Hz (None if there is none), and whether the trial is damaged."""
    text = read_text(file)
    nodes = {place.casefold(): int(number) for number, place in re.findall(r"^%.*?; *(\d) *; *(\w+) *;", text, re.M)}
    if not nodes:
        raise InvalidInputError(f"{file}: no header line such as '%<address>; 3; WRIST; SensorTag': copy it again")
    phone = next((number for place, number in nodes.items() if place.endswith("pocket")), -1)
    node = phone if position == "pocket" else nodes.get(position, -1)
    # Malformed lines are emptied, not removed, so that errors still name the right line.
    text, n_malformed = _MALFORMED_LINE.subn("", text)
    rows = read_numbers(file, columns=[0, 2, 3, 4, 5, 6], separator=";", comment="%", text=text)
    samples = rows[rows[:, 5] == node]
    if not (samples[:, 4] == 0).any():
        return None, False
    parts = [_resample(samples[samples[:, 4] == kind]) for kind in range(len(_channels(position)) // 3)]
    return np.hstack(parts), n_malformed > 0 or _is_damaged(rows[rows[:, 5] != phone])


def _is_damaged(rows: FloatArray) -> bool:
    """Whether a SensorTag has values beyond its range, or samples of its accelerometer but none of its gyroscope.

    One or both are true of each of the 20 trials that the compact file flags, and of no other trial.
    """
    kind, node = rows[:, 4], rows[:, 5]
    too_large = any(np.abs(rows[kind == k, 1:4]).max(initial=0) > largest for k, largest in enumerate(_SENSOR_RANGE))
    return too_large or set(node[kind == 0]) != set(node[kind == 1])


def _resample(rows: FloatArray) -> FloatArray:
    """Samples interpolated at 20 Hz, after averaging those that arrived at the same time; NaN if there are none."""
    if not len(rows):
        return np.full((len(_CLOCK_MS), 3), np.nan)
    times, place = np.unique(rows[:, 0], return_inverse=True)
    counts = np.bincount(place)
    means = [np.bincount(place, weights=rows[:, 1 + axis]) / counts for axis in range(3)]
    return np.stack([np.interp(_CLOCK_MS, times, mean) for mean in means], axis=1)


DATASET = WearableDataset("umafall", _SOURCE, load_umafall, falls="Fall_.*", daily_activities="ADL_.*")
