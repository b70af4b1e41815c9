"""SisFall: falls and daily activities at the waist, including those of elderly people."""

from __future__ import annotations

import os
import re
from pathlib import Path

import numpy as np

from common.errors import InvalidInputError
from common.validation import DatasetFile, DatasetFolder, DatasetSource, FloatArray
from har.datasets.catalog import WearableDataset
from har.datasets.reading.archives import check_lengths, checked_offsets, read_arrays, scaled
from har.datasets.reading.compact import compact_file
from har.datasets.reading.text import read_numbers, read_text
from har.recordings import Recordings

_SOURCE = DatasetSource(
    name="SisFall",
    page="http://sistemic.udea.edu.co/en/investigacion/proyectos/english-falls/",
    paper="Sucerquia, López and Vargas-Bonilla, Sensors 17(1), 198, 2017, https://doi.org/10.3390/s17010198",
    layout="SA01/D01_SA01_R01.txt … SE15/D01_SE15_R01.txt, or sisfall_100hz.npz",
)
#: People aged 60 to 75; of these, only SE06 recorded falls.
SISFALL_OLD_SUBJECTS = tuple(f"SE{number:02}" for number in range(1, 16))

_COMPACT = "sisfall_100hz.npz"
_FILE = r"([DF]\d\d)_(S[AE]\d\d)_R\d\d\.txt"
_LINE_END = re.compile(r"[; \t]+$", re.MULTILINE)
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
        years old, SE01–SE15 (:data:`SISFALL_OLD_SUBJECTS`) are 60 to 75; of these only SE06 falls.

    Raises
    ------
    InvalidInputError
        If the folder does not hold SisFall, or a file is damaged: the message names file and line.

    References
    ----------
    Sucerquia, López and Vargas-Bonilla: SisFall: A fall and movement dataset. Sensors 17(1), 198, 2017.
    https://doi.org/10.3390/s17010198

    Examples
    --------
    >>> recordings = load_sisfall("SisFall")  # doctest: +SKIP
    """
    folder = DatasetFolder(root, _SOURCE)
    compact = compact_file(folder, _COMPACT, _FILE)
    return _read_official(folder.find_some(_FILE)) if compact is None else _read_compact(compact)


def _read_official(files: list[DatasetFile]) -> Recordings:
    files = sorted(files, key=lambda file: (file.match[2], file.match[0]))
    signals = [_read_recording(file.path) for file in files]
    activities, subjects = (np.array([file.match[group] for file in files]) for group in (1, 2))
    return Recordings(signals, activities, subjects, _RATE_HZ, _CHANNELS)


def _read_recording(file: Path) -> FloatArray:
    # Each line ends in a semicolon.
    counts = read_numbers(file, columns=range(9), text=_LINE_END.sub("", read_text(file)))
    return np.asarray(counts * _SCALES)


def _read_compact(file: Path) -> Recordings:
    data = read_arrays(file, ["values_i16", "scale", "offsets", "activity", "subject"])
    try:
        values = scaled(data["values_i16"], data["scale"])
        if {data["activity"].dtype.kind, data["subject"].dtype.kind} != {"U"}:
            raise ValueError("activity and subject are not text")
        n_recordings = check_lengths(data, ["activity", "subject"])
        offsets = checked_offsets(data["offsets"], n_recordings=n_recordings, n_samples=len(values))
        signals = np.split(values, offsets[1:-1])
        return Recordings(signals, data["activity"], data["subject"], _COMPACT_HZ, _CHANNELS[:6])
    except (IndexError, TypeError, ValueError) as error:
        raise InvalidInputError(f"{file}: its arrays do not fit together ({error}): copy it again") from error


DATASET = WearableDataset(
    "sisfall", _SOURCE, load_sisfall, falls=r"F(0[1-9]|1[0-5])", daily_activities=r"D(0[1-9]|1\d)"
)
