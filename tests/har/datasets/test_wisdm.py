"""WISDM: samples that end in semicolons, several a line, and many ways to be broken."""

import numpy as np
import pytest

from common.errors import FrugalWarning, InvalidInputError
from har.datasets import load_wisdm

STEP_NS = 50_000_000


def samples(user, activity, start_ns, n=60):
    return [
        f"{user},{activity},{start_ns + i * STEP_NS},{0.1 * np.sin(i):.4f},9.8,{0.2 * np.cos(i):.4f};" for i in range(n)
    ]


def write(folder, lines):
    folder.mkdir(exist_ok=True)
    (folder / "WISDM_ar_v1.1_raw.txt").write_text("\n".join(lines))
    return folder


def test_users_and_activities(tmp_path):
    lines = [*samples(33, "Jogging", 10**12), *samples(33, "Walking", 10**12 + 61 * STEP_NS), *samples(7, "Sitting", 5)]
    recordings = load_wisdm(write(tmp_path / "WISDM_ar_v1.1", lines).parent)
    assert recordings.y.tolist() == ["Jogging", "Walking", "Sitting"]
    assert recordings.groups.tolist() == [33, 33, 7]
    assert recordings.channels == ("acc_x [m/s²]", "acc_y [m/s²]", "acc_z [m/s²]")
    assert [len(signal) for signal in recordings.signals] == [60, 60, 60]


@pytest.mark.parametrize(
    "broken",
    [
        "33,Jogging,49105962326000,-0.69,12.68;",
        "33,Jogging,49106062271000,5.01,11.26,;",
        "33,Jogging,0,5.01,11.26,0.1;",
        "33,Jogging,49106,5.01,11.26,0.1.2;",
        "33,,49106,5.01,11.26,0.1;",
    ],
)
def test_broken_samples_are_left_out_and_counted(tmp_path, broken):
    lines = samples(33, "Jogging", 10**12)
    lines.insert(30, broken)
    with pytest.warns(FrugalWarning, match="left out 1 of 61 samples"):
        recordings = load_wisdm(write(tmp_path, lines))
    assert sum(map(len, recordings.signals)) == 60


def test_several_samples_a_line_and_commas_at_the_end(tmp_path):
    lines = samples(1, "Walking", 10**12)
    recordings = load_wisdm(write(tmp_path, ["".join(lines[:30]), *(line.replace(";", ",;") for line in lines[30:])]))
    assert [len(signal) for signal in recordings.signals] == [60]


def test_time_that_goes_back_begins_another_recording(tmp_path):
    lines = [*samples(1, "Walking", 10**12), *samples(1, "Walking", 10**11)]
    assert [len(signal) for signal in load_wisdm(write(tmp_path, lines)).signals] == [60, 60]


def test_no_sample_at_all(tmp_path):
    with pytest.raises(InvalidInputError, match="holds no sample"):
        load_wisdm(write(tmp_path, ["user,activity"]))
    with pytest.raises(InvalidInputError, match="Download WISDM"):
        load_wisdm(tmp_path / "elsewhere")
