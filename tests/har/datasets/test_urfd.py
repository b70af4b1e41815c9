"""URFD's accelerometer: the published files, and damaged ones."""

from pathlib import Path

import numpy as np
import pytest

from common.errors import InvalidInputError
from har.datasets import fall_labels, load_urfd


def write(folder: Path, name: str, *rows: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text("\n".join(rows) + "\n")
    return folder


@pytest.mark.real_data
def test_the_published_sequences(real_data: Path) -> None:
    recordings = load_urfd(real_data / "urfd")
    assert len(recordings) == 46
    assert fall_labels(recordings).y.sum() == 18
    assert recordings.groups[0] == "adl-01"
    assert len(set(recordings.groups)) == 46
    # Standing still, a sensor at the waist feels gravity.
    start = np.linalg.norm(recordings.signals[0][:25], axis=1)
    assert 0.8 < start.mean() < 1.3


@pytest.mark.real_data
def test_the_published_total_is_the_length_of_the_axes(real_data: Path) -> None:
    folder = real_data / "urfd" / "accelerometer"
    published = np.loadtxt(folder / "fall-02-acc.csv", delimiter=",")
    recordings = load_urfd(folder)
    (signal,) = recordings.subset(recordings.groups == "fall-02").signals
    total = np.interp(np.arange(len(signal)) * 20.0, published[:, 0], published[:, 1])
    np.testing.assert_allclose(np.median(np.linalg.norm(signal, axis=1)), np.median(total), rtol=0.02)


def test_the_clock_starts_with_the_camera_and_axes_are_in_order(tmp_path: Path) -> None:
    write(tmp_path, "adl-01-acc.csv", "-20,9,-1,3,2", "20,9,1,3,2", "40,9,2,3,2", "100,9,5,3,2")
    write(tmp_path, "fall-01-data.csv", "1,0,1.02")  # of another kind, left alone
    recordings = load_urfd(tmp_path)
    assert len(recordings) == 1
    np.testing.assert_allclose(recordings.signals[0][:, 0], [0, 1, 2, 3, 4], atol=1e-12)
    np.testing.assert_array_equal(recordings.signals[0][0, 1:], [2, 3])
    assert recordings.y.tolist() == ["adl"]
    assert recordings.groups.tolist() == ["adl-01"]


@pytest.mark.parametrize(
    ("name", "row", "message"),
    [
        ("fall-01-acc.csv", "0,1,2,x,4", "line 2"),
        ("fall-01-acc.csv", "0,1,2", "line 2"),
        ("fall-01-acc.csv", "0,1,2,nan,4", "line 2"),
        ("walk-acc.csv", "0,1,2,3,4", "rename it"),
    ],
)
def test_a_damaged_file_is_named(tmp_path: Path, name: str, row: str, message: str) -> None:
    folder = write(tmp_path, name, "0,1,2,3,4", row)
    with pytest.raises(InvalidInputError, match=message):
        load_urfd(folder)


def test_a_file_that_ends_before_the_first_frame(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="ends before"):
        load_urfd(write(tmp_path, "fall-01-acc.csv", "-40,1,2,3,4", "-20,1,2,3,4"))


def test_an_empty_folder_is_refused_naming_the_source(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="Download URFD"):
        load_urfd(tmp_path)
