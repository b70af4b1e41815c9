"""Sound .tflite files with one to three parts changed at random: operators, shapes, types, options, constants."""

from collections.abc import Callable
from typing import Any

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

from fall.tflite.file.operators import ALLOWED

_INTEGERS = (-(2**31), -1000, -2, -1, 0, 1, 2, 3, 4, 5, 7, 8, 9, 32, 255, 1000, 2**16, 2**20, 2**31 - 1)
_NUMBERS = (0.0, -1.0, 1e-30, 1e-9, 1e-3, 0.5, 1.0, 3.0, 1e6, 1e30, np.inf, -np.inf, np.nan)
_KINDS = [number for number in vars(schema.BuiltinOperator).values() if isinstance(number, int)]
_TYPES = [number for number in vars(schema.TensorType).values() if isinstance(number, int)]
_OPTIONS = {
    number: getattr(schema, f"{name}T")
    for name, number in vars(schema.BuiltinOptions).items()
    if isinstance(number, int) and number
}


def packed(model: Any) -> bytes:
    """The file of a model."""
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def mutant(sound: bytes, seed: list[int]) -> bytes:
    """A mutant; the same seed gives the same one."""
    rng = np.random.default_rng(seed)
    while True:
        model = schema.ModelT.InitFromPackedBuf(sound)
        try:
            for _ in range(rng.choice([1, 2, 3], p=[0.7, 0.2, 0.1])):
                _CHANGES[rng.integers(len(_CHANGES))](model, rng)
            return packed(model)
        except Exception:  # some values cannot be written, such as 300 in a byte; some changes exclude one another
            continue


def _one(rng: np.random.Generator, items: Any) -> Any:
    return items[rng.integers(len(items))]


def _code(model: Any, kind: int) -> int:
    """The number of an operator code that is added to the model."""
    code = schema.OperatorCodeT()
    code.builtinCode, code.deprecatedBuiltinCode, code.version = kind, min(kind, 127), 1
    model.operatorCodes.append(code)
    return len(model.operatorCodes) - 1


def _kind(model: Any, rng: np.random.Generator) -> None:
    """Another operator, with these options, without any, or with others."""
    operator = _one(rng, model.subgraphs[0].operators)
    kinds = _KINDS if rng.random() < 0.3 else [getattr(schema.BuiltinOperator, name) for name in ALLOWED]
    operator.opcodeIndex = _code(model, _one(rng, kinds))
    if rng.random() < 0.4:
        operator.builtinOptions, operator.builtinOptionsType = None, 0
    elif rng.random() < 0.7:
        names = {number: name for name, number in vars(schema.BuiltinOperator).items()}
        rule = ALLOWED.get(names[model.operatorCodes[-1].builtinCode])
        if rule is not None and rule.options:
            operator.builtinOptionsType = getattr(schema.BuiltinOptions, rule.options)
            operator.builtinOptions = _OPTIONS[operator.builtinOptionsType]()


def _sides(rng: np.random.Generator, shape: Any) -> list[int]:
    sides = [] if shape is None else [int(side) for side in shape]
    choice = rng.integers(5)
    if choice == 0 or not sides:
        return sides + [int(_one(rng, (1, 1, 2, -1)))] * int(_one(rng, (1, 1, 2, 6)))
    if choice == 1:
        return sides[:-1]
    if choice == 2:
        return [int(side) for side in rng.permutation(sides)]
    sides[rng.integers(len(sides))] = int(_one(rng, _INTEGERS))
    return sides


def _shape(model: Any, rng: np.random.Generator) -> None:
    tensor = _one(rng, model.subgraphs[0].tensors)
    tensor.shape = _sides(rng, tensor.shape)


def _signature(model: Any, rng: np.random.Generator) -> None:
    tensor = _one(rng, model.subgraphs[0].tensors)
    tensor.shapeSignature = _sides(rng, tensor.shape)


def _type(model: Any, rng: np.random.Generator) -> None:
    _one(rng, model.subgraphs[0].tensors).type = _one(rng, _TYPES)


