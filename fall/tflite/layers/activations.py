"""What every operator of a .tflite file computes for an image, in any of the runtimes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from common.errors import ModelIntegrityError
from common.optional import require
from common.validation import check_choice
from fall.frames import ImageArray
from fall.tflite import micro
from fall.tflite.classifier import pixel_table
from fall.tflite.file import Graph, Tensor
from fall.tflite.file.sharing import pack
from fall.tflite.input_range import find_input_range

RUNTIMES = ("optimized", "reference", "xnnpack", "micro")

Outputs = list[npt.NDArray[np.float32]]


def operator_outputs(graph: Graph, images: ImageArray, runtime: str = "optimized") -> Iterator[Outputs]:
    """The output of each operator as real numbers, image by image.

    Parameters
    ----------
    graph : Graph
        The file.
    images : ndarray of uint8 (n, size, size, 3)
        RGB images that fit the file.
    runtime : {"optimized", "reference", "xnnpack", "micro"}
        LiteRT's optimized kernels, its reference kernels, XNNPACK, or tflite-micro. XNNPACK keeps what lies between
        its operators to itself, so the network runs once for each operator, which becomes the output of the file.

    Yields
    ------
    list of ndarray
        An entry for each operator, in the order of ``graph.operators``; of the shape of its output.

    Raises
    ------
    InvalidInputError
        If there is no such runtime, or it lacks an operator of the file.
    ModelIntegrityError
        If LiteRT refuses the file.
    MissingDependencyError
        If the runtime is not installed.
    """
    check_choice(runtime, "runtime", RUNTIMES)
    inputs = network_inputs(graph, images)
    tensors = [operator.outputs[0] for operator in graph.operators]
    for values in _RUNS[runtime](graph, inputs, tensors):
        yield [real_values(value, graph.tensors[number]) for value, number in zip(values, tensors, strict=True)]


def _optimized(graph: Graph, inputs: npt.NDArray[Any], tensors: list[int]) -> Iterator[list[npt.NDArray[Any]]]:
    return _run(_interpreter(graph.content, "BUILTIN_WITHOUT_DEFAULT_DELEGATES", preserve=True), inputs, tensors)


def _reference(graph: Graph, inputs: npt.NDArray[Any], tensors: list[int]) -> Iterator[list[npt.NDArray[Any]]]:
    return _run(_interpreter(graph.content, "BUILTIN_REF", preserve=True), inputs, tensors)


def _xnnpack(graph: Graph, inputs: npt.NDArray[Any], tensors: list[int]) -> Iterator[list[npt.NDArray[Any]]]:
    runs = [
        _run(_interpreter(_ending_in(graph, number), "AUTO", preserve=False), inputs, [number]) for number in tensors
    ]
    for values in zip(*runs, strict=True):
        yield [value for (value,) in values]


def _micro(graph: Graph, inputs: npt.NDArray[Any], tensors: list[int]) -> Iterator[list[npt.NDArray[Any]]]:
    kept = micro.tensors(graph, inputs, tensors)
    return ([values[image] for values in kept] for image in range(len(inputs)))


_RUNS = {"optimized": _optimized, "reference": _reference, "xnnpack": _xnnpack, "micro": _micro}


def _run(interpreter: Any, inputs: npt.NDArray[Any], tensors: list[int]) -> Iterator[list[npt.NDArray[Any]]]:
    input_index = interpreter.get_input_details()[0]["index"]
    for image in inputs:
        interpreter.set_tensor(input_index, image[None])
        interpreter.invoke()
        yield [interpreter.get_tensor(number) for number in tensors]


def _interpreter(content: bytes, kernels: str, *, preserve: bool) -> Any:
    litert = require("ai_edge_litert.interpreter", extra="edge", purpose="running .tflite files")
    try:
        interpreter = litert.Interpreter(
            model_content=content,
            num_threads=1,
            experimental_preserve_all_tensors=preserve,
            experimental_op_resolver_type=litert.OpResolverType[kernels],
        )
        interpreter.allocate_tensors()
    except (RuntimeError, ValueError) as error:
        raise ModelIntegrityError(
            f"LiteRT refuses the model ({str(error).strip()[:300]}): convert it again, or install a newer "
            "ai-edge-litert"
        ) from error
    return interpreter


def _ending_in(graph: Graph, tensor: int) -> bytes:
    """The file with another tensor as its output."""
    schema = require("ai_edge_litert.schema_py_generated", extra="edge", purpose="reading .tflite files")
    model = schema.ModelT.InitFromPackedBuf(graph.content)
    model.subgraphs[0].outputs = np.array([tensor], np.int32)
    model.signatureDefs = None  # they name the former output
    return pack(model)


def network_inputs(graph: Graph, images: ImageArray) -> npt.NDArray[Any]:
    """What the file is given for each image, as stored numbers."""
    return np.asarray(pixel_table(graph.input, find_input_range(graph, None))[images])


def mean_input(graph: Graph, images: ImageArray) -> npt.NDArray[np.float64]:
    """The mean of what the file is given, in the shape of its input."""
    values = network_inputs(graph, images).mean(axis=0, dtype=np.float64)
    return real_values(values, graph.input).astype(np.float64)


def real_values(values: npt.NDArray[Any], tensor: Tensor) -> npt.NDArray[np.float32]:
    """Stored numbers of a tensor as real numbers."""
    values = values.reshape(tensor.shape)
    if not len(tensor.scale):
        return values.astype(np.float32)
    return np.asarray(tensor.scale[0] * (values.astype(np.float32) - np.float32(tensor.zero_point[0])), np.float32)
