"""SisFall: falls and daily activities at the waist, old people among them."""

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
    name="SisFall",
    page="http://sistemic.udea.edu.co/en/investigacion/proyectos/english-falls/",
    paper="Sucerquia, López and Vargas-Bonilla, Sensors 17(1), 198, 2017, https://doi.org/10.3390/s17010198",
    layout="SA01/D01_SA01_R01.txt … SE15/D01_SE15_R01.txt, or sisfall_100hz.npz",
)
_COMPACT = "sisfall_100hz.npz"
_FILE = re.compile(r"([DF]\d\d)_(S[AE]\d\d)_R(\d\d)\.txt")
_RATE_HZ, _COMPACT_HZ = 200.0, 100.0
# Counts to units, from the ranges and resolutions in the published Readme: ADXL345 ±16 g in 13 bits, ITG3200
# ±2000 deg/s in 16 bits, MMA8451Q ±8 g in 14 bits.
_SCALES = np.repeat([32 / 2**13, 4000 / 2**16, 16 / 2**14], 3)
_CHANNELS = tuple(
    f"{sensor}_{axis} [{unit}]"
    for sensor, unit in (("adxl345", "g"), ("itg3200", "deg/s"), ("mma8451q", "g"))
    for axis in "xyz"
)


def load_sisfall(root: str | os.PathLike[str]) -> Recordings:
    """Read SisFall: 23 young and 15 old people with a sensor at the waist, 15 kinds of falls, 19 daily activities.

    Parameters
    ----------
    root : str or path-like
        The folder with the published text files at 200 Hz, or with the compact ``sisfall_100hz.npz``, or one above it.

    Returns
    -------
    Recordings
        Acceleration in g and angular velocity in deg/s; the text files hold a second accelerometer. ``y``: F01–F15
        falls, D01–D19 daily activities; :func:`fall_labels` makes 1 and 0 of them. ``groups``: SA01–SA23 are 19 to 30
        years old, SE01–SE15 are 60 to 75; of these only SE06 falls.

    Raises
    ------
    InvalidInputError
        If the folder is not SisFall, or a file is damaged: with its name and line.

    References
    ----------
    Sucerquia, López and Vargas-Bonilla: SisFall: A fall and movement dataset. Sensors 17(1), 198, 2017.
    https://doi.org/10.3390/s17010198

    Examples
    --------
    >>> recordings = load_sisfall("SisFall")  # doctest: +SKIP
    """
    compact = check_folder_path(root) / _COMPACT
    return _read_compact(compact) if compact.is_file() else _read_official(root)


def _read_official(root: str | os.PathLike[str]) -> Recordings:
    folder = find_dataset_folder(root, "S[AE]??/*_R??.txt", _SOURCE)
    files = sorted(file for file in folder.glob("S[AE]??/*.txt") if _FILE.fullmatch(file.name))
    if not files:
        raise InvalidInputError(f"root {str(root)!r} holds no recording as SA01/D01_SA01_R01.txt")
    activities, subjects, _ = zip(*(file.stem.split("_") for file in files), strict=True)
    signals = [_read_recording(file) for file in files]
    return Recordings(signals, np.array(activities), np.array(subjects), _RATE_HZ, _CHANNELS)


def _read_recording(file: Path) -> FloatArray:
    # Each line ends in a semicolon.
    counts = read_numbers(file, columns=range(9), text=read_text(file).replace(";", ""))
    return np.asarray(counts * _SCALES)


def _read_compact(file: Path) -> Recordings:
    data = read_arrays(file, ["values_i16", "scale", "offsets", "activity", "subject"])
    try:
        if data["offsets"][-1] != len(data["values_i16"]) or (np.diff(data["offsets"]) < 0).any():
            raise ValueError("offsets do not end with the values")
        signals = np.split(data["values_i16"] * data["scale"], data["offsets"][1:-1])
        return Recordings(signals, data["activity"], data["subject"], _COMPACT_HZ, _CHANNELS[:6])
    except (IndexError, TypeError, ValueError) as error:
        raise InvalidInputError(f"{file}: its arrays do not fit together ({error}): copy it again") from error


DATASET = WearableDataset(
    "sisfall", _SOURCE, load_sisfall, falls=r"F(0[1-9]|1[0-5])", daily_activities=r"D(0[1-9]|1\d)"
)
