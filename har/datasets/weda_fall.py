"""WEDA-FALL: falls and daily activities with a smartwatch, elders among the people."""

import os
import re
import warnings
from pathlib import Path

import numpy as np

from common.errors import FrugalWarning, InvalidInputError
from common.validation import DatasetSource, FloatArray, check_choice, find_dataset_folder
from har.datasets.catalog import WearableDataset
from har.datasets.files import read_numbers
from har.recordings import Recordings

_SOURCE = DatasetSource(
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

    The watch measures evenly, but hands its samples over in bunches, ten a second, and stamps them then: samples 2 ms
    apart, and a gap of 90 ms. The trend of the stamps over a second tells when the samples were measured; both sensors
    are interpolated linearly from there on one uniform clock, over the time that both measured.

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

    Warns
    -----
    FrugalWarning
        If recordings hold less than nine tenths of the samples that the rate promises. In the published ``50Hz``, the
        falls of people 1–13 are the files of ``40Hz``, while daily activities are complete: a classifier may take the
        missing samples for a sign of falls. ``25Hz``, every second of all samples, has no such trace.

    References
    ----------
    Marques and Moreno: Online fall detection using wrist devices. Sensors 23(3), 1146, 2023.
    https://doi.org/10.3390/s23031146

    Examples
    --------
    >>> recordings = load_weda_fall("WEDA-FALL")  # doctest: +SKIP
    """
    check_choice(rate, "rate", tuple(_RATES))
    folder = find_dataset_folder(root, f"{rate}/[DF]??/U*_accel.csv", _SOURCE) / rate
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
    rate_hz = _RATES[rate]
    sensors = [_read_sensors(file, rate_hz) for file in files]
    _warn_of_thin(sensors, rate_hz)
    signals = [_on_one_clock(pair, file, rate_hz) for pair, file in zip(sensors, files, strict=True)]
    return Recordings(signals, np.array(activities), np.array(subjects), rate_hz, _CHANNELS)


def _read_sensors(accelerometer: Path, rate_hz: int) -> tuple[FloatArray, FloatArray]:
    """Accelerometer and gyroscope: time in seconds, x, y, z, in the order in which they were measured."""
    gyroscope = accelerometer.with_name(accelerometer.name.replace("_accel", "_gyro"))
    first, second = (read_numbers(file, columns=range(4), header_lines=1) for file in (accelerometer, gyroscope))
    return _spread_bunches(first, rate_hz), _spread_bunches(second, rate_hz)


def _spread_bunches(rows: FloatArray, rate_hz: int) -> FloatArray:
    """The samples at the times when they were measured: on the trend of their stamps over about a second."""
    from scipy.signal import savgol_filter

    rows = rows[np.argsort(rows[:, 0], kind="stable")]  # some bunches were published in the wrong order
    one_second = min(rate_hz, len(rows) - 1) // 2 * 2 + 1
    if one_second >= 3:
        rows[:, 0] = savgol_filter(rows[:, 0], one_second, polyorder=1)
    return rows


def _warn_of_thin(sensors: list[tuple[FloatArray, FloatArray]], rate_hz: int) -> None:
    thin = sum(len(rows) < 0.9 * rate_hz * np.ptp(rows[:, 0]) for rows, _ in sensors)
    if thin:
        warnings.warn(
            f"{thin} of {len(sensors)} recordings hold less than nine tenths of the samples that {rate_hz} Hz promise: "
            "of the falls of people 1 to 13 every fifth was not published, while rate='25Hz' is complete",
            FrugalWarning,
            stacklevel=3,
        )


def _on_one_clock(sensors: tuple[FloatArray, FloatArray], file: Path, rate_hz: int) -> FloatArray:
    start = max(rows[0, 0] for rows in sensors)
    end = min(rows[-1, 0] for rows in sensors)
    if end <= start:
        raise InvalidInputError(f"{file} and its gyroscope have no time in common: copy both again")
    if (end - start) * rate_hz > 10 * len(sensors[0]):
        raise InvalidInputError(
            f"{file}: {len(sensors[0])} samples in {end - start:g} s: its time jumps, copy it again"
        )
    # Half a millisecond, the resolution of the stamps, so that rounding never loses the last sample.
    clock = start + np.arange(int((end - start + 5e-4) * rate_hz) + 1) / rate_hz
    return np.stack([np.interp(clock, rows[:, 0], rows[:, axis]) for rows in sensors for axis in (1, 2, 3)], axis=1)


DATASET = WearableDataset("weda-fall", _SOURCE, load_weda_fall, falls="F0[1-8]", daily_activities="D(0[1-9]|1[01])")
