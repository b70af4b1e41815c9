"""From the operators of a .tflite file to the steps of its C program."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from fall.embedded.checks import KERNELS, MOVES_NOTHING, check_operators, image_shape, refused, scale, zero_point
from fall.embedded.filters import read_filters
from fall.embedded.fixed_point import activation_bounds, mean_multiplier, quantized_multiplier
from fall.embedded.steps import (
    AddStep,
    AnyStep,
    MeanStep,
    PadStep,
    PixelsStep,
    SoftmaxStep,
    Window,
    WindowStep,
)
from fall.tflite.file import Graph, Operator, Tensor

_SAME = 0  # the schema's number of this padding
_LARGEST_DIFFERENCE = 255  # of two numbers of int8
_LARGEST_SUM = 2**31 - 1
_SOFTMAX_INTEGER_BITS = 5  # of a difference of logits


@dataclass(frozen=True, eq=False)
class Program:
    """The steps of a network in order, and the tensors with which it begins and ends.

    Attributes
    ----------
    steps : tuple of Step
        In the order in which they run.
    image, output : int
        Numbers of the tensors for the image and for the probabilities.
    """

    steps: tuple[AnyStep, ...]
    image: int
    output: int


def lower(graph: Graph) -> Program:
    """The steps of a network whose operators all compute in int8.

    Raises
    ------
    InvalidInputError
        If an operator has no kernel, or a kernel cannot compute what it is asked for.
    """
    check_operators(graph)
    same: dict[int, int] = {}  # tensors that lie where others lie, only their shape is another
    steps: list[AnyStep] = []
    for operator in graph.operators:
        inputs = tuple(same.get(number, number) for number in operator.inputs)
        if operator.name in MOVES_NOTHING:
            same[operator.outputs[0]] = inputs[0]
        else:
            steps.append(replace(_LOWERED[operator.name](graph, operator), inputs=_activations(graph, inputs)))
    image, output = graph.inputs[0], same.get(graph.outputs[0], graph.outputs[0])
    return Program(tuple(_with_pixels(steps, graph, image)), image, output)


def _activations(graph: Graph, numbers: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(number for number in numbers if number >= 0 and graph.tensors[number].data is None)


def _with_pixels(steps: list[AnyStep], graph: Graph, image: int) -> list[AnyStep]:
    """A convolution alone reads the image itself; for anything else its bytes are converted first."""
    readers = [number for number, step in enumerate(steps) if image in step.inputs]
    if len(readers) == 1:
        (number,) = readers
        step = steps[number]
        if isinstance(step, WindowStep) and step.kernel == "convolution":
            return [*steps[:number], replace(step, pixels=True), *steps[number + 1 :]]
    _, height, width, channels = graph.tensors[image].shape
    shape = height, width, channels
    first = PixelsStep(operator="pixels", inputs=(), output=image, shape_in=shape, shape_out=shape)
    return [first, *steps]


def _ends(graph: Graph, operator: Operator) -> tuple[Tensor, Tensor]:
    return graph.tensors[operator.inputs[0]], graph.tensors[operator.outputs[0]]


def _convolution(graph: Graph, operator: Operator) -> WindowStep:
    images, output = _ends(graph, operator)
    weights, options = graph.tensors[operator.inputs[1]], operator.options
    dilations = options.DilationHFactor(), options.DilationWFactor()
    if dilations != (1, 1):
        raise refused(operator, f"with dilations of {dilations}")
    is_depthwise = operator.name == "DEPTHWISE_CONV_2D"
    if is_depthwise and options.DepthMultiplier() != 1:
        raise refused(operator, f"with {options.DepthMultiplier()} filters for each channel")
    shape = image_shape(operator, images)
    size = weights.shape[1], weights.shape[2]
    groups = 1 if is_depthwise else shape[2] // weights.shape[3]
    return WindowStep(
        operator=operator.name,
        inputs=(),
        output=operator.outputs[0],
        shape_in=shape,
        shape_out=image_shape(operator, output),
        kernel="depthwise" if is_depthwise else "convolution",
        window=_window(operator, size, images, output),
        zero_in=zero_point(images),
        zero_out=zero_point(output),
        bounds=_bounds(operator, output),
        filters=read_filters(graph, operator, groups),
        groups=groups,
    )


def _dense(graph: Graph, operator: Operator) -> WindowStep:
    images, output = _ends(graph, operator)
    units, n = graph.tensors[operator.inputs[1]].shape
    if math.prod(images.shape) != n:
        raise refused(operator, f"for {n} inputs, applied to the shape {images.shape}")
    return WindowStep(
        operator=operator.name,
        inputs=(),
        output=operator.outputs[0],
        shape_in=(1, 1, n),
        shape_out=(1, 1, units),
        kernel="convolution",
        window=Window(),
        zero_in=zero_point(images),
        zero_out=zero_point(output),
        bounds=_bounds(operator, output),
        filters=read_filters(graph, operator),
    )


def _pool(graph: Graph, operator: Operator) -> WindowStep:
    images, output = _ends(graph, operator)
    if (scale(images), zero_point(images)) != (scale(output), zero_point(output)):
        raise refused(operator, "whose output has another scale than its input")
    size = operator.options.FilterHeight(), operator.options.FilterWidth()
    return WindowStep(
        operator=operator.name,
        inputs=(),
        output=operator.outputs[0],
        shape_in=image_shape(operator, images),
        shape_out=image_shape(operator, output),
        kernel="max_pool" if operator.name == "MAX_POOL_2D" else "average_pool",
        window=_window(operator, size, images, output),
        zero_in=zero_point(images),
        zero_out=zero_point(output),
        bounds=_bounds(operator, output),
    )


def _mean(graph: Graph, operator: Operator) -> MeanStep:
    images, output = _ends(graph, operator)
    axes = graph.tensors[operator.inputs[1]].data
    rank = len(images.shape)
    if axes is None or rank != 4 or sorted({int(axis) % rank for axis in axes.reshape(-1)}) != [1, 2]:
        raise refused(operator, f"of the shape {images.shape} over other axes than height and width")
    height, width, channels = image_shape(operator, images)
    multiplier, shift = mean_multiplier(scale(images) / scale(output), height * width)
    largest = height * width * _LARGEST_DIFFERENCE << max(shift, 0)
    if largest > _LARGEST_SUM:
        raise refused(operator, f"whose sums may reach {largest:,}, beyond the {_LARGEST_SUM:,} of 32 bits")
    return MeanStep(
        operator=operator.name,
        inputs=(),
        output=operator.outputs[0],
        shape_in=(height, width, channels),
        shape_out=(1, 1, channels),
        zero_in=zero_point(images),
        zero_out=zero_point(output),
        multiplier=multiplier,
        shift=shift,
    )


def _add(graph: Graph, operator: Operator) -> AddStep:
    first, second = (graph.tensors[number] for number in operator.inputs)
    output = graph.tensors[operator.outputs[0]]
    if not first.shape == second.shape == output.shape:
        raise refused(operator, f"of the shapes {first.shape} and {second.shape}, which differ")
    shape = image_shape(operator, output)
    common_scale = 2 * max(scale(first), scale(second))
    ratios = scale(first) / common_scale, scale(second) / common_scale, common_scale / (2**20 * scale(output))
    multipliers, shifts = zip(*map(quantized_multiplier, ratios), strict=True)
    if max(shifts) > 0:
        raise refused(operator, f"whose scales differ by the factor {max(ratios):.3g}")
    return AddStep(
        operator=operator.name,
        inputs=(),
        output=operator.outputs[0],
        shape_in=shape,
        shape_out=shape,
        zeros=(zero_point(first), zero_point(second), zero_point(output)),
        multipliers=multipliers,
        shifts=shifts,
        bounds=_bounds(operator, output),
    )


def _pad(graph: Graph, operator: Operator) -> PadStep:
    images, output = _ends(graph, operator)
    sides = graph.tensors[operator.inputs[1]].data
    if sides is None or len(images.shape) != 4 or np.any(sides[[0, 3]]):
        raise refused(operator, f"of the shape {images.shape} along other axes than height and width")
    return PadStep(
        operator=operator.name,
        inputs=(),
        output=operator.outputs[0],
        shape_in=image_shape(operator, images),
        shape_out=image_shape(operator, output),
        before=(int(sides[1, 0]), int(sides[2, 0])),
        zero=zero_point(output),
    )


def _softmax(graph: Graph, operator: Operator) -> SoftmaxStep:
    logits, output = _ends(graph, operator)
    if (scale(output), zero_point(output)) != (1 / 256, -128):
        raise refused(operator, f"that writes steps of {scale(output):.4g} from {zero_point(output)} on, not 1/256")
    shape = image_shape(operator, logits)
    if shape[:2] != (1, 1):
        raise refused(operator, f"on the shape {logits.shape}; the kernel takes one row of logits")
    fraction_bits = 31 - _SOFTMAX_INTEGER_BITS
    ratio = min(float(operator.options.Beta()) * scale(logits) * 2**fraction_bits, 2**31 - 1.0)
    multiplier, shift = quantized_multiplier(ratio)
    radius = math.floor((2**_SOFTMAX_INTEGER_BITS - 1) * 2**fraction_bits / 2**shift)
    return SoftmaxStep(
        operator=operator.name,
        inputs=(),
        output=operator.outputs[0],
        shape_in=shape,
        shape_out=shape,
        multiplier=multiplier,
        shift=shift,
        least_difference=-radius,
    )


_LOWERED: Mapping[str, Callable[[Graph, Operator], AnyStep]] = {
    "CONV_2D": _convolution,
    "DEPTHWISE_CONV_2D": _convolution,
    "FULLY_CONNECTED": _dense,
    "MAX_POOL_2D": _pool,
    "AVERAGE_POOL_2D": _pool,
    "MEAN": _mean,
    "ADD": _add,
    "PAD": _pad,
    "SOFTMAX": _softmax,
}
assert _LOWERED.keys() == KERNELS.keys()


def _window(operator: Operator, size: tuple[int, int], images: Tensor, output: Tensor) -> Window:
    """With padding "same", the smaller half of what the windows cover outside the image lies above and left."""
    options = operator.options
    step = options.StrideH(), options.StrideW()
    if options.Padding() != _SAME:
        return Window(size, step)
    outside = [
        max((n_out - 1) * along + of_window - n_in, 0)
        for n_out, along, of_window, n_in in zip(output.shape[1:3], step, size, images.shape[1:3], strict=True)
    ]
    return Window(size, step, (outside[0] // 2, outside[1] // 2))


def _bounds(operator: Operator, output: Tensor) -> tuple[int, int]:
    return activation_bounds(operator.options.FusedActivationFunction(), scale(output), zero_point(output))
