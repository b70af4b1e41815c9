"""Is a .tflite file an image classifier, and what are its outputs?"""

from __future__ import annotations

from typing import Literal

import numpy as np

from common.errors import InvalidInputError
from common.optional import require
from fall.tflite.file.reading import read_graph
from fall.tflite.file.tensors import QUANTIZED, Graph, Operator

# They change neither the order nor the meaning of the numbers; the mean of probabilities is one, too.
_PASSING = ("QUANTIZE", "DEQUANTIZE", "RESHAPE", "SQUEEZE", "CAST", "MEAN", "AVERAGE_POOL_2D")
# What a softmax would follow. The softmax of logarithms of probabilities gives these probabilities.
_LOGITS = ("FULLY_CONNECTED", "CONV_2D", "BATCH_MATMUL", "ADD", "LOG_SOFTMAX")


def read_classifier(content: bytes | Graph) -> Graph:
    """:func:`read_graph` for a network that maps one square image, RGB or grey, to its classes.

    Raises
    ------
    InvalidInputError
        If the network's input or output is anything else, or as :func:`read_graph`.
    ModelIntegrityError, MissingDependencyError
        As :func:`read_graph`.
    """
    graph = read_graph(content)
    if len(graph.inputs) != 1 or len(graph.outputs) != 1:
        raise InvalidInputError(
            f"the model has {len(graph.inputs)} inputs and {len(graph.outputs)} outputs; "
            "an image classifier has one each: convert the part of it that classifies images"
        )
    images, classes = graph.input, graph.output
    sides = _declared_sides(graph)
    if -1 in sides[1:3]:
        raise InvalidInputError(
            f"the model's input has the shape {sides}, of any size: convert it with a fixed size, such as "
            "keras.Input((96, 96, 3))"
        )
    is_square = len(images.shape) == 4 and images.shape[0] == 1 and images.shape[1] == images.shape[2]
    if not is_square or images.shape[3] not in (1, 3):
        raise InvalidInputError(
            f"the model's input has the shape {images.shape}; one square image is (1, side, side, 3) in RGB, or "
            "(1, side, side, 1) in grey: convert a network that takes one"
        )
    if len(classes.shape) != 2 or classes.shape[0] != 1 or classes.shape[1] < 1:
        raise InvalidInputError(
            f"the model's output has the shape {classes.shape}; the classes of one image are (1, n_classes): end the "
            "network in a dense layer"
        )
    for tensor, what in ((images, "input"), (classes, "output")):
        if tensor.dtype != np.float32 and tensor.dtype not in QUANTIZED:
            raise InvalidInputError(
                f"the model's {what} is {tensor.dtype}; it must be float32, int8, uint8 or int16: convert it again"
            )
    return graph


def output_kind(graph: Graph) -> Literal["softmax", "logits", "sigmoid", "logit"]:
    """What a classifier's outputs are, told by its last operators; see :func:`fall.networks.outputs.to_probabilities`.

    Raises
    ------
    InvalidInputError
        If they do not tell it.

    Examples
    --------
    >>> from fall import build_network, tflite
    >>> output_kind(read_classifier(tflite.convert(build_network("perceptron", (8, 8, 3), units=4))))
    'softmax'
    """
    last, *passing = _last_operators(graph)
    name = "no operator" if last is None else last.name
    n_outputs = graph.output.shape[1]
    if name == "SOFTMAX" and n_outputs > 1:
        return "softmax"
    if name == "LOGISTIC" and n_outputs == 1:
        return "sigmoid"
    # An activation function would cut the logits off; it changes no probabilities, which lie between 0 and 1.
    fused = next(filter(None, map(_fused_activation, (last, *passing))), "")
    if name in _LOGITS and not (name == "LOG_SOFTMAX" and n_outputs == 1) and not fused:
        return "logits" if n_outputs > 1 else "logit"
    what = f"{name} with the activation function {fused} and" if fused else f"{name} with"
    raise InvalidInputError(
        f"the model ends in {what} {n_outputs} output{'s' * (n_outputs > 1)}, which does not say what the numbers "
        "are: end the network in a softmax over its classes, or for two classes in one sigmoid, and convert it again"
    )


def _last_operators(graph: Graph) -> list[Operator | None]:
    """The operator that determines what the outputs are, None if there is none, and those that pass them on."""
    number, passing = graph.outputs[0], list[Operator]()
    for operator in reversed(graph.operators):
        if number in operator.outputs:
            if operator.name not in _PASSING:
                return [operator, *passing]
            passing.append(operator)
            number = operator.inputs[0]
    return [None, *passing]


def _fused_activation(operator: Operator | None) -> str:
    """The activation function that an operator applies to its outputs; empty if it applies none."""
    if operator is None or not hasattr(operator.options, "FusedActivationFunction"):
        return ""
    schema = require("ai_edge_litert.schema_py_generated", extra="edge", purpose="reading .tflite files")
    names = {number: name for name, number in vars(schema.ActivationFunctionType).items()}
    number = operator.options.FusedActivationFunction()
    return "" if number == schema.ActivationFunctionType.NONE else str(names[number])


def _declared_sides(graph: Graph) -> tuple[int, ...]:
    """The input's shape with −1 for sides that may change, which ``Tensor.shape`` gives as 1."""
    schema = require("ai_edge_litert.schema_py_generated", extra="edge", purpose="reading .tflite files")
    tensor = schema.Model.GetRootAs(graph.content, 0).Subgraphs(0).Tensors(graph.inputs[0])
    signature = tensor.ShapeSignatureAsNumpy()
    return graph.input.shape if isinstance(signature, int) else tuple(int(side) for side in signature)
