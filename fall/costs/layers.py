"""How many multiply-accumulates a layer of tf_keras takes: one table of the kinds that are known.

Counted are products with weights, and those of two tensors in attention. As in the lecture, padding counts like
pixels; activations, pooling, normalization and interpolation do not count.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NoReturn

from common.errors import InvalidInputError
from fall import backend
from fall.costs.uses import Shape, Use, uses


def layer_macs(layer: Any, use: Use) -> int:
    """Multiply-accumulates of one use of a layer, or of a model that is used as one.

    Raises
    ------
    InvalidInputError
        If the kind of layer, or of a layer inside it, is not known.
    """
    keras = backend.keras()
    if isinstance(layer, keras.Model):
        return sum(layer_macs(inner, inner_use) for inner, inner_use in uses(layer))
    kind = type(layer).__name__
    if type(layer).__module__.startswith("tf_keras.") and kind in ("TFOpLambda", "SlicingOpLambda"):
        return _of_function(layer)
    # By identity: a subclass of a known layer may compute anything.
    if kind not in MACS or getattr(keras.layers, kind, None) is not type(layer):
        refuse(layer)
    return MACS[kind](layer, use)


def refuse(layer: Any, why: str = "which the formulas do not cover") -> NoReturn:
    """Raise the error for a layer whose cost is not known."""
    raise InvalidInputError(
        f"layer {layer.name!r} is a {type(layer).__name__}, {why}: strip the wrappers of pruning, clustering and "
        "quantization, or convert the model and use fall.tflite_cost on the file"
    )


def _nothing(layer: Any, use: Use) -> int:
    return 0


def _dense(layer: Any, use: Use) -> int:
    return _positions(use, int(layer.units)) * _size(layer.kernel)


def _convolution(layer: Any, use: Use) -> int:
    # A kernel of a grouped convolution spans the channels of one group only, so its size is already divided.
    return _positions(use, layer.filters) * _size(layer.kernel)


def _transposed(layer: Any, use: Use) -> int:
    """Every input pixel is multiplied by the whole kernel; what padding then cuts off counts, too."""
    return math.prod(use.input) // int(layer.kernel.shape[-1]) * _size(layer.kernel)


def _depthwise(layer: Any, use: Use) -> int:
    return use.n_outputs * int(math.prod(layer.kernel_size))


def _separable(layer: Any, use: Use) -> int:
    return _positions(use, layer.filters) * (_size(layer.depthwise_kernel) + _size(layer.pointwise_kernel))


def _locally_connected(layer: Any, use: Use) -> int:
    channels = use.input[0 if layer.data_format == "channels_first" else -1]
    return use.n_outputs * int(math.prod(layer.kernel_size)) * channels


def _einsum(layer: Any, use: Use) -> int:
    """The output times the lengths of the indices that are summed over."""
    inputs, output = layer.equation.replace(" ", "").split("->")
    data, kernel = inputs.split(",")
    lengths = _lengths(data, (1, *use.input)) | dict(zip(kernel, map(int, layer.kernel.shape), strict=True))
    return use.n_outputs * math.prod(lengths[index] for index in lengths.keys() - set(output))


def _dot(layer: Any, use: Use) -> int:
    axis = layer.axes if isinstance(layer.axes, int) else layer.axes[0]
    return use.n_outputs * (1, *use.input)[axis]


def _attention(layer: Any, use: Use) -> int:
    if layer.score_mode != "dot":
        refuse(layer, f"with score_mode={layer.score_mode!r}, which the formulas do not cover")
    query, value = use.inputs[:2]
    return math.prod(query[:-1]) * value[-2] * (query[-1] + value[-1])


def _multi_head_attention(layer: Any, use: Use) -> int:
    query, value = use.arguments["query"], use.arguments["value"]
    key = use.arguments.get("key", value)
    if not len(query) == len(value) == len(key) == 2:
        refuse(layer, f"on inputs of shape {query}; the formulas cover (steps, features)")
    config = layer.get_config()
    heads, key_dim = config["num_heads"], config["key_dim"]
    value_dim = config["value_dim"] or key_dim
    projections = math.prod(query) * key_dim + math.prod(key) * key_dim + math.prod(value) * value_dim
    products = query[0] * value[0] * (key_dim + value_dim)
    return int(heads * (projections + products + value_dim * use.n_outputs))


def _recurrent(layer: Any, use: Use) -> int:
    if layer.time_major:
        refuse(layer, "with time_major=True, which the formulas do not cover")
    return use.input[0] * _cell(layer, layer.cell)


def _cell(layer: Any, cell: Any) -> int:
    layers = backend.keras().layers
    if type(cell) is layers.StackedRNNCells:
        return sum(_cell(layer, inner) for inner in cell.cells)
    if type(cell) not in (layers.SimpleRNNCell, layers.GRUCell, layers.LSTMCell):
        refuse(layer, f"whose cell is a {type(cell).__name__}, which the formulas do not cover")
    return _size(cell.kernel) + _size(cell.recurrent_kernel)


def _convolutional_recurrent(layer: Any, use: Use) -> int:
    steps = use.input[0]
    positions = _positions(use, layer.filters) // (steps if layer.return_sequences else 1)
    return steps * positions * (_size(layer.cell.kernel) + _size(layer.cell.recurrent_kernel))


def _bidirectional(layer: Any, use: Use) -> int:
    return sum(layer_macs(inner, _called(inner, use.input)) for inner in (layer.forward_layer, layer.backward_layer))


def _time_distributed(layer: Any, use: Use) -> int:
    return use.input[0] * layer_macs(layer.layer, _called(layer.layer, use.input[1:]))


def _called(layer: Any, shape: Shape) -> Use:
    """The use of a layer inside another one, which has no node in the graph."""
    outputs = layer.compute_output_shape((None, *shape))
    shapes = outputs if isinstance(outputs, list) else [outputs]
    return Use((shape,), tuple(tuple(map(int, tuple(sides)[1:])) for sides in shapes))


def _of_function(layer: Any) -> int:
    name = layer.get_config().get("function", "__operators__.getitem")
    if name not in _UNCOUNTED_FUNCTIONS.split() and not name.startswith("math.reduce_"):
        refuse(layer, f"of the function tf.{name}, which the formulas do not cover")
    return 0


def _positions(use: Use, channels: int) -> int:
    """At how many positions of the output a kernel with this many output channels is applied."""
    return use.n_outputs // channels


def _size(weights: Any) -> int:
    return math.prod(map(int, weights.shape))


def _lengths(indices: str, shape: Shape) -> dict[str, int]:
    """The length of each index of an operand of an einsum; ``...`` stands for any number of sides."""
    before, _, after = indices.partition("...")
    return dict(zip(before, shape, strict=False)) | dict(zip(reversed(after), reversed(shape), strict=False))


_UNCOUNTED = """
    Activation ActivityRegularization Add AlphaDropout Average AveragePooling1D AveragePooling2D AveragePooling3D
    BatchNormalization CenterCrop Concatenate Cropping1D Cropping2D Cropping3D Dropout ELU Flatten GaussianDropout
    GaussianNoise GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D GlobalMaxPooling1D
    GlobalMaxPooling2D GlobalMaxPooling3D GroupNormalization Identity LayerNormalization LeakyReLU Masking MaxPooling1D
    MaxPooling2D MaxPooling3D Maximum Minimum Multiply Normalization PReLU Permute RandomBrightness RandomContrast
    RandomCrop RandomFlip RandomRotation RandomTranslation RandomZoom ReLU RepeatVector Rescaling Reshape Resizing
    Softmax SpatialDropout1D SpatialDropout2D SpatialDropout3D Subtract ThresholdedReLU UnitNormalization UpSampling1D
    UpSampling2D UpSampling3D ZeroPadding1D ZeroPadding2D ZeroPadding3D
