"""Annotations as people and programs write them."""

import codecs
from pathlib import Path

import pytest

from common.errors import InvalidInputError
from fall.datasets.reading.yolo_labels import LabeledBox, parse_boxes, read_boxes

PLAIN = LabeledBox(1, 0.5, 0.5, 0.2, 0.4)


@pytest.mark.parametrize(
    "text",
    [
        "1 0.5 0.5 0.2 0.4",
        "1.0 0.5 0.5 0.2 0.4\n",
        "1 .5 5e-1 +0.2 0.40000\r\n",
        "\n\n  1\t0.5  0.5 0.2 0.4  \n\n",
        "# drawn by hand\n1 0.5 0.5 0.2 0.4  # anna",
        "1 0.5 0.5 0.2 0.4 0.97",
        "1 0.5 0.5 0.2 0.4 1",
        "1 0.5 0.5 0.2 0.4 1.0004",
        "1 0.5 0.5 0.2 0.4 -0.0001",
    ],
)
def test_one_box_in_many_forms(text: str) -> None:
    assert parse_boxes(text) == [PLAIN]


@pytest.mark.parametrize(
    "content",
    [
        codecs.BOM_UTF8 + b"1 0.5 0.5 0.2 0.4\n",
        "1 0.5 0.5 0.2 0.4\r\n".encode("utf-16"),
        codecs.BOM_UTF16_BE + "1 0.5 0.5 0.2 0.4".encode("utf-16-be"),
        "1 0.5 0.5 0.2 0.4".encode("utf-32"),
        b"1 0.5 0.5 0.2 0.4 # Tr\xe4nen in Latin-1",
        codecs.BOM_UTF8 * 2 + b"1 0.5 0.5 0.2 0.4\n",
        b"# by anna\n" + codecs.BOM_UTF8 + b"1 0.5 0.5 0.2 0.4\n" + codecs.BOM_UTF8,
        "\ufeff\ufeff1 0.5 0.5 0.2 0.4".encode("utf-16-le"),
        codecs.BOM_UTF8 + b"\r\n1.0 0.5 0.5 0.2 0.4 0.5",
    ],
)
def test_encodings(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "label.txt").write_bytes(content)
    assert read_boxes(tmp_path / "label.txt") == [PLAIN]


@pytest.mark.parametrize("text", ["", "\n \n", "# nobody here", "\ufeff".encode().decode("utf-8-sig")])
def test_nobody(text: str) -> None:
    assert parse_boxes(text) == []


@pytest.mark.parametrize(
    ("polygon", "expected"),
    [
        ("0 0.4 0.3 0.6 0.3 0.5 0.7", (0.5, 0.5, 0.2, 0.4)),
        ("0 0.4 0.3 0.6 0.3 0.6 0.7 0.4 0.7", (0.5, 0.5, 0.2, 0.4)),
        ("0 0 0 1 0 1 1 0 1 0.5 0.5", (0.5, 0.5, 1, 1)),
    ],
)
def test_of_a_polygon_the_box(polygon: str, expected: tuple[float, ...]) -> None:
    (found,) = parse_boxes(polygon)
    assert (found.center_x, found.center_y, found.width, found.height) == pytest.approx(expected)
    assert not found.was_cut


@pytest.mark.parametrize(
    ("text", "left", "top", "right", "bottom"),
    [
        ("1 0.304017 0.500281 0.608034 1.000437", 0, 6.25e-5, 0.608034, 1),
        ("1 -0.001 0.5 0.6 0.4", 0, 0.3, 0.299, 0.7),
        ("1 1.02 0.5 0.6 0.4", 0.72, 0.3, 1, 0.7),
        ("1 0.5 0.5 1.05 1.05", 0, 0, 1, 1),
        ("1 0.1 0.9 0.4 0.4", 0, 0.7, 0.3, 1),
        ("1 -0.02 0.1 0.5 -0.01 0.5 0.9", 0, 0, 0.5, 0.9),
    ],
)
def test_what_reaches_beyond_the_frame_is_cut(text: str, left: float, top: float, right: float, bottom: float) -> None:
    (found,) = parse_boxes(text)
    box = found.box(1, 1)
    assert (box.x, box.y, box.x + box.w, box.y + box.h) == pytest.approx((left, top, right, bottom), abs=1e-6)
    assert found.was_cut


@pytest.mark.parametrize("text", ["1 0.5 0.5 1 1", "1 0.1 0.5 0.200001 0.4", "1 0.9000005 0.5 0.2 0.4"])
def test_the_rounding_of_decimals_is_not_worth_a_word(text: str) -> None:
    (found,) = parse_boxes(text)
    assert not found.was_cut


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("fall", "could not convert"),
        ("fall 0.5 0.5 0.1 0.1", "could not convert"),
        ("1", "0 numbers"),
        ("1 0.5 0.5 0.1", "3 numbers"),
        ("1.5 0.5 0.5 0.1 0.1", "not a whole number"),
        ("-1 0.5 0.5 0.1 0.1", "not a whole number"),
        ("nan 0.5 0.5 0.1 0.1", "not a whole number"),
        ("1 0.5 0.5 nan 0.1", "not finite"),
        ("1 0.5 inf 0.1 0.1", "not finite"),
        ("1 0.5 0.5 0 0.1", "out of range"),
        ("1 0.5 0.5 0.1 -0.1", "out of range"),
        ("1 360 240 100 200", "out of range"),
        ("1 50 50 10 20", "out of range"),
        ("1 1.2 0.5 0.1 0.1", "out of range"),
        ("1 -0.04 0.5 0.02 0.1", "outside the frame"),
        ("1 0.5 0.5 0.1 0.1 97", "confidence"),
        ("1 0.5 0.5 0.1 0.1 0.1 0.1 0.1", "7 numbers"),
        ("1 0.5 0.5 0.2 0.4 0.9 0", "a triangle, or a box with a confidence and a track"),
        ("1 0.5 0.5 0.2 0.4 0.9 1", "a triangle, or a box with a confidence and a track"),
        ("1 0.5 0.5 0.2 0.4 0.9 17", "a triangle, or a box with a confidence and a track"),
        ("1 0.5 0.5 0.5 0.5 0.5 0.5", "out of range"),
        ("\0\xff", "could not convert"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(line: str, reason: str) -> None:
    with pytest.raises(InvalidInputError, match=rf"line 2 says .*{reason}.*expected class, cx, cy, w, h"):
        parse_boxes(f"0 0.5 0.5 0.1 0.1\n{line}\n")


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "label.txt").open("wb") as file:
        file.truncate(2**40)
    with pytest.raises(InvalidInputError, match="more than 100,000 bytes"):
        read_boxes(tmp_path / "label.txt")
