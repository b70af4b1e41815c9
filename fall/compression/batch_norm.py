"""Batch-norm fusion: fold a normalization into the weights of the convolution before it.

With s = γ / √(σ² + ε), the normalized s (w·x + b − μ) + β is again a convolution: kernel s·w, bias β + s (b − μ).
The TFLite converter does the same; this module shows how it works.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from fall import backend
from fall.compression.graph import copy_layer, rebuild


def fuse_batch_norm(model: Any) -> Any:
    """An equivalent network without the normalizations that directly follow a convolution or dense layer.

    Parameters
    ----------
    model : tf_keras.Model
        A flat network, which is not changed.

    Returns
    -------
    tf_keras.Model

    Examples
    --------
    >>> from fall import build_network
    >>> network = build_network("lecture_cnn", (32, 32, 3))
    >>> network.count_params() - fuse_batch_norm(network).count_params()
    96
    """
    layers = backend.keras().layers
    linear = (layers.Conv2D, layers.DepthwiseConv2D, layers.Dense)
    producers = {id(layer.output): layer for layer in model.layers}
    fused = {}
    for layer in model.layers:
        producer = producers.get(id(layer.input)) if isinstance(layer, layers.BatchNormalization) else None
        if isinstance(producer, linear) and len(producer.outbound_nodes) == 1 and _is_linear(producer):
            fused[producer.name] = layer
    removed = {layer.name for layer in fused.values()}

    def substitute(layer: Any, inputs: Any) -> Any:
        if layer.name in removed:
            return inputs
        if layer.name not in fused:
            return copy_layer(layer, inputs)
        fused_layer = type(layer).from_config(layer.get_config() | {"trainable": True, "use_bias": True})
        output = fused_layer(inputs)
        fused_layer.set_weights(_fused_weights(layer, fused[layer.name]))
        return output

    return rebuild(model, substitute)


def _is_linear(layer: Any) -> bool:
    return bool(layer.activation.__name__ == "linear")


def _fused_weights(layer: Any, normalization: Any) -> list[Any]:
    kernel, *bias = layer.get_weights()
    mean, variance = normalization.moving_mean.numpy(), normalization.moving_variance.numpy()
    gamma = normalization.gamma.numpy() if normalization.scale else np.ones_like(mean)
    beta = normalization.beta.numpy() if normalization.center else np.zeros_like(mean)
    scale = gamma / np.sqrt(variance + normalization.epsilon)
    is_depthwise = isinstance(layer, backend.keras().layers.DepthwiseConv2D)
    kernel = kernel * (scale[:, None] if is_depthwise else scale)
    return [kernel, beta + scale * ((bias[0] if bias else 0.0) - mean)]
