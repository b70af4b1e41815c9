"""Networks as graphs: copied, or built again with other layers in the place of some."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from common.errors import InvalidInputError
from fall import backend

# From a layer and its new inputs (one tensor, or a list of them) to its new output.
Substitute = Callable[[Any, Any], Any]


def copy_model(model: Any) -> Any:
    """A network with the same layers and weights, which shares nothing with the first."""
    return rebuild(model, copy_layer)


def unwrapped(model: Any) -> Any:
    """A network that a toolkit has taken its wrappers off, without the traces that they leave in its layers."""
    fresh = type(model).from_config(model.get_config())
    fresh.set_weights(model.get_weights())
    return fresh


def copy_layer(layer: Any, inputs: Any) -> Any:
    """The output of a copy of ``layer``, all of it trainable: a :data:`Substitute` that changes nothing."""
    twin = type(layer).from_config(layer.get_config() | {"trainable": True})
    outputs = twin(inputs)
    twin.set_weights(layer.get_weights())
    return outputs


def rebuild(model: Any, substitute: Substitute, *, input_size: int | None = None) -> Any:
    """Build a network again, layer by layer.

    Parameters
    ----------
    model : tf_keras.Model
        A flat network, as :func:`fall.build_network` makes them: no model inside, every layer used once, one input and
        one output.
    substitute : callable
        Given each layer but the input, and its new inputs, returns its new output; :func:`copy_layer` where nothing is
        to change.
    input_size : int, optional
        Side of the images, if it changes.

    Returns
    -------
    tf_keras.Model
        The new network.

    Raises
    ------
    InvalidInputError
        If the network is not flat.
    """
    keras = backend.keras()
    check_flat(model)
    shape = model.input_shape[1:] if input_size is None else (input_size, input_size, model.input_shape[3])
    made = {id(model.input): keras.layers.Input(shape, name=model.input_names[0])}
    for layer in model.layers:
        if isinstance(layer, keras.layers.InputLayer):
            continue
        before = layer.input
        inputs = [made[id(tensor)] for tensor in before] if isinstance(before, list) else made[id(before)]
        made[id(layer.output)] = substitute(layer, inputs)
    return keras.Model(made[id(model.input)], made[id(model.output)], name=model.name)


def check_flat(model: Any) -> None:
    """Refuse what cannot be taken apart layer by layer."""
    keras = backend.keras()
    backend.check_keras_model(model)
    if len(model.inputs) != 1 or len(model.outputs) != 1:
        raise InvalidInputError(f"model has {len(model.inputs)} inputs and {len(model.outputs)} outputs; it needs one")
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            raise InvalidInputError(
                f"model holds the model {layer.name!r}: build it flat, as Model(inner.input, head(inner.output))"
            )
        if len(layer.inbound_nodes) > 1:
            raise InvalidInputError(
                f"model uses the layer {layer.name!r} {len(layer.inbound_nodes)} times; once is possible"
            )


def weighted_layers(model: Any, *, at_least: int = 0) -> list[Any]:
    """Convolutions and dense layers with at least so many weights, depthwise convolutions left out.

    These hold nearly all weights. A depthwise kernel has a few for each channel: compressing it saves
    nothing and costs much.
    """
    layers = backend.keras().layers
    plain = [layer for layer in model.layers if isinstance(layer, (layers.Conv2D, layers.Dense))]
    return [layer for layer in plain if layer.kernel.shape.num_elements() >= at_least]
