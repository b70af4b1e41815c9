"""Which operators of two .tflite files belong together, where both were made from the same network."""

from __future__ import annotations

from difflib import SequenceMatcher

from common.errors import InvalidInputError
from fall.tflite.file import Graph

# They change how numbers are stored, not what is computed.
_STORAGE = ("QUANTIZE", "DEQUANTIZE")


def same_operators(first: Graph, second: Graph) -> list[tuple[int, int]]:
    """Places of the operators that do the same in both files, in the order in which they run.

    Operators belong together if they have the same kind, the same shape of output and the same order; names do not
    count, since converters change them.

    Raises
    ------
    InvalidInputError
        If no operator of one file has its like in the other.

    Examples
    --------
    >>> import numpy as np
    >>> from fall import build_network, tflite
    >>> from fall.tflite.file import read_graph
    >>> network, images = build_network("perceptron", (8, 8, 3), units=4), np.zeros((1, 8, 8, 3), np.uint8)
    >>> files = [tflite.convert(network, scheme, representative=images) for scheme in ("float32", "dynamic_int8")]
    >>> same_operators(*map(read_graph, files))
    [(0, 0), (1, 1), (2, 2), (3, 3)]
    """
    places = [
        [place for place, operator in enumerate(graph.operators) if operator.name not in _STORAGE]
        for graph in (first, second)
    ]
    kinds = [
        [(graph.operators[place].name, graph.tensors[graph.operators[place].outputs[0]].shape) for place in of_graph]
        for graph, of_graph in zip((first, second), places, strict=True)
    ]
    blocks = SequenceMatcher(None, kinds[0], kinds[1], autojunk=False).get_matching_blocks()
    pairs = [(places[0][block.a + step], places[1][block.b + step]) for block in blocks for step in range(block.size)]
    if not pairs:
        raise InvalidInputError(
            "tflite has no operator of the same kind and shape as the float network: pass the file made from it"
        )
    return pairs
