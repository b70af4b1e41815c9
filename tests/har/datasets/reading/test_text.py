"""Files of arrays and of numbers that are damaged."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from common.errors import InvalidInputError
from har.datasets import load_motionsense, load_umafall
from har.datasets.reading.text import read_numbers


@pytest.mark.parametrize(
    ("load", "name"), [(load_motionsense, "motionsense_raw.npz"), (load_umafall, "umafall_20hz.npz")]
)
def test_a_damaged_archive_is_named(load: Callable[[Path], object], name: str, tmp_path: Path) -> None:
    file = tmp_path / name
    np.savez(file, X=np.zeros(1))
    whole = file.read_bytes()
    for content in (whole, whole[: len(whole) // 2], b""):
        file.write_bytes(content)
        with pytest.raises(InvalidInputError, match=rf"{name} cannot be read"):
            load(tmp_path)
    np.savez(file, X=np.array([{}], dtype=object))
    with pytest.raises(InvalidInputError, match=rf"{name} cannot be read"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("time,x\n0,1\n1\n", r"n\.csv, line 3: '1' should be 2 numbers"),
        ("time,x\n0,1\n\n1,?\n", r"n\.csv, line 4: '1,\?'"),
        ("time,x\n0,1\n1,inf\n", r"n\.csv, line 3"),
        ("time,x\n0,1\n1,2,3\n", r"n\.csv, line 3"),
        ("time,x\n", "does not hold 2 columns of numbers"),
        ("", "does not hold 2 columns of numbers"),
    ],
)
def test_a_damaged_line_is_named(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "n.csv"
    file.write_text(text)
    with pytest.raises(InvalidInputError, match=message):
        read_numbers(file, columns=[0, 1], header_lines=1)


def test_columns_are_read_in_the_order_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "n.txt"
    file.write_text("% the sensor of José\n1 2 3\n4 5 6\n", encoding="latin-1")
    numbers = read_numbers(file, columns=[2, 0], separator=r"\s+", comment="%")
    np.testing.assert_array_equal(numbers, [[3, 1], [6, 4]])
