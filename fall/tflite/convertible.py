"""Can this network become a .tflite file? Checked first: TensorFlow's converter answers in other terms, or crashes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from common.errors import InvalidInputError
from fall import backend

_TFMOT = "tensorflow_model_optimization"
_FOR_WORDS = (
    *("CategoryEncoding", "DenseFeatures", "Discretization", "Embedding", "HashedCrossing", "Hashing"),
    *("IntegerLookup", "StringLookup", "TextVectorization"),
)
# The converter makes further graphs of them, which no microcontroller runs; quantizing one ends the process.
_CONTROL_FLOW = {"Case", "If", "StatelessCase", "StatelessIf", "StatelessWhile", "While"}


def check_convertible(model: Any) -> None:
    """Raise unless a network takes one image of a known size, and none of its layers is known not to convert.

    Raises
    ------
    InvalidInputError
        If it is no ``tf_keras`` model, is not built, takes or gives several tensors, takes anything but an image of one
        size, holds recurrent layers or layers for text, or is still wrapped for training.
    """
    backend.check_keras_model(model)
    inputs, outputs = getattr(model, "inputs", None), getattr(model, "outputs", None)
    if not inputs or not outputs:
        raise InvalidInputError(
            f"model {model.name!r} has no input of a known shape: begin a Sequential with tf_keras.Input((96, 96, 3)), "
            "and write a subclass of Model with the functional API"
        )
    if len(inputs) != 1 or len(outputs) != 1:
        raise InvalidInputError(
            f"model {model.name!r} has {len(inputs)} inputs and {len(outputs)} outputs; a .tflite file of this library "
            "has one image and one row of probabilities: take a part, as tf_keras.Model(one_input, one_output)"
        )
    if not isinstance(model.input_shape, tuple):
        raise InvalidInputError(
            f"model {model.name!r} takes its input in a {type(model.input_shape).__name__}: build it as "
            "tf_keras.Model(image, probabilities)"
        )
    _check_image(model, inputs[0])
    for layer in all_layers(model):
        _check_layer(layer)


def all_layers(model: Any) -> Iterator[Any]:
    """The layers of a network, of the models inside it, and those inside wrappers."""
    yield from model._flatten_layers(include_self=False)


def is_wrapped(layer: Any) -> bool:
    """Whether a layer was wrapped by TensorFlow's model optimization."""
    return _TFMOT in type(layer).__module__


def check_operations(model: Any, graph: Any) -> None:
    """Raise if a traced network branches or loops."""
    names = {layer.name for layer in all_layers(model)}
    for operation in graph.get_operations():
        if operation.type in _CONTROL_FLOW:
            within = [part for part in operation.name.split("/") if part in names]
            raise InvalidInputError(
                f"model's layer {within[-1] if within else operation.name!r} loops or branches ({operation.type}), "
                "which a .tflite file of this library does not: leave it out"
            )


def _check_image(model: Any, image: Any) -> None:
    shape = tuple(image.shape)
    if len(shape) != 4 or shape[3] not in (1, 3):
        raise InvalidInputError(
            f"model {model.name!r} takes inputs of shape {shape}; images are (None, height, width, 3), or 1 if grey"
        )
    if None in shape[1:]:
        raise InvalidInputError(
            f"model {model.name!r} takes images of any size, {shape}, but a .tflite file has one: build it with "
            "tf_keras.Input((96, 96, 3))"
        )
    if not image.dtype.is_floating:
        raise InvalidInputError(
            f"model {model.name!r} takes {image.dtype.name}; it must take scaled pixels: leave the dtype of "
            "tf_keras.Input out"
        )


def _check_layer(layer: Any) -> None:
    keras, kind = backend.keras(), type(layer).__name__
    if isinstance(layer, keras.layers.RNN) and not layer.unroll:
        raise InvalidInputError(
            f"model's layer {layer.name!r} is a {kind}, which loops over steps: use convolutions, or unroll=True for a "
            "few steps"
        )
    if kind in _FOR_WORDS:
        raise InvalidInputError(
            f"model's layer {layer.name!r} is a {kind}, which takes words or categories, not pixels: leave it out"
        )
    if is_wrapped(layer) and ("quantization" not in type(layer).__module__ or kind == "QuantizeAnnotate"):
        raise InvalidInputError(
            f"model's layer {layer.name!r} is still wrapped by {kind}: strip pruning or clustering first "
            "(strip_pruning, strip_clustering of tensorflow_model_optimization), and apply a quantization that was "
            "only annotated (quantize_apply)"
        )
