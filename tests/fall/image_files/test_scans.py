"""JPEG files of many scans are refused; what only looks like a scan is not counted."""

import io
import struct

import numpy as np
import pytest
from PIL import Image

from common.errors import UnsafeInputError
from fall.image_files.scans import count_scans
from fall.images import MAX_SCANS, decode_image


def jpeg(mode: str = "RGB", **options: object) -> bytes:
    file = io.BytesIO()
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, len(mode)), dtype=np.uint8)
    Image.fromarray(noise.squeeze(), mode).save(file, "JPEG", **options)
    return file.getvalue()


def with_segment(data: bytes, content: bytes, marker: int = 0xE5) -> bytes:
    return data[:2] + struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content + data[2:]


SCAN = b"\xff\xda"
PROGRESSIVE = jpeg(progressive=True)
LAST_SCAN = PROGRESSIVE[PROGRESSIVE.rindex(SCAN) : -2]


def repeated(n_scans: int) -> bytes:
    return PROGRESSIVE[:-2] + LAST_SCAN * (n_scans - 10) + PROGRESSIVE[-2:]


@pytest.mark.parametrize(
    ("mode", "progressive", "expected"),
    [("L", False, 1), ("RGB", False, 1), ("L", True, 6), ("RGB", True, 10), ("CMYK", True, 18)],
)
def test_scans_as_encoders_write_them(mode: str, progressive: bool, expected: int) -> None:
    data = jpeg(mode, progressive=progressive)
    assert count_scans(data) == expected
    assert decode_image(data).size == (64, 64)


@pytest.mark.parametrize("n_scans", [MAX_SCANS + 1, 100, 1000])
@pytest.mark.parametrize("fill", [b"", b"\xff", b"\xff" * 9])
def test_many_scans_are_refused(n_scans: int, fill: bytes) -> None:
    data = repeated(n_scans).replace(SCAN, fill + SCAN)  # markers may be filled up with 255
    assert count_scans(data) == n_scans
    with pytest.raises(UnsafeInputError, match=f"more than {MAX_SCANS} scans"):
        decode_image(data)


def test_as_many_as_allowed() -> None:
    assert decode_image(repeated(MAX_SCANS)).size == (64, 64)


@pytest.mark.parametrize(
    "data",
    [
        PROGRESSIVE + SCAN * 1000,  # the film of a "motion photo", or a second picture
        with_segment(PROGRESSIVE, SCAN * 1000),
        with_segment(PROGRESSIVE, PROGRESSIVE * 10, marker=0xFE),  # a thumbnail, a comment
    ],
)
def test_what_is_no_scan_of_the_image(data: bytes) -> None:
    assert count_scans(data) == 10
    assert decode_image(data).size == (64, 64)


@pytest.mark.parametrize("length", [0, 2, 3, 20, 200, 700])
def test_a_file_cut_short_is_counted_to_its_end(length: int) -> None:
    assert count_scans(PROGRESSIVE[:length]) <= 10


@pytest.mark.parametrize("content", [b"\xff", b"\xff\xd0", b"\xff\x00", b"\xff\xe5\x00\x02", b"\x00"])
def test_ten_megabytes_of_anything_take_one_pass(content: bytes) -> None:
    """A search that goes back at each byte would not end."""
    many = content * (10 * 2**20 // len(content))
    assert count_scans(PROGRESSIVE[:2] + many + PROGRESSIVE[2:]) == 10
