"""WEDA-FALL: falls and daily activities with a smartwatch; some of the people are elderly."""

from __future__ import annotations

import os
import warnings
from pathlib import Path

import numpy as np

from common.errors import FrugalWarning, InvalidInputError
from common.validation import DatasetFile, DatasetFolder, DatasetSource, FloatArray, check_choice
from har.datasets.catalog import WearableDataset
from har.datasets.reading.text import read_numbers
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
# U01_R01_vertical_accel.csv holds derived values and is ignored.
_FILE = r"(F0[1-8]|D0[1-9]|D1[01])/U(\d{1,4})_R(\d{1,4})_"


def load_weda_fall(root: str | os.PathLike[str], *, rate: str = "50Hz") -> Recordings:
    """Read WEDA-FALL: 25 people with a smartwatch, eight kinds of falls and eleven daily activities.

    The watch samples evenly, but delivers its samples in batches, ten per second, and stamps them on delivery: 2 ms
    apart, with a gap of 90 ms between batches. The times of measurement are recovered from the trend of the stamps over
    a second. Both sensors are then interpolated linearly on one uniform clock, over the time that both measured.

    Parameters
    ----------
    root : str or path-like
        The repository, or its folder ``dataset``; all folders of this rate below it are read.
    rate : {"50Hz", "40Hz", "25Hz", "10Hz", "5Hz"}
        The folder to read; the authors derived the lower rates from 50 Hz.

    Returns
    -------
    Recordings
        Acceleration in m/s² and angular velocity in rad/s, ordered by activity, subject and trial. ``y``: falls F01–F08
        and daily activities D01–D11; :func:`fall_labels` turns them into 1 and 0. ``groups``: 1–14, and 21–31 for
        elderly people, who did not fall.

    Raises
    ------
    InvalidInputError
        If the folder is not WEDA-FALL, a recording lacks its gyroscope, or a file is damaged; the message names file
        and line.

    Warns
    -----
    FrugalWarning
        If recordings hold less than nine tenths of the samples expected at this rate. In the published ``50Hz``, the
        falls of people 1–13 are copies of the files in ``40Hz``, while daily activities are complete: a classifier
        could recognise falls by the missing samples. ``25Hz``, made from the complete recordings, has no such flaw.

    References
    ----------
    Marques and Moreno: Online fall detection using wrist devices. Sensors 23(3), 1146, 2023.
    https://doi.org/10.3390/s23031146

    Examples
    --------
    >>> recordings = load_weda_fall("WEDA-FALL")  # doctest: +SKIP
    """
    check_choice(rate, "rate", tuple(_RATES))
    folder = DatasetFolder(root, _SOURCE)
    gyroscopes = {_trial(file): file.path for file in folder.find(f"{rate}/{_FILE}gyro\\.csv")}
    found = [(*_trial(file), file.path) for file in folder.find_some(f"{rate}/{_FILE}accel\\.csv")]
    found.sort()
    activities, subjects, _, files = zip(*found, strict=True)
    rate_hz = _RATES[rate]
    sensors = [
        _read_sensors(file, gyroscopes.get((activity, subject, trial)), rate_hz)
        for activity, subject, trial, file in found
    ]
    _warn_of_missing_samples(sensors, rate_hz)
    signals = [_on_one_clock(pair, file, rate_hz) for pair, file in zip(sensors, files, strict=True)]
    return Recordings(signals, np.array(activities), np.array(subjects), rate_hz, _CHANNELS)


def _trial(file: DatasetFile) -> tuple[str, int, int]:
    """Activity, subject and trial."""
    return file.match[1], int(file.match[2]), int(file.match[3])


def _read_sensors(accelerometer: Path, gyroscope: Path | None, rate_hz: int) -> tuple[FloatArray, FloatArray]:
    """Samples of accelerometer and gyroscope: time of measurement in seconds, x, y, z."""
    if gyroscope is None:
        gyroscope = accelerometer.with_name(accelerometer.name.replace("_accel", "_gyro"))  # which is missed by name
    first, second = (read_numbers(file, columns=range(4), header_lines=1) for file in (accelerometer, gyroscope))
    return _restore_times(first, rate_hz), _restore_times(second, rate_hz)


def _restore_times(rows: FloatArray, rate_hz: int) -> FloatArray:
    """Replace the time stamps of batches by times of measurement: their linear trend over about a second."""
    from scipy.signal import savgol_filter

    rows = rows[np.argsort(rows[:, 0], kind="stable")]  # some batches were published in the wrong order
    one_second = min(rate_hz, len(rows) - 1) // 2 * 2 + 1
    if one_second >= 3:
        rows[:, 0] = savgol_filter(rows[:, 0], one_second, polyorder=1)
    return rows


def _warn_of_missing_samples(sensors: list[tuple[FloatArray, FloatArray]], rate_hz: int) -> None:
    n_incomplete = sum(len(rows) < 0.9 * rate_hz * np.ptp(rows[:, 0]) for rows, _ in sensors)
    if n_incomplete:
        warnings.warn(
            f"{n_incomplete} of {len(sensors)} recordings hold less than nine tenths of the samples expected at "
            f"{rate_hz} Hz: of the falls of people 1 to 13, every fifth sample was not published; "
            "rate='25Hz' is complete",
            FrugalWarning,
            stacklevel=3,
        )


def _on_one_clock(sensors: tuple[FloatArray, FloatArray], file: Path, rate_hz: int) -> FloatArray:
    """Both sensors interpolated on one uniform clock: acceleration and angular velocity side by side."""
    start = max(rows[0, 0] for rows in sensors)
    end = min(rows[-1, 0] for rows in sensors)
    if end <= start:
        raise InvalidInputError(f"{file} and its gyroscope have no time in common: copy both again")
    if (end - start) * rate_hz > 10 * len(sensors[0]):
        raise InvalidInputError(
            f"{file}: {len(sensors[0])} samples in {end - start:g} s: its time jumps, copy it again"
        )
    # Stamps are rounded to a millisecond: half of it is added so that the last sample is not lost.
    clock = start + np.arange(int((end - start + 5e-4) * rate_hz) + 1) / rate_hz
    return np.stack([np.interp(clock, rows[:, 0], rows[:, axis]) for rows in sensors for axis in (1, 2, 3)], axis=1)


DATASET = WearableDataset("weda-fall", _SOURCE, load_weda_fall, falls="F0[1-8]", daily_activities="D(0[1-9]|1[01])")
