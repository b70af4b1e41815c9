"""Text files as people have them: encodings, separators, decimal commas, comments, and files that are not text."""

import os
import re

import numpy as np
import pytest

from common.errors import FrugalWarning, InvalidInputError
from har import Recordings
from tests.har.tables.samples import CHANNELS, SECONDS, walk

FRAME = walk(t=(1000 * SECONDS).round().astype(int)).round(4)[["t", *CHANNELS]]
PLAIN = FRAME.to_csv(index=False)
COMMAS = FRAME.to_csv(index=False, sep=";", decimal=",")

FILES = {
    "plain": PLAIN.encode(),
    "no newline at the end": PLAIN.strip().encode(),
    "Windows line ends": PLAIN.replace("\n", "\r\n").encode(),
    "UTF-8 with a mark": PLAIN.encode("utf-8-sig"),
    "UTF-16": PLAIN.encode("utf-16"),
    "UTF-16, big-endian": b"\xfe\xff" + PLAIN.encode("utf-16-be"),
    "an accent in Windows' encoding": PLAIN.replace("t,ax", "# Gerät\nt,ax").encode("cp1252"),
    "semicolons and decimal commas": COMMAS.encode(),
    "tabs": PLAIN.replace(",", "\t").encode(),
    "tabs and decimal commas": COMMAS.replace(";", "\t").encode(),
    "white space": PLAIN.replace(",", "   ").encode(),
    "quoted header": PLAIN.replace("t,ax,ay,az", '"t","ax","ay","az"').encode(),
    "spaces after commas": PLAIN.replace(",", ", ").encode(),
    "quoted decimal commas": "\n".join(
        ",".join(f'"{field.replace(".", ",")}"' for field in line.split(",")) for line in PLAIN.split()
    ).encode(),
    "comments": b"# sensor 3\n% 50 Hz\n\n" + PLAIN.encode(),
    "semicolons at the end": PLAIN.replace("\n", ";\n").encode(),
    "blank lines": PLAIN.replace("\n", "\n\n").encode(),
}


def read(paths, **options):
    return Recordings.from_csv(paths, **{"time": "t", "channels": CHANNELS, **options})


@pytest.mark.parametrize("kind", FILES)
def test_kinds_of_text_files(tmp_path, kind):
    (tmp_path / "walk.csv").write_bytes(FILES[kind])
    recordings = read(tmp_path / "walk.csv")
    assert (recordings.rate_hz, recordings.report.time_unit, recordings.report.n_broken_lines) == (50, "ms", 0)
    np.testing.assert_array_equal(recordings.signals[0], FRAME[CHANNELS])


@pytest.mark.parametrize("end", ["10000,0.1", "10000,", "10"])
def test_a_last_line_that_is_cut_off_is_left_out_and_counted(tmp_path, end):
    (tmp_path / "walk.csv").write_text(PLAIN + end)
    recordings = read(tmp_path / "walk.csv")
    assert recordings.report.n_broken_lines == 1
    np.testing.assert_array_equal(recordings.signals[0], FRAME[CHANNELS])


def test_files_without_header_have_numbered_columns(tmp_path):
    (tmp_path / "walk.txt").write_text(PLAIN.partition("\n")[2])
    recordings = read(tmp_path / "walk.txt", time=0, channels=[1, 2, 3], units={1: "g", 2: "g", 3: "g"})
    np.testing.assert_array_equal(recordings.signals[0], FRAME[CHANNELS])
    assert recordings.channels == ("1 [g]", "2 [g]", "3 [g]")


def test_each_file_is_a_recording_whose_name_may_hold_subject_and_label(tmp_path):
    for who in (1, 2):
        for what in ("walk", "fall"):
            (tmp_path / f"person{who}").mkdir(exist_ok=True)
            (tmp_path / f"person{who}" / f"{what}.csv").write_text(PLAIN)
    names = {"subject": re.compile(r"person(\d+)"), "label": re.compile(r"walk|fall")}
    for paths in (str(tmp_path / "*/*.csv"), [tmp_path / "person1", tmp_path / "person2"]):
        recordings = read(paths, **names)
        assert recordings.groups.tolist() == ["1", "1", "2", "2"]
        assert recordings.y.tolist() == ["fall", "walk", "fall", "walk"]
    with pytest.raises(InvalidInputError, match="does not match"):
        read(tmp_path / "person1", subject=re.compile("nobody"))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no line of data"),
        (b"t,ax,ay,az\n", "empty"),
        (PLAIN.replace("\n2000,", "\n2000,1,").encode(), "line 102"),
        (b"\x00\x01\x02" * 100, "null characters"),
        (PLAIN.encode("utf-16-le"), "null characters"),
        (b"\xff\xfe\x00", "not text"),
        (PLAIN.replace("ax", "bx").encode(), "no such column.*'bx'"),
    ],
)
def test_errors_name_the_file_or_the_column(tmp_path, content, message):
    (tmp_path / "walk.csv").write_bytes(content)
    with pytest.raises(InvalidInputError, match=message):
        read(tmp_path / "walk.csv")


