"""From pixels to stored inputs, and from stored outputs to a decision, as :class:`fall.TFLiteFallClassifier` does."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from fall.tflite.file import Tensor, output_kind
from fall.tflite.model import CompressedModel
from fall.tflite.stored_numbers import pixel_table


def stored_pixels(model: CompressedModel) -> npt.NDArray[Any]:
    """The network's input for each pixel value from 0 to 255, in the input's type."""
    return pixel_table(model.graph.input, model.input_range)


def check_decidable(model: CompressedModel) -> None:
    """Raise unless one output of the network is the probability of a fall, as the exported program takes it."""
    kind = output_kind(model.graph)
    if kind in ("logits", "logit"):
        raise InvalidInputError(
            f"model gives {kind}, not probabilities, and the C program has no softmax: end the network in one (or for "
            "two classes in one sigmoid), and compress it again"
        )
    if kind == "sigmoid" and model.positive != model.classes_.tolist()[1]:
        raise InvalidInputError(
            f"model has one output, the probability of {model.classes_.tolist()[1]!r}, but the fall is "
            f"{model.positive!r}: end the network in a softmax over both classes, and compress it again"
        )


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
