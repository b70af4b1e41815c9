"""Bias correction: shift the outputs of a quantized network back to where those of the float network lie.

Rounding the weights of a channel changes its mean, since inputs that come from a ReLU have a mean above zero. Averaging
over the image removes other rounding errors, but not these. They are the change of the weights times the mean of the
inputs, which a few images tell, and can be subtracted from the biases; the file becomes neither larger nor slower.
What remains, from the rounding of activations, is measured at the logits and subtracted there.

It matters most after careful fine-tuning: where weights move by less than half a step, rounding takes them back to
where they were, and what was learned survives in the biases alone.

References
----------
Nagel et al.: Data-free quantization through weight equalization and bias correction. ICCV 2019, section 4.2.
https://arxiv.org/abs/1906.04721
"""

from __future__ import annotations

from typing import Any

import numpy as np

from common.optional import require
from common.validation import FloatArray
from fall.frames import ImageArray
from fall.tflite.file import Graph, Tensor, read_graph
from fall.tflite.layers.activations import mean_input, operator_outputs
from fall.tflite.layers.alignment import same_operators
from fall.tflite.layers.mean_output import mean_output

_WEIGHTS, _BIAS = 1, 2  # places among an operator's inputs


def correct_biases(content: bytes, float_content: bytes, images: ImageArray) -> bytes:
    """Change the biases of a file with rounded weights so that the means of its channels are those of the float file.

    Parameters
    ----------
    content : bytes
        The file with rounded weights. Each bias has a buffer of its own, as the converter writes them.
    float_content : bytes
        The same network in float32.
    images : ndarray of uint8 (n, size, size, 3)
        Images like those that the network will see; 50 are enough.

    Returns
    -------
    bytes
        A file that differs in its biases alone; ``content`` where that would not bring its outputs closer to the float
        file's on ``images``.
    """
    reference, rounded = read_graph(float_content), read_graph(content)
    pairs = same_operators(reference, rounded)
    means, logits = _mean_activations(reference, images)
    corrected = bytearray(content)
    for float_place, place in pairs:
        shift = channel_shift(reference, float_place, rounded, place, means)
        if shift is not None and _has_own_bias(rounded, place):
            _add_to_bias(corrected, rounded.tensors[rounded.operators[place].inputs[_BIAS]], -shift)
    # What the rounding of activations adds is not known from the weights. It is measured where it matters.
    if _has_own_bias(rounded, _last(rounded)):
        left = (_logits(read_graph(bytes(corrected)), images) - logits).mean(axis=0)
        _add_to_bias(corrected, rounded.tensors[rounded.operators[_last(rounded)].inputs[_BIAS]], -left)
    candidate = read_graph(bytes(corrected))
    before, after = (np.square(_logits(graph, images) - logits).mean() for graph in (rounded, candidate))
    return candidate.content if after < before else content


def channel_shift(
    reference: Graph, float_place: int, rounded: Graph, place: int, means: dict[int, FloatArray]
) -> FloatArray | None:
    """How far an operator's rounded weights and bias move the mean of each of its channels before the activation.

    Parameters
    ----------
    reference, rounded : Graph
        The float file, and the file with rounded weights.
    float_place, place : int
        The operator's place in each.
    means : dict of int to ndarray
        The mean over images of each activation of ``reference``, by the tensor's number.

    Returns
    -------
    ndarray of shape (n_channels,), or None
        None for operators without weights, or whose weights are not the rounded ones of ``reference``.
    """
    float_operator, operator = reference.operators[float_place], rounded.operators[place]
    if len(operator.inputs) <= _WEIGHTS or float_operator.inputs[0] not in means:
        return None
    float_weights, weights = (
        graph.tensors[found.inputs[_WEIGHTS]] for graph, found in ((reference, float_operator), (rounded, operator))
    )
    if float_weights.data is None or weights.data is None or float_weights.shape != weights.shape:
        return None
    change = real_constants(weights) - float_weights.data
    shift = mean_output(reference, float_place, change, means[float_operator.inputs[0]])
    return None if shift is None else shift + _bias(rounded, place) - _bias(reference, float_place)


def _bias(graph: Graph, place: int) -> FloatArray | float:
    operator = graph.operators[place]
    return real_constants(graph.tensors[operator.inputs[_BIAS]]) if _reads_bias(graph, place) else 0.0


def _reads_bias(graph: Graph, place: int) -> bool:
    inputs = graph.operators[place].inputs
    return len(inputs) > _BIAS and inputs[_BIAS] >= 0 and graph.tensors[inputs[_BIAS]].data is not None


def _has_own_bias(graph: Graph, place: int) -> bool:
    if not _reads_bias(graph, place):
        return False
    bias = graph.operators[place].inputs[_BIAS]
    return sum(bias in operator.inputs for operator in graph.operators) == 1


def _mean_activations(graph: Graph, images: ImageArray) -> tuple[dict[int, FloatArray], FloatArray]:
    """The mean of each activation over the images, by the tensor's number, and the logits of each image."""
    sums: dict[int, Any] = {graph.inputs[0]: mean_input(graph, images) * len(images)}
    logits = []
    for outputs in operator_outputs(graph, images):
        for operator, output in zip(graph.operators, outputs, strict=True):
            sums[operator.outputs[0]] = sums.get(operator.outputs[0], 0.0) + output.astype(np.float64)
        logits.append(outputs[_last(graph)][0])
    return {number: total / len(images) for number, total in sums.items()}, np.array(logits, np.float64)


def real_constants(tensor: Tensor) -> FloatArray:
    """Constants as real numbers in float64."""
    assert tensor.data is not None
    if not len(tensor.scale):
        return tensor.data.astype(np.float64)
    scale, zero_point = tensor.scale.astype(np.float64), tensor.zero_point
    if len(scale) > 1:
        shape = [1] * tensor.data.ndim
        shape[tensor.axis] = -1
        scale, zero_point = scale.reshape(shape), zero_point.reshape(shape)
    return np.asarray(scale * (tensor.data - zero_point))


def _add_to_bias(content: bytearray, bias: Tensor, shift: FloatArray) -> None:
    """Add real numbers to the entries of a bias in a file."""
    schema = require("ai_edge_litert.schema_py_generated", extra="edge", purpose="writing .tflite files")
    stored = schema.Model.GetRootAs(content, 0).Buffers(bias.buffer).DataAsNumpy().view(bias.dtype)
    if len(bias.scale):
        # A channel without weights may have the scale 0, in which no bias can be stored.
        has_scale = bias.scale > 0
        shift = np.where(has_scale, np.rint(shift / np.where(has_scale, bias.scale, 1)), 0)
    stored += shift.astype(bias.dtype)


def _logits(graph: Graph, images: ImageArray) -> FloatArray:
    return np.array([outputs[_last(graph)][0] for outputs in operator_outputs(graph, images)], np.float64)


def _last(graph: Graph) -> int:
    """Place of the last operator that has weights: its outputs are the logits, which no softmax has saturated."""
    return max(
        (place for place, operator in enumerate(graph.operators) if operator.name == "FULLY_CONNECTED"),
        default=len(graph.operators) - 1,
    )
