"""From an opened file to upright RGB."""

from __future__ import annotations

from typing import BinaryIO

import numpy as np
from PIL import Image, ImageFile, UnidentifiedImageError

from common.errors import InvalidInputError, UnsafeInputError
from fall.image_files.kinds import ACCEPTED, HEAD_BYTES, kind_of_bytes, webp_size
from fall.image_files.limits import MAX_BYTES, MAX_PIXELS, MAX_SIDE
from fall.image_files.orientation import turn_of
from fall.image_files.png import check_chunks
from fall.image_files.segments import check_segments
from fall.image_files.transparency import transparent_pixels


def open_image(file: BinaryIO, name: str) -> ImageFile.ImageFile:
    """Open an image, reading only its header, and check its kind and size.

    Raises
    ------
    UnsafeInputError
        If its kind is not accepted, or it has too many pixels, chunks or segments.
    """
    head = file.read(HEAD_BYTES)
    kind = kind_of_bytes(head)
    if kind not in ACCEPTED:
        raise _not_accepted(name, kind)
    if kind == "WebP":  # Pillow takes memory for all pixels while opening it
        _check_size(webp_size(head), name)
    _check_parts(file, kind, name)
    file.seek(0)
    try:
        image = Image.open(file, formats=(kind,))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UnsafeInputError(f"{name} is far too large ({error}): save it smaller") from error
    except UnidentifiedImageError as error:
        raise UnsafeInputError(f"{name} has a {kind} header that cannot be trusted: leave it out") from error
    except Exception as error:  # a hostile header can make a parser raise anything
        raise UnsafeInputError(f"{name} has a {kind} header that cannot be trusted ({error}): leave it out") from error
    try:
        _check_size(image.size, name)
    except UnsafeInputError:
        image.close()
        raise
    return image


def _check_parts(file: BinaryIO, kind: str, name: str) -> None:
    """Refuse a file of so many parts that Pillow would take long to read its header."""
    try:
        if kind == "JPEG":
            check_segments(file)
        elif kind == "PNG":
            check_chunks(file)
    except UnsafeInputError as error:
        raise UnsafeInputError(f"{name}: {error}") from error


def turn_of_image(file: BinaryIO, image: Image.Image, name: str) -> Image.Transpose | None:
    """As :func:`~fall.image_files.orientation.turn_of`, in our own errors."""
    try:
        return turn_of(file, image)
    except Exception as error:
        raise damaged(name, error) from error


def to_rgb(image: Image.Image, data: bytes) -> Image.Image:
    """A decoded image of the file ``data`` as 8-bit RGB: of 16 bits the upper 8, transparency over black."""
    transparent = transparent_pixels(image, data)
    if transparent is not None:
        del image.info["transparency"]  # Pillow would convert that color, too
    if image.mode.startswith("I"):  # 16-bit grey, which Pillow would clip at 255
        image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    if image.has_transparency_data:
        colors = image.convert("RGBA")
        image = Image.new("RGB", colors.size)
        image.paste(colors, mask=colors)
    rgb = image if image.mode == "RGB" else image.convert("RGB")
    if transparent is not None:
        rgb.paste((0, 0, 0), mask=Image.fromarray(transparent))
    return rgb


def check_bytes(n_bytes: int, name: str) -> None:
    """Refuse a file of more than :data:`~fall.image_files.limits.MAX_BYTES`."""
    if n_bytes > MAX_BYTES:
        raise UnsafeInputError(f"{name} is larger than {MAX_BYTES // 2**20} MB: save it smaller, or as JPEG")


def damaged(name: str, error: Exception) -> InvalidInputError:
    """The error for a file whose content does not decode."""
    return InvalidInputError(f"{name} is truncated or damaged ({error}): replace it, or leave it out")


def _check_size(size: tuple[int, int] | None, name: str) -> None:
    if size is None:
        raise UnsafeInputError(f"{name} has a WebP header that cannot be trusted: leave it out")
    width, height = size
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise UnsafeInputError(
            f"{name} has {width} x {height} pixels; at most {MAX_PIXELS // 10**6} megapixels and {MAX_SIDE} on a side "
            "are decoded: save it smaller"
        )


def _not_accepted(name: str, kind: str | None) -> UnsafeInputError:
    what = f" (it is {kind})" if kind else ""
    return UnsafeInputError(
        f"{name} is not a PNG or JPEG image, nor BMP or WebP, whatever its name says{what}: convert it, or leave it out"
    )
