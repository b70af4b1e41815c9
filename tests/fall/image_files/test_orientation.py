"""The size without decoding is that of the decoded image, wherever the orientation is written."""

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from common.errors import FrugalError, UnsafeInputError
from fall.image_files.limits import MAX_CHUNKS
from fall.images import decode_image, image_size, read_image
from tests.fall.pngs import chunk, png

STORED = np.array([[[250, 0, 0], [0, 250, 0], [9, 9, 9]], [[0, 0, 250], [250, 250, 0], [99, 99, 99]]], np.uint8)
# The EXIF standard's eight ways to hold a camera, in NumPy's words; any other number says nothing.
UPRIGHT = {
    1: lambda stored: stored,
    2: lambda stored: stored[:, ::-1],
    3: lambda stored: stored[::-1, ::-1],
    4: lambda stored: stored[::-1],
    5: lambda stored: stored.transpose(1, 0, 2),
    6: lambda stored: np.rot90(stored, -1),
    7: lambda stored: stored[::-1, ::-1].transpose(1, 0, 2),
    8: np.rot90,
    0: lambda stored: stored,
    9: lambda stored: stored,
    65535: lambda stored: stored,
}


def exif(orientation: int) -> bytes:
    """One entry: tag 0x0112, a 16-bit number, once."""
    return b"II*\0\x08\0\0\0" + struct.pack("<HHHIHHI", 1, 0x112, 3, 1, orientation, 0, 0)


def raw_profile(orientation: int) -> bytes:
    """As ImageMagick writes it: a name, a length, and hexadecimal digits."""
    content = b"Exif\0\0" + exif(orientation)
    return f"\nexif\n{len(content):8}\n{content.hex()}\n".encode()


def xmp(orientation: int) -> bytes:
    return f'<x:xmpmeta><rdf:Description tiff:Orientation="{orientation}"/></x:xmpmeta>'.encode()


CHUNKS = {
    "eXIf": lambda number: chunk(b"eXIf", exif(number)),
    "XMP": lambda number: chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp(number)),
    "compressed XMP": lambda number: chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(xmp(number))),
    "profile in tEXt": lambda number: chunk(b"tEXt", b"Raw profile type exif\0" + raw_profile(number)),
    "profile in zTXt": lambda number: chunk(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(raw_profile(number))),
}


def check_agreement(content: bytes, orientation: int, folder: Path) -> None:
    file = folder / "turned"
    file.write_bytes(content)
    expected = UPRIGHT[orientation](STORED)
    np.testing.assert_array_equal(np.asarray(read_image(file)), expected)
    assert image_size(file) == expected.shape[1::-1]


@pytest.mark.parametrize("place", ["before", "after"])
@pytest.mark.parametrize(
    ("kind", "orientation"),
    # Of XMP, Pillow reads one digit.
    [(kind, orientation) for kind in CHUNKS for orientation in UPRIGHT if orientation < 10 or "XMP" not in kind],
)
def test_png(kind: str, orientation: int, place: str, tmp_path: Path) -> None:
    rows = b"".join(b"\0" + row.tobytes() for row in STORED)
    content = png(3, 2, rows, color=2, **{place: CHUNKS[kind](orientation)})
    check_agreement(content, orientation, tmp_path)


@pytest.mark.parametrize(("early", "late"), [(6, 1), (1, 6), (6, 8), (3, 5)])
def test_of_two_exif_chunks_both_functions_take_the_same(early: int, late: int, tmp_path: Path) -> None:
    rows = b"".join(b"\0" + row.tobytes() for row in STORED)
    chunks = {"before": CHUNKS["eXIf"](early), "after": CHUNKS["eXIf"](late)}
    check_agreement(png(3, 2, rows, color=2, **chunks), late, tmp_path)


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
@pytest.mark.parametrize("orientation", UPRIGHT)
def test_other_formats(orientation: int, kind: str, tmp_path: Path) -> None:
    stored = np.kron(STORED, np.ones((16, 16, 1), np.uint8))  # JPEG keeps blocks of 8
    tag = Image.Exif()
    tag[0x0112] = orientation
    Image.fromarray(stored).save(tmp_path / "turned", kind, exif=tag, quality=95, subsampling=0)
    expected = UPRIGHT[orientation](stored)
    shown = np.asarray(read_image(tmp_path / "turned")).astype(int)
    assert image_size(tmp_path / "turned") == expected.shape[1::-1] == shown.shape[1::-1]
    assert np.abs(shown - expected).mean() < 6


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_jpeg_with_xmp_alone(orientation: int, tmp_path: Path) -> None:
    plain = io.BytesIO()
    Image.new("RGB", (40, 20)).save(plain, "JPEG")
    segment = b"http://ns.adobe.com/xap/1.0/\0" + xmp(orientation)
    marker = b"\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment
    (tmp_path / "turned.jpg").write_bytes(plain.getvalue()[:2] + marker + plain.getvalue()[2:])
    expected = (20, 40) if orientation in (6, 8) else (40, 20)
    assert image_size(tmp_path / "turned.jpg") == read_image(tmp_path / "turned.jpg").size == expected


@pytest.mark.parametrize(
    "nonsense",
    [
        chunk(b"eXIf", b""),
        chunk(b"eXIf", b"II*\0"),
        chunk(b"eXIf", b"no TIFF at all"),
        chunk(b"eXIf", exif(6)[:15]),
        chunk(b"eXIf", b"MM\0*" + b"\xff" * 40),
        chunk(b"tEXt", b"Raw profile type exif\0\nexif\n 4\nnot hexadecimal\n"),
        chunk(b"tEXt", b"Raw profile type exif\0"),
        chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0tiff:Orientation=six"),
    ],
)
@pytest.mark.parametrize("place", ["before", "after"])
@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_what_cannot_be_read_says_nothing(nonsense: bytes, place: str, tmp_path: Path) -> None:
    (tmp_path / "image.png").write_bytes(png(3, 2, **{place: nonsense}))
    assert image_size(tmp_path / "image.png") == read_image(tmp_path / "image.png").size == (3, 2)


@pytest.mark.parametrize("place", ["before", "after"])
def test_a_damaged_chunk_is_refused_by_both(place: str, tmp_path: Path) -> None:
    damaged = bytearray(CHUNKS["eXIf"](6))
    damaged[-1] ^= 1
    (tmp_path / "image.png").write_bytes(png(3, 2, **{place: bytes(damaged)}))
    for function in (image_size, read_image):
        with pytest.raises(FrugalError, match=r"image\.png"):
            function(tmp_path / "image.png")


def test_a_png_of_very_many_chunks_is_refused(tmp_path: Path) -> None:
    content = png(3, 2, after=chunk(b"prVt", b"") * MAX_CHUNKS)
    (tmp_path / "image.png").write_bytes(content)
    with pytest.raises(UnsafeInputError, match="more than 50,000 chunks"):
        image_size(tmp_path / "image.png")
    with pytest.raises(UnsafeInputError, match="more than 50,000 chunks"):
        decode_image(content)
