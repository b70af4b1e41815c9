"""Batches of images."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.validation.missing import as_array


def check_images(value: Any, name: str = "X", *, size: int | None = None) -> npt.NDArray[np.uint8]:
    """RGB images as uint8 ``(n_images, height, width, 3)``, of ``size`` × ``size`` pixels if given."""
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
    if images.ndim != 4 or images.shape[3] != 3:
        raise InvalidInputError(
            f"{name} has shape {images.shape}; images are (n_images, height, width, 3) in RGB. "
            "A single image is x[None]"
        )
    if 0 in images.shape:
        raise InvalidInputError(f"{name} is empty: shape {images.shape}; it needs at least one image")
    if size is not None and images.shape[1:3] != (size, size):
        raise InvalidInputError(
            f"{name} has images of {images.shape[2]} x {images.shape[1]} pixels, but {size} x {size} are expected: "
            f"read them with size={size}"
        )
    return images
