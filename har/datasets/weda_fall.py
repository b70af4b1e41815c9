"""WEDA-FALL: falls and daily activities with a smartwatch, elders among the people."""

import os
import re
from pathlib import Path

import numpy as np

from common.errors import InvalidInputError
from common.validation import FloatArray, check_choice
from har.datasets.files import Source, read_numbers
from har.recordings import Recordings

_SOURCE = Source(
    name="WEDA-FALL",
    page="https://github.com/joaojtmarques/WEDA-FALL",
    paper="Marques and Moreno, Online fall detection using wrist devices, Sensors 23(3), 1146, 2023, "
    "https://doi.org/10.3390/s23031146",
    layout="dataset/50Hz/F01/U01_R01_accel.csv, …_gyro.csv and so on",
)
_RATES = {"50Hz": 50, "40Hz": 40, "25Hz": 25, "10Hz": 10, "5Hz": 5}
_CHANNELS = tuple(
    f"{sensor}_{axis} [{unit}]" for sensor, unit in (("accel", "m/s²"), ("gyro", "rad/s")) for axis in "xyz"
)
_FILE = re.compile(r"(F0[1-8]|D0[1-9]|D1[01])/U(\d+)_R(\d+)_accel\.csv")


def load_weda_fall(root: str | os.PathLike[str], *, rate: str = "50Hz") -> Recordings:
    """Read WEDA-FALL: 25 people with a smartwatch, eight kinds of falls and eleven daily activities.

    The watch's clock is irregular, and both sensors have their own: they are interpolated linearly on one uniform
    clock over the time that both measured.

    Parameters
    ----------
    root : str or path-like
        The repository, or its folder ``dataset``.
    rate : {"50Hz", "40Hz", "25Hz", "10Hz", "5Hz"}
        The folder to read; the lower rates were derived from 50 Hz by the authors.

    Returns
    -------
    Recordings
        Acceleration in m/s² and angular velocity in rad/s, in the order of activity, subject and trial. ``y``: F01–F08
        falls, D01–D11 daily activities; :func:`fall_labels` makes 1 and 0 of them. ``groups``: 1–14, and 21–31 elders,
        who did not fall.

    Raises
    ------
    InvalidInputError
        If the folder is not WEDA-FALL, a recording lacks its gyroscope, or a file is damaged: with its name and line.

    References
    ----------
    Marques and Moreno: Online fall detection using wrist devices. Sensors 23(3), 1146, 2023.
    https://doi.org/10.3390/s23031146

    Examples
    --------
    >>> recordings = load_weda_fall("WEDA-FALL")  # doctest: +SKIP
    """
    check_choice(rate, "rate", tuple(_RATES))
    folder = _SOURCE.folder(root, f"{rate}/[DF]??/U*_accel.csv") / rate
    found = []
    for file in folder.glob("[DF]??/U*_accel.csv"):
        name = _FILE.fullmatch(file.relative_to(folder).as_posix())
        # U01_R01_vertical_accel.csv is derived, and left out.
        if name:
            found.append((name[1], int(name[2]), int(name[3]), file))
    if not found:
        raise InvalidInputError(f"root {str(root)!r} holds no recording as {rate}/F01/U01_R01_accel.csv")
    found.sort()
    activities, subjects, _, files = zip(*found, strict=True)
    signals = [_read_recording(file, _RATES[rate]) for file in files]
    return Recordings(signals, np.array(activities), np.array(subjects), _RATES[rate], _CHANNELS)


def _read_recording(accelerometer: Path, rate_hz: int) -> FloatArray:
    """Both sensors on one uniform clock."""
    gyroscope = accelerometer.with_name(accelerometer.name.replace("_accel", "_gyro"))
    sensors = [_read_sensor(file) for file in (accelerometer, gyroscope)]
    start = max(sensor[0, 0] for sensor in sensors)
    end = min(sensor[-1, 0] for sensor in sensors)
    # Half a millisecond, the resolution of the time stamps, so that rounding never loses the last sample.
    n_samples = int((end - start + 5e-4) * rate_hz) + 1
    if end <= start:
        raise InvalidInputError(f"{accelerometer} and {gyroscope.name} have no time in common: copy both again")
    clock = start + np.arange(n_samples) / rate_hz
    return np.stack([np.interp(clock, s[:, 0], s[:, axis]) for s in sensors for axis in (1, 2, 3)], axis=1)


def _read_sensor(file: Path) -> FloatArray:
    """Time in seconds, x, y, z; time increases."""
    rows = read_numbers(file, columns=range(4), header_lines=1)
    late = np.flatnonzero(np.diff(rows[:, 0]) < 0)
    if len(late):
        raise InvalidInputError(f"{file}, line {late[0] + 3}: time runs backwards: copy it again")
    return rows
