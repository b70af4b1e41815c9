"""The operators that image classifiers may have, and what each of them must be given.

The list holds what TensorFlow Lite's converter makes of the networks of ``tf_keras.applications``, and what
TensorFlow's model optimization toolkit and the ai-edge-quantizer make of them. Runtimes check only a part of what is
checked here: with another operator's inputs or options they write beyond their memory.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fall.tflite.file import dtypes, shapes, windows
from fall.tflite.file.calls import Call, Integers, Shape

MAX_RANK = 6
_MANY = 1024


@dataclass(frozen=True)
class OperatorRule:
    """What an operator must be given.

    Attributes
    ----------
    shape : function
        The shapes of the outputs from those of the inputs.
    dtype : function
        Whether the types of numbers fit.
    inputs, outputs : tuple of int
        The least and the greatest number of inputs and outputs.
    optional : bool
        Whether the last of these inputs may be marked as absent.
    options : str
        Name of the schema's table of options.
    needs_options : bool
        Whether the table must be there; otherwise its defaults hold.
    max_rank : int
        The greatest number of axes of the first input that runtimes can compute with.
    known : function or None
        The integers that it writes, as far as they follow from those that it reads.
    """

    shape: Callable[[Call], list[Shape]]
    dtype: Callable[[Call], bool] = dtypes.alike
    inputs: tuple[int, int] = (1, 1)
    outputs: tuple[int, int] = (1, 1)
    optional: bool = False
    options: str = ""
    needs_options: bool = False
    max_rank: int = MAX_RANK
    known: Callable[[Call], Integers | None] | None = None


def _elementwise(options: str = "", max_rank: int = MAX_RANK) -> OperatorRule:
    return OperatorRule(shapes.same, options=options, max_rank=max_rank)


def _pairs(options: str = "", dtype: Callable[[Call], bool] = dtypes.alike, max_rank: int = MAX_RANK) -> OperatorRule:
    return OperatorRule(shapes.broadcast, dtype, (2, 2), options=options, max_rank=max_rank)


def _convolution(shape: Callable[[Call], list[Shape]], options: str) -> OperatorRule:
    # LiteRT refuses a CONV_2D without biases, and crashes on a DEPTHWISE_CONV_2D.
    return OperatorRule(shape, dtypes.layer, (3, 3), options=options, needs_options=True)


def _reduction() -> OperatorRule:
    return OperatorRule(shapes.reduce, dtypes.first_alike, (2, 2), options="ReducerOptions", max_rank=5)


def _resize(options: str) -> OperatorRule:
    return OperatorRule(shapes.resize, dtypes.first_alike, (2, 2), options=options, needs_options=True)


_POOL = OperatorRule(windows.pool, options="Pool2DOptions", needs_options=True)
_PAD = OperatorRule(shapes.pad, dtypes.padded, (2, 2), options="PadOptions", max_rank=4)

ALLOWED: dict[str, OperatorRule] = {
    # Layers with weights
    "CONV_2D": _convolution(windows.convolution, "Conv2DOptions"),
    "DEPTHWISE_CONV_2D": _convolution(windows.depthwise_convolution, "DepthwiseConv2DOptions"),
    "FULLY_CONNECTED": OperatorRule(
        windows.dense, dtypes.layer, (2, 3), optional=True, options="FullyConnectedOptions", needs_options=True
    ),
    # Windows and images
    "AVERAGE_POOL_2D": _POOL,
    "MAX_POOL_2D": _POOL,
    "RESIZE_BILINEAR": _resize("ResizeBilinearOptions"),
    "RESIZE_NEAREST_NEIGHBOR": _resize("ResizeNearestNeighborOptions"),
    "SPACE_TO_DEPTH": OperatorRule(shapes.space_to_depth, options="SpaceToDepthOptions", needs_options=True),
    "DEPTH_TO_SPACE": OperatorRule(shapes.depth_to_space, options="DepthToSpaceOptions", needs_options=True),
    "PAD": _PAD,
    "PADV2": OperatorRule(shapes.pad, dtypes.padded, (3, 3), options="PadV2Options", max_rank=4),
    "MIRROR_PAD": OperatorRule(shapes.pad, dtypes.padded, (2, 2), options="MirrorPadOptions", max_rank=4),
    # Activation functions
    **dict.fromkeys(("RELU", "RELU6", "RELU_N1_TO_1", "RELU_0_TO_1", "ELU", "LOGISTIC", "TANH"), _elementwise()),
    "LEAKY_RELU": _elementwise("LeakyReluOptions"),
    "HARD_SWISH": _elementwise("HardSwishOptions"),
    "GELU": _elementwise("GeluOptions"),
    "PRELU": OperatorRule(shapes.slopes, inputs=(2, 2), max_rank=4),
    "SOFTMAX": OperatorRule(shapes.same, options="SoftmaxOptions", needs_options=True, max_rank=4),
    "LOG_SOFTMAX": _elementwise("LogSoftmaxOptions", max_rank=4),
    # Arithmetic
    "ADD": _pairs("AddOptions"),
    "SUB": _pairs("SubOptions"),
    "MUL": _pairs("MulOptions"),
    "DIV": _pairs("DivOptions", dtypes.floats, max_rank=5),
    "MAXIMUM": _pairs("MaximumMinimumOptions", max_rank=4),
    "MINIMUM": _pairs("MaximumMinimumOptions", max_rank=4),
    "SQUARED_DIFFERENCE": _pairs("SquaredDifferenceOptions", max_rank=4),
    "EXP": _elementwise("ExpOptions"),
    "SQUARE": _elementwise("SquareOptions"),
    "ABS": _elementwise("AbsOptions"),
    "NEG": _elementwise("NegOptions"),
    **dict.fromkeys(("LOG", "SQRT", "RSQRT"), _elementwise()),
    "L2_NORMALIZATION": _elementwise("L2NormOptions", max_rank=4),
    **dict.fromkeys(("MEAN", "SUM", "REDUCE_MAX", "REDUCE_MIN"), _reduction()),
    # Types
    "QUANTIZE": OperatorRule(shapes.same, dtypes.quantized, options="QuantizeOptions"),
    "DEQUANTIZE": OperatorRule(shapes.same, dtypes.dequantized, options="DequantizeOptions"),
    # Shapes
    "RESHAPE": OperatorRule(shapes.reshape, dtypes.first_alike, (1, 2), options="ReshapeOptions"),
    "SQUEEZE": OperatorRule(shapes.squeeze, options="SqueezeOptions"),
    "EXPAND_DIMS": OperatorRule(shapes.expand, dtypes.first_alike, (2, 2), options="ExpandDimsOptions", max_rank=5),
    "TRANSPOSE": OperatorRule(shapes.transpose, dtypes.first_alike, (2, 2), options="TransposeOptions"),
    "CONCATENATION": OperatorRule(
        shapes.concatenate, dtypes.alike_or_integers, (1, _MANY), options="ConcatenationOptions", needs_options=True
    ),
    "SPLIT": OperatorRule(
        shapes.split, dtypes.second_alike, (2, 2), (1, _MANY), options="SplitOptions", needs_options=True
    ),
    "SLICE": OperatorRule(shapes.cut, dtypes.first_alike, (3, 3), options="SliceOptions", max_rank=5),
    "STRIDED_SLICE": OperatorRule(
        *(shapes.strided_slice, dtypes.first_alike, (4, 4)),
        options="StridedSliceOptions",
        needs_options=True,
        max_rank=5,
        known=shapes.known_slice,
    ),
    "PACK": OperatorRule(
        *(shapes.stack, dtypes.alike_or_integers, (1, _MANY)),
        options="PackOptions",
        needs_options=True,
        max_rank=5,
        known=shapes.known_stack,
    ),
    "SHAPE": OperatorRule(
        shapes.rank_of, dtypes.shape_vector, options="ShapeOptions", needs_options=True, known=shapes.known_shape
    ),
}
