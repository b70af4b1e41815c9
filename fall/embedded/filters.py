"""The constants of convolutions and dense layers: zero points folded into biases, scales into multipliers."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from fall.embedded.checks import refused, scale, zero_point
from fall.embedded.fixed_point import quantized_multipliers
from fall.embedded.steps import Filters
from fall.tflite.file import Graph, Operator

_LARGEST = 2**31 - 1
_LARGEST_INPUT = 128  # of int8, without its sign


def read_filters(graph: Graph, operator: Operator) -> Filters:
    """The constants of an operator, with a proof that no sum of products passes 32 bits.

    The kernels multiply the stored inputs q, not q − z with the zero point z: the sum over a filter's weights w is the
    same when its bias is less by z·Σw, and a copied window stores z outside the image.

    Raises
    ------
    InvalidInputError
        If weights or biases are not constant, or a sum may overflow.
    """
    images, weights = (graph.tensors[number] for number in operator.inputs[:2])
    output = graph.tensors[operator.outputs[0]]
    if weights.data is None:
        raise refused(operator, f"with weights that are computed, {weights.name!r}")
    axis = 3 if operator.name == "DEPTHWISE_CONV_2D" else 0
    by_filter = np.moveaxis(weights.data, axis, 0).reshape(weights.shape[axis], -1).astype(np.int64)
    bias = _bias(graph, operator, len(by_filter))
    folded = bias - zero_point(images) * by_filter.sum(axis=1)
    multiplier, shift = quantized_multipliers(_ratios(operator, scale(images), weights.scale, scale(output), len(bias)))
    bound = np.maximum(np.abs(bias), np.abs(folded)) + _LARGEST_INPUT * np.abs(by_filter).sum(axis=1)
    _check_bound(operator, bound, shift)
    return Filters(
        np.ascontiguousarray(weights.data, np.int8), np.asarray(folded, np.int32), multiplier, shift
    )


def _bias(graph: Graph, operator: Operator, n: int) -> npt.NDArray[np.int64]:
    number = operator.inputs[2] if len(operator.inputs) > 2 else -1
    if number < 0:
        return np.zeros(n, np.int64)
    bias = graph.tensors[number]
    if bias.data is None or bias.dtype != np.int32:
        raise refused(operator, f"with biases {bias.name!r} that are not constants of int32")
    return np.asarray(bias.data.reshape(-1), np.int64)


def _ratios(
    operator: Operator, scale_in: float, scales: npt.NDArray[np.float32], scale_out: float, n: int
) -> npt.NDArray[np.float64]:
    """The scale of the sum of products over that of the output, for each filter."""
    products = scale_in * scales.astype(np.float64)
    if operator.name == "FULLY_CONNECTED" and len(scales) == 1:
        # With one scale for all units, the runtime multiplies in float32 (kernel_util.cc).
        products = (np.float32(scale_in) * scales).astype(np.float64)
    return np.asarray(np.broadcast_to(products / scale_out, n))


def _check_bound(operator: Operator, bound: npt.NDArray[Any], shift: list[int]) -> None:
    """The sum, shifted left where its multiplier is above 1, fits in 32 bits."""
    shifted = [int(largest) << max(left, 0) for largest, left in zip(bound, shift, strict=True)]
    if max(shifted) > _LARGEST:
        raise refused(
            operator,
            f"whose sums of {len(shift)} filters may reach {max(shifted):,}, beyond the {_LARGEST:,} of 32 bits",
        )