def _option(model: Any, rng: np.random.Generator) -> None:
    """Another value of one option."""
    options = _one(rng, [operator.builtinOptions for operator in model.subgraphs[0].operators])
    fields = sorted(vars(options)) if options is not None else []
    if fields:
        field = _one(rng, fields)
        if field in ("newShape", "squeezeDims"):
            options.__dict__[field] = [int(_one(rng, (1, -1, 2, 3, 2**30)))] * int(_one(rng, (1, 2, 4, 8, 9, 64, 4000)))
        elif isinstance(getattr(options, field), float):
            setattr(options, field, float(_one(rng, _NUMBERS)))
        else:
            setattr(options, field, int(_one(rng, (0, 1, 2, 3, 4, 5)) if rng.random() < 0.6 else _one(rng, _INTEGERS)))


def _other_options(model: Any, rng: np.random.Generator) -> None:
    operator = _one(rng, model.subgraphs[0].operators)
    operator.builtinOptionsType = _one(rng, sorted(_OPTIONS))
    operator.builtinOptions = _OPTIONS[operator.builtinOptionsType]()


def _constants(model: Any, rng: np.random.Generator) -> None:
    """Other contents or another length of a buffer."""
    tensors = [tensor for tensor in model.subgraphs[0].tensors if model.buffers[tensor.buffer].data is not None]
    shapes = [tensor for tensor in tensors if tensor.type == schema.TensorType.INT32]
    tensor = _one(rng, shapes if shapes and rng.random() < 0.5 else tensors)
    buffer = model.buffers[tensor.buffer]
    data = np.array(buffer.data, np.uint8)
    choice = rng.integers(5)
    if choice == 0:
        buffer.data = data[: rng.integers(len(data) + 1)]
    elif choice == 1:
        n = int(_one(rng, (1, 4, 16, 64, 4096)))
        buffer.data = np.concatenate([data, np.zeros(n, np.uint8)])
        if rng.random() < 0.7 and tensor.shape is not None and len(tensor.shape) == 1 and n >= 4:
            tensor.shape = [len(buffer.data) // 4]
    elif choice == 2:
        buffer.data = rng.integers(0, 256, len(data), dtype=np.uint8)
    elif choice == 3:
        buffer.data = None
    elif len(data) >= 4:
        values = data[: len(data) // 4 * 4].view(np.int32).copy()
        values[rng.integers(len(values))] = _one(rng, _INTEGERS)
        buffer.data = np.concatenate([values.view(np.uint8), data[len(values) * 4 :]])


def _buffer(model: Any, rng: np.random.Generator) -> None:
    tensor = _one(rng, model.subgraphs[0].tensors)
    tensor.buffer = int(rng.integers(len(model.buffers) + 2)) if rng.random() < 0.8 else int(_one(rng, (0, 2**31)))


def _quantization(model: Any, rng: np.random.Generator) -> None:
    tensors = [tensor for tensor in model.subgraphs[0].tensors if tensor.quantization is not None]
    if not tensors:
        return
    quantization = _one(rng, tensors).quantization
    choice = rng.integers(6)
    if choice == 0:
        n = 0 if quantization.scale is None else len(quantization.scale)
        quantization.scale = [float(_one(rng, _NUMBERS))] * max(n, 1)
    elif choice == 1:
        quantization.scale = [0.5] * int(_one(rng, (0, 1, 2, 8, 1000)))
    elif choice == 2:
        quantization.zeroPoint = [int(_one(rng, _INTEGERS))] * int(_one(rng, (0, 1, 1, 1, 2, 8)))
    elif choice == 3:
        quantization.quantizedDimension = int(_one(rng, _INTEGERS))
    elif choice == 4:
        quantization.detailsType = schema.QuantizationDetails.BlockwiseQuantization
        blocks = quantization.details = schema.BlockwiseQuantizationT()
        blocks.scales, blocks.zeroPoints = int(rng.integers(-1, len(model.subgraphs[0].tensors) + 1)), -1
        blocks.blockSize = int(_one(rng, _INTEGERS))
    elif quantization.scale is not None:
        quantization.scale = [float(scale) * 10.0 ** rng.uniform(-8, 8) for scale in quantization.scale]


def _connections(model: Any, rng: np.random.Generator) -> None:
    """Other tensors of an operator, or of the whole graph."""
    graph = model.subgraphs[0]
    owner = graph if rng.random() < 0.2 else _one(rng, graph.operators)
    field = _one(rng, ("inputs", "outputs"))
    numbers = [] if getattr(owner, field) is None else [int(number) for number in getattr(owner, field)]
    choice = rng.integers(5)
    number = int(rng.integers(-1, len(graph.tensors) + 1)) if rng.random() < 0.9 else int(_one(rng, _INTEGERS))
    if choice == 0 or not numbers:
        numbers = numbers + [number] * int(_one(rng, (1, 1, 2, 100)))
    elif choice == 1:
        del numbers[rng.integers(len(numbers))]
    elif choice == 2:
        numbers = [int(number) for number in rng.permutation(numbers)]
    else:
        numbers[rng.integers(len(numbers))] = number
    setattr(owner, field, numbers)


def _operators(model: Any, rng: np.random.Generator) -> None:
    """An operator less, an operator twice, or two in the other order."""
    operators = model.subgraphs[0].operators
    first, second = rng.integers(len(operators), size=2)
    choice = rng.integers(3)
    if choice == 0:
        del operators[first]
    elif choice == 1:
        operators.insert(second, operators[first])
    else:
        operators[first], operators[second] = operators[second], operators[first]


def _inserted(model: Any, rng: np.random.Generator) -> None:
    """One more operator between two others, with constants of its own."""
    graph = model.subgraphs[0]
    place = int(rng.integers(len(graph.operators)))
    after = graph.operators[place]
    if after.inputs is None or not len(after.inputs):
        return
    name = _one(rng, sorted(ALLOWED))
    operator, image = schema.OperatorT(), graph.tensors[after.inputs[0]]
    operator.opcodeIndex = _code(model, getattr(schema.BuiltinOperator, name))
    if ALLOWED[name].options:
        operator.builtinOptionsType = getattr(schema.BuiltinOptions, ALLOWED[name].options)
        operator.builtinOptions = _OPTIONS[operator.builtinOptionsType]()
        for field in vars(operator.builtinOptions):
            if isinstance(getattr(operator.builtinOptions, field), int):
                setattr(operator.builtinOptions, field, int(_one(rng, (0, 1, 1, 2))))
    operator.inputs = [after.inputs[0]]
    rank = 0 if image.shape is None else len(image.shape)
    for _ in range(ALLOWED[name].inputs[0] - 1):
        if rng.random() < 0.3:
            operator.inputs.append(after.inputs[0])
            continue
        n = int(_one(rng, (1, 2, rank, 2 * rank, 9)))
        tensor, buffer = schema.TensorT(), schema.BufferT()
        tensor.shape = _one(rng, ([n], [], [rank, 2])) if n == 2 * rank or n == 1 else [n]
        tensor.type, tensor.buffer = schema.TensorType.INT32, len(model.buffers)
        values = rng.permutation(n) if rng.random() < 0.5 else rng.integers(-1, 3, n)
        buffer.data = values.astype(np.int32).view(np.uint8)
        operator.inputs.append(len(graph.tensors))
        graph.tensors.append(tensor), model.buffers.append(buffer)
    written = schema.TensorT()
    written.shape, written.type, written.quantization = image.shape, image.type, image.quantization
    if rng.random() < 0.5:
        written.shape = _sides(rng, image.shape)
    operator.outputs = [len(graph.tensors)]
    if rng.random() < 0.6:
        after.inputs = [len(graph.tensors), *list(after.inputs)[1:]]
    graph.tensors.append(written)
    graph.operators.insert(place, operator)


_CHANGES: tuple[Callable[[Any, np.random.Generator], None], ...] = (
    *(_kind, _shape, _signature, _type, _option, _option, _other_options, _constants, _constants, _buffer),
    *(_quantization, _quantization, _connections, _connections, _operators, _inserted, _inserted, _inserted),
)
