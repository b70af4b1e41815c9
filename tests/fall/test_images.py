"""Decoding what cameras and strangers send, and cutting the person out."""

import functools
import io
import os
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from common.errors import FrugalError, InvalidInputError, UnsafeInputError
from fall.images import MAX_BYTES, MAX_SCANS, MAX_SIDE, decode_image, image_size, read_image
from tests.fall.pngs import RGB, chunk, png

FOUR_CORNERS = np.array([[[250, 0, 0], [0, 250, 0], [9, 9, 9]], [[0, 0, 250], [250, 250, 0], [99, 99, 99]]], np.uint8)


@pytest.fixture
def photo() -> Image.Image:
    """Something smooth with detail, so that JPEG keeps it and truncation shows."""
    noise = np.random.default_rng(5).integers(0, 256, (48, 64, 3), dtype=np.uint8)
    return Image.fromarray(noise).filter(ImageFilter.GaussianBlur(2))


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def pixels(data: bytes) -> np.ndarray:
    image = decode_image(data)
    assert image.mode == "RGB"
    return np.asarray(image)


class TestKinds:
    """Whatever a PNG or JPEG holds becomes 8-bit RGB."""

    def test_rgb_is_unchanged(self, photo: Image.Image) -> None:
        np.testing.assert_array_equal(pixels(encoded(photo)), np.asarray(photo))

    def test_jpeg(self, photo: Image.Image) -> None:
        difference = pixels(encoded(photo, "JPEG", quality=95)).astype(int) - np.asarray(photo)
        assert np.abs(difference).mean() < 3

    @pytest.mark.parametrize("kind", ["PNG", "JPEG"])
    def test_grey_is_repeated(self, kind: str) -> None:
        np.testing.assert_array_equal(pixels(encoded(Image.new("L", (4, 3), 77), kind)), np.full((3, 4, 3), 77))

    def test_black_and_white(self) -> None:
        assert pixels(encoded(Image.new("1", (4, 3), 1))).min() == 255

    def test_palette(self) -> None:
        image = Image.fromarray(FOUR_CORNERS).quantize(6)
        assert image.mode == "P"
        np.testing.assert_array_equal(pixels(encoded(image)), FOUR_CORNERS)

    def test_cmyk_jpeg(self) -> None:
        white = Image.new("CMYK", (8, 8), (0, 0, 0, 0))
        assert pixels(encoded(white, "JPEG")).min() > 250

    def test_16_bit_grey_keeps_the_upper_byte(self) -> None:
        values = np.array([[0, 255, 256, 0x1234, 0x8000, 65535]], ">u2")
        result = pixels(png(6, 1, b"\0" + values.tobytes(), depth=16))
        np.testing.assert_array_equal(result[0, :, 0], [0, 0, 1, 0x12, 0x80, 255])

    def test_16_bit_rgb_keeps_the_upper_byte(self) -> None:
        values = np.array([[0x1234, 0x80FF, 0xFFFF]], ">u2")
        result = pixels(png(1, 1, b"\0" + values.tobytes(), depth=16, color=RGB))
        np.testing.assert_array_equal(result[0, 0], [0x12, 0x80, 0xFF])

    def test_opaque_rgba_is_rgb(self) -> None:
        """As CAUCAFall's RGBA frames."""
        np.testing.assert_array_equal(pixels(encoded(Image.fromarray(FOUR_CORNERS).convert("RGBA"))), FOUR_CORNERS)

    def test_transparency_shows_black(self) -> None:
        image = Image.new("RGBA", (3, 1), (200, 100, 50, 255))
        image.putpixel((1, 0), (200, 100, 50, 0))
        image.putpixel((2, 0), (200, 100, 50, 51))  # a fifth
        np.testing.assert_allclose(pixels(encoded(image))[0], [[200, 100, 50], [0, 0, 0], [40, 20, 10]], atol=1)

    def test_grey_with_transparency(self) -> None:
        image = Image.new("LA", (2, 1), (200, 255))
        image.putpixel((1, 0), (200, 0))
        np.testing.assert_array_equal(pixels(encoded(image))[0, :, 0], [200, 0])

    def test_palette_with_a_transparent_color(self) -> None:
        image = Image.fromarray(FOUR_CORNERS).quantize(6)
        clear = image.getpixel((0, 0))
        result = pixels(encoded(image, transparency=clear))
        assert result[0, 0].tolist() == [0, 0, 0]
        np.testing.assert_array_equal(result[1], FOUR_CORNERS[1])

    def test_of_an_animation_the_first_picture(self) -> None:
        first, second = Image.new("RGB", (5, 4), "red"), Image.new("RGB", (5, 4), "blue")
        data = encoded(first, save_all=True, append_images=[second], duration=100)
        assert b"acTL" in data
        np.testing.assert_array_equal(pixels(data), np.asarray(first))

    @pytest.mark.parametrize(
        ("orientation", "upright"),
        # The EXIF standard's eight ways to hold a camera, in NumPy's words.
        [
            (1, lambda stored: stored),
            (2, lambda stored: stored[:, ::-1]),
            (3, lambda stored: stored[::-1, ::-1]),
            (4, lambda stored: stored[::-1]),
            (5, lambda stored: stored.transpose(1, 0, 2)),
            (6, lambda stored: np.rot90(stored, -1)),
            (7, lambda stored: stored[::-1, ::-1].transpose(1, 0, 2)),
            (8, np.rot90),
        ],
    )
    def test_orientation(self, orientation: int, upright: object, tmp_path: Path) -> None:
        exif = Image.Exif()
        exif[0x0112] = orientation
        file = tmp_path / "turned.png"
        Image.fromarray(FOUR_CORNERS).save(file, exif=exif)
        expected = upright(FOUR_CORNERS)
        np.testing.assert_array_equal(np.asarray(read_image(file)), expected)
        assert image_size(file) == (expected.shape[1], expected.shape[0])

    def test_orientation_of_jpeg(self, photo: Image.Image, tmp_path: Path) -> None:
        exif = Image.Exif()
        exif[0x0112] = 6
        photo.save(tmp_path / "turned.jpg", exif=exif)
        assert read_image(tmp_path / "turned.jpg").size == image_size(tmp_path / "turned.jpg") == (48, 64)

    def test_the_name_does_not_matter(self, photo: Image.Image, tmp_path: Path) -> None:
        (tmp_path / "jpeg.png").write_bytes(encoded(photo, "JPEG"))
        assert read_image(tmp_path / "jpeg.png").size == image_size(tmp_path / "jpeg.png") == (64, 48)


