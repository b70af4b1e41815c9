"""The uses of the layers of a network: which layer is called on what shapes, as often as it is called."""

from __future__ import annotations

import inspect
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from common.errors import InvalidInputError
from fall import backend

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Use:
    """One call of a layer, on one image: shapes do not include the batch.

    Attributes
    ----------
    inputs, outputs : tuple of Shape
        Of all tensors that go in and come out.
    arguments : dict of str: Shape
        Those of the inputs that the layer's ``call`` names.
    """

    inputs: tuple[Shape, ...]
    outputs: tuple[Shape, ...]
    arguments: dict[str, Shape] = field(default_factory=dict)

    @property
    def input(self) -> Shape:
        """The first input."""
        return self.inputs[0]

    @property
    def output(self) -> Shape:
        """The first output."""
        return self.outputs[0]

    @property
    def n_outputs(self) -> int:
        """Number of elements of the first output."""
        return math.prod(self.output)

    @property
    def n_elements(self) -> int:
        """Number of elements of all inputs and outputs."""
        return sum(math.prod(shape) for shape in (*self.inputs, *self.outputs))


def uses(model: Any) -> Iterator[tuple[Any, Use]]:
    """Each layer of a network with each of its uses, in the order of ``model.layers``.

    Raises
    ------
    InvalidInputError
        If the network has no graph of layers, or the size of a tensor is not known.
    """
    nodes_by_depth = getattr(model, "_nodes_by_depth", None)
    if not nodes_by_depth:
        raise InvalidInputError(
            f"model {model.name!r} has no graph of layers: begin a Sequential with tf_keras.Input, and write a "
            "subclass of Model with the functional API"
        )
    nodes: dict[int, list[Any]] = {}
    for depth in sorted(nodes_by_depth, reverse=True):
        for node in nodes_by_depth[depth]:
            nodes.setdefault(id(node.layer), []).append(node)
    for layer in model.layers:
        if not isinstance(layer, backend.keras().layers.InputLayer):
            for node in nodes.get(id(layer), []):
                yield layer, _use(layer, node)


def _use(layer: Any, node: Any) -> Use:
    flatten = backend.tensorflow().nest.flatten
    inputs = tuple(_shape(layer, tensor) for tensor in node.keras_inputs)
    outputs = tuple(_shape(layer, tensor) for tensor in flatten(node.outputs))
    return Use(inputs, outputs, _arguments(layer, node))


def _arguments(layer: Any, node: Any) -> dict[str, Shape]:
    try:
        bound = inspect.signature(layer.call).bind(*node.call_args, **node.call_kwargs).arguments
    except TypeError:  # a layer of TensorFlow's functions, whose arguments are the function's
        return {}
    is_tensor = backend.keras().backend.is_keras_tensor
    return {name: _shape(layer, value) for name, value in bound.items() if hasattr(value, "shape") and is_tensor(value)}


def _shape(layer: Any, tensor: Any) -> Shape:
    sides = tuple(tensor.shape)[1:] if tensor.shape.rank is not None else (None,)
    if None in sides:
        raise InvalidInputError(
            f"layer {layer.name!r} has a tensor of shape {(None, *sides)}, whose size is not known: build the model "
            "for inputs of one size, such as tf_keras.Input((96, 96, 3))"
        )
    return tuple(int(side) for side in sides)
