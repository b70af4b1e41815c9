"""Between real numbers and the numbers that a .tflite file is given and gives."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from common.validation import FloatArray
from fall.networks.pixels import DEFAULT_RANGE, InputRange, scale_pixels
from fall.tflite.file import Tensor


def pixel_table(images: Tensor, input_range: InputRange = DEFAULT_RANGE) -> npt.NDArray[Any]:
    """The network's input for each pixel value from 0 to 255, in the input's type.

    Examples
    --------
    The input of an int8 network that was calibrated with black and white is the pixel minus 128:

    >>> scale, zero_point = np.array([2 / 255]), np.array([-1])
    >>> images = Tensor("images", (1, 96, 96, 3), np.dtype("int8"), scale, zero_point, 0, 0, None)
    >>> pixel_table(images)[[0, 1, 254, 255]]
    array([-128, -127,  126,  127], dtype=int8)
    """
    pixels = scale_pixels(np.arange(256, dtype=np.uint8), input_range)
    if images.dtype == np.float32:
        return np.asarray(pixels)
    # Scaled pixels lie halfway between two integers. Rounding half to even would merge pairs of pixel values, so all
    # are rounded up.
    levels = np.floor(pixels.astype(np.float64) / images.scale[0] + images.zero_point[0] + 0.501)
    bounds = np.iinfo(images.dtype)
    return np.asarray(np.clip(levels, bounds.min, bounds.max), images.dtype)


def dequantize(values: npt.NDArray[Any], tensor: Tensor) -> FloatArray:
    """Convert a tensor's stored values to real numbers in float64."""
    if tensor.dtype == np.float32:
        return values.astype(np.float64)
    return np.asarray(np.float64(tensor.scale[0]) * (values.astype(np.float64) - tensor.zero_point[0]))
