"""MotionSense: six everyday activities with a phone in the trouser pocket."""

from __future__ import annotations

import os
import re
from pathlib import Path

import numpy as np

from common.errors import InvalidInputError
from common.validation import DatasetSource, FloatArray, check_folder_path, find_dataset_folder
from har.datasets.catalog import WearableDataset
from har.datasets.files import read_arrays, read_numbers, read_text
from har.recordings import Recordings

_SOURCE = DatasetSource(
    name="MotionSense",
    page="https://github.com/mmalekzadeh/motion-sense (data/A_DeviceMotion_data.zip)",
    paper="Malekzadeh et al., Mobile sensor data anonymization, IoTDI 2019, https://doi.org/10.1145/3302505.3310068",
    layout="A_DeviceMotion_data/dws_1/sub_1.csv and so on, or the compact motionsense_raw.npz",
)
_ACTIVITIES = {
    "dws": "downstairs",
    "ups": "upstairs",
    "sit": "sitting",
    "std": "standing",
    "wlk": "walking",
    "jog": "jogging",
}
_UNITS = {"userAcceleration": "g", "gravity": "g", "rotationRate": "rad/s"}
_COLUMNS = [f"{sensor}.{axis}" for sensor in _UNITS for axis in "xyz"]
_CHANNELS = tuple(f"{sensor}.{axis} [{unit}]" for sensor, unit in _UNITS.items() for axis in "xyz")


def load_motionsense(root: str | os.PathLike[str]) -> Recordings:
    """Read MotionSense: 24 people, six activities, a phone in the trouser pocket, 50 Hz.

    Parameters
    ----------
    root : str or path-like
        The folder with ``A_DeviceMotion_data`` as published, or with the compact ``motionsense_raw.npz``, whose values
        are rounded to 1/1000 (gravity: 1/10 000). If both exist, the compact file is read.

    Returns
    -------
    Recordings
        360 recordings, ordered by trial and subject. Channels: ``userAcceleration`` and ``gravity`` in g, whose sum is
        what an accelerometer measures, and ``rotationRate`` in rad/s. ``y``: downstairs, upstairs, sitting, standing,
        walking, jogging. ``groups``: 1–24.

    Raises
    ------
    InvalidInputError
        If the folder holds neither layout, or if a file is damaged; the message names file and line.

    References
    ----------
    Malekzadeh et al.: Mobile sensor data anonymization. IoTDI 2019. https://doi.org/10.1145/3302505.3310068. MIT.

    Examples
    --------
    >>> recordings = load_motionsense("motionsense")  # doctest: +SKIP
    """
    compact = check_folder_path(root) / "motionsense_raw.npz"
    return _read_compact(compact) if compact.is_file() else _read_official(root)


def _read_compact(file: Path) -> Recordings:
    data = read_arrays(file, ["values_i16", "scale", "offsets", "y", "subject", "trial", "label_names"])
    try:
        if (np.diff(data["offsets"], append=len(data["values_i16"])) < 0).any():
            raise ValueError("offsets lead out of the values")
        values, names = data["values_i16"] * data["scale"], data["label_names"]
        order = np.lexsort((data["subject"], data["trial"]))
        signals = [values[data["offsets"][i] : data["offsets"][i + 1]] for i in order]
        return Recordings(signals, names[data["y"][order]], data["subject"][order], 50, _CHANNELS)
    except (IndexError, TypeError, ValueError) as error:
        raise InvalidInputError(f"{file}: its arrays do not fit together ({error}): copy it again") from error


def _read_official(root: str | os.PathLike[str]) -> Recordings:
    folder = find_dataset_folder(root, "*_*/sub_*.csv", _SOURCE)
    found = []
    for file in folder.glob("*_*/sub_*.csv"):
        match = re.fullmatch(r"([a-z]{3})_(\d+)/sub_(\d+)\.csv", file.relative_to(folder).as_posix())
        if match and match[1] in _ACTIVITIES:
            found.append((int(match[2]), int(match[3]), _ACTIVITIES[match[1]], file))
    if not found:
        raise InvalidInputError(f"root {str(root)!r} holds no folder such as dws_1: expected {_SOURCE.layout}")
    found.sort()
    _, subjects, activities, files = zip(*found, strict=True)
    signals = [_read_recording(file) for file in files]
    return Recordings(signals, np.array(activities), np.array(subjects), 50, _CHANNELS)


def _read_recording(file: Path) -> FloatArray:
    text = read_text(file)
    header = text.partition("\n")[0].strip().split(",")
    missing = [column for column in _COLUMNS if column not in header]
    if missing:
        raise InvalidInputError(
            f"{file}, line 1: column {missing[0]!r} is missing; use the files of A_DeviceMotion_data, "
            "which hold acceleration and rotation together"
        )
    return read_numbers(file, columns=[header.index(column) for column in _COLUMNS], header_lines=1, text=text)


DATASET = WearableDataset("motionsense", _SOURCE, load_motionsense)
