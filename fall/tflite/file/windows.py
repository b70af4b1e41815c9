"""The shapes that convolutions, pools and dense layers write; see :mod:`fall.tflite.file.shapes`."""

from __future__ import annotations

import math

from fall.tflite.file.calls import Call, Shape
from fall.tflite.file.refusals import unsupported

_SAME, _VALID = 0, 1
_MAX_STEP = 2**15  # beyond it runtimes may overflow
# Convolutions are computed from a copy of each output's window, which grows by the area of the kernel.
_MAX_WINDOW_BYTES = 2**31


def convolution(call: Call) -> list[Shape]:
    """CONV_2D: a kernel of shape (filters, height, width, channels); each group of filters sees so many channels."""
    images, (filters, height, width, channels) = call.shape(rank=4), call.shape(1, rank=4)
    groups = images[3] // channels
    if images[3] % channels or filters % groups:
        raise call.refused(f"has kernels for {channels} channels and {filters} filters on images of {images}")
    _check_bias(call, filters)
    dilations = call.options.DilationHFactor(), call.options.DilationWFactor()
    rows, columns = _sides(call, (height, width), dilations)
    if images[0] * rows * columns * height * width * images[3] * 4 > _MAX_WINDOW_BYTES:
        raise unsupported(f"has a CONV_2D with windows of {height} x {width} at {rows} x {columns} places")
    return [(images[0], rows, columns, filters)]


def depthwise_convolution(call: Call) -> list[Shape]:
    """DEPTHWISE_CONV_2D: a kernel of shape (1, height, width, channels), as many filters for each channel."""
    images, (one, height, width, filters) = call.shape(rank=4), call.shape(1, rank=4)
    multiplier = call.options.DepthMultiplier()
    if one != 1 or filters != images[3] * multiplier:
        raise call.refused(f"has {filters} filters, {multiplier} for each channel, on images of {images}")
    _check_bias(call, filters)
    rows, columns = _sides(call, (height, width), (call.options.DilationHFactor(), call.options.DilationWFactor()))
    return [(images[0], rows, columns, filters)]


def pool(call: Call) -> list[Shape]:
    """AVERAGE_POOL_2D and MAX_POOL_2D."""
    batch, height, width, channels = call.shape(rank=4)
    window = call.options.FilterHeight(), call.options.FilterWidth()
    # Twice the image covers all of it from anywhere.
    if min(window) < 1 or window[0] > 2 * height or window[1] > 2 * width:
        raise call.refused(f"has windows of {window} on images of {(height, width)}")
    return [(batch, *_sides(call, window, (1, 1)), channels)]


def dense(call: Call) -> list[Shape]:
    """FULLY_CONNECTED: weights of shape (units, inputs)."""
    shape, (units, n) = call.shape(), call.shape(1, rank=2)
    if call.options.WeightsFormat():
        raise unsupported("has a FULLY_CONNECTED with shuffled weights")
    _check_bias(call, units)
    if call.options.KeepNumDims():
        if not shape or shape[-1] != n:
            raise call.refused(f"has weights for {n} inputs, and {shape}")
        return [(*shape[:-1], units)]
    if math.prod(shape) % n:
        raise call.refused(f"has weights for {n} inputs, and {shape}")
    return [(math.prod(shape) // n, units)]


def _check_bias(call: Call, filters: int) -> None:
    bias = call.inputs[2] if len(call.inputs) > 2 else None
    if bias is not None and bias.size != filters:
        raise call.refused(f"has {bias.size} biases for {filters} filters")


def _sides(call: Call, window: tuple[int, int], dilations: tuple[int, int]) -> tuple[int, int]:
    """Height and width of the output."""
    options, images = call.options, call.shape()
    strides = options.StrideH(), options.StrideW()
    if not all(1 <= step <= _MAX_STEP for step in (*strides, *dilations)):
        raise call.refused(f"has strides of {strides} and dilations of {dilations}")
    if options.Padding() not in (_SAME, _VALID):
        raise call.refused(f"has the padding {options.Padding()}")
    sides = []
    for side, size, stride, dilation in zip(images[1:3], window, strides, dilations, strict=True):
        covered = 1 if options.Padding() == _SAME else (size - 1) * dilation + 1
        if covered > side:
            raise call.refused(f"has windows of {window} on images of {images[1:3]}")
        sides.append((side - covered) // stride + 1)
    return sides[0], sides[1]
