"""Copy networks, or rebuild them with some layers replaced."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from common.errors import InvalidInputError
from fall import backend
from fall.networks.foreign import call_arguments

# Maps a layer and its new inputs (a tensor, or a list of tensors) to its new output.
Substitute = Callable[[Any, Any], Any]

# Keras' names for layers that call a function of TensorFlow, with constants that their configuration does not hold.
OPERATORS = ("TFOpLambda", "SlicingOpLambda")


def copy_model(model: Any) -> Any:
    """A network with the same layers and weights, which shares nothing with the original.

    Parameters
    ----------
    model : tf_keras.Model

    Returns
    -------
    tf_keras.Model

    Examples
    --------
    >>> from fall import build_network
    >>> model = build_network("perceptron", (8, 8, 3), units=4)
    >>> copy = copy_model(model)
    >>> copy.set_weights([0 * weight for weight in copy.get_weights()])
    >>> bool(model.get_weights()[0].any())  # the original is as it was
    True
    """
    return rebuild(model, copy_layer)


def unwrapped(model: Any) -> Any:
    """Rebuild a network after its wrappers were stripped, to remove what they left in its layers."""
    fresh = type(model).from_config(model.get_config())
    # Masks leave −0.0 of negative weights, which would be stored as a value that is not zero.
    fresh.set_weights([weights + 0 for weights in model.get_weights()])
    return fresh


def copy_layer(layer: Any, inputs: Any) -> Any:
    """The output of a trainable copy of ``layer``: a :data:`Substitute` that changes nothing."""
    copied = type(layer).from_config(layer.get_config() | {"trainable": True})
    outputs = copied(inputs)
    copied.set_weights(layer.get_weights())
    return outputs


def rebuild(model: Any, substitute: Substitute, *, input_size: int | None = None) -> Any:
    """Rebuild a network layer by layer.

    Parameters
    ----------
    model : tf_keras.Model
        A flat network, like those of :func:`fall.build_network`: no nested models, every layer used once, one input and
        one output.
    substitute : callable
        Called with each layer, except the input, and its new inputs; returns its new output. :func:`copy_layer` leaves
        a layer unchanged. Operators of TensorFlow, such as ``x / 255``, are always kept.
    input_size : int, optional
        The new side of the images, if it changes.

    Returns
    -------
    tf_keras.Model
        The new network.

    Raises
    ------
    InvalidInputError
        If the network is not flat.

    Examples
    --------
    Without its normalizations, which is wrong, and smaller:

    >>> from fall import build_network
    >>> model = build_network("lecture_cnn", (32, 32, 3))
    >>> def substitute(layer, inputs):
    ...     return inputs if "Normalization" in type(layer).__name__ else copy_layer(layer, inputs)
    >>> model.count_params() - rebuild(model, substitute).count_params()  # four numbers for each of 8 + 16 channels
    96
    """
    keras = backend.keras()
    check_flat(model)
    shape = model.input_shape[1:] if input_size is None else (input_size, input_size, model.input_shape[3])
    new_tensors = {id(model.input): keras.layers.Input(shape, name=model.input_names[0])}
    for layer in model.layers:
        if isinstance(layer, keras.layers.InputLayer):
            continue
        if type(layer).__name__ in OPERATORS:
            args, kwargs = call_arguments(layer.inbound_nodes[0], new_tensors)
            new_tensors[id(layer.output)] = type(layer).from_config(layer.get_config())(*args, **kwargs)
            continue
        before = layer.input
        inputs = [new_tensors[id(tensor)] for tensor in before] if isinstance(before, list) else new_tensors[id(before)]
        new_tensors[id(layer.output)] = substitute(layer, inputs)
    return keras.Model(new_tensors[id(model.input)], new_tensors[id(model.output)], name=model.name)


def check_flat(model: Any) -> None:
    """Raise unless the network can be rebuilt layer by layer."""
    keras = backend.keras()
    backend.check_keras_model(model)
    if len(model.inputs) != 1 or len(model.outputs) != 1:
        raise InvalidInputError(f"model has {len(model.inputs)} inputs and {len(model.outputs)} outputs; it needs one")
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            raise InvalidInputError(
                f"model contains the model {layer.name!r}: build it flat, as Model(inner.input, head(inner.output))"
            )
        if len(layer.inbound_nodes) > 1:
            raise InvalidInputError(
                f"model uses the layer {layer.name!r} {len(layer.inbound_nodes)} times; only once is supported"
            )


def weighted_layers(model: Any, *, at_least: int = 0) -> list[Any]:
    """Convolutions and dense layers with at least this many weights, without depthwise convolutions.

    These hold nearly all weights. A depthwise kernel has only a few weights for each channel: compressing it saves
    little and costs much accuracy.
    """
    layers = backend.keras().layers
    plain = [layer for layer in model.layers if isinstance(layer, (layers.Conv2D, layers.Dense))]
    return [layer for layer in plain if layer.kernel.shape.num_elements() >= at_least]
