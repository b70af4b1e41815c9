"""Check what runtimes assume about the graph of a .tflite file without checking it; a violation crashes the process."""

from __future__ import annotations

import math

import numpy as np

from common.errors import InvalidInputError, ModelIntegrityError
from fall.tflite.file.tensors import QUANTIZED, Graph, Operator, Tensor

# More than any image classifier needs, and less than a small computer's memory.
_MAX_ACTIVATION_BYTES = 2**31
# The runtimes' integer arithmetic aborts if the scales of an operator's tensors differ by this factor or more.
_MAX_SCALE_RATIO = 2.0**18


def check_rules(graph: Graph) -> None:
    """Raise if tensors or operators contradict themselves or one another.

    Raises
    ------
    ModelIntegrityError
        If the file is damaged.
    InvalidInputError
        If the activations vanish from layer to layer, as in an untrained network.
    """
    for tensor in graph.tensors:
        _check_quantization(tensor)
    _check_order(graph)
    for operator in graph.operators:
        _check_shapes(graph, operator)
        _check_scales(graph, operator)
    needed = sum(tensor.nbytes for tensor in graph.tensors if tensor.data is None)
    if needed > _MAX_ACTIVATION_BYTES:
        raise contradiction(f"its tensors claim {needed:,} bytes")


def contradiction(what: str) -> ModelIntegrityError:
    """The error for a file whose parts contradict one another."""
    return ModelIntegrityError(f"the model is damaged or not an image classifier ({what}): fetch or convert it again")


def _check_quantization(tensor: Tensor) -> None:
    """A quantized tensor has one scale, or as a constant one for each channel, and zero points within its type."""
    n = len(tensor.scale)
    if tensor.dtype in QUANTIZED and (n == 0 or (n > 1 and tensor.data is None)):
        raise contradiction(f"tensor {tensor.name!r} is {tensor.dtype} with {n} scales")
    if n == 0:
        return
    if n > 1 and not (0 <= tensor.axis < len(tensor.shape) and tensor.shape[tensor.axis] == n):
        raise contradiction(f"tensor {tensor.name!r} of shape {tensor.shape} has {n} scales along axis {tensor.axis}")
    if len(tensor.zero_point) not in (1, n) or not ((tensor.scale > 0) & np.isfinite(tensor.scale)).all():
        raise contradiction(f"tensor {tensor.name!r} has an impossible scale or zero point")
    if tensor.dtype in QUANTIZED:
        bounds = np.iinfo(tensor.dtype)
        if tensor.zero_point.min() < bounds.min or tensor.zero_point.max() > bounds.max:
            raise contradiction(f"tensor {tensor.name!r} has the zero point {tensor.zero_point[0]}")


def _check_order(graph: Graph) -> None:
    """Operators read only constants, inputs and tensors already written, and every tensor is written once."""
    n = len(graph.tensors)
    used = [*graph.inputs, *graph.outputs]
    used += [number for operator in graph.operators for number in (*operator.inputs, *operator.outputs)]
    if any(not -1 <= number < n for number in used):
        raise contradiction(f"an operator names a tensor beyond its {n}")
    constants = {number for number, tensor in enumerate(graph.tensors) if tensor.data is not None}
    ready = constants.union(graph.inputs)
    if len(ready) != len(constants) + len(graph.inputs) or -1 in ready:
        raise contradiction("an input is a constant, or none")
    for operator in graph.operators:
        if not ready.issuperset(number for number in operator.inputs if number >= 0):
            raise contradiction(f"{operator.name} reads what nothing has written")
        if not operator.outputs or not ready.isdisjoint(operator.outputs) or -1 in operator.outputs:
            raise contradiction(f"{operator.name} writes nothing, or what is already there")
        ready.update(operator.outputs)
    if not ready.issuperset(graph.outputs):
        raise contradiction("an output is never written")


def _check_shapes(graph: Graph, operator: Operator) -> None:
    """Check only the shapes that runtimes do not check themselves."""
    inputs = [graph.tensors[number].shape for number in operator.inputs if number >= 0]
    output = graph.tensors[operator.outputs[0]].shape
    if operator.name in ("DEQUANTIZE", "QUANTIZE") and inputs != [output]:
        raise contradiction(f"{operator.name} makes the shape {output} of {inputs}")
    if operator.name.endswith("_POOL_2D"):
        if len(inputs) != 1 or len(inputs[0]) != 4 or math.prod(operator.window) < 1:
            raise contradiction(f"{operator.name} takes {inputs} by windows of {operator.window}")
        if operator.window[0] > inputs[0][1] or operator.window[1] > inputs[0][2]:
            raise contradiction(f"{operator.name} has windows of {operator.window} on images of {inputs[0][1:3]}")


def _check_scales(graph: Graph, operator: Operator) -> None:
    tensors = [graph.tensors[number] for number in (*operator.inputs, *operator.outputs) if number >= 0]
    scales = [float(tensor.scale[0]) for tensor in tensors if tensor.data is None and tensor.dtype in QUANTIZED]
    if scales and max(scales) >= min(scales) * _MAX_SCALE_RATIO:
        raise InvalidInputError(
            f"the model's {operator.name} connects tensors with the scales {min(scales):.3g} and "
            f"{max(scales):.3g}, which no runtime can compute: train the network first (without batch statistics its "
            "activations vanish), or fetch the file again if it is damaged"
        )
