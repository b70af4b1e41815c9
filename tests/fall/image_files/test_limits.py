"""No file makes a program wait or fill its memory, whichever function opens it."""

import os
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from common.errors import InvalidInputError, UnsafeInputError
from common.validation import files, read_file_bytes
from fall.datasets.reading.yolo_labels import read_boxes
from fall.image_files.kinds import kind_of_file
from fall.images import MAX_BYTES, image_size, read_image
from tests.fall.pngs import SIGNATURE, chunk, png

OPENERS = [read_image, image_size, read_file_bytes, kind_of_file, read_boxes]
SWAPS: dict[str, Callable[[Path], object]] = {
    "pipe": os.mkfifo,
    "folder": Path.mkdir,
    "link to a pipe": lambda path: (os.mkfifo(f"{path}.pipe"), path.symlink_to(f"{path}.pipe")),
    "nothing": lambda path: None,
}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
@pytest.mark.parametrize("swap", SWAPS)
@pytest.mark.parametrize("function", OPENERS)
def test_what_is_swapped_in_after_the_check(
    function: Callable[[Path], object], swap: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "frame.png"
    Image.new("RGB", (9, 9)).save(file)
    check = files.check_regular_file

    def check_and_swap(path: Path) -> None:
        check(path)
        path.unlink()
        SWAPS[swap](path)

    monkeypatch.setattr(files, "check_regular_file", check_and_swap)
    with pytest.raises(InvalidInputError, match=r"frame\.png cannot be read"):
        function(file)


def with_a_hole(file: Path, before: bytes, n_bytes: int, after: bytes) -> None:
    """A sparse file: the hole takes no space on the disk."""
    with file.open("wb") as stream:
        stream.write(before)
        stream.seek(n_bytes, os.SEEK_CUR)
        stream.write(after)


def sparse_png(file: Path, kind: bytes) -> None:
    image = png(8, 8)
    header = image[: len(SIGNATURE) + 25]
    with_a_hole(file, header + struct.pack(">I", 600 << 20) + kind, 600 << 20, bytes(4) + image[len(header) :])


def sparse_jpeg(file: Path) -> None:
    Image.new("RGB", (8, 8)).save(file, "JPEG")
    content = file.read_bytes()
    with_a_hole(file, content[:2], 600 << 20, content[2:])


def sparse_bmp(file: Path) -> None:
    Image.new("RGB", (8, 8)).save(file, "BMP")
    with_a_hole(file, file.read_bytes(), 600 << 20, b"end")


def sparse_webp(file: Path) -> None:
    Image.new("RGB", (8, 8)).save(file, "WEBP")
    with_a_hole(file, file.read_bytes(), 600 << 20, b"end")


SPARSE = {
    "private chunk": lambda file: sparse_png(file, b"prVt"),
    "EXIF": lambda file: sparse_png(file, b"eXIf"),
    "text": lambda file: sparse_png(file, b"zTXt"),
    "pixels": lambda file: sparse_png(file, b"IDAT"),
    "JPEG": sparse_jpeg,
    "BMP": sparse_bmp,
    "WebP": sparse_webp,
}


@pytest.mark.promise("An image file that is too large is refused before it takes memory")
@pytest.mark.parametrize("kind", SPARSE)
def test_large_files_are_refused_in_little_memory(kind: str, tmp_path: Path) -> None:
    file = tmp_path / "large"
    SPARSE[kind](file)
    assert memory_to_refuse(file) < 40


@pytest.mark.parametrize("kind", [b"eXIf", b"tEXt", b"prVt", b"IDAT"])
def test_a_chunk_longer_than_the_file_ends_it(kind: bytes, tmp_path: Path) -> None:
    image = png(8, 8)
    header = image[: len(SIGNATURE) + 25]
    (tmp_path / "short.png").write_bytes(header + struct.pack(">I", 2**31 - 1) + kind + image[len(header) :])
    assert memory_to_refuse(tmp_path / "short.png", may_pass=True) < 40


def test_as_large_as_allowed(tmp_path: Path) -> None:
    image = png(8, 8)
    rest = MAX_BYTES - len(image) - 12
    (tmp_path / "large.png").write_bytes(png(8, 8, after=chunk(b"prVt", bytes(rest))))
    assert image_size(tmp_path / "large.png") == read_image(tmp_path / "large.png").size == (8, 8)
    (tmp_path / "large.png").write_bytes(png(8, 8, after=chunk(b"prVt", bytes(rest + 1))))
    for function in (image_size, read_image):
        with pytest.raises(UnsafeInputError, match="larger than 10 MB"):
            function(tmp_path / "large.png")


def memory_to_refuse(file: Path, *, may_pass: bool = False) -> float:
    """Peak memory in MB that asking for the size and decoding add, in a process of its own."""
    script = """if True:
        import sys
        from common.errors import FrugalError
        from fall.images import decode_image, image_size, read_image
        from tests.fall.pngs import png
        from tests.memory import peak_megabytes
        decode_image(png(8, 8))
        before = peak_megabytes()
        for function in (image_size, read_image):
            try:
                function(sys.argv[1])
                assert sys.argv[2] == "True", "not refused"
            except FrugalError:
                pass
        print(peak_megabytes() - before)
    """
    result = subprocess.run(
        [sys.executable, "-c", script, str(file), str(may_pass)],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[3],
        timeout=120,
    )
    assert result.returncode == 0, result.stderr
    return float(result.stdout)