class TestRefused:
    """A clear error, quickly and with little memory."""

    @pytest.mark.parametrize("content", [b"", b"\x89PNG", b"walk,fall\n1,2\n" * 50, b"<svg/>", bytes(1000)])
    def test_no_image(self, content: bytes, tmp_path: Path) -> None:
        file = tmp_path / "notes.png"
        file.write_bytes(content)
        for function in (read_image, image_size):
            with pytest.raises(UnsafeInputError, match=r"notes\.png is not a PNG or JPEG image.*convert it"):
                function(file)

    @pytest.mark.parametrize("kind", ["GIF", "TIFF", "PPM", "ICO", "JPEG2000", "AVIF"])
    def test_other_formats(self, kind: str, photo: Image.Image) -> None:
        with pytest.raises(UnsafeInputError, match="not a PNG or JPEG image, nor BMP or WebP"):
            decode_image(encoded(photo, kind))

    def test_no_file(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidInputError, match=r"lost\.png cannot be read, since it does not exist"):
            read_image(tmp_path / "lost.png")

    @pytest.mark.parametrize("name", ["a\0b.png", "n" * 5000])
    def test_impossible_names(self, name: str) -> None:
        with pytest.raises(InvalidInputError):
            read_image(name)

    def test_folder(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidInputError, match="not a regular file"):
            read_image(tmp_path)

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
    def test_pipe_does_not_block(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe.png")
        with pytest.raises(InvalidInputError, match="not a regular file"):
            read_image(tmp_path / "pipe.png")

    def test_large_file(self, tmp_path: Path) -> None:
        file = tmp_path / "large.png"
        file.write_bytes(png(1, 1, b"\0\0") + bytes(MAX_BYTES))
        with pytest.raises(UnsafeInputError, match="larger than 10 MB"):
            read_image(file)

    @pytest.mark.parametrize(("width", "height"), [(4001, 4000), (MAX_SIDE + 1, 1), (1, MAX_SIDE + 1)])
    def test_many_pixels(self, width: int, height: int) -> None:
        with pytest.raises(UnsafeInputError, match=f"{width} x {height} pixels; at most 16 megapixels"):
            decode_image(png(width, height))

    def test_as_many_pixels_as_allowed(self) -> None:
        assert decode_image(png(4000, 4000, depth=1)).size == (4000, 4000)

    @pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
    @pytest.mark.parametrize("side", [10_000, 20_000, 2**31 - 1])
    def test_bomb_by_its_header(self, side: int, tmp_path: Path) -> None:
        file = tmp_path / "bomb.png"
        file.write_bytes(png(side, side, bytes(9000), color=RGB))
        for function in (read_image, image_size):
            with pytest.raises(UnsafeInputError, match="pixels"):
                function(file)

    def test_400_megapixels_take_no_memory(self, tmp_path: Path) -> None:
        file = tmp_path / "bomb.png"
        file.write_bytes(png(20_000, 20_000, depth=1))
        assert file.stat().st_size < 60_000
        used = _memory_to_refuse(file)
        assert used < 10, f"{used:.0f} MB to refuse a bomb"

    @pytest.mark.parametrize(("kind", "where"), [(b"iTXt", "before"), (b"zTXt", "after"), (b"iCCP", "before")])
    def test_compressed_text(self, where: str, kind: bytes, tmp_path: Path) -> None:
        """200 MB of text, or of color profile, in 200 kB."""
        text = _compressed_zeros(200)
        head = b"k\0\1\0\0\0" if kind == b"iTXt" else b"k\0\0"
        file = tmp_path / "bomb.png"
        file.write_bytes(png(2, 2, **{where: chunk(kind, head + text)}))
        used = _memory_to_refuse(file, may_pass=True)
        assert used < 30, f"{used:.0f} MB for a text nobody reads"

    def test_many_scans(self, photo: Image.Image) -> None:
        data = encoded(photo, "JPEG", progressive=True)
        assert decode_image(data)
        scan = data[data.rindex(b"\xff\xda") : -2]
        with pytest.raises(UnsafeInputError, match="scans"):
            decode_image(data[:-2] + scan * MAX_SCANS + data[-2:])

    @pytest.mark.parametrize("kind", ["PNG", "JPEG"])
    def test_truncated(self, kind: str, photo: Image.Image) -> None:
        data = encoded(photo, kind)
        for length in range(0, len(data) - 2, 37):
            with pytest.raises(FrugalError, match=r"truncated or damaged|not a PNG or JPEG|cannot be trusted"):
                decode_image(data[:length])

    def test_every_flipped_bit_of_a_png_is_noticed(self, photo: Image.Image) -> None:
        data = encoded(photo)
        rng = np.random.default_rng(1)
        for place in rng.integers(8, len(data), 200):
            flipped = bytearray(data)
            flipped[place] ^= 1 << int(rng.integers(8))
            try:
                result = decode_image(bytes(flipped))
            except FrugalError:
                continue
            # Some bits carry nothing: then the image must be the same.
            np.testing.assert_array_equal(np.asarray(result), np.asarray(photo))

    @pytest.mark.filterwarnings("ignore")
    @pytest.mark.parametrize("kind", ["PNG", "JPEG"])
    def test_garbled_files_raise_nothing_else(self, kind: str, photo: Image.Image) -> None:
        exif = Image.Exif()
        exif[0x0112] = 6
        data = encoded(photo, kind, exif=exif)
        rng = np.random.default_rng(2)
        for _ in range(300):
            garbled = bytearray(data)
            for place in rng.integers(2, len(data), rng.integers(1, 9)):
                garbled[place] = rng.integers(256)
            try:
                decode_image(bytes(garbled))
            except FrugalError as error:
                assert str(error).startswith("image ")  # noqa: PT017  (no error is right, too)


@functools.cache
def _compressed_zeros(megabytes: int) -> bytes:
    packer = zlib.compressobj(9)
    return b"".join([packer.compress(bytes(2**20)) for _ in range(megabytes)]) + packer.flush()


def _memory_to_refuse(file: Path, *, may_pass: bool = False) -> float:
    """Peak memory in MB that reading a hostile file adds, in a process of its own."""
    pytest.importorskip("resource")
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
            except FrugalError as error:
                print("refused", error, file=sys.stderr)
            else:
                assert sys.argv[2] == "True", "not refused"
        print(peak_megabytes() - before)
    """
    root = Path(__file__).parents[2]
    result = subprocess.run(
        [sys.executable, "-c", script, str(file), str(may_pass)], capture_output=True, text=True, cwd=root, timeout=60
    )
    assert result.returncode == 0, result.stderr
    return float(result.stdout)
