"""One image: safe decoding, a square crop round the person, resizing.

Image files come from cameras and downloads, so they are not trusted. A file is read only up to :data:`MAX_BYTES`; its
type is determined by its content, never by its name; its size is read from the header and checked before any pixel is
decoded.
"""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path
from typing import IO

import numpy as np

from common.errors import InvalidInputError, UnsafeInputError
from common.monitoring.boxes import MARGIN, Box as Box, square_around
from common.optional import require

require("PIL", extra="edge", purpose="reading images")

from PIL import ExifTags, Image, ImageFile, ImageOps, UnidentifiedImageError  # noqa: E402  (after the check that Pillow is there)

MAX_BYTES = 10 * 2**20
MAX_PIXELS = 16_000_000
# A strip one pixel high may be very long within MAX_PIXELS, but resizing it needs filters as long as the strip.
MAX_SIDE = 16_384
# Progressive JPEG files have about ten scans, and each scan decodes the whole image again.
MAX_SCANS = 100

_FORMATS = ("PNG", "JPEG")
_ROTATED = (5, 6, 7, 8)  # the EXIF orientations that swap width and height


def image_size(path: str | os.PathLike[str]) -> tuple[int, int]:
    """Width and height of an image, from its header alone.

    Parameters
    ----------
    path : str or path-like
        A PNG or JPEG file.

    Returns
    -------
    tuple of int
        Width and height in pixels, upright: as :func:`read_image` returns it.

    Raises
    ------
    InvalidInputError
        If there is no such file, or its header is damaged.
    UnsafeInputError
        If it is neither PNG nor JPEG, or passes :data:`MAX_PIXELS` or :data:`MAX_SIDE`.
    """
    with _regular_file(path) as file, _open(file, str(path)) as image:
        width, height = image.size
        try:
            # Without checking image.info, Pillow decodes a PNG to look for EXIF data after the pixels.
            is_rotated = "exif" in image.info and image.getexif().get(ExifTags.Base.Orientation) in _ROTATED
        except Exception as error:
            raise _damaged(str(path), error) from error
        return (height, width) if is_rotated else (width, height)


def read_image(path: str | os.PathLike[str]) -> Image.Image:
    """Decode an image file from an untrusted source.

    Parameters
    ----------
    path : str or path-like
        A PNG or JPEG file of at most :data:`MAX_BYTES`.

    Returns
    -------
    PIL.Image.Image
        Upright RGB. See :func:`decode_image` for how other types are converted.

    Raises
    ------
    InvalidInputError
        If there is no such file, or it is truncated or damaged.
    UnsafeInputError
        If it is too large, or neither PNG nor JPEG whatever its name says.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     Image.new("L", (40, 30)).save(f"{folder}/grey.png")
    ...     image = read_image(f"{folder}/grey.png")
    >>> image.mode, image.size
    ('RGB', (40, 30))
    """
    with _regular_file(path) as file:
        try:
            data = file.read(MAX_BYTES + 1)
        except OSError as error:
            raise InvalidInputError(
                f"{path} cannot be read ({error}): check the disk, or leave the file out"
            ) from error
    return decode_image(data, str(path))


def decode_image(data: bytes, name: str = "image") -> Image.Image:
    """Decode the bytes of a PNG or JPEG file, for example from a camera.

    Every image becomes upright 8-bit RGB: EXIF orientation is applied, palettes are resolved, grey is repeated, of 16
    bits the upper 8 are kept, and transparent pixels are blended with black. Of an animation, or of several pictures in
    a file, the first is used.

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
        If it is too large, or neither PNG nor JPEG.
    """
    if len(data) > MAX_BYTES:
        raise UnsafeInputError(f"{name} is larger than {MAX_BYTES // 2**20} MB: save it smaller, or as JPEG")
    # In a JPEG's pixel data 0xFF is escaped, so counting the marker counts the scans.
    if data[:2] == b"\xff\xd8" and data.count(b"\xff\xda") > MAX_SCANS:
        raise UnsafeInputError(f"{name} has more than {MAX_SCANS} scans, which take minutes to decode: save it again")
    # Checksums first, since Pillow does not check them while decoding. verify() makes the image unusable.
    with _open(BytesIO(data), name) as image:
        try:
            image.verify()
        except Exception as error:
            raise _damaged(name, error) from error
    with _open(BytesIO(data), name) as image:
        try:
            image.load()
            ImageOps.exif_transpose(image, in_place=True)
            return _to_rgb(image)
        except Exception as error:  # a hostile file can make a decoder raise anything
            raise _damaged(name, error) from error


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


def _regular_file(path: str | os.PathLike[str]) -> IO[bytes]:
    """Open a file; raise for a folder, a pipe or a device, since reading those may never end."""
    try:
        file = Path(path)
        if file.is_file():
            return file.open("rb")
        what = "is not a file" if file.exists() else "does not exist"
    except OSError as error:
        what = f"cannot be opened ({error})"
    raise InvalidInputError(f"{path} {what}: check the path; for a folder of images see fall.datasets")


def _open(file: IO[bytes], name: str) -> ImageFile.ImageFile:
    """Open an image, reading only its header, and check its type and size."""
    try:
        image = Image.open(file, formats=_FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UnsafeInputError(f"{name} is far too large ({error}): save it smaller") from error
    except UnidentifiedImageError as error:
        raise UnsafeInputError(
            f"{name} is not a PNG or JPEG image, whatever its name says: convert it, or leave it out"
        ) from error
    except Exception as error:  # a hostile header can make a parser raise anything
        raise UnsafeInputError(f"{name} has a header that cannot be trusted ({error}): leave it out") from error
    width, height = image.size
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        image.close()
        raise UnsafeInputError(
            f"{name} has {width} x {height} pixels; at most {MAX_PIXELS // 10**6} megapixels and {MAX_SIDE} on a side "
            "are decoded: save it smaller"
        )
    return image


def _to_rgb(image: Image.Image) -> Image.Image:
    """8-bit RGB; see :func:`decode_image`."""
    if image.mode.startswith("I"):  # 16-bit grey, which Pillow would clip at 255
        image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    if image.has_transparency_data:
        colors = image.convert("RGBA")
        image = Image.new("RGB", colors.size)
        image.paste(colors, mask=colors)
    return image if image.mode == "RGB" else image.convert("RGB")


def _damaged(name: str, error: Exception) -> InvalidInputError:
    return InvalidInputError(f"{name} is truncated or damaged ({error}): replace it, or leave it out")
