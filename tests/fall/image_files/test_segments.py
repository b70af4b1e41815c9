"""JPEG and PNG files whose headers have very many parts are refused before anybody reads them one by one."""

import io
import struct
from pathlib import Path

import pytest
from PIL import Image

from common.errors import UnsafeInputError
from fall.image_files.limits import MAX_CHUNKS, MAX_SEGMENTS
from fall.image_files.segments import check_segments
from fall.images import image_size, read_image
from tests.fall.pngs import chunk, png


def segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def jpeg(before: bytes) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (40, 30)).save(file, "JPEG")
    return file.getvalue()[:2] + before + file.getvalue()[2:]


MANY = {
    "EXIF": jpeg(segment(0xE1, b"Exif\0\0II*\0") * 500_000),
    "empty": jpeg(segment(0xE9, b"") * 2_000_000),
    "comments": jpeg(segment(0xFE, b"x") * 1_000_000),
    "filled up": jpeg(b"\xff" * (9 << 20)),
    "restarts": jpeg(b"\xff\xd0" * (4 << 20)),
    "bytes of nothing": jpeg(segment(0xE9, b"") + bytes(9 << 20)),
    "a reserved marker": jpeg(b"\xff\xf5" * (4 << 20)),
    "chunks before the pixels": png(8, 8, before=chunk(b"prVt", b"") * 800_000),
    "chunks after the pixels": png(8, 8, after=chunk(b"prVt", b"") * 800_000),
    "chunks of text": png(8, 8, before=chunk(b"tEXt", b"a\0b") * 500_000),
    "chunks of pixels": png(8, 8, before=chunk(b"IDAT", b"") * 700_000),
}


@pytest.mark.parametrize("function", [image_size, read_image])
@pytest.mark.parametrize("kind", MANY)
def test_very_many_parts(kind: str, function: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "many").write_bytes(MANY[kind])
    monkeypatch.setattr(Image, "open", lambda *_, **__: pytest.fail("the header has been read"))
    with pytest.raises(UnsafeInputError, match=f"more than ({MAX_SEGMENTS:,} segments|{MAX_CHUNKS:,} chunks)"):
        function(tmp_path / "many")


@pytest.mark.parametrize(
    "before",
    [
        segment(0xE1, b"http://ns.adobe.com/xmp/extension/\0" + bytes(65_000)) * 150,
        segment(0xE2, b"ICC_PROFILE\0\1\1" + bytes(60_000)) * 150,
        segment(0xE9, b"\xff\xda" * 30_000),
        segment(0xFE, b"drawn by hand") + b"\xff" * 500,
        b"",
    ],
)
def test_large_and_sound(before: bytes, tmp_path: Path) -> None:
    (tmp_path / "large.jpg").write_bytes(jpeg(before))
    assert image_size(tmp_path / "large.jpg") == read_image(tmp_path / "large.jpg").size == (40, 30)


@pytest.mark.parametrize("length", [2, 3, 4, 5, 21, 200])
def test_a_file_that_ends_early_has_few(length: int) -> None:
    check_segments(io.BytesIO(jpeg(b"")[:length]))
