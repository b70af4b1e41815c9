"""MotionSense: the published counts, both layouts alike, and errors that name file and line."""

from pathlib import Path

import numpy as np
import pytest

from common.errors import InvalidInputError
from har.datasets import load_motionsense


@pytest.mark.real_data
def test_motionsense_has_the_published_counts(real_data: Path) -> None:
    recordings = load_motionsense(real_data / "motionsense")
    assert len(recordings) == 360
    assert sum(map(len, recordings.signals)) == 1_412_865
    assert set(recordings.groups) == set(range(1, 25))
    assert set(recordings.y) == {"downstairs", "upstairs", "sitting", "standing", "walking", "jogging"}
    gravity = [np.linalg.norm(signal[:, 3:6], axis=1).mean() for signal in recordings.signals]
    np.testing.assert_allclose(gravity, 1, atol=1e-3)


@pytest.mark.real_data
def test_both_layouts_of_motionsense_agree(real_data: Path) -> None:
    compact = load_motionsense(real_data / "motionsense")
    compact = compact.subset(compact.groups <= 2)
    official = load_motionsense(real_data / "motionsense" / "official_sample")
    assert len(official) == 30
    assert official.y.tolist() == compact.y.tolist()
    assert official.groups.tolist() == compact.groups.tolist()
    for signal, rounded in zip(official.signals, compact.signals, strict=True):
        np.testing.assert_allclose(signal, rounded, rtol=0, atol=0.5001e-3)


MOTIONSENSE_HEADER = ",".join(
    f"{sensor}.{axis}"
    for sensor, axes in [
        ("attitude", ("roll", "pitch", "yaw")),
        ("gravity", "xyz"),
        ("rotationRate", "xyz"),
        ("userAcceleration", "xyz"),
    ]
    for axis in axes
)


def write_motionsense(root: Path, *rows: str, header: str = MOTIONSENSE_HEADER) -> Path:
    folder = root / "A_DeviceMotion_data" / "dws_1"
    folder.mkdir(parents=True)
    (folder / "sub_1.csv").write_text("\n".join([f",{header}", *rows]))
    return root


def test_motionsense_orders_columns_by_name(tmp_path: Path) -> None:
    root = write_motionsense(tmp_path, "0,1,2,3,4,5,6,7,8,9,10,11,12")
    recordings = load_motionsense(root)
    np.testing.assert_array_equal(recordings.signals[0], [[10, 11, 12, 4, 5, 6, 7, 8, 9]])
    assert recordings.y.tolist() == ["downstairs"]


@pytest.mark.parametrize(
    "row",
    [
        "1,1,2,3,4,5,6,7",
        "1,1,2,3,4,x,6,7,8,9,10,11,12",
        "1,1,2,3,4,,6,7,8,9,10,11,12",
        "1" + ",nan" * 12,
        "1" + ",1" * 13,
    ],
)
def test_a_damaged_line_of_motionsense_is_named(tmp_path: Path, row: str) -> None:
    root = write_motionsense(tmp_path, "0,1,2,3,4,5,6,7,8,9,10,11,12", row)
    with pytest.raises(InvalidInputError, match=r"sub_1\.csv, line 3"):
        load_motionsense(root)


def test_motionsense_without_rotation_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match=r"line 1: column 'userAcceleration\.x' is missing"):
        load_motionsense(write_motionsense(tmp_path, "0,1,2,3", header="x,y,z"))


def test_arrays_that_do_not_fit_together_are_named(tmp_path: Path) -> None:
    values, one = np.zeros((4, 9), "i2"), np.array([1])
    whole = {"values_i16": values, "scale": np.ones(9), "offsets": np.array([0, 4]), "y": np.array([0])}
    whole |= {"subject": one, "trial": one, "label_names": np.array(["sitting"])}
    file = tmp_path / "motionsense_raw.npz"
    np.savez(file, **whole)
    assert len(load_motionsense(tmp_path)) == 1
    for name, value in {"offsets": np.array([0, 5]), "subject": np.array(1), "y": one, "scale": np.ones(3)}.items():
        np.savez(file, **whole | {name: value})
        with pytest.raises(InvalidInputError, match=r"motionsense_raw\.npz: its arrays do not fit together"):
            load_motionsense(tmp_path)
