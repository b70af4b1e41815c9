"""From pixels to stored inputs, and from stored outputs to a decision, as :class:`fall.TFLiteFallClassifier` does."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from fall.tflite.file import Tensor
from fall.tflite.model import CompressedModel
from fall.tflite.stored_numbers import pixel_table


def stored_pixels(model: CompressedModel) -> npt.NDArray[Any]:
    """The network's input for each pixel value from 0 to 255, in the input's type."""
    return pixel_table(model.graph.input, model.input_range)


def positive_index(model: CompressedModel) -> int:
    """The output that is the probability of a fall."""
    return 0 if model.graph.output.shape[1] == 1 else model.classes_.tolist().index(model.positive)


def stored_threshold(threshold: float, output: Tensor) -> int | float:
    """The smallest stored output that is a fall: an integer, beyond the type's range if there is none, or a float32."""
    if output.dtype == np.float32:
        nearest = np.float32(threshold)
        return float(nearest if float(nearest) >= threshold else np.nextafter(nearest, np.float32(np.inf)))
    bounds = np.iinfo(output.dtype)
    stored = np.arange(bounds.min, bounds.max + 1)
    falls = np.float64(output.scale[0]) * (stored - output.zero_point[0]) >= threshold
    return int(stored[np.argmax(falls)]) if falls.any() else int(bounds.max) + 1
