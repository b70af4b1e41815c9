"""The cost of a network, layer by layer; :mod:`fall.tflite.inspection` measures .tflite files."""

from __future__ import annotations

import math
from typing import Any

from common.costs.ledger import Cost, Ledger
from common.errors import InvalidInputError
from fall import backend
from fall.tflite.inspection import (
    StoredSizes as StoredSizes,
    distinct_values as distinct_values,
    float_operators as float_operators,
    sparsity as sparsity,
    stored_sizes as stored_sizes,
    tflite_cost as tflite_cost,
    weight_counts as weight_counts,
)

_FLOAT32_BYTES = 4
_KERNELS = ("kernel", "depthwise_kernel", "pointwise_kernel")
_LAYERS_WITH_KERNELS = ("Conv2D", "DepthwiseConv2D", "SeparableConv2D", "Dense")


def keras_cost(model: Any) -> Ledger:
    """The cost of one image, with a row for each layer, by the formulas of :mod:`common.costs`, in float32.

    Multiply-accumulates are those of convolutions and dense layers. Working memory is a layer's inputs and outputs:
    the least that a runtime needs if it keeps no other activations.

    Parameters
    ----------
    model : tf_keras.Model
        A flat network, such as those of :func:`fall.build_network`.

    Raises
    ------
    InvalidInputError
        If it is not a ``tf_keras`` model, or has a layer that the formulas do not cover.

    Examples
    --------
    >>> from fall import build_network
    >>> total = keras_cost(build_network("lecture_cnn")).total
    >>> total.params, total.macs
    (229810, 10949056)
    """
    backend.check_keras_model(model)
    input_layer = backend.keras().layers.InputLayer
    return Ledger([(layer.name, _layer_cost(layer)) for layer in model.layers if not isinstance(layer, input_layer)])


def _layer_cost(layer: Any) -> Cost:
    kind = type(layer).__name__
    kernels = [getattr(layer, name) for name in _KERNELS if getattr(layer, name, None) is not None]
    is_wrapped = "tensorflow_model_optimization" in type(layer).__module__
    if is_wrapped or hasattr(layer, "layers") or (kernels and kind not in _LAYERS_WITH_KERNELS):
        raise InvalidInputError(
            f"layer {layer.name!r} is a {kind}, which the formulas do not cover: strip the wrappers of pruning and "
            "clustering, or convert the model and use fall.tflite_cost on the file"
        )
    inputs, output = layer.input_shape, layer.output_shape
    n_inputs = sum(map(_n_elements, inputs)) if isinstance(inputs, list) else _n_elements(inputs)
    # Every weight of a kernel is used once at each position of the output.
    positions = math.prod(output[1:-1])
    return Cost(
        params=layer.count_params(),
        macs=positions * sum(math.prod(kernel.shape) for kernel in kernels),
        weight_bytes=_FLOAT32_BYTES * layer.count_params(),
        activation_bytes=_FLOAT32_BYTES * (n_inputs + _n_elements(output)),
        arithmetic="float32",
    )


def _n_elements(shape: tuple[int | None, ...]) -> int:
    """Number of elements for one image, given the shape of a batch."""
    return math.prod(side or 1 for side in shape[1:])
