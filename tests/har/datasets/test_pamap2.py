"""PAMAP2: three units in 54 columns, lost radio packets, transient activities."""

import numpy as np
import pytest

from common.errors import InvalidInputError
from har.datasets import load_pamap2


def write(root, person=101, folder="Protocol", codes=(1,) * 200 + (0,) * 100 + (4,) * 200, change=None):
    table = np.full((len(codes), 54), np.nan)
    table[:, 0] = 5.64 + np.arange(len(codes)) / 100
    table[:, 1] = codes
    for unit, start in enumerate((3, 20, 37)):
        table[:, start : start + 17] = 100 * unit + np.arange(17)
        table[:, start + 1 : start + 4] = [unit, 0, 9.8]
    if change is not None:
        change(table)
    (root / folder).mkdir(parents=True, exist_ok=True)
    lines = (" ".join("NaN" if np.isnan(value) else f"{value:.6g}" for value in row) for row in table)
    (root / folder / f"subject{person}.dat").write_text("\n".join(lines) + "\n")


@pytest.mark.parametrize(("position", "unit"), [("hand", 0), ("chest", 1), ("ankle", 2)])
def test_units_and_activities(tmp_path, position, unit):
    write(tmp_path / "PAMAP2_Dataset")
    recordings = load_pamap2(tmp_path, position=position)
    assert recordings.y.tolist() == ["lying", "walking"]
    assert [len(signal) for signal in recordings.signals] == [200, 200]
    assert recordings.signals[0][0].tolist() == [unit, 0, 9.8, 100 * unit + 7, 100 * unit + 8, 100 * unit + 9]
    assert recordings.channels[0] == "acc_x [m/s²]"
    assert recordings.report.n_without_label == 100


def test_lost_packets_are_bridged_or_end_a_recording(tmp_path):
    def lose(table):
        table[50:60, 3:20] = np.nan
        table[350:400, 3:20] = np.nan

    write(tmp_path, change=lose)
    recordings = load_pamap2(tmp_path)
    assert [len(signal) for signal in recordings.signals] == [200, 50, 100]


def test_optional_activities(tmp_path):
    write(tmp_path)
    write(tmp_path, folder="Optional", codes=(20,) * 150)
    assert "playing soccer" not in load_pamap2(tmp_path).y
    assert "playing soccer" in load_pamap2(tmp_path, optional=True).y


def test_damage_is_named(tmp_path):
    write(tmp_path)
    file = tmp_path / "Protocol" / "subject101.dat"
    text = file.read_text()
    for content, message in [
        (text[:-50], "line 500"),
        (text.replace("9.8", "x", 1), "line 1"),
        ("", "does not hold 54 columns"),
    ]:
        file.write_text(content)
        with pytest.raises(InvalidInputError, match=message):
            load_pamap2(tmp_path)
    write(tmp_path, codes=(99,) * 10)
    with pytest.raises(InvalidInputError, match="activity 99"):
        load_pamap2(tmp_path)
