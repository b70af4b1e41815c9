"""SisFall: the published text, the compact form, units, falls, and files that are damaged."""

import re

import numpy as np
import pytest

import har
from common.errors import InvalidInputError
from har.datasets import fall_labels, load_sisfall

LINE = "  11,-256, -93, -43,  27,  -6, -41,-967,-221;\n"


@pytest.fixture
def root(tmp_path):
    for person, activity in (("SA01", "D01"), ("SA01", "F05"), ("SE06", "F01"), ("SE02", "D18")):
        (tmp_path / "SisFall" / person).mkdir(parents=True, exist_ok=True)
        (tmp_path / "SisFall" / person / f"{activity}_{person}_R01.txt").write_text(LINE * 300)
    (tmp_path / "SisFall" / "Readme.txt").write_text("Sucerquia, López, Vargas")
    return tmp_path


def test_counts_become_g_and_degrees_a_second(root):
    recordings = load_sisfall(root)
    assert (recordings.rate_hz, len(recordings.channels)) == (200, 9)
    expected = [11 / 256, -1, -93 / 256, -43 * 4000 / 65536, 27 * 4000 / 65536, -6 * 4000 / 65536]
    np.testing.assert_allclose(recordings.signals[0][7, :6], expected)
    np.testing.assert_allclose(recordings.signals[0][7, 6:], np.array([-41, -967, -221]) / 1024)
    assert recordings.groups.tolist() == ["SA01", "SA01", "SE02", "SE06"]
    assert fall_labels(recordings).y.tolist() == [0, 1, 0, 1]
    assert np.isin(recordings.groups, har.datasets.SISFALL_OLD_SUBJECTS).tolist() == [False, False, True, True]


def test_text_files_by_from_csv_alone_give_the_same_to_the_bit(root):
    """No time, no header, nine numbers a line, a semicolon at its end."""
    recordings = load_sisfall(root)
    factors = (32 / 2**13, "g"), (4000 / 2**16, "deg/s"), (16 / 2**14, "g")
    theirs = har.Recordings.from_csv(
        root / "SisFall" / "*" / "*_R*.txt",
        time=None,
        rate_hz=200,
        channels=list(range(9)),
        units={column: factors[column // 3] for column in range(9)},
        subject=re.compile(r"_(S[AE]\d\d)_"),
        label=re.compile(r"[DF]\d\d"),
    )
    assert theirs.y.tolist() == recordings.y.tolist()
    assert theirs.groups.tolist() == recordings.groups.tolist()
    for one, other in zip(recordings.signals, theirs.signals, strict=True):
        assert one.tobytes() == other.tobytes()


@pytest.mark.parametrize("damage", [LINE[:20], "1,2,x,4,5,6,7,8,9;\n", LINE.replace("11", "11,11")])
def test_a_damaged_line_is_named(root, damage):
    with (root / "SisFall" / "SA01" / "D01_SA01_R01.txt").open("a") as file:
        file.write(damage)
    with pytest.raises(InvalidInputError, match=r"D01_SA01_R01\.txt, line 301"):
        load_sisfall(root)


def test_another_folder_is_refused_naming_the_page(tmp_path):
    with pytest.raises(InvalidInputError, match=r"Download SisFall.*Sensors 17"):
        load_sisfall(tmp_path)


@pytest.mark.real_data
def test_published_and_compact_form(real_data):
    if not (real_data / "sisfall").is_dir():
        pytest.skip("SisFall is not there")
    published, compact = load_sisfall(real_data / "sisfall" / "official_sample"), load_sisfall(real_data / "sisfall")
    assert (len(compact), len(np.unique(compact.groups)), int(fall_labels(compact).y.sum())) == (2404, 20, 975)
    assert compact.rate_hz == 100
    magnitude = [float(np.median(np.linalg.norm(signal[:, :3], axis=1))) for signal in published.signals]
    assert np.allclose(magnitude, 1, atol=0.35)
