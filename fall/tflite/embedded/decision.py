"""From pixels to stored inputs, and from stored outputs to a decision, as :class:`fall.TFLiteFallClassifier` does."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from fall.tflite.classifier import pixel_table
from fall.tflite.file import Tensor
from fall.tflite.model import CompressedModel

_RANGE = (-1.0, 1.0)


def stored_pixels(model: CompressedModel) -> npt.NDArray[Any]:
    """The network's input for each pixel value from 0 to 255, in the input's type."""
    input_range = tuple(getattr(model, "input_range", _RANGE))
    table: Any = pixel_table
    return np.asarray(table(model.graph.input, *([] if input_range == _RANGE else [input_range])))


def positive_index(model: CompressedModel) -> int:
    """The output that is the probability of a fall."""
    positive = getattr(model, "positive", None)
    labels = model.classes_.tolist()
    if model.graph.output.shape[1] == 1:
        return 0
    return labels.index(positive) if positive is not None else len(labels) - 1


def stored_threshold(threshold: float, output: Tensor) -> int | float:
    """The smallest stored output that is a fall: an integer, beyond the type's range if there is none, or a float32."""
    if output.dtype == np.float32:
        nearest = np.float32(threshold)
        return float(nearest if float(nearest) >= threshold else np.nextafter(nearest, np.float32(np.inf)))
    bounds = np.iinfo(output.dtype)
    stored = np.arange(bounds.min, bounds.max + 1)
    falls = np.float64(output.scale[0]) * (stored - output.zero_point[0]) >= threshold
    return int(stored[np.argmax(falls)]) if falls.any() else int(bounds.max) + 1
