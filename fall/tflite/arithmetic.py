"""What the operators of a .tflite file compute in: 8-bit integers, 16-bit activations, or float32."""

from __future__ import annotations

import numpy as np

from fall.tflite.file import Graph, Operator

MULTIPLYING = ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED")


def arithmetic_of(graph: Graph, operator: Operator) -> str | None:
    """The arithmetic of an operator's multiplications, as :attr:`common.Cost.arithmetic`; None if it has none.

    - "float32": weights in float32, or stored in fewer bits and converted before they are multiplied;
    - "int16x8": activations in int16;
    - "int8": weights in 8 bits or fewer with activations in 8 bits, or in float32 as in a file of dynamic range: LiteRT
      quantizes those activations on the fly and multiplies integers.

    Examples
    --------
    >>> from fall import build_network, tflite
    >>> from fall.tflite.file import read_graph
    >>> graph = read_graph(tflite.convert(build_network("perceptron", (8, 8, 3), units=4)))
    >>> [arithmetic_of(graph, operator) for operator in graph.operators]
    [None, 'float32', 'float32', None]
    """
    if operator.name not in MULTIPLYING:
        return None
    inputs, weights = (graph.tensors[number].dtype for number in operator.inputs[:2])
    if weights.kind == "f":
        return "float32"
    return "int16x8" if inputs == np.int16 else "int8"
