"""The transparent color of a PNG is compared in all bits of the file (PNG specification, 11.3.2.1)."""

import io
import struct

import numpy as np
import pytest
from PIL import Image

from fall.images import decode_image
from tests.fall.pngs import GREY, RGB, chunk, png


def shown(samples: list[int], depth: int, color: int, transparent: tuple[int, ...]) -> list[list[int]]:
    """The pixels of a PNG of one row; ``samples`` fill whole bytes."""
    if depth < 8:
        bits = "".join(f"{sample:0{depth}b}" for sample in samples)
        row = int(bits, 2).to_bytes(len(bits) // 8)
    else:
        row = struct.pack(f">{len(samples)}{'H' if depth == 16 else 'B'}", *samples)
    width = len(samples) // (3 if color == RGB else 1)
    chunks = chunk(b"tRNS", struct.pack(f">{len(transparent)}H", *transparent))
    data = png(width, 1, b"\0" + row, depth=depth, color=color, before=chunks)
    return np.asarray(decode_image(data))[0].tolist()


@pytest.mark.parametrize(
    ("depth", "samples", "transparent", "expected"),
    [
        (1, [0, 1] * 4, 1, [0, 0] * 4),
        (1, [0, 1] * 4, 0, [0, 255] * 4),
        (2, [0, 1, 2, 3], 2, [0, 85, 0, 255]),
        (2, [0, 1, 2, 3], 3, [0, 85, 170, 0]),
        (4, [0, 7, 14, 15], 14, [0, 119, 0, 255]),
        (8, [0, 127, 128, 255], 128, [0, 127, 0, 255]),
        (8, [0, 127, 128, 255], 0xFF80, [0, 127, 0, 255]),  # only the lower bits count
        (16, [0x8000, 0x8001, 0x7FFF, 0x0080], 0x8000, [0, 128, 127, 0]),
        (16, [0x8000, 0x8001, 0x7FFF, 0xFFFF], 0x8001, [128, 0, 127, 255]),
        (16, [0x8000, 0x8001, 0x7FFF, 0xFFFF], 0x0080, [128, 128, 127, 255]),
    ],
)
def test_grey(depth: int, samples: list[int], transparent: int, expected: list[int]) -> None:
    assert shown(samples, depth, GREY, (transparent,)) == [[value] * 3 for value in expected]


@pytest.mark.parametrize(
    ("depth", "samples", "transparent", "expected"),
    [
        (8, [1, 2, 3, 1, 2, 4], (1, 2, 3), [[0, 0, 0], [1, 2, 4]]),
        (16, [0x8000, 0x1000, 0x2000, 0x8000, 0x1000, 0x2001], (0x8000, 0x1000, 0x2000), [[0, 0, 0], [128, 16, 32]]),
        (16, [0x8000, 0x1000, 0x2000, 0x8000, 0x1000, 0x2001], (0x8000, 0x1000, 0x2001), [[128, 16, 32], [0, 0, 0]]),
        # Taken for 8 bits, this color is that of the first pixel.
        (16, [0x8000, 0x1000, 0x2000, 0x00FF, 0, 0], (0x80, 0x10, 0x20), [[128, 16, 32], [0, 0, 0]]),
    ],
)
def test_color(depth: int, samples: list[int], transparent: tuple[int, ...], expected: list[list[int]]) -> None:
    assert shown(samples, depth, RGB, transparent) == expected


@pytest.mark.parametrize("alpha", [0, 51, 255])
def test_palette(alpha: int) -> None:
    """A control: each color of a palette has an opacity of its own."""
    image = Image.new("P", (2, 1), 0)
    image.putpalette([200, 100, 50, 10, 20, 30])
    image.putpixel((1, 0), 1)
    file = io.BytesIO()
    image.save(file, "PNG", transparency=bytes([alpha, 255]))
    result = np.asarray(decode_image(file.getvalue()))[0]
    np.testing.assert_allclose(result, [[200 * alpha / 255, 100 * alpha / 255, 50 * alpha / 255], [10, 20, 30]], atol=1)


@pytest.mark.parametrize("turned", [1, 6])
def test_the_mask_is_turned_with_the_image(turned: int) -> None:
    exif = b"II*\0\x08\0\0\0" + struct.pack("<HHHIHHI", 1, 0x112, 3, 1, turned, 0, 0)
    chunks = chunk(b"tRNS", b"\x80\x00") + chunk(b"eXIf", exif)
    data = png(2, 1, b"\0" + struct.pack(">2H", 0x8000, 0x9000), depth=16, before=chunks)
    assert np.asarray(decode_image(data))[..., 0].ravel().tolist() == [0, 0x90]
