"""UMAFall: the published counts, both layouts alike, and damaged trials."""

from pathlib import Path

import numpy as np
import pytest

from common.errors import InvalidInputError
from har.datasets import load_umafall

UMAFALL_HEADER = """\
% Universidad de Malaga - ETSI de Telecomunicacion (Spain)
% Used Smartphone: LGE-lge-LG-H815-5.1.1
%f8:95:c7:f3:ba:82; 0; RIGHTPOCKET; lge-LG-H815-5.1
%C4:BE:84:70:0E:80; 3; WRIST; SensorTag

% TimeStamp; Sample No; X-Axis; Y-Axis; Z-Axis; Sensor Type; Sensor ID;
"""


def write_umafall(root: Path, *rows: str) -> Path:
    name = "UMAFall_Subject_07_Fall_lateralFall_1_2016-06-13_20-49-17.csv"
    (root / name).write_text(UMAFALL_HEADER + "\n".join(rows) + "\n")
    return root


@pytest.mark.real_data
@pytest.mark.parametrize(("position", "n", "n_damaged"), [("wrist", 726, 20), ("waist", 617, 0), ("pocket", 726, 20)])
def test_umafall_leaves_out_damaged_trials(real_data: Path, position: str, n: int, n_damaged: int) -> None:
    recordings = load_umafall(real_data / "umafall", position=position)
    assert len(recordings) == n
    assert all(signal.shape == (300, 3 if position == "pocket" else 6) for signal in recordings.signals)
    assert all(np.isfinite(signal).all() for signal in recordings.signals)
    everything = load_umafall(real_data / "umafall", position=position, keep_excluded=True)
    assert len(everything) == n + n_damaged
    assert set(everything.groups) == set(range(1, 20)) - ({13} if n_damaged == 0 else set())


@pytest.mark.real_data
@pytest.mark.parametrize("position", ["wrist", "pocket"])
def test_both_layouts_of_umafall_agree(real_data: Path, position: str) -> None:
    compact = load_umafall(real_data / "umafall", position=position)
    official = load_umafall(real_data / "umafall" / "official_sample", position=position)
    assert len(official) == 19
    for signal, activity, subject in zip(official.signals, official.y, official.groups, strict=True):
        same = compact.subset((compact.y == activity) & (compact.groups == subject))
        assert min(np.abs(signal - other).max() for other in same.signals) < 2e-5


def test_umafall_on_a_uniform_clock(tmp_path: Path) -> None:
    wrist = ["0;0;0;0;1;0;3", "15000;1;1;0;1;0;3", "0;0;5;6;7;1;3"]
    recordings = load_umafall(write_umafall(tmp_path, *wrist))
    (signal,) = recordings.signals
    np.testing.assert_allclose(signal[:, 0], np.arange(300) / 300)
    np.testing.assert_array_equal(signal[:, 2:], np.tile([1.0, 5, 6, 7], (300, 1)))
    assert recordings.y.tolist() == ["Fall_lateralFall"]
    assert recordings.groups.tolist() == [7]


@pytest.mark.parametrize(
    "malformed",
    ["1;1;-1.026.123;0;1;0;3", "1;1;642.8;0;0;1;3", "1;1;9.5;0;0;0;3"],
    ids=["points", "gyro", "acceleration"],
)
def test_umafall_recognizes_malformed_numbers(tmp_path: Path, malformed: str) -> None:
    root = write_umafall(tmp_path, "0;0;0;0;1;0;3", "0;0;5;6;7;1;3", malformed)
    with pytest.raises(InvalidInputError, match="no undamaged trial"):
        load_umafall(root)
    assert len(load_umafall(root, keep_excluded=True)) == 1


def test_a_truncated_trial_of_umafall_is_named_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match=r"20-49-17\.csv, line 8: '14892;298;-103\.33'"):
        load_umafall(write_umafall(tmp_path, "0;0;0;0;1;0;3", "14892;298;-103.33"))


def test_umafall_refuses_unknown_positions(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="'wrist'"):
        load_umafall(tmp_path, position="head")
