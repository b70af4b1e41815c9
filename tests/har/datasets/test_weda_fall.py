"""WEDA-FALL, whose clock needs more care than its layout."""

from pathlib import Path

import numpy as np
import pytest

from common.errors import FrugalWarning, InvalidInputError
from har.datasets import fall_labels, load_weda_fall


def write_weda(root: Path, name: str, accel: list[str], gyro: list[str]) -> Path:
    for sensor, rows in (("accel", accel), ("gyro", gyro), ("vertical_accel", accel)):
        file = root / "dataset" / "50Hz" / f"{name}_{sensor}.csv"
        file.parent.mkdir(parents=True, exist_ok=True)
        header = ",".join(f"{sensor}_{column}_list" for column in ("time", "x", "y", "z"))
        file.write_text("\n".join([header, *rows]) + "\n")
    return root


def bunches(values: np.ndarray, seed: int) -> list[str]:
    """Lines as the watch writes them: measured evenly at 50 Hz, stamped 2 ms apart when a bunch of five arrives."""
    late = np.random.default_rng(seed).exponential(0.005, size=len(values) // 5 + 1)
    stamps = np.array([(i // 5 + 1) / 10 + late[i // 5] + 0.002 * (i % 5) for i in range(len(values))])
    return [f"{t:.3f},{v:.6f},{2 * v:.6f},0" for t, v in zip(stamps - stamps[0], values, strict=True)]


def test_bunches_are_smoothed(tmp_path: Path) -> None:
    def motion(t: np.ndarray) -> np.ndarray:
        return np.sin(2 * np.pi * 0.9 * t) + np.sin(2 * np.pi * 2.3 * t + 1)  # as fast as somebody walks

    measured = motion(np.arange(500) / 50)
    accel, gyro = bunches(measured, seed=0), bunches(measured, seed=1)
    accel = accel[:200] + accel[210:215] + accel[200:210] + accel[215:]  # in the wrong order, as published
    (signal,) = load_weda_fall(write_weda(tmp_path, "D01/U31_R01", accel, gyro)).signals
    middle = signal[25:-25]
    times = 0.5 + np.arange(len(middle)) / 50

    def error(lag: float, column: int) -> float:
        return float(np.sqrt(np.mean((middle[:, column] - motion(times + lag)) ** 2)))

    for column in (0, 3):
        # Samples arrive later than they were measured; nothing tells by how much, so any constant will do.
        assert min(error(lag, column) for lag in np.arange(-0.1, 0.1, 0.002)) < 0.05 * measured.std()
    np.testing.assert_allclose(signal[:, 1], 2 * signal[:, 0], atol=1e-5)


def test_recordings_are_in_the_order_of_activity_subject_and_trial(tmp_path: Path) -> None:
    lines = bunches(np.arange(50.0), seed=0)
    for name in ("F08/U02_R10", "F08/U02_R09", "D11/U31_R01"):
        write_weda(tmp_path, name, lines, lines)
    recordings = load_weda_fall(tmp_path)
    assert recordings.y.tolist() == ["D11", "F08", "F08"]
    assert recordings.groups.tolist() == [31, 2, 2]
    assert recordings.rate_hz == 50
    assert all(abs(len(signal) - 50) <= 3 for signal in recordings.signals)
    assert fall_labels(recordings).y.tolist() == [0, 1, 1]


def test_an_even_clock_stays_as_it_is(tmp_path: Path) -> None:
    lines = [f"{0.02 * i:.3f},{i},0,0" for i in range(100)]
    (signal,) = load_weda_fall(write_weda(tmp_path, "D01/U01_R01", lines, lines[10:90])).signals
    np.testing.assert_allclose(signal[:, 0], np.arange(10, 90), atol=1e-9)  # the time that both sensors measured
    np.testing.assert_allclose(signal[:, 3], np.arange(10, 90), atol=1e-9)


def test_missing_samples_give_a_warning(tmp_path: Path) -> None:
    lines = bunches(np.arange(100.0), seed=0)
    thin = [line for i, line in enumerate(lines) if i % 5]
    write_weda(tmp_path, "D01/U01_R01", lines, lines)
    write_weda(tmp_path, "F01/U01_R01", thin, thin)
    with pytest.warns(FrugalWarning, match=r"1 of 2 recordings .* rate='25Hz'") as caught:
        load_weda_fall(tmp_path)
    assert caught[0].filename == __file__


def test_what_is_wrong_is_named(tmp_path: Path) -> None:
    good = ["0.01,0,0,9.8", "0.03,0,0,9.8"]
    with pytest.raises(InvalidInputError, match=r"U01_R01_accel\.csv, line 3: '0\.03,0' should be 4 numbers"):
        load_weda_fall(write_weda(tmp_path, "F01/U01_R01", [good[0], "0.03,0"], good))
    with pytest.raises(InvalidInputError, match="no time in common"):
        load_weda_fall(write_weda(tmp_path, "F01/U01_R01", good, ["7.0,0,0,0"]))
    with pytest.raises(InvalidInputError, match=r"gyro\.csv does not hold 4 columns"):
        load_weda_fall(write_weda(tmp_path, "F01/U01_R01", good, []))
    (tmp_path / "dataset/50Hz/F01/U01_R01_gyro.csv").unlink()
    with pytest.raises(InvalidInputError, match=r"gyro\.csv cannot be read"):
        load_weda_fall(tmp_path)


@pytest.mark.filterwarnings("ignore::common.errors.FrugalWarning")
def test_a_clock_that_jumps_is_refused(tmp_path: Path) -> None:
    jump = ["0.01,0,0,9.8", "1e12,0,0,9.8"]
    with pytest.raises(InvalidInputError, match=r"2 samples in 1e\+12 s: its time jumps"):
        load_weda_fall(write_weda(tmp_path, "F01/U01_R01", jump, jump))


def test_other_rates_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="rate is '20Hz'; choose one of '50Hz'"):
        load_weda_fall(tmp_path, rate="20Hz")
