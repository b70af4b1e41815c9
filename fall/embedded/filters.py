"""The constants of convolutions and dense layers: zero points folded into biases, scales into multipliers."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from fall.embedded.checks import refused, scale, zero_point
from fall.embedded.fixed_point import quantized_multiplier
from fall.embedded.steps import Filters
from fall.tflite.file import Graph, Operator

_LARGEST = 2**30 - 1  # so that half of the greatest divisor, 2^30, can be added
_GREATEST_RATIO = 0.5 - 2.0**-33  # what rounds to a multiplier of 1/2 is beyond
_RUN = 4
_LARGEST_INPUT = 128  # of int8, without its sign


def read_filters(graph: Graph, operator: Operator, groups: int = 1) -> Filters:
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
    ratios = _ratios(operator, scale(images), weights.scale, scale(output), len(bias))
    if ratios.max() >= _GREATEST_RATIO:
        raise refused(operator, f"that multiplies sums by {ratios.max():.3g}; the kernels take factors below 1/2")
    multiplier, divisor = zip(*((m, max(-s, 1)) for m, s in map(quantized_multiplier, ratios)), strict=True)
    bound = np.maximum(np.abs(bias), np.abs(folded)) + _LARGEST_INPUT * np.abs(by_filter).sum(axis=1)
    if bound.max() > _LARGEST:
        raise refused(operator, f"whose sums may reach {bound.max():,}, beyond the {_LARGEST:,} that the kernels take")
    if axis:
        return _filters(weights.data, folded, multiplier, divisor)
    by_four = (_in_fours(np.asarray(values), groups) for values in (folded, multiplier, divisor))
    return _filters(_in_runs(by_filter, groups), *by_four)


def _filters(weights: Any, bias: Any, multiplier: Any, shift: Any) -> Filters:
    return Filters(
        np.asarray(weights, np.int8).reshape(-1),
        np.asarray(bias, np.int32),
        np.asarray(multiplier, np.int32),
        np.asarray(shift, np.int8),
    )


def _in_fours(of_filters: npt.NDArray[Any], groups: int) -> npt.NDArray[Any]:
    """Numbers of the filters, with zeros that fill up each group to a multiple of four."""
    of_group = of_filters.reshape(groups, -1)
    return np.pad(of_group, ((0, 0), (0, -of_group.shape[1] % _RUN))).reshape(-1)


def _in_runs(by_filter: npt.NDArray[Any], groups: int) -> npt.NDArray[Any]:
    """Weights ``(filters, n)`` as the kernel reads them: four of each of four filters, then the next four of each.

    Zeros fill up both the filters of each group and their weights to multiples of four.

    Examples
    --------
    >>> _in_runs(np.arange(1, 11).reshape(2, 5), 1).tolist()
    [1, 2, 3, 4, 6, 7, 8, 9, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    """
    n = by_filter.shape[1]
    of_group = by_filter.reshape(groups, -1, n)
    filled = np.pad(of_group, ((0, 0), (0, -of_group.shape[1] % _RUN), (0, -n % _RUN)))
    blocks = filled.reshape(-1, _RUN, filled.shape[2] // _RUN, _RUN)
    return blocks.transpose(0, 2, 1, 3).reshape(-1)


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
