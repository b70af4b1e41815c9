"""What stands in a .tflite file: what each operator costs, its sizes on disk, its zeros and its clusters."""

import gzip
from dataclasses import dataclass
from typing import Any

import numpy as np

from common.costs.ledger import Cost, Ledger
from common.errors import InvalidInputError
from fall.compression.storage.coding import encode_weights
from fall.tflite.file import Graph, Operator, Tensor, read_graph
from fall.tflite.memory import peaks

# Operators that multiply and accumulate, but are not counted here, since no network of this library has them.
_UNCOUNTED = ("BATCH_MATMUL", "TRANSPOSE_CONV", "CONV_3D", "LSTM", "RNN", "SVDF")


def tflite_cost(content: bytes) -> Ledger:
    """The cost of one image, a row an operator, read from a .tflite file.

    Multiply-accumulates are those of convolutions and dense layers, as in the formulas. Parameters are the constants
    that stand in the file, batch normalization folded into them; what several operators share counts in the first.
    Working memory is the highest byte in use while the operator runs, in the layout of
    :func:`fall.tflite.memory.peak_memory`, so that the total's is the peak.

    Parameters
    ----------
    content : bytes
        The file.

    Raises
    ------
    ModelIntegrityError
        If the file is damaged.
    InvalidInputError
        If it has an operator that the formulas do not cover.

    Examples
    --------
    >>> from fall import build_network, tflite
    >>> print(tflite_cost(tflite.convert(build_network("perceptron", (8, 8, 3), units=4))))
                     parameters  MACs  weights [B]  working memory [B]
    ---------------  ----------  ----  -----------  ------------------
    RESHAPE                   0     0            0               1,536
    FULLY_CONNECTED         768   768        3,072                 784
    FULLY_CONNECTED           8     8           32                 784
    SOFTMAX                   0     0            0                  32
    ---------------  ----------  ----  -----------  ------------------
    total                   776   776        3,104               1,536
    """
    graph = read_graph(content)
    counted: set[int] = set()
    rows = []
    for operator, peak in zip(graph.operators, peaks(graph), strict=True):
        constants = {tensor.buffer: tensor for tensor in _inputs(graph, operator) if tensor.is_parameter}
        new = [tensor for buffer, tensor in constants.items() if buffer not in counted]
        counted.update(constants)
        cost = Cost(
            params=sum(tensor.size for tensor in new),
            macs=_operator_macs(graph, operator),
            weight_bytes=sum(tensor.nbytes for tensor in new),
            activation_bytes=peak,
        )
        rows.append((operator.name, cost))
    return Ledger(rows)


@dataclass(frozen=True)
class StoredSizes:
    """Bytes of one .tflite file. Pruning and clustering show in the compressed sizes only, never in the first.

    Attributes
    ----------
    raw : int
        As it is: what a device holds.
    gzip : int
        Compressed by gzip at level 9: what is sent.
    coded : int
        Its weights by deep compression (:func:`fall.compression.encode_weights`), the rest of it by gzip; from both
        the file is restored bit for bit. Where too few weights are zero or shared for that to pay, as by gzip.
    """

    raw: int
    gzip: int
    coded: int


def stored_sizes(content: bytes) -> StoredSizes:
    """How large a .tflite file is, and how small it becomes for storing or sending.

    Examples
    --------
    >>> from fall import build_network, tflite
    >>> sizes = stored_sizes(tflite.convert(build_network("perceptron", (8, 8, 3), units=4)))
    >>> sizes.raw > sizes.gzip > 0
    True
    """
    weights = [tensor.data for tensor in _weights(content) if tensor.data is not None]
    rest = bytes(content)
    for tensor in weights:
        # Zeros instead of the weights keep every offset, and gzip makes nothing of them.
        rest = rest.replace(tensor.tobytes(), bytes(tensor.nbytes), 1)
    # Stored integers are whole numbers in float32, too.
    coded = encode_weights([tensor.astype(np.float32) for tensor in weights])
    zipped = _gzip_bytes(content)
    return StoredSizes(raw=len(content), gzip=zipped, coded=min(zipped, _gzip_bytes(rest) + len(coded)))


def weight_counts(content: bytes) -> dict[str, int]:
    """How many weights each weight tensor of a .tflite file holds, by the tensor's name."""
    return {tensor.name: tensor.size for tensor in _weights(content)}


def sparsity(content: bytes) -> dict[str, float]:
    """The part of zeros in each weight tensor of a .tflite file, by the tensor's name.

    Weights are constants of two dimensions or more: kernels and matrices, not biases. A quantized weight counts as
    zero if it stands for zero.
    """
    return {tensor.name: float((_centred(tensor) == 0).mean()) for tensor in _weights(content)}


def distinct_values(content: bytes) -> dict[str, int]:
    """How many different values each weight tensor of a .tflite file holds, by the tensor's name: its clusters.

    Of tensors with a scale for each channel it is the most in any channel, since equal integers mean different weights
    in different channels.
    """
    return {tensor.name: _most_distinct(tensor) for tensor in _weights(content)}


def float_operators(content: bytes) -> list[str]:
    """The operators of a .tflite file that read or write floating-point numbers: none if it is all integers."""
    graph = read_graph(content)
    return [
        operator.name
        for operator in graph.operators
        if any(tensor.dtype.kind == "f" for tensor in (*_inputs(graph, operator), *_outputs(graph, operator)))
    ]


def _operator_macs(graph: Graph, operator: Operator) -> int:
    if any(name in operator.name for name in _UNCOUNTED):
        raise InvalidInputError(
            f"the file has an operator {operator.name}, which is not counted: use convolutions and dense layers"
        )
    if operator.name not in ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"):
        return 0
    weights, output = graph.tensors[operator.inputs[1]], graph.tensors[operator.outputs[0]]
    # Every number that comes out is a sum over the weights of its channel: the last axis but for depthwise ones.
    return output.size * weights.size // output.shape[-1]


def _inputs(graph: Graph, operator: Operator) -> list[Tensor]:
    return [graph.tensors[number] for number in operator.inputs if number >= 0]


def _outputs(graph: Graph, operator: Operator) -> list[Tensor]:
    return [graph.tensors[number] for number in operator.outputs]


def _gzip_bytes(content: bytes) -> int:
    return len(gzip.compress(content, compresslevel=9, mtime=0))


def _weights(content: bytes) -> list[Tensor]:
    return [tensor for tensor in read_graph(content).parameters if len(tensor.shape) >= 2]


def _centred(tensor: Tensor) -> Any:
    """Stored numbers less their zero point: zero where they stand for zero."""
    assert tensor.data is not None
    if len(tensor.zero_point) == 0 or not tensor.zero_point.any():
        return tensor.data
    shape = [1] * tensor.data.ndim
    if len(tensor.zero_point) > 1:
        shape[tensor.axis] = -1
    return tensor.data.astype(np.int64) - tensor.zero_point.reshape(shape)


def _most_distinct(tensor: Tensor) -> int:
    assert tensor.data is not None
    if len(tensor.scale) <= 1:
        return len(np.unique(tensor.data))
    return max(len(np.unique(channel)) for channel in np.moveaxis(tensor.data, tensor.axis, 0))
