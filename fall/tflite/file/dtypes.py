"""The types of numbers that operators may read and write; see :mod:`fall.tflite.file.shapes` for their shapes."""

from __future__ import annotations

from fall.tflite.file.calls import Call
from fall.tflite.file.tensors import Tensor

ACTIVATIONS = frozenset({"float32", "int8", "uint8", "int16"})
_INTEGERS = frozenset({"int32", "int64"})

# The weights and biases that a layer may have, by the type of its input.
_WEIGHTS = {
    "float32": {"float32", "int8", "int4"},
    "int8": {"int8", "int4"},
    "uint8": {"uint8"},
    "int16": {"int8", "int4"},
}
_BIASES = {"float32": {"float32"}, "int8": {"int32"}, "uint8": {"int32"}, "int16": {"int32", "int64"}}


def alike(call: Call) -> bool:
    """All inputs and outputs are activations of one type."""
    return _are(ACTIVATIONS, *call.inputs, *call.outputs)


def floats(call: Call) -> bool:
    """All inputs and outputs are float32."""
    return _are(frozenset({"float32"}), *call.inputs, *call.outputs)


def alike_or_integers(call: Call) -> bool:
    """All inputs and outputs have one type, which may be that of shapes."""
    return _are(ACTIVATIONS | _INTEGERS, *call.inputs, *call.outputs)


def first_alike(call: Call) -> bool:
    """The first input and the outputs have one type; the other inputs are integers such as axes."""
    others = {tensor.type_name for tensor in call.inputs[1:] if tensor is not None}
    return _are(ACTIVATIONS | _INTEGERS, call.inputs[0], *call.outputs) and others <= _INTEGERS


def second_alike(call: Call) -> bool:
    """The second input and the outputs have one type; the first is an axis."""
    return _are(ACTIVATIONS, *call.inputs[1:], *call.outputs)


def padded(call: Call) -> bool:
    """The image, the value that fills the padding if there is one, and the output have one type."""
    return _are(ACTIVATIONS, call.inputs[0], *call.inputs[2:], *call.outputs) and _are(_INTEGERS, call.inputs[1])


def layer(call: Call) -> bool:
    """Weights and biases suit the input; the output is of the input's type."""
    images, weights = call.tensor(0), call.tensor(1)
    bias = call.inputs[2] if len(call.inputs) > 2 else None
    return (
        _are(ACTIVATIONS, images, *call.outputs)
        and weights.type_name in _WEIGHTS[images.type_name]
        and (weights.data is not None or weights.type_name == images.type_name)
        and (bias is None or bias.type_name in _BIASES[images.type_name])
    )


def quantized(call: Call) -> bool:
    """QUANTIZE: to integers."""
    return call.tensor(0).type_name in ACTIVATIONS and call.outputs[0].type_name in ACTIVATIONS - {"float32"}


def dequantized(call: Call) -> bool:
    """DEQUANTIZE: to float32."""
    stored = ACTIVATIONS - {"float32"} | {"float16", "int4"}
    return call.tensor(0).type_name in stored and call.outputs[0].type_name == "float32"


def shape_vector(call: Call) -> bool:
    """SHAPE: from anything to the integers that its options name."""
    return call.outputs[0].type_name == {2: "int32", 4: "int64"}.get(call.options.OutType())


def _are(allowed: frozenset[str], *tensors: Tensor | None) -> bool:
    names = {tensor.type_name for tensor in tensors if tensor is not None}
    return len(names) == 1 and names <= allowed