"""

# Functions of TensorFlow that a functional model may apply without a layer.
_UNCOUNTED_FUNCTIONS = """
    __operators__.add __operators__.getitem cast clip_by_value concat expand_dims identity image.resize math.abs
    math.add math.divide math.exp math.log math.maximum math.minimum math.multiply math.negative math.pow math.sigmoid
    math.sqrt math.square math.subtract math.tanh math.truediv nn.gelu nn.leaky_relu nn.relu nn.relu6 nn.sigmoid
    nn.silu nn.softmax nn.swish reshape split squeeze stack transpose
"""

#: By the name of the class in ``tf_keras.layers``; a kind that is not here is refused.
MACS: dict[str, Callable[[Any, Use], int]] = dict.fromkeys(_UNCOUNTED.split(), _nothing) | {
    "Attention": _attention,
    "Bidirectional": _bidirectional,
    "Conv1D": _convolution,
    "Conv1DTranspose": _transposed,
    "Conv2D": _convolution,
    "Conv2DTranspose": _transposed,
    "Conv3D": _convolution,
    "Conv3DTranspose": _transposed,
    "ConvLSTM1D": _convolutional_recurrent,
    "ConvLSTM2D": _convolutional_recurrent,
    "ConvLSTM3D": _convolutional_recurrent,
    "Dense": _dense,
    "DepthwiseConv1D": _depthwise,
    "DepthwiseConv2D": _depthwise,
    "Dot": _dot,
    "EinsumDense": _einsum,
    "GRU": _recurrent,
    "LSTM": _recurrent,
    "LocallyConnected1D": _locally_connected,
    "LocallyConnected2D": _locally_connected,
    "MultiHeadAttention": _multi_head_attention,
    "RNN": _recurrent,
    "SeparableConv1D": _separable,
    "SeparableConv2D": _separable,
    "SimpleRNN": _recurrent,
    "TimeDistributed": _time_distributed,
}
