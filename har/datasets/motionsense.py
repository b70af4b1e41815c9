"""MotionSense: six everyday activities with a phone in the trouser pocket."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from common.errors import InvalidInputError
from common.validation import DatasetFile, DatasetFolder, DatasetSource, FloatArray
from har.datasets.catalog import WearableDataset
from har.datasets.reading.archives import check_lengths, checked_offsets, named, read_arrays, scaled
from har.datasets.reading.compact import compact_file
from har.datasets.reading.text import first_line, read_numbers, read_text
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
_COMPACT = "motionsense_raw.npz"
_FILE = rf"({'|'.join(_ACTIVITIES)})_(\d{{1,4}})/sub_(\d{{1,4}})\.csv"
#: Beside A_DeviceMotion_data lie the same recordings of single sensors, under the same names.
_OTHER_SENSORS = r"[BC]_\w+_data"
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
    folder = DatasetFolder(root, _SOURCE)
    compact = compact_file(folder, _COMPACT, _FILE)
    return (
        _read_official(folder.find_some(_FILE, outside=_OTHER_SENSORS)) if compact is None else _read_compact(compact)
    )


def _read_compact(file: Path) -> Recordings:
    data = read_arrays(file, ["values_i16", "scale", "offsets", "y", "subject", "trial", "label_names"])
    try:
        values, labels = scaled(data["values_i16"], data["scale"]), named(data["label_names"], data["y"])
        n_recordings = check_lengths(data, ["y", "subject", "trial"])
        offsets = checked_offsets(data["offsets"], n_recordings=n_recordings, n_samples=len(values))
        order = np.lexsort((data["subject"], data["trial"]))
        signals = [values[offsets[i] : offsets[i + 1]] for i in order]
        return Recordings(signals, labels[order], data["subject"][order], 50, _CHANNELS)
    except (IndexError, TypeError, ValueError) as error:
        raise InvalidInputError(f"{file}: its arrays do not fit together ({error}): copy it again") from error


def _read_official(files: list[DatasetFile]) -> Recordings:
    found = sorted((int(file.match[2]), int(file.match[3]), _ACTIVITIES[file.match[1]], file.path) for file in files)
    _, subjects, activities, paths = zip(*found, strict=True)
    signals = [_read_recording(path) for path in paths]
    return Recordings(signals, np.array(activities), np.array(subjects), 50, _CHANNELS)


def _read_recording(file: Path) -> FloatArray:
    text = read_text(file)
    header = [name.strip() for name in first_line(text).split(",")]
    missing = [column for column in _COLUMNS if column not in header]
    if missing:
        raise InvalidInputError(
            f"{file}, line 1: column {missing[0]!r} is missing; use the files of A_DeviceMotion_data, "
            "which hold acceleration and rotation together"
        )
    return read_numbers(file, columns=[header.index(column) for column in _COLUMNS], header_lines=1, text=text)


DATASET = WearableDataset("motionsense", _SOURCE, load_motionsense)
