"""mHealth: units in 24 columns, and what lies between the activities."""

import numpy as np
import pytest

from common.errors import InvalidInputError
from har.datasets import load_mhealth


def write(root, person, codes=(0,) * 50 + (1,) * 150 + (0,) * 50 + (12,) * 150):
    table = np.tile(np.arange(24.0), (len(codes), 1))
    table[:, 23] = codes
    root.mkdir(exist_ok=True)
    np.savetxt(root / f"mHealth_subject{person}.log", table, fmt="%.6g", delimiter="\t")


@pytest.mark.parametrize(
    ("position", "columns"), [("chest", [0, 1, 2]), ("ankle", [5, 6, 7, 8, 9, 10]), ("wrist", [14, 15, 16, 17, 18, 19])]
)
def test_units_and_activities(tmp_path, position, columns):
    for person in (1, 2, 10):
        write(tmp_path / "MHEALTHDATASET", person)
    recordings = load_mhealth(tmp_path, position=position)
    assert recordings.y.tolist() == ["standing still", "jump front and back"] * 3
    assert recordings.groups.tolist() == [1, 1, 2, 2, 10, 10]
    assert recordings.signals[0][3].tolist() == columns
    assert {len(signal) for signal in recordings.signals} == {150}


def test_damage_is_named(tmp_path):
    write(tmp_path, 1, codes=(13,) * 10)
    with pytest.raises(InvalidInputError, match="activity 13"):
        load_mhealth(tmp_path)
    (tmp_path / "mHealth_subject1.log").write_text("1\t2\t3\n")
    with pytest.raises(InvalidInputError, match="line 1"):
        load_mhealth(tmp_path)
