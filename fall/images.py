"""One image: safe decoding, a square crop round the person, resizing.

Image files come from cameras and downloads, so they are not trusted. A file is read only up to :data:`MAX_BYTES`; its
kind is determined by its content, never by its name; its size is read from the header and checked before any pixel is
decoded. :mod:`fall.image_files` holds the parts.
"""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path

from common.errors import InvalidInputError, UnsafeInputError
from common.monitoring.boxes import MARGIN, Box as Box, square_around
from common.optional import require
from common.validation import open_regular_file

require("PIL", extra="edge", purpose="reading images")

from PIL import Image  # noqa: E402  (after the check that Pillow is there)

from fall.image_files.decoding import check_bytes, damaged, open_image, to_rgb, turn_of_image  # noqa: E402  (they need Pillow)
from fall.image_files.limits import (  # noqa: E402  (beside them)
    MAX_BYTES as MAX_BYTES,
    MAX_PIXELS as MAX_PIXELS,
    MAX_SCANS as MAX_SCANS,
    MAX_SIDE as MAX_SIDE,
)
from fall.image_files.orientation import upright_size  # noqa: E402  (needs Pillow)
from fall.image_files.scans import count_scans  # noqa: E402  (beside them)


def image_size(path: str | os.PathLike[str]) -> tuple[int, int]:
    """Width and height of an image, without decoding it.

    Parameters
    ----------
    path : str or path-like
        A PNG, JPEG, BMP or WebP file of at most :data:`MAX_BYTES`.

    Returns
    -------
    tuple of int
        Width and height in pixels, upright: as :func:`read_image` returns it.

    Raises
    ------
    InvalidInputError
        If there is no such file, or its header or what tells its orientation is damaged.
    UnsafeInputError
        If it is of another kind, or passes :data:`MAX_BYTES`, :data:`MAX_PIXELS` or :data:`MAX_SIDE`.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     Image.new("L", (40, 30)).save(f"{folder}/grey.png")
    ...     image_size(f"{folder}/grey.png")
    (40, 30)
    """
    name = str(path)
    with open_regular_file(Path(path)) as file:
        check_bytes(os.fstat(file.fileno()).st_size, name)
        with open_image(file, name) as image:
            return upright_size(image.size, turn_of_image(file, image, name))


def read_image(path: str | os.PathLike[str]) -> Image.Image:
    """Decode an image file from an untrusted source.

    Parameters
    ----------
    path : str or path-like
        A PNG, JPEG, BMP or WebP file of at most :data:`MAX_BYTES`.

    Returns
    -------
    PIL.Image.Image
        Upright RGB. See :func:`decode_image` for how other types are converted.

    Raises
    ------
    InvalidInputError
        If there is no such file, or it is truncated or damaged.
    UnsafeInputError
        If it is too large, or of another kind whatever its name says.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     Image.new("L", (40, 30)).save(f"{folder}/grey.png")
    ...     image = read_image(f"{folder}/grey.png")
    >>> image.mode, image.size
    ('RGB', (40, 30))
    """
    with open_regular_file(Path(path)) as file:
        data = file.read(MAX_BYTES + 1)
    return decode_image(data, str(path))


