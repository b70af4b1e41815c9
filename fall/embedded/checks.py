"""What has no kernel is refused here, with its name and its numbers."""

from __future__ import annotations

import numpy as np

from common.errors import InvalidInputError
from fall.tflite.file import Graph, Operator, Tensor

# RESHAPE and SQUEEZE move nothing; QUANTIZE and DEQUANTIZE are the ends of a file that takes and gives float32.
KERNELS = {
    "CONV_2D": "convolution",
    "DEPTHWISE_CONV_2D": "depthwise",
    "FULLY_CONNECTED": "convolution",
    "MAX_POOL_2D": "max_pool",
    "AVERAGE_POOL_2D": "average_pool",
    "MEAN": "mean",
    "ADD": "add",
    "PAD": "pad",
    "SOFTMAX": "softmax",
}
MOVES_NOTHING = ("RESHAPE", "SQUEEZE")
_ADVICE = "compress with a recipe that computes in int8, such as fall.compress(classifier, 'int8', X, y)"


def refused(operator: Operator, what: str) -> InvalidInputError:
    """The error for an operator that no kernel computes."""
    return InvalidInputError(f"model has a {operator.name} {what}: {_ADVICE}, from a network of fall.build_network")


def check_operators(graph: Graph) -> None:
    """Raise if operators have no kernel, naming all of them, or compute in anything but int8."""
    known = {*KERNELS, *MOVES_NOTHING}
    lacking = sorted({operator.name for operator in graph.operators} - known)
    if lacking:
        raise InvalidInputError(
            f"model has the operators {', '.join(lacking)}, for which there are no kernels in C (there are for "
            f"{', '.join(sorted(known))}): {_ADVICE}"
        )
    for operator in graph.operators:
        read = operator.inputs[:1] if operator.name in (*MOVES_NOTHING, "MEAN", "PAD") else operator.inputs[:2]
        for number in (*read, *operator.outputs):
            _check_int8(operator, graph.tensors[number])


def _check_int8(operator: Operator, tensor: Tensor) -> None:
    """Activations and weights are int8 with one scale, or weights with one for each filter."""
    if tensor.type_name != "int8":
        raise refused(operator, f"with {tensor.type_name} in {tensor.name!r}; the kernels in C compute in int8 alone")
    if tensor.block_size:
        raise refused(operator, f"with a scale for each {tensor.block_size} weights of {tensor.name!r}")
    if tensor.data is not None and operator.name not in ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"):
        raise refused(operator, f"of the constant {tensor.name!r}")
    if tensor.data is not None and np.any(tensor.zero_point):
        raise refused(operator, f"with weights whose zero points are not 0 in {tensor.name!r}")


def image_shape(operator: Operator, tensor: Tensor) -> tuple[int, int, int]:
    """Height, width and channels of one image; a row of numbers is one pixel."""
    shape = tensor.shape
    if shape[:1] == (1,) and len(shape) == 4:
        return shape[1], shape[2], shape[3]
    if shape[:1] == (1,) and len(shape) == 2:
        return 1, 1, shape[1]
    raise refused(operator, f"on the shape {shape}; the kernels take one image, (1, height, width, channels)")


def zero_point(tensor: Tensor) -> int:
    """The stored number that stands for 0."""
    return int(tensor.zero_point[0])


def scale(tensor: Tensor) -> float:
    """The float32 scale as the double in which the runtime computes multipliers."""
    return float(tensor.scale[0])
