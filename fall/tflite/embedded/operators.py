"""The operators of a file by the names of tflite-micro's ``MicroMutableOpResolver``, which links only what is added."""

from __future__ import annotations

from common.errors import InvalidInputError
from fall.tflite.file import Graph

# Operators of tflite-micro; those that keep variables, branch or loop are left out, since no image classifier has them.
_KNOWN = """
    ABS ADD ADD_N ARG_MAX ARG_MIN AVERAGE_POOL_2D BATCH_MATMUL BATCH_TO_SPACE_ND BROADCAST_ARGS BROADCAST_TO CAST CEIL
    CONCATENATION CONV_2D COS CUMSUM DEPTHWISE_CONV_2D DEPTH_TO_SPACE DEQUANTIZE DIV ELU EMBEDDING_LOOKUP EQUAL EXP
    EXPAND_DIMS FILL FLOOR FLOOR_DIV FLOOR_MOD FULLY_CONNECTED GATHER GATHER_ND GREATER GREATER_EQUAL HARD_SWISH
    L2_NORMALIZATION L2_POOL_2D LEAKY_RELU LESS LESS_EQUAL LOG LOGICAL_AND LOGICAL_NOT LOGICAL_OR LOGISTIC LOG_SOFTMAX
    MAXIMUM MAX_POOL_2D MEAN MINIMUM MIRROR_PAD MUL NEG NOT_EQUAL PACK PAD PADV2 PRELU QUANTIZE REDUCE_MAX REDUCE_MIN
    RELU RELU6 RESHAPE RESIZE_BILINEAR RESIZE_NEAREST_NEIGHBOR ROUND RSQRT SELECT_V2 SHAPE SIN SLICE SOFTMAX
    SPACE_TO_BATCH_ND SPACE_TO_DEPTH SPLIT SPLIT_V SQRT SQUARE SQUARED_DIFFERENCE SQUEEZE STRIDED_SLICE SUB SUM SVDF
    TANH TRANSPOSE TRANSPOSE_CONV UNIDIRECTIONAL_SEQUENCE_LSTM UNPACK ZEROS_LIKE
    """
_IRREGULAR = {
    "BATCH_MATMUL": "AddBatchMatMul",
    "CUMSUM": "AddCumSum",
    "PADV2": "AddPadV2",
    "UNIDIRECTIONAL_SEQUENCE_LSTM": "AddUnidirectionalSequenceLSTM",
}


def resolver_methods(graph: Graph) -> list[str]:
    """The methods that add a file's operators to a resolver, each once, in the order of the alphabet.

    Raises
    ------
    InvalidInputError
        If tflite-micro lacks an operator.

    References
    ----------
    tensorflow/lite/micro/micro_mutable_op_resolver.h

    Examples
    --------
    >>> from fall import build_network, tflite
    >>> from fall.tflite.file import read_graph
    >>> resolver_methods(read_graph(tflite.convert(build_network("perceptron", (8, 8, 3), units=4))))
    ['AddFullyConnected', 'AddReshape', 'AddSoftmax']
    """
    names = {operator.name for operator in graph.operators}
    if lacking := sorted(names - set(_KNOWN.split())):
        raise InvalidInputError(
            f"model has the operators {', '.join(lacking)}, which tflite-micro lacks: convert a network of "
            "fall.build_network, or use its layers"
        )
    return sorted(map(_method, names))


def _method(name: str) -> str:
    """CONV_2D becomes AddConv2D."""
    parts = (part if part[0].isdigit() else part.capitalize() for part in name.split("_"))
    return _IRREGULAR.get(name, "Add" + "".join(parts))
