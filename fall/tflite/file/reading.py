"""Check a .tflite file and read its tensors and operators, without running it."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.optional import require
from fall.tflite.file import flatbuffer
from fall.tflite.file.packing import packed_size, unpack
from fall.tflite.file.refusals import contradiction, unsupported
from fall.tflite.file.rules import check_rules
from fall.tflite.file.tensors import Graph, Operator, Tensor

_INT4 = 17  # LiteRT 2.3 runs files of int2 as well, but gives other numbers than their weights: they are refused
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
    _INT4: np.dtype(np.int8),
}
_BLOCKS = "BlockwiseQuantization"


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
        If ``content`` is not bytes; if the network has an operator, a type or sides that image classifiers do not
        have (:data:`fall.tflite.file.operators.ALLOWED`); or if its activations vanish from layer to layer, as they do
        if it was never trained.
    ModelIntegrityError
        If the file is damaged or contradicts itself.
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
    if model.Version() != 3 or model.SubgraphsLength() < 1:
        raise contradiction(f"version {model.Version()} with {model.SubgraphsLength()} graphs; expected 3 with one")
    if model.SubgraphsLength() > 1:
        raise unsupported(f"has {model.SubgraphsLength()} graphs, such as the branches of a condition")
    subgraph = model.Subgraphs(0)
    buffers = [_buffer(model.Buffers(number), number) for number in range(model.BuffersLength())]
    graph = Graph(
        content=content,
        tensors=_tensors(schema, subgraph, buffers),
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
    if buffer.DataLength() and number == 0:
        raise contradiction("buffer 0, which stands for no data, has some")
    return None if buffer.DataLength() == 0 else np.asarray(buffer.DataAsNumpy())


def _tensors(schema: ModuleType, subgraph: Any, buffers: list[npt.NDArray[np.uint8] | None]) -> tuple[Tensor, ...]:
    tables = [subgraph.Tensors(number) for number in range(subgraph.TensorsLength())]
    tensors = [_tensor(schema, table, buffers) for table in tables]
    for number, table in enumerate(tables):
        quantization = table.Quantization()
        if quantization is not None and quantization.DetailsType() == schema.QuantizationDetails.BlockwiseQuantization:
            tensors[number] = _with_blocks(tensors[number], _union(schema, quantization.Details(), _BLOCKS), tensors)
    return tuple(tensors)


def _tensor(schema: ModuleType, tensor: Any, buffers: list[npt.NDArray[np.uint8] | None]) -> Tensor:
    name = (tensor.Name() or b"").decode("utf-8")
    kind = tensor.Type()
    if kind not in _DTYPES and kind in _named(schema.TensorType):
        raise unsupported(f"has numbers of type {_named(schema.TensorType)[kind].lower()} in tensor {name!r}")
    if kind not in _DTYPES or tensor.Buffer() >= len(buffers):
        raise contradiction(f"tensor {name!r} has type {kind} and buffer {tensor.Buffer()}")
    if tensor.IsVariable():
        raise unsupported(f"has the variable {name!r}")
    dtype, is_packed = _DTYPES[kind], kind == _INT4
    shape, content = _integers(tensor.ShapeAsNumpy()), buffers[tensor.Buffer()]
    if any(side < 0 for side in shape):
        raise contradiction(f"tensor {name!r} has the shape {shape}")
    if 0 in shape:
        raise unsupported(f"has the tensor {name!r} without numbers")
    size = math.prod(shape)
    if content is not None and len(content) != (packed_size(size) if is_packed else size * dtype.itemsize):
        raise contradiction(f"tensor {name!r} of shape {shape} holds {len(content)} bytes of {dtype}")
    scale, zero_point, axis = np.empty(0, np.float32), np.empty(0, np.int64), 0
    quantization = tensor.Quantization()
    if quantization is not None and quantization.ScaleLength() and quantization.ZeroPointLength():
        scale, zero_point = np.array(quantization.ScaleAsNumpy()), np.array(quantization.ZeroPointAsNumpy())
        axis = quantization.QuantizedDimension()
    data: npt.NDArray[Any] | None = None
    if content is not None:
        data = (unpack(content, size) if is_packed else content.view(dtype)).reshape(shape)
    return Tensor(
        *(name, shape, dtype, scale, zero_point, axis, tensor.Buffer() if data is not None else 0, data),
        is_packed=is_packed,
        is_dynamic=-1 in _integers(tensor.ShapeSignatureAsNumpy()),
    )


def _with_blocks(tensor: Tensor, blocks: Any, tensors: list[Tensor]) -> Tensor:
    """The weights with the scales of their blocks, which are a tensor of float16."""
    size, number = blocks.BlockSize(), blocks.Scales()
    if blocks.ZeroPoints() not in (-1, 0) or blocks.BlockShapeLength():
        raise unsupported(f"has blocks with zero points or of several axes in tensor {tensor.name!r}")
    scales = tensors[number] if 0 <= number < len(tensors) else tensor
    if tensor.data is None or not tensor.is_packed or size < 1 or not tensor.shape or tensor.shape[-1] % size:
        raise contradiction(f"tensor {tensor.name!r} of shape {tensor.shape} has blocks of {size}")
    if scales.data is None or scales.type_name != "float16":
        raise contradiction(f"tensor {tensor.name!r} has no scales for its blocks")
    if scales.shape != (*tensor.shape[:-1], tensor.shape[-1] // size):
        raise contradiction(f"tensor {tensor.name!r} of shape {tensor.shape} has scales of shape {scales.shape}")
    scale = scales.data.astype(np.float32).ravel()
    return replace(tensor, scale=scale, zero_point=np.zeros(1, np.int64), axis=0, block_size=size)


def _operator(schema: ModuleType, model: Any, operator: Any) -> Operator:
    if not 0 <= operator.OpcodeIndex() < model.OperatorCodesLength():
        raise contradiction(f"an operator has the kind {operator.OpcodeIndex()}")
    code = model.OperatorCodes(operator.OpcodeIndex())
    # Kinds up to 127 stand in the older field.
    kind = max(code.BuiltinCode(), code.DeprecatedBuiltinCode())
    names = _named(schema.BuiltinOperator)
    if kind not in names:
        raise contradiction(f"it has an unknown operator {kind}")
    if names[kind] == "CUSTOM":
        raise unsupported(f"has the custom operator {(code.CustomCode() or b'').decode()!r}")
    return Operator(
        names[kind],
        _integers(operator.InputsAsNumpy()),
        _integers(operator.OutputsAsNumpy()),
        _options(schema, operator),
    )


def _options(schema: ModuleType, operator: Any) -> Any:
    kind = operator.BuiltinOptionsType()
    if not kind or operator.BuiltinOptions() is None:
        return None
    name = _named(schema.BuiltinOptions).get(kind)
    if name is None:
        raise contradiction(f"an operator has unknown options {kind}")
    return _union(schema, operator.BuiltinOptions(), name)


def _union(schema: ModuleType, table: Any, name: str) -> Any:
    """A table of the schema whose type another field names."""
    if table is None:
        raise contradiction(f"it lacks the {name} that it announces")
    typed = getattr(schema, name)()
    typed.Init(table.Bytes, table.Pos)
    return typed


@cache
def _named(enumeration: type) -> dict[int, str]:
    """The names of the schema's constants by their number."""
    return {value: name for name, value in vars(enumeration).items() if isinstance(value, int)}


def _integers(vector: Any) -> tuple[int, ...]:
    """A vector of the file as a tuple; LiteRT returns the number 0 for an absent vector."""
    return () if isinstance(vector, int) else tuple(int(number) for number in vector)
