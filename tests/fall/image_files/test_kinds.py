"""The kind of a file is that of its content; what is large or odd by its header is refused before it is decoded."""

import io
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from common.errors import FrugalError, UnsafeInputError
from fall.image_files.kinds import HEAD_BYTES, kind_of_bytes, webp_size
from fall.images import MAX_SIDE, decode_image, image_size, read_image


def encoded(kind: str, image: Image.Image | None = None, **options: object) -> bytes:
    file = io.BytesIO()
    (image or Image.new("RGB", (40, 30), (200, 100, 50))).save(file, kind, **options)
    return file.getvalue()


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("PNG", {}),
        ("JPEG", {}),
        ("BMP", {}),
        ("WEBP", {"lossless": True}),
        ("WEBP", {"quality": 95}),
        ("WEBP", {"quality": 95, "exif": b"Exif\0\0II*\0\x08\0\0\0" + bytes(6)}),
    ],
)
@pytest.mark.parametrize("name", ["a.png", "a.jfif", "a.JPG", "a", "a.txt"])
def test_accepted_kinds_whatever_the_name(kind: str, options: dict, name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(encoded(kind, **options))
    image = read_image(tmp_path / name)
    assert image_size(tmp_path / name) == image.size == (40, 30)
    np.testing.assert_allclose(np.asarray(image)[15, 20], (200, 100, 50), atol=4)


@pytest.mark.parametrize("kind", ["GIF", "TIFF", "AVIF", "JPEG2000"])
def test_kinds_that_are_not_read_are_named(kind: str) -> None:
    with pytest.raises(UnsafeInputError, match=r"\(it is (GIF|TIFF|AVIF|JPEG 2000)\): convert it"):
        decode_image(encoded(kind))


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"BM, sales of BMW\n1,2\n3,4\n" * 2, None),
        (b"RIFF\0\0\0\0WAVEfmt ", None),
        (b"RIFF\0\0\0\0AVI LIST", "video"),
        (b"\0\0\0\x18ftypmp42", "video"),
        (b"\0\0\0\x18ftypheic", "HEIC"),
        (b"\x1a\x45\xdf\xa3", "video"),
        (b"\0\0\0\x18ftypcrx ", "camera raw"),
        (b"P6\n640 480\n255\n", "Netpbm"),
        (b"P1 stood up, then fell", None),
        (b"8BPS\0\1" + bytes(6), "Photoshop"),
        (b"\0\0\1\0\1\0\x10\x10", "ICO"),
        (b"\x0a\5\1\x08" + bytes(8), "PCX"),
        (b"qoif" + bytes(8), "QOI"),
        (b"\xff\xd8", None),
        (b"", None),
    ],
)
def test_beginnings(head: bytes, kind: str | None) -> None:
    assert kind_of_bytes(head) == kind


@pytest.mark.parametrize("size", [(1, 1), (40, 30), (300, 7), (1000, 1)])
@pytest.mark.parametrize("options", [{"lossless": True}, {"quality": 80}, {"quality": 80, "exif": b"Exif\0\0MM\0*"}])
def test_sizes_in_the_header_of_webp(size: tuple[int, int], options: dict) -> None:
    assert webp_size(encoded("WEBP", Image.new("RGB", size), **options)[:HEAD_BYTES]) == size


def huge_webp(width: int, height: int) -> bytes:
    return (
        b"RIFF\xff\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0"
        + struct.pack("<I", width - 1)[:3]
        + struct.pack("<I", height - 1)[:3]
    )


def huge_bmp(width: int, height: int) -> bytes:
    return b"BM" + struct.pack("<IIIIiiHHIIiiII", 100, 0, 54, 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0)


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("make", [huge_webp, huge_bmp])
@pytest.mark.parametrize(("width", "height"), [(4001, 4000), (12_000, 12_000), (MAX_SIDE + 1, 1), (1, MAX_SIDE + 1)])
def test_large_by_the_header(make: object, width: int, height: int, tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(make(width, height))
    for function in (image_size, read_image):
        with pytest.raises(UnsafeInputError, match=f"{width} x {height} pixels; at most 16 megapixels"):
            function(tmp_path / "large")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", ["BMP", "WEBP"])
def test_garbled_files_raise_our_errors(kind: str) -> None:
    noise = np.random.default_rng(5).integers(0, 256, (48, 64, 3), dtype=np.uint8)
    data = encoded(kind, Image.fromarray(noise))
    rng = np.random.default_rng(2)
    for length in range(0, len(data) - 2, 97):
        with pytest.raises(FrugalError):
            decode_image(data[:length])
    for _ in range(300):
        garbled = bytearray(data)
        for place in rng.integers(2, 60 if rng.random() < 0.5 else len(data), rng.integers(1, 9)):
            garbled[place] = rng.integers(256)
        try:
            decode_image(bytes(garbled))
        except FrugalError as error:
            assert str(error).startswith("image ")  # noqa: PT017  (no error is right, too)
