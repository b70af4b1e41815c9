"""Networks as quantization-aware training needs them: rewritten where it helps, refused with a reason where not.

TensorFlow's model optimization quantizes few kinds of layers, and a batch normalization only right after a linear
convolution. Elsewhere a normalization is a fixed scale and offset of each channel once the network is trained, that is,
a depthwise convolution of one pixel.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from common.errors import InvalidInputError
from common.validation import FloatArray
from fall import backend
from fall.compression.graph import OPERATORS, check_flat, copy_layer, rebuild

# Computed in 8 bits both in training and in the file; the others are refused by the one or left in float by the other.
ACTIVATIONS = ("gelu", "linear", "relu", "sigmoid", "softmax", "tanh")
_AS_A_LAYER = ("relu6", "swish")  # only as a layer of their own, which they can be made

_SCALING = ("BatchNormalization", "Normalization", "Rescaling")
# Nothing but a copy once the network is trained.
_ONLY_IN_TRAINING = {
    *(
        "ActivityRegularization",
        "AlphaDropout",
        "GaussianDropout",
        "GaussianNoise",
        "Identity",
        "RandomBrightness",
        "RandomContrast",
    ),
    *("RandomFlip", "RandomRotation", "RandomTranslation", "RandomZoom"),
}


def quantizable(model: Any) -> Any:
    """An equivalent network, a copy, whose layers can all be trained in 8 bits.

    Normalizations that do not follow a linear convolution, and layers that rescale pixels, become part of the dense
    layer before them or depthwise convolutions of one pixel. Layers that act in training only are left out.

    Parameters
    ----------
    model : tf_keras.Model
        A trained, flat network, which is not changed.

    Raises
    ------
    InvalidInputError
        If the network is not flat, or has a layer that cannot be trained in 8 bits; the message names it.
    """
    check_flat(model)
    for layer in model.layers:
        if type(layer).__name__ in OPERATORS:  # rebuild keeps them without asking
            _check_layer(layer)
    producers = {id(layer.output): layer for layer in model.layers}
    into_dense = {}
    for layer in model.layers:
        producer = producers.get(id(layer.input)) if _scales(layer) else None
        if producer is not None and _is_alone_before(producer, "Dense"):
            into_dense[producer.name] = layer
    folded = {layer.name for layer in into_dense.values()}

    def substitute(layer: Any, inputs: Any) -> Any:
        if layer.name in folded or type(layer).__name__ in _ONLY_IN_TRAINING:
            return inputs
        if layer.name in into_dense:
            return _scaled_dense(layer, into_dense[layer.name], inputs)
        if _scales(layer) and not _is_folded_in_training(layer, producers.get(id(layer.input))):
            return _as_depthwise(layer, inputs)
        _check_layer(layer)
        return (
            _with_activation_apart(layer, inputs) if _has_activation(layer, _AS_A_LAYER) else copy_layer(layer, inputs)
        )

    return rebuild(model, substitute)


def _scales(layer: Any) -> bool:
    return type(layer).__name__ in _SCALING


def _is_folded_in_training(layer: Any, producer: Any) -> bool:
    return type(layer).__name__ == "BatchNormalization" and _is_alone_before(
        producer, "Conv2D", "DepthwiseConv2D", "SeparableConv2D"
    )


def _is_alone_before(producer: Any, *kinds: str) -> bool:
    """Whether a linear layer of one of these kinds feeds nothing but the layer after it."""
    is_of_kind = type(producer).__name__ in kinds
    return is_of_kind and _has_activation(producer, ("linear",)) and len(producer.outbound_nodes) == 1


def _has_activation(layer: Any, names: tuple[str, ...]) -> bool:
    activation = getattr(layer, "activation", None)
    return activation is not None and getattr(activation, "__name__", type(activation).__name__) in names


def _with_activation_apart(layer: Any, inputs: Any) -> Any:
    activation = backend.keras().layers.Activation
    if isinstance(layer, activation):
        return copy_layer(layer, inputs)
    copied = type(layer).from_config(layer.get_config() | {"trainable": True, "activation": "linear"})
    outputs = copied(inputs)
    copied.set_weights(layer.get_weights())
    return activation(layer.activation, name=f"{layer.name}_activation")(outputs)


def _scaled_dense(dense: Any, scaling: Any, inputs: Any) -> Any:
    scale, offset = _scale_and_offset(scaling)
    kernel, *bias = dense.get_weights()
    copied = type(dense).from_config(dense.get_config() | {"trainable": True, "use_bias": True})
    outputs = copied(inputs)
    copied.set_weights([kernel * scale, (bias[0] if bias else 0.0) * scale + offset])
    return outputs


def _as_depthwise(layer: Any, inputs: Any) -> Any:
    if len(inputs.shape) != 4:
        raise InvalidInputError(
            f"model's layer {layer.name!r} is a {type(layer).__name__} that cannot be trained in 8 bits: move it "
            "between a layer without activation and its activation"
        )
    scale, offset = _scale_and_offset(layer)
    depthwise = backend.keras().layers.DepthwiseConv2D(1, name=layer.name)
    outputs = depthwise(inputs)
    depthwise.set_weights([scale[None, None, :, None], offset])
    return outputs


def _scale_and_offset(layer: Any) -> tuple[FloatArray, FloatArray]:
    """The numbers s and b of each channel for which a trained layer computes s·x + b."""
    n = layer.output.shape[-1]
    if type(layer).__name__ == "Rescaling":
        scale, offset = np.asarray(layer.scale), np.asarray(layer.offset)
    elif type(layer).__name__ == "Normalization":
        deviation, mean = np.maximum(np.sqrt(np.asarray(layer.variance)), 1e-7), np.asarray(layer.mean)
        scale, offset = (deviation, mean) if layer.invert else (1 / deviation, -mean / deviation)
    else:
        mean, variance = layer.moving_mean.numpy(), layer.moving_variance.numpy()
        scale = (layer.gamma.numpy() if layer.scale else 1.0) / np.sqrt(variance + layer.epsilon)
        offset = (layer.beta.numpy() if layer.center else 0.0) - mean * scale
    scales, offsets = (np.broadcast_to(np.ravel(values), n).astype(np.float32) for values in (scale, offset))
    return scales, offsets


def _check_layer(layer: Any) -> None:
    kind = type(layer).__name__
    registry = backend.tfmot().quantization.keras.default_8bit.Default8BitQuantizeScheme().get_quantize_registry()
    if not (registry.supports(layer) or kind in ("BatchNormalization", "SeparableConv2D")):
        raise InvalidInputError(
            f"model's layer {layer.name!r} is a {kind}, which cannot be trained in 8 bits: use convolutions, dense "
            'layers, ReLU and pooling, or quantize the trained network (recipe "int8")'
        )
    activation = getattr(layer, "activation", None)
    if activation is not None and not _has_activation(layer, (*ACTIVATIONS, *_AS_A_LAYER)):
        name = getattr(activation, "__name__", type(activation).__name__)
        raise InvalidInputError(
            f"model's layer {layer.name!r} has the activation {name!r}, which cannot be trained in 8 bits: use one of "
            f'{", ".join((*ACTIVATIONS, *_AS_A_LAYER))}, or quantize the trained network (recipe "int8")'
        )
