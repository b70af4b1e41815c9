"""The transparent color of a PNG without an alpha channel (PNG specification, 11.3.2.1, tRNS)."""

from __future__ import annotations

import io

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFile

from fall.image_files.png import bit_depth


def transparent_pixels(image: Image.Image, png: bytes) -> npt.NDArray[np.bool_] | None:
    """Where a decoded image has the transparent color in all bits of the file, or None if it names no such color.

    Pillow compares what it has decoded, which has fewer bits than the file (16-bit color) or more (2-bit and 4-bit
    grey).
    """
    color = image.info.get("transparency")
    if color is None or image.mode not in ("1", "L", "I;16", "RGB"):
        return None
    samples = np.asarray(image.convert("L") if image.mode == "1" else image, np.uint16)
    depth = bit_depth(png)
    # The file may give more bits than its samples have; of black and white, Pillow has made 0 and 255.
    named = np.asarray(color) & ((1 << depth) - 1 if depth > 1 else 255)
    if image.mode == "RGB":
        samples = _with_lower_bytes(samples, png) if depth == 16 else samples
        return np.asarray((samples == named).all(axis=-1))
    if depth in (2, 4):  # decoded to 0 … 255
        named = named * 255 // ((1 << depth) - 1)
    return np.asarray(samples == named)


def _with_lower_bytes(upper: npt.NDArray[np.uint16], png: bytes) -> npt.NDArray[np.uint16]:
    """All 16 bits of color, of which Pillow keeps the upper 8: the lower ones are the upper ones in the other order."""
    with Image.open(io.BytesIO(png), formats=("PNG",)) as image:
        assert isinstance(image, ImageFile.ImageFile)
        image.tile = [tile._replace(args="RGB;16L") for tile in image.tile]
        image.load()
        return np.bitwise_or(np.left_shift(upper, 8), np.asarray(image, np.uint16))
