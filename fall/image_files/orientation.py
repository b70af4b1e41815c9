"""Which way up an image is: EXIF, XMP, or a raw profile, read in one way for its size and for its pixels."""

from __future__ import annotations

import io
from typing import BinaryIO

from PIL import ExifTags, Image

from fall.image_files.png import metadata_of_png

#: What turns an image upright, by the EXIF orientation; any other number means that it is upright.
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SWAP_SIDES = tuple(_TURNS[orientation] for orientation in (5, 6, 7, 8))


def turn_of(file: BinaryIO, image: Image.Image) -> Image.Transpose | None:
    """What turns ``image``, opened from ``file``, upright; None if it is upright already.

    Pixels are not decoded. EXIF data that cannot be read say nothing.

    Raises
    ------
    Exception
        Whatever Pillow raises if a PNG's chunks are damaged.
    """
    if image.format != "PNG":
        return _turn(image)
    with Image.open(io.BytesIO(metadata_of_png(file)), formats=("PNG",)) as metadata:
        return _turn(metadata)


def upright_size(size: tuple[int, int], turn: Image.Transpose | None) -> tuple[int, int]:
    """Width and height after ``turn``."""
    return size[::-1] if turn in _SWAP_SIDES else size


def _turn(image: Image.Image) -> Image.Transpose | None:
    try:
        return _TURNS.get(image.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # damaged EXIF data can make the parser raise anything
        return None
