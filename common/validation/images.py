"""Batches of images."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.validation.missing import as_array


def check_images(value: Any, name: str = "X", *, size: int | None = None, channels: int = 3) -> npt.NDArray[np.uint8]:
    """Images as uint8 ``(n_images, height, width, channels)``, of ``size`` × ``size`` pixels if given.

    With 3 channels they must be RGB. With 1 channel grey images are wanted: ``(n_images, height, width)`` gets its last
    axis, and RGB images are converted by :func:`luma`.
    """
    try:
        images = as_array(value)
    except ValueError as error:
        raise InvalidInputError(f"{name} holds images of different sizes; read them with fall.read_images") from error
    if images.dtype.kind == "f" and np.ma.is_masked(value):
        raise InvalidInputError(f"{name} has masked pixels: fill them, or leave out such images")
    if images.dtype != np.uint8:
        raise InvalidInputError(
            f"{name} is {images.dtype}; images are uint8 from 0 to 255: "
            f"(255 * {name}).astype('uint8') if yours are from 0 to 1"
        )
    if channels == 1 and images.ndim == 3:
        images = images[..., None]
    if images.ndim != 4 or images.shape[3] not in (3, channels):
        grey = ", or grey: (n_images, height, width)" if channels == 1 else ""
        raise InvalidInputError(
            f"{name} has shape {images.shape}; images are (n_images, height, width, 3) in RGB{grey}. "
            "A single image is x[None]"
        )
    if 0 in images.shape:
        raise InvalidInputError(f"{name} is empty: shape {images.shape}; it needs at least one image")
    if size is not None and images.shape[1:3] != (size, size):
        raise InvalidInputError(
            f"{name} has images of {images.shape[2]} x {images.shape[1]} pixels, but {size} x {size} are expected: "
            f"read them with size={size}"
        )
    return luma(images) if images.shape[3] != channels else images


def luma(images: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Brightness of RGB images, ``(..., 3)`` to ``(..., 1)``: 0.299 R + 0.587 G + 0.114 B, as Pillow's mode "L".

    Examples
    --------
    >>> luma(np.uint8([[255, 0, 0], [0, 255, 0], [9, 9, 9]])).ravel()
    array([ 76, 150,   9], dtype=uint8)
    """
    # The three weights in 65536ths; in integers, so that the result is Pillow's to the bit.
    red, green, blue = (images[..., channel].astype(np.uint32) for channel in range(3))
    return ((19595 * red + 38470 * green + 7471 * blue + 0x8000) >> 16).astype(np.uint8)[..., None]
