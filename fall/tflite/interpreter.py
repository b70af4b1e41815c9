"""Run a .tflite file with LiteRT from any number of threads."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, Event, Lock
from typing import Any

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError, ModelIntegrityError
from common.optional import require
from fall import backend
from fall.tflite.file import Graph
from fall.tflite.first_run import refusal, require_first_run

_first_allocation, _has_allocated = Lock(), Event()


class Interpreter:
    """Runs a network of one input and one output; threads may share it.

    LiteRT's interpreter serves one thread at a time, so there are as many of them as threads have ever asked at once,
    but not more than processors. Each has its own activations and, with the optimized kernels, its own copy of the
    weights.

    Parameters
    ----------
    graph : Graph
        The file, of one image at a time. A file that this process did not make runs in another process first.
    num_threads : int
        Threads for one image.
    reference_kernels : bool
        Compute with TensorFlow Lite's reference kernels.

    Raises
    ------
    ModelIntegrityError
        If LiteRT refuses the file, or crashes on it in the other process.
    InvalidInputError
        If it has several inputs or outputs, or is too slow to try.
    MissingDependencyError
        If LiteRT is not installed.

    Examples
    --------
    >>> from fall import build_network, tflite
    >>> from fall.tflite.file import read_graph
    >>> interpreter = Interpreter(read_graph(tflite.convert(build_network("perceptron", (8, 8, 3), units=4))))
    >>> interpreter.outputs(np.zeros((5, 8, 8, 3), np.float32)).shape
    (5, 2)
    """

    def __init__(self, graph: Graph, *, num_threads: int = 1, reference_kernels: bool = False) -> None:
        if len(graph.inputs) != 1 or len(graph.outputs) != 1 or graph.input.shape[:1] != (1,):
            raise InvalidInputError(
                f"the model has {len(graph.inputs)} inputs and {len(graph.outputs)} outputs; it must have one each, "
                "of one image at a time"
            )
        self._graph = graph
        self._num_threads = num_threads
        self._reference_kernels = reference_kernels
        self._turns = BoundedSemaphore(os.cpu_count() or 1)
        require("ai_edge_litert.interpreter", extra="edge", purpose="running .tflite files")
        require_first_run(graph.content, self._kernels)
        self._idle = [self._new()]

    def outputs(self, inputs: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """The output for each input.

        Parameters
        ----------
        inputs : ndarray of shape (n, ...)
            Of the input's type and, but for the first axis, of its shape.

        Returns
        -------
        ndarray of shape (n, ...)
            Of the output's type and shape.

        Raises
        ------
        InvalidInputError
            If the inputs do not fit.
        ModelIntegrityError
            If LiteRT cannot run the model, or it gives NaN or infinity.
        """
        given, taken = self._graph.input, self._graph.output
        if inputs.dtype != given.dtype or inputs.shape[1:] != given.shape[1:]:
            raise InvalidInputError(
                f"inputs are {inputs.dtype} of shape {inputs.shape}; the model takes {given.dtype} of shape "
                f"(n, {', '.join(map(str, given.shape[1:]))})"
            )
        outputs = np.empty((len(inputs), *taken.shape), taken.dtype)
        with self._one() as interpreter:
            input_index = interpreter.get_input_details()[0]["index"]
            output_index = interpreter.get_output_details()[0]["index"]
            try:
                for number, image in enumerate(inputs):
                    interpreter.set_tensor(input_index, image[None])
                    interpreter.invoke()
                    outputs[number] = interpreter.get_tensor(output_index)
            except (RuntimeError, ValueError) as error:
                raise ModelIntegrityError(
                    f"LiteRT cannot run the model ({str(error).strip()[:300]}): convert it again"
                ) from error
        if not np.isfinite(outputs).all():
            raise ModelIntegrityError("the model gives NaN or infinity: its weights are damaged, convert it again")
        return outputs[:, 0]

    def __reduce__(self) -> tuple[Any, ...]:
        """LiteRT's interpreters cannot be pickled: they are made again from the file."""
        return _interpreter, (self._graph, self._num_threads, self._reference_kernels)

    @property
    def _kernels(self) -> str:
        return "BUILTIN_REF" if self._reference_kernels else "AUTO"

    def _new(self) -> Any:
        litert = require("ai_edge_litert.interpreter", extra="edge", purpose="running .tflite files")
        try:
            interpreter = litert.Interpreter(
                model_content=self._graph.content,
                num_threads=self._num_threads,
                experimental_op_resolver_type=litert.OpResolverType[self._kernels],
            )
            _allocate(interpreter)
        except (RuntimeError, ValueError) as error:
            raise refusal(str(error)) from error
        return interpreter

    @contextmanager
    def _one(self) -> Iterator[Any]:
        """An interpreter that no other thread uses meanwhile; one that fails is not used again."""
        with self._turns:
            try:
                interpreter = self._idle.pop()
            except IndexError:
                interpreter = self._new()
            yield interpreter
            self._idle.append(interpreter)


def _allocate(interpreter: Any) -> None:
    """Allocate the tensors; LiteRT tells the first time in a process which kernels it has chosen."""
    with _first_allocation:
        if not _has_allocated.is_set():
            with backend.quiet():
                interpreter.allocate_tensors()
            _has_allocated.set()
            return
    interpreter.allocate_tensors()


def _interpreter(graph: Graph, num_threads: int, reference_kernels: bool) -> Interpreter:
    return Interpreter(graph, num_threads=num_threads, reference_kernels=reference_kernels)
