"""Networks that were built elsewhere: are they image classifiers, and a flat copy of them.

The compression tools need flat networks, in which every layer is used by name. A copy also keeps what its owner does
with a network from changing a classifier that was made of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from common.errors import InvalidInputError
from fall import backend
from fall.networks.outputs import output_kind
from fall.networks.pixels import InputRange, Scaling, range_before, scale_pixels

_PROBES = (0.0, 1.0, 255.0)


def check_network(model: Any, name: str = "network") -> Any:
    """Raise unless ``model`` maps one square image of a fixed size, RGB or grey, to its classes.

    Raises
    ------
    InvalidInputError
        The message names ``name`` and says how to build the network instead.
    """
    backend.check_keras_model(model, name)
    if not getattr(model, "_is_graph_network", False):
        state = "not built" if not model.built else "a subclass of Model, whose layers cannot be followed"
        raise InvalidInputError(
            f"{name} is {state}: build it with keras.Input((side, side, 3)), by keras.Sequential or keras.Model"
        )
    if len(model.inputs) != 1 or len(model.outputs) != 1:
        raise InvalidInputError(
            f"{name} has {len(model.inputs)} inputs and {len(model.outputs)} outputs; it needs one each: "
            "pass keras.Model(image, classes)"
        )
    shape, output = tuple(model.input_shape), tuple(model.output_shape)
    if None in shape[1:]:
        raise InvalidInputError(f"{name} takes images of any size, {shape}: build it with keras.Input((96, 96, 3))")
    if len(shape) != 4 or shape[1] != shape[2] or shape[3] not in (1, 3):
        raise InvalidInputError(
            f"{name} takes inputs of the shape {shape}; square images are (None, side, side, 3) in RGB, or "
            "(None, side, side, 1) in grey: build it for one of these"
        )
    if len(output) != 2 or output[1] is None:
        raise InvalidInputError(
            f"{name} gives outputs of the shape {output}; classes are (None, n_classes): end it in a dense layer, "
            "after Flatten or GlobalAveragePooling2D"
        )
    policies = sorted({layer.compute_dtype for layer in _leaves(model)} | {model.inputs[0].dtype.name})
    if policies != ["float32"]:
        raise InvalidInputError(
            f"{name} computes in {', '.join(policies)}; build it in float32 throughout, without a mixed-precision "
            "policy, and load the weights into that"
        )
    output_kind(model, name)
    return model


def check_scaling(model: Any, input_range: InputRange) -> None:
    """Raise if the network scales pixels itself, from another range than ``input_range``."""
    try:
        scaling = first_scaling(model)
    except Exception as error:  # whatever the code of a layer raises
        raise InvalidInputError(
            f"model cannot be called on one image ({str(error).strip()[:500]}): check its own layers and functions"
        ) from error
    if scaling is not None:
        range_before(scaling, input_range)


def first_scaling(model: Any) -> Scaling | None:
    """What a network makes of an input value before its first layer with weights; None if it does nothing.

    It is measured on images of one value, so that it does not matter how the network scales: by Rescaling,
    Normalization, operators of TensorFlow or a Lambda layer, also within nested models.
    """
    if not getattr(model, "_is_graph_network", False) or len(model.inputs) != 1:
        return None

    def scaling(value: float) -> float:
        images = backend.tensorflow().fill((1, *model.input_shape[1:]), np.float32(value))
        # The median is not disturbed by a border of zeros.
        return float(np.median(_before_weights(model, images)[0]))

    return None if all(np.isclose(scaling(value), value) for value in _PROBES) else scaling


def flat_copy(model: Any, *, fresh: bool = False) -> Any:
    """A network without nested models that computes the same and shares nothing with the original.

    Parameters
    ----------
    model : tf_keras.Model
        Checked by :func:`check_network`.
    fresh : bool
        Draw new weights, as for a new training. Layers that are not trainable keep theirs: they were pretrained on
        other images. So do normalizations that were adapted to data.

    Raises
    ------
    InvalidInputError
        If a layer cannot be built again from its configuration, or with ``fresh`` if no layer is trainable.
    """
    if fresh and not model.trainable_weights:
        raise InvalidInputError("network has no trainable weights, so it cannot be trained: set network.trainable=True")
    keras = backend.keras()
    images = keras.layers.Input(model.input_shape[1:], name=model.input_names[0])
    copies: dict[int, tuple[Any, Any]] = {}
    try:
        (output,) = _replay(model, [images], copies, {images.node.layer.name})
        copied = keras.Model(images, output, name=model.name)
        for layer, copy in copies.values():
            if not fresh or not layer.trainable or hasattr(layer, "adapt"):
                copy.set_weights(layer.get_weights())
    except Exception as error:  # layers of others raise anything
        raise InvalidInputError(
            f"network cannot be copied layer by layer ({str(error).strip()[:300]}): use layers of tf_keras, or give "
            "yours a get_config"
        ) from error
    if not fresh:
        _check_same(model, copied)
    return copied


def _check_same(model: Any, copied: Any) -> None:
    side, channels = model.input_shape[2:]
    noise = np.random.default_rng(0).integers(0, 256, (2, side, side, channels)).astype(np.uint8)
    pixels = scale_pixels(noise)
    if not np.allclose(model(pixels, training=False), copied(pixels, training=False), rtol=1e-3, atol=1e-4):
        raise InvalidInputError(
            "network computes something else after it was copied layer by layer: a layer's get_config leaves out "
            "something that it was built with"
        )


def _nodes(model: Any) -> Iterator[Any]:
    """The calls of layers within a network, in the order of computation."""
    for depth in sorted(model._nodes_by_depth, reverse=True):
        yield from (node for node in model._nodes_by_depth[depth] if not node.is_input)


def _leaves(model: Any) -> Iterator[Any]:
    for layer in model.layers:
        if isinstance(layer, backend.keras().Model):
            yield from _leaves(layer)
        else:
            yield layer


def call_arguments(node: Any, values: dict[int, Any]) -> tuple[Any, Any]:
    """What a layer is called with, where tensors of the network are replaced by these values."""
    substitute = backend.tensorflow().nest.map_structure
    args, kwargs = substitute(lambda part: values.get(id(part), part), (node.call_args, node.call_kwargs))
    return args, kwargs


def _replay(model: Any, inputs: list[Any], copies: dict[int, tuple[Any, Any]], names: set[str]) -> list[Any]:
    """Call copies of all layers on new inputs; layers of nested models are called in place of these."""
    nest = backend.tensorflow().nest
    values = {id(old): new for old, new in zip(model.inputs, inputs, strict=True)}
    for node in _nodes(model):
        args, kwargs = call_arguments(node, values)
        layer = node.layer
        if isinstance(layer, backend.keras().Model):
            new = _replay(layer, nest.flatten(args), copies, names)
        else:
            if id(layer) not in copies:
                name = layer.name if layer.name not in names else f"{model.name}_{layer.name}"
                names.add(name)
                copies[id(layer)] = layer, type(layer).from_config(layer.get_config() | {"name": name})
            new = nest.flatten(copies[id(layer)][1](*args, **kwargs))
        values |= {id(old): tensor for old, tensor in zip(nest.flatten(node.outputs), new, strict=True)}
    return [values[id(tensor)] for tensor in model.outputs]


def _before_weights(model: Any, images: Any) -> tuple[Any, bool]:
    """What the first layer with weights is given, and whether there is such a layer; else the output."""
    nest = backend.tensorflow().nest
    values = {id(model.inputs[0]): images}
    for node in _nodes(model):
        layer, given = node.layer, values[id(node.keras_inputs[0])]
        if isinstance(layer, backend.keras().Model) and len(layer.inputs) == len(layer.outputs) == 1:
            output, is_reached = _before_weights(layer, given)
            if is_reached:
                return output, True
        elif layer.weights and not hasattr(layer, "adapt"):
            return given, True
        else:
            args, kwargs = call_arguments(node, values)
            output = layer(*args, **kwargs)
        values |= {id(old): new for old, new in zip(nest.flatten(node.outputs), nest.flatten(output), strict=True)}
    return values[id(model.outputs[0])], False
