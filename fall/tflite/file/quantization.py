"""Check the scales and zero points of the tensors of a .tflite file; a violation crashes runtimes."""

from __future__ import annotations

import numpy as np

from common.errors import InvalidInputError
from fall.tflite.file.calls import Call
from fall.tflite.file.refusals import contradiction, unsupported
from fall.tflite.file.tensors import QUANTIZED, Tensor

# The runtimes' integer arithmetic aborts if the scales of an operator's tensors differ by this factor or more.
_MAX_SCALE_RATIO = 2.0**18
# Where the weights of a layer have their output channels.
_CHANNEL_AXIS = {"CONV_2D": 0, "DEPTHWISE_CONV_2D": 3, "FULLY_CONNECTED": 0}


def check_quantization(tensor: Tensor) -> None:
    """A quantized tensor has one scale, or as a constant one for each channel, and zero points within its type."""
    n = len(tensor.scale)
    if tensor.is_packed and tensor.data is None:
        raise unsupported(f"has activations of {tensor.type_name}")
    if tensor.dtype in QUANTIZED and (n == 0 or (n > 1 and tensor.data is None)):
        raise contradiction(f"tensor {tensor.name!r} is {tensor.type_name} with {n} scales")
    if n == 0:
        return
    # TensorFlow's converter gives channels without weights the scale 0 if activations have 16 bits.
    may_be_zero = n > 1 and tensor.data is not None and tensor.scale.any()
    if not ((tensor.scale > 0) | (may_be_zero & (tensor.scale == 0))).all() or not np.isfinite(tensor.scale).all():
        raise contradiction(f"tensor {tensor.name!r} has an impossible scale")
    if tensor.block_size:
        return  # reading has matched blocks and scales, and blocks have no zero point
    if n > 1 and not (0 <= tensor.axis < len(tensor.shape) and tensor.shape[tensor.axis] == n):
        raise contradiction(f"tensor {tensor.name!r} of shape {tensor.shape} has {n} scales along axis {tensor.axis}")
    if len(tensor.zero_point) not in (1, n):
        raise contradiction(f"tensor {tensor.name!r} has {n} scales and {len(tensor.zero_point)} zero points")
    if tensor.dtype in QUANTIZED:
        bits = 4 if tensor.is_packed else 8 * tensor.dtype.itemsize
        least = 0 if tensor.dtype.kind == "u" else -(2 ** (bits - 1))
        if tensor.zero_point.min() < least or tensor.zero_point.max() >= least + 2**bits:
            raise contradiction(f"tensor {tensor.name!r} has the zero point {tensor.zero_point[0]}")


def check_scales(call: Call) -> None:
    """Raise if an operator cannot compute with the scales of its tensors."""
    for number, tensor in enumerate(call.inputs):
        if tensor is None:
            continue
        if tensor.block_size and (call.name, number) != ("FULLY_CONNECTED", 1):
            raise unsupported(f"has a {call.name} with weights that have a scale for each block")
        if len(tensor.scale) > 1 and not tensor.block_size and not _may_have_channels(call, number, tensor):
            raise call.refused(f"takes a tensor with {len(tensor.scale)} scales along axis {tensor.axis}")
    if call.name == "DEPTHWISE_CONV_2D" and _lacks_channels(call):
        raise unsupported(
            "has a DEPTHWISE_CONV_2D of float32 whose weights have one scale for all channels; LiteRT reads one for "
            "each, beyond its memory",
            "quantize by channels",
        )
    tensors = [tensor for tensor in (*call.inputs, *call.outputs) if tensor is not None]
    scales = [float(tensor.scale[0]) for tensor in tensors if tensor.data is None and tensor.dtype in QUANTIZED]
    if scales and max(scales) >= min(scales) * _MAX_SCALE_RATIO:
        raise InvalidInputError(
            f"the model's {call.name} connects tensors with the scales {min(scales):.3g} and "
            f"{max(scales):.3g}, which no runtime can compute: train the network first (without batch statistics its "
            "activations vanish), or fetch the file again if it is damaged"
        )


def _may_have_channels(call: Call, number: int, tensor: Tensor) -> bool:
    """Whether an operator computes with a scale for each channel of this input: of weights and biases."""
    if call.name == "DEQUANTIZE":
        return True
    return call.name in _CHANNEL_AXIS and (number == 2 or (number == 1 and tensor.axis == _CHANNEL_AXIS[call.name]))


def _lacks_channels(call: Call) -> bool:
    images, weights = call.tensor(0), call.tensor(1)
    return images.type_name == "float32" and len(weights.scale) == 1 and weights.shape[3] > 1
