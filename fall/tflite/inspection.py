"""Measure a .tflite file: the cost of each operator, its size, and the zeros and distinct values of its weights."""

from __future__ import annotations

import gzip
from dataclasses import dataclass

import numpy as np

from common.costs.ledger import Cost, Ledger
from fall.tflite.arithmetic import arithmetic_of
from fall.tflite.coded.container import encode_files
from fall.tflite.file import Graph, Operator, Tensor, read_graph
from fall.tflite.memory import peaks


def tflite_cost(content: bytes | Graph) -> Ledger:
    """The cost of one image, with a row for each operator, read from a .tflite file.

    Multiply-accumulates are those of convolutions and dense layers, as in the formulas. Parameters are the constants
    in the file, into which batch normalization is folded; parameters that several operators share count for the first
    of them. Their bytes are those in the file: half a byte for each int4 weight. Scales of tensors and channels, which
    stand in the file's tables, are not counted; the scales of blocks, which are constants, are. Working memory is the
    highest byte in use while the operator runs, in the layout of :func:`fall.tflite.memory.peak_memory`; the total is
    its peak.

    Parameters
    ----------
    content : bytes or Graph
        The file, or the graph that was read from it, such as ``CompressedModel.graph``.

    Returns
    -------
    Ledger

    Raises
    ------
    ModelIntegrityError
        If the file is damaged.
    InvalidInputError
        If it has an operator that image classifiers do not have; each that they have is counted.

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
        parameters = {tensor.buffer: tensor for tensor in _inputs(graph, operator) if tensor.is_parameter}
        new = [tensor for buffer, tensor in parameters.items() if buffer not in counted]
        counted.update(parameters)
        cost = Cost(
            params=sum(tensor.size for tensor in new),
            macs=_operator_macs(graph, operator),
            weight_bytes=sum(tensor.nbytes + tensor.scale_nbytes for tensor in new),
            activation_bytes=peak,
            arithmetic=arithmetic_of(graph, operator),
        )
        rows.append((operator.name, cost))
    return Ledger(rows)


@dataclass(frozen=True)
class StoredSizes:
    """Sizes of one .tflite file in bytes. Pruning and clustering reduce the compressed sizes only, never ``raw``.

    Attributes
    ----------
    raw : int
        Size of the file, as it is stored on a device.
    gzip : int
        Size after gzip at level 9, as it is sent.
    coded : int
        Size of the file that :func:`fall.save_coded` writes: the weights coded as in *Deep Compression*, the rest
        compressed. :func:`fall.load_coded` restores it bit for bit. Where coding does not help, about ``gzip``.

    Examples
    --------
    >>> from fall import build_network, tflite
    >>> content = tflite.convert(build_network("perceptron", (8, 8, 3), units=4))
    >>> stored_sizes(content).raw == len(content)
    True
    """

    raw: int
    gzip: int
    coded: int


def stored_sizes(content: bytes | Graph) -> StoredSizes:
    """Size of a .tflite file as it is, and compressed for storing or sending.

    Parameters
    ----------
    content : bytes or Graph
        The file, or the graph that was read from it.

    Returns
    -------
    StoredSizes

    Raises
    ------
    ModelIntegrityError
        If the file is damaged.

    Examples
    --------
    >>> from fall import build_network, tflite
    >>> sizes = stored_sizes(tflite.convert(build_network("perceptron", (8, 8, 3), units=4)))
    >>> sizes.raw > sizes.gzip > 0
    True
    """
    graph = read_graph(content)
    return StoredSizes(raw=len(graph.content), gzip=_gzip_bytes(graph.content), coded=len(encode_files(graph, {})))


def weight_counts(content: bytes | Graph) -> dict[str, int]:
    """Number of weights in each weight tensor of a .tflite file, by the tensor's name.

    Parameters
    ----------
    content : bytes or Graph
        The file, or the graph that was read from it.

    Returns
    -------
    dict of str to int

    Examples
    --------
    >>> from fall import build_network, tflite
    >>> content = tflite.convert(build_network("perceptron", (8, 8, 3), units=4))
    >>> sorted(weight_counts(content).values())  # 4 * 2, and 8 * 8 * 3 * 4
    [8, 768]
    """
    return {tensor.name: tensor.size for tensor in _weights(read_graph(content))}


def sparsity(content: bytes | Graph) -> dict[str, float]:
    """Fraction of zeros in each weight tensor of a .tflite file, by the tensor's name.

    Weights are constants of two or more dimensions: kernels and matrices, not biases. A quantized weight is zero if it
    equals its zero point.

    Parameters
    ----------
    content : bytes or Graph
        The file, or the graph that was read from it.

    Returns
    -------
    dict of str to float

    Examples
    --------
    >>> from fall import build_network, tflite
    >>> content = tflite.convert(build_network("perceptron", (8, 8, 3), units=4))
    >>> sorted(sparsity(content).values())  # random weights: none is zero
    [0.0, 0.0]
    """
    return {tensor.name: _sparsity(tensor) for tensor in _weights(read_graph(content))}


def distinct_values(content: bytes | Graph) -> dict[str, int]:
    """Number of distinct values in each weight tensor of a .tflite file, by the tensor's name: its clusters.

    For a tensor with a scale for each channel or block it is the largest number in any of them, since equal integers
    stand for different weights there.

    Parameters
    ----------
    content : bytes or Graph
        The file, or the graph that was read from it.

    Returns
    -------
    dict of str to int

    Examples
    --------
    >>> from fall import build_network, tflite
    >>> content = tflite.convert(build_network("perceptron", (8, 8, 3), units=4))
    >>> sorted(distinct_values(content).values())  # not clustered: 8 of 8 weights differ
    [8, 768]
    """
    return {tensor.name: _distinct_values(tensor) for tensor in _weights(read_graph(content))}


def float_operators(content: bytes | Graph) -> list[str]:
    """The operators of a .tflite file that read or write floating-point numbers; empty if all compute in integers.

    Parameters
    ----------
    content : bytes or Graph
        The file, or the graph that was read from it.

    Returns
    -------
    list of str

    Examples
    --------
    >>> from fall import build_network, tflite
    >>> content = tflite.convert(build_network("perceptron", (8, 8, 3), units=4))
    >>> float_operators(content)
    ['RESHAPE', 'FULLY_CONNECTED', 'FULLY_CONNECTED', 'SOFTMAX']
    """
    graph = read_graph(content)
    return [
        operator.name
        for operator in graph.operators
        if any(tensor.dtype.kind == "f" for tensor in (*_inputs(graph, operator), *_outputs(graph, operator)))
    ]


def _operator_macs(graph: Graph, operator: Operator) -> int:
    if operator.name not in ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"):
        return 0
    weights, output = graph.tensors[operator.inputs[1]], graph.tensors[operator.outputs[0]]
    # Each output is a sum over the weights of its own channel, and every channel has an equal share of the weights.
    return output.size * weights.size // output.shape[-1]


def _inputs(graph: Graph, operator: Operator) -> list[Tensor]:
    return [graph.tensors[number] for number in operator.inputs if number >= 0]


def _outputs(graph: Graph, operator: Operator) -> list[Tensor]:
    return [graph.tensors[number] for number in operator.outputs]


def _gzip_bytes(content: bytes) -> int:
    return len(gzip.compress(content, compresslevel=9, mtime=0))


def _weights(graph: Graph) -> list[Tensor]:
    return [tensor for tensor in graph.parameters if len(tensor.shape) >= 2]


def _sparsity(tensor: Tensor) -> float:
    assert tensor.data is not None
    shape = [1] * tensor.data.ndim
    if len(tensor.zero_point) > 1:
        shape[tensor.axis] = -1
    zero = tensor.zero_point.reshape(shape) if len(tensor.zero_point) else 0
    return float((tensor.data == zero).mean())


def _distinct_values(tensor: Tensor) -> int:
    assert tensor.data is not None
    if tensor.block_size:
        return max(len(np.unique(block)) for block in tensor.data.reshape(-1, tensor.block_size))
    if len(tensor.scale) <= 1:
        return len(np.unique(tensor.data))
    return max(len(np.unique(channel)) for channel in np.moveaxis(tensor.data, tensor.axis, 0))