def decode_image(data: bytes, name: str = "image") -> Image.Image:
    """Decode the bytes of an image file, for example from a camera.

    PNG, JPEG, BMP and WebP are read. Every image becomes upright 8-bit RGB: the orientation that EXIF, XMP or a raw
    profile names is applied, palettes are resolved, grey is repeated, of 16 bits the upper 8 are kept, and transparent
    pixels are blended with black. Of an animation, or of several pictures in a file, the first is used.

    Parameters
    ----------
    data : bytes
        The whole file.
    name : str
        Its name in error messages.

    Returns
    -------
    PIL.Image.Image
        Upright RGB.

    Raises
    ------
    InvalidInputError
        If it is truncated or damaged.
    UnsafeInputError
        If it is too large, a JPEG of more than :data:`MAX_SCANS` scans, or of another kind.

    Examples
    --------
    >>> from io import BytesIO
    >>> file = BytesIO()
    >>> Image.new("L", (40, 30), 200).save(file, "PNG")
    >>> decode_image(file.getvalue()).getpixel((0, 0))  # grey is repeated
    (200, 200, 200)
    """
    check_bytes(len(data), name)
    # Checksums first, since Pillow does not check them while decoding. verify() makes the image unusable.
    with open_image(BytesIO(data), name) as image:
        if image.format in ("JPEG", "MPO") and count_scans(data) > MAX_SCANS:
            raise UnsafeInputError(f"{name} has more than {MAX_SCANS} scans, each decoded in full: save it again")
        try:
            image.verify()
        except Exception as error:
            raise damaged(name, error) from error
    with open_image(BytesIO(data), name) as image:
        turn = turn_of_image(BytesIO(data), image, name)
        try:
            image.load()
            rgb = to_rgb(image, data)
            return rgb if turn is None else rgb.transpose(turn)
        except Exception as error:  # a hostile file can make a decoder raise anything
            raise damaged(name, error) from error


def crop_square(image: Image.Image, box: Box | None = None, *, size: int = 96, margin: float = MARGIN) -> Image.Image:
    """A square of the image round the person, resized to ``size`` × ``size`` without distortion.

    The square is centered on the box; its side is the longer side of the box and ``margin`` more at either end.
    Near an edge it is moved into the frame, and the margin gives way before the square outgrows the frame. Only
    a person longer than the frame's shorter side, as somebody lying across it, needs more than the frame
    has: then black bars complete the square, so that nobody is cut and nothing is squeezed.

    Parameters
    ----------
    image : PIL.Image.Image
        The frame.
    box : Box, optional
        The person; what of it lies outside the frame is ignored. Without it, the whole frame is shown.
    size : int
        Side of the result in pixels.
    margin : float
        Margin at every side, as a part of the box's longer side.

    Returns
    -------
    PIL.Image.Image
        ``size`` × ``size``.

    Raises
    ------
    InvalidInputError
        If less than a pixel of the box lies in the frame.

    Examples
    --------
    >>> frame = Image.new("RGB", (720, 480))
    >>> crop_square(frame, Box(x=500, y=100, w=80, h=200)).size
    (96, 96)
    """
    left, top, side = _square(box, image.width, image.height, margin)
    visible = (max(left, 0.0), max(top, 0.0), min(left + side, image.width), min(top + side, image.height))
    scale = size / side
    shown = (max(1, round((visible[2] - visible[0]) * scale)), max(1, round((visible[3] - visible[1]) * scale)))
    # Pillow's bilinear filter widens as the image shrinks, so that it averages instead of skipping pixels.
    resized = image.resize(shown, Image.Resampling.BILINEAR, box=visible)
    if shown == (size, size):
        return resized
    square = Image.new(image.mode, (size, size))
    square.paste(resized, (round((visible[0] - left) * scale), round((visible[1] - top) * scale)))
    return square


def _square(box: Box | None, width: int, height: int, margin: float) -> tuple[float, float, float]:
    """Left edge, upper edge and side of the square that :func:`crop_square` shows."""
    if box is None:
        box, margin = Box(0, 0, width, height), 0.0
    left, right = max(box.x, 0.0), min(box.x + box.w, width)
    top, bottom = max(box.y, 0.0), min(box.y + box.h, height)
    if right - left < 1 or bottom - top < 1:
        raise InvalidInputError(
            f"the box x={box.x:g}, y={box.y:g}, w={box.w:g}, h={box.h:g} lies outside the image of "
            f"{width} x {height} pixels: give it in pixels of this image, or as NaN to use the whole image"
        )
    center = (left + right) / 2, (top + bottom) / 2
    return square_around(center, max(right - left, bottom - top), (width, height), margin=margin)
