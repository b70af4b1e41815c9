"""Check a .tflite file and read its tensors and operators, without running it."""

from __future__ import annotations

import math
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.optional import require
from fall.tflite.file import flatbuffer
from fall.tflite.file.rules import check_rules, contradiction
from fall.tflite.file.tensors import Graph, Operator, Tensor

# What the tensors of an image classifier are made of, by their number in the schema's TensorType.
_DTYPES: dict[int, np.dtype[Any]] = {
    0: np.dtype(np.float32),
    1: np.dtype(np.float16),
    2: np.dtype(np.int32),
    3: np.dtype(np.uint8),
    4: np.dtype(np.int64),
    6: np.dtype(np.bool_),
    7: np.dtype(np.int16),
    9: np.dtype(np.int8),
}


def read_graph(content: bytes | Graph) -> Graph:
    """Check and read a .tflite file without running it.

    Parameters
    ----------
    content : bytes or Graph
        The file. A graph, that is a file that has been read before, is returned as it is.

    Returns
    -------
    Graph
        The file's only subgraph.

    Raises
    ------
    InvalidInputError
        If ``content`` is not bytes, or the network's activations vanish from layer to layer, as they do if it was
        never trained.
    ModelIntegrityError
        If the file is damaged or contradicts itself, or has parts that image classifiers do not need.
    MissingDependencyError
        Without LiteRT.

    Examples
    --------
    >>> from fall import build_network, tflite
    >>> graph = read_graph(tflite.convert(build_network("perceptron", (8, 8, 3), units=4)))
    >>> [operator.name for operator in graph.operators]
    ['RESHAPE', 'FULLY_CONNECTED', 'FULLY_CONNECTED', 'SOFTMAX']
    """
    if isinstance(content, Graph):
        return content
    if not isinstance(content, (bytes, bytearray, memoryview)):
        raise InvalidInputError(f"content is a {type(content).__name__}; pass the bytes of a .tflite file")
    content = bytes(content)
    flatbuffer.verify(content)
    schema = require("ai_edge_litert.schema_py_generated", extra="edge", purpose="reading .tflite files")
    model = schema.Model.GetRootAs(content, 0)
    if model.Version() != 3 or model.SubgraphsLength() != 1:
        raise contradiction(f"version {model.Version()} with {model.SubgraphsLength()} graphs; expected 3 with one")
    subgraph = model.Subgraphs(0)
    buffers = [_buffer(model.Buffers(number), number) for number in range(model.BuffersLength())]
    graph = Graph(
        content=content,
        tensors=tuple(_tensor(subgraph.Tensors(number), buffers) for number in range(subgraph.TensorsLength())),
        operators=tuple(
            _operator(schema, model, subgraph.Operators(number)) for number in range(subgraph.OperatorsLength())
        ),
        inputs=_integers(subgraph.InputsAsNumpy()),
        outputs=_integers(subgraph.OutputsAsNumpy()),
    )
    check_rules(graph)
    return graph


def _buffer(buffer: Any, number: int) -> npt.NDArray[np.uint8] | None:
    if buffer.Offset() > 1 or buffer.Size() > 1:
        raise contradiction(f"buffer {number} lies outside the tables")
    return None if buffer.DataLength() == 0 else np.asarray(buffer.DataAsNumpy())


def _tensor(tensor: Any, buffers: list[npt.NDArray[np.uint8] | None]) -> Tensor:
    name = (tensor.Name() or b"").decode("utf-8")
    if tensor.Type() not in _DTYPES or tensor.Buffer() >= len(buffers):
        raise contradiction(f"tensor {name!r} has type {tensor.Type()} and buffer {tensor.Buffer()}")
    dtype = _DTYPES[tensor.Type()]
    shape, content = _integers(tensor.ShapeAsNumpy()), buffers[tensor.Buffer()]
    if any(side < 1 for side in shape):
        raise contradiction(f"tensor {name!r} has the shape {shape}")
    if content is not None and len(content) != math.prod(shape) * dtype.itemsize:
        raise contradiction(f"tensor {name!r} of shape {shape} holds {len(content)} bytes of {dtype}")
    scale, zero_point, axis = np.empty(0, np.float32), np.empty(0, np.int64), 0
    quantization = tensor.Quantization()
    if quantization is not None and quantization.ScaleLength() and quantization.ZeroPointLength():
        scale, zero_point = np.array(quantization.ScaleAsNumpy()), np.array(quantization.ZeroPointAsNumpy())
        axis = quantization.QuantizedDimension()
    data = None if content is None else content.view(dtype).reshape(shape)
    return Tensor(name, shape, dtype, scale, zero_point, axis, tensor.Buffer() if data is not None else 0, data)


def _operator(schema: ModuleType, model: Any, operator: Any) -> Operator:
    if operator.OpcodeIndex() >= model.OperatorCodesLength():
        raise contradiction(f"an operator has the kind {operator.OpcodeIndex()}")
    code = model.OperatorCodes(operator.OpcodeIndex())
    # Kinds up to 127 stand in the older field.
    kind = max(code.BuiltinCode(), code.DeprecatedBuiltinCode())
    names = {value: name for name, value in vars(schema.BuiltinOperator).items() if isinstance(value, int)}
    if kind not in names or names[kind] == "CUSTOM":
        raise contradiction(f"it has an unknown operator {kind}")
    inputs, outputs = _integers(operator.InputsAsNumpy()), _integers(operator.OutputsAsNumpy())
    window = (1, 1)
    if operator.BuiltinOptionsType() == schema.BuiltinOptions.Pool2DOptions:
        options = schema.Pool2DOptions()
        table = operator.BuiltinOptions()
        options.Init(table.Bytes, table.Pos)
        window = (options.FilterHeight(), options.FilterWidth())
    return Operator(names[kind], inputs, outputs, window)


def _integers(vector: Any) -> tuple[int, ...]:
    """A vector of the file as a tuple; LiteRT returns the number 0 for an absent vector."""
    return () if isinstance(vector, int) else tuple(int(number) for number in vector)
