"""A recording of a worn sensor, given again at the room's pace, and refused if the model does not know its units."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from common import InvalidInputError
from examples.care_home.room.addresses import RoomClock, worn_sensor
from examples.care_home.room.worn.csv_file import CsvFile


def write(path: Path, *, unit: float = 1.0, names: str = "ax ay az gx gy gz", gap: bool = False) -> Path:
    """Ten seconds at 50 Hz, at rest but for turning."""
    times = np.arange(500) / 50
    frame = pd.DataFrame(np.zeros((500, 6)), columns=names.split())
    frame.iloc[:, 2] = unit
    frame.iloc[:, 4] = np.pi / 2
    frame.insert(0, "t", times)
    if gap:
        frame = frame[(times < 4) | (times > 6)]
    frame.to_csv(path, index=False)
    return path


def test_a_file_is_given_once_at_the_rate_and_in_the_units_of_the_model(tmp_path: Path) -> None:
    path = write(tmp_path / "day.csv", unit=9.80665)
    clock = RoomClock(lambda: 0.0, 25.0, "12")
    sensor = worn_sensor(f"csv:{path}?time=t&units=m/s²,rad/s", clock)
    pieces = [sensor.until(time_s) for time_s in (0.5, 0.5, 3.0, 100.0, 101.0)]
    assert [len(piece) for piece in pieces[:3]] == [12, 0, 63]
    assert len(pieces[4]) == 0, "after its end it is silent"
    samples = np.concatenate(pieces)
    known = samples[np.isfinite(samples).all(axis=1)]
    assert abs(len(known) - 250) <= 1
    np.testing.assert_allclose(known[5:-5], np.tile([0, 0, 1, 0, 90, 0], (len(known) - 10, 1)), atol=1e-6)


def test_a_gap_in_a_file_is_a_second_without_samples(tmp_path: Path) -> None:
    sensor = CsvFile(write(tmp_path / "day.csv", gap=True), 25.0, time="t", units=("g", "rad/s"))
    missing = np.isnan(sensor.until(100.0)).all(axis=1)
    runs = np.flatnonzero(np.diff(missing.astype(int)) == 1)
    assert len(runs) == 2, "one within, one at the end"


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("csv:{path}?time=t&channels=ax,ay,az", "the model of the worn sensor also needs gx"),
        ("csv:{path}?time=t", "g"),  # its name says nothing, and at rest it is not 1 g
        ("csv:{path}?time=t&unit=g", "unknown option|the option 'unit'"),
        ("csv:{path}?time=t&units=g", "give two"),
        ("csv:{path}?time=t&units=feet,deg/s", "feet"),
        ("csv:/no/such/file.csv", "/no/such/file.csv"),
        ("watch:1", "--worn is 'watch:1'; choose one of"),
        ("csv:", "choose one of"),
    ],
)
def test_what_the_model_does_not_know_is_refused_at_the_start(address: str, message: str, tmp_path: Path) -> None:
    path = write(tmp_path / "day.csv", unit=9.80665)
    with pytest.raises(InvalidInputError, match=message):
        worn_sensor(address.format(path=path), RoomClock(lambda: 0.0, 25.0, "12"))