def test_paths_that_are_not_files_are_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "empty").mkdir()
    for paths, message in [
        (tmp_path / "pipe.csv", "not a regular file"),
        ("/dev/zero", "not a regular file"),
        (tmp_path / "missing.csv", "neither a file nor a pattern"),
        (tmp_path / "empty", "a folder without"),
        ([], "empty"),
        (7, "pass a file"),
        ([7], "pass files"),
    ]:
        with pytest.raises(InvalidInputError, match=message):
            read(paths)


def test_files_with_other_columns_are_not_mixed(tmp_path):
    (tmp_path / "a.csv").write_text(PLAIN)
    (tmp_path / "b.csv").write_text(PLAIN.replace("az", "wz"))
    with pytest.raises(InvalidInputError, match=r"b\.csv has the columns"):
        read(tmp_path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: text.replace("\n", ",1\n").replace("az,1", "az"), "more fields than its header"),
        (lambda text: text.replace("t,ax,ay,az", "t,ax,ay,ay").replace("az", "ay"), "two columns named 'ay'"),
        (lambda text: text.replace("\n", "\nt,ax,ay,az\n", 3), "not a number"),
        (lambda text: text.replace("az\n", "az\n[ms],[g],[g],[g]\n"), "not a number"),
    ],
    ids=["one field more", "a name twice", "the header again", "a line of units"],
)
def test_lines_that_do_not_fit_the_header_are_refused(tmp_path, change, message):
    (tmp_path / "walk.csv").write_text(change(PLAIN))
    with pytest.raises(InvalidInputError, match=message):
        read(tmp_path / "walk.csv", channels=["ax", "ay"])


def test_commas_at_the_ends_of_lines_add_no_column(tmp_path):
    (tmp_path / "walk.csv").write_text(PLAIN.replace("\n", ",\n").replace("az,", "az"))
    np.testing.assert_array_equal(read(tmp_path / "walk.csv").signals[0], FRAME[CHANNELS])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"chunksize": 10}, "chunksize is not a supported option"),
        ({"compression": "zip"}, "compression is not a supported option"),
        ({"sep": 3}, "sep is 3"),
        ({"sep": "("}, "no such column"),
        ({"encoding": 3}, "not text in 3"),
        ({"encoding": "nope"}, "not text in nope"),
        ({"wrong": 1}, "unexpected keyword"),
        ({"index_col": 0}, "no such column"),
    ],
)
def test_options_that_do_not_fit_are_refused(tmp_path, options, message):
    (tmp_path / "walk.csv").write_text(PLAIN)
    with pytest.raises(InvalidInputError, match=message):
        read(tmp_path / "walk.csv", **options)


def test_a_separator_may_be_an_expression(tmp_path):
    (tmp_path / "walk.csv").write_text(PLAIN.replace(",", ";", 700))
    recordings = read(tmp_path / "walk.csv", sep="[,;]", engine="python")
    np.testing.assert_array_equal(recordings.signals[0], FRAME[CHANNELS])


def test_files_in_different_units_are_not_mixed(tmp_path):
    """With a rate asked for, the file in seconds would be one sample of the clock, and vanish."""
    for name, unit in (("a", 1000), ("b", 1)):
        walk(t=(unit * SECONDS).round(3)).to_csv(tmp_path / f"{name}.csv", index=False)
    for rate_hz in (None, 50):
        with pytest.raises(InvalidInputError, match="from 50 to 5e\\+04 samples a second"):
            read(tmp_path, rate_hz=rate_hz)


def test_a_subject_without_samples_is_warned_about(tmp_path):
    (tmp_path / "person1.csv").write_text(PLAIN)
    (tmp_path / "person2.csv").write_text("\n".join(PLAIN.split("\n")[:2]) + "\n")
    with pytest.warns(FrugalWarning, match="subjects '2' have no samples left"):
        assert read(tmp_path, subject=re.compile(r"person(\d)")).groups.tolist() == ["1"]


def test_a_missing_header_is_recognized(tmp_path):
    (tmp_path / "walk.csv").write_text(PLAIN.partition("\n")[2])
    with pytest.raises(InvalidInputError, match="holds numbers, not names") as caught:
        read(tmp_path / "walk.csv")
    assert "of the row" not in str(caught.value)
    named = read(tmp_path / "walk.csv", names=["t", *CHANNELS])
    np.testing.assert_array_equal(named.signals[0], FRAME[CHANNELS])
