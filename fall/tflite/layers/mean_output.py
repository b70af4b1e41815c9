"""The mean output of a convolution or dense layer of a .tflite file, from the mean of its input."""

from __future__ import annotations

from typing import Any

import numpy as np

from common.optional import require
from common.validation import FloatArray
from fall.tflite.file import Graph


def mean_output(graph: Graph, place: int, weights: FloatArray, mean_input: FloatArray) -> FloatArray | None:
    """The mean of each output channel over all positions, without bias and activation function.

    Both are linear in the input, so the mean of the outputs is the output for the mean input.

    Parameters
    ----------
    graph : Graph
        The file.
    place : int
        Place of the operator among ``graph.operators``.
    weights : ndarray
        Weights in the layout of the file, in place of the operator's own.
    mean_input : ndarray
        Mean of the operator's input over images, in its shape.

    Returns
    -------
    ndarray of shape (n_outputs,), or None
        None for operators of other kinds, and for dilated convolutions.
    """
    operator = graph.operators[place]
    if operator.name == "FULLY_CONNECTED":
        rows = mean_input.reshape(-1, weights.shape[1])
        return np.asarray((rows @ weights.T).mean(axis=0))
    if operator.name not in ("CONV_2D", "DEPTHWISE_CONV_2D"):
        return None
    options = _options(graph, place, "Conv2DOptions" if operator.name == "CONV_2D" else "DepthwiseConv2DOptions")
    if (options.DilationHFactor(), options.DilationWFactor()) != (1, 1):
        return None
    taps = _mean_taps(
        mean_input[0],
        weights.shape[1:3],
        (options.StrideH(), options.StrideW()),
        graph.tensors[operator.outputs[0]].shape[1:3],
    )
    channels = taps.shape[2]
    if operator.name == "DEPTHWISE_CONV_2D":
        return np.asarray((np.repeat(taps, weights.shape[3] // channels, axis=2) * weights[0]).sum(axis=(0, 1)))
    n_groups = channels // weights.shape[3]
    grouped = taps.reshape(*taps.shape[:2], n_groups, -1)
    by_group = weights.reshape(n_groups, -1, *weights.shape[1:])
    return np.asarray(np.einsum("ghwc... , hwgc -> g...", np.moveaxis(by_group, 1, -1), grouped).reshape(-1))


def _mean_taps(
    image: FloatArray, kernel: tuple[int, ...], strides: tuple[int, int], output: tuple[int, ...]
) -> FloatArray:
    """The mean over all positions of what each place of the kernel sees, ``(height, width, channels)``.

    Padding follows from the shapes: TensorFlow pads as little as the output needs, the greater half at the end.
    """
    sides = zip(image.shape[:2], kernel, strides, output, strict=True)
    padded = [max(0, (n_out - 1) * stride + size - n_in) for n_in, size, stride, n_out in sides]
    image = np.pad(image, [(total // 2, total - total // 2) for total in padded] + [(0, 0)])
    taps = np.empty((*kernel, image.shape[2]))
    for row, column in np.ndindex(*kernel):
        seen = image[row :: strides[0], column :: strides[1]][: output[0], : output[1]]
        taps[row, column] = seen.mean(axis=(0, 1))
    return taps


def _options(graph: Graph, place: int, name: str) -> Any:
    schema = require("ai_edge_litert.schema_py_generated", extra="edge", purpose="reading .tflite files")
    table = schema.Model.GetRootAs(graph.content, 0).Subgraphs(0).Operators(place).BuiltinOptions()
    options = getattr(schema, name)()
    options.Init(table.Bytes, table.Pos)
    return options
