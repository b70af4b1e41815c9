"""Run tflite-micro, the runtime for microcontrollers, in a separate process: it aborts on files that it cannot run."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError, MissingDependencyError
from fall.tflite.file import Graph, read_classifier
from fall.tflite.memory import peak_memory

_WORKER = Path(__file__).with_name("micro_worker.py")
_SPARE_BYTES = 2**20  # for everything that tflite-micro keeps besides activations


@dataclass(frozen=True)
class Arena:
    """Memory that tflite-micro uses, in bytes.

    Attributes
    ----------
    total : int
        All of it.
    planned : int
        For activations, as predicted by :func:`fall.tflite.memory.peak_memory`.
    persistent : int
        For tflite-micro's own tables. They hold pointers, so a 32-bit microcontroller needs less than this machine.
    """

    total: int
    planned: int
    persistent: int


def is_installed() -> bool:
    """Whether tflite-micro is installed; it is published for Linux on x86-64 only."""
    return find_spec("tflite_micro") is not None


def arena(content: bytes | Graph) -> Arena:
    """The memory that tflite-micro uses for a .tflite file, measured by running it once on a black image.

    Parameters
    ----------
    content : bytes or Graph
        The file, or the graph that was read from it.

    Raises
    ------
    InvalidInputError
        If tflite-micro cannot run the file; it has no operators for float16 and dynamic-range files.
    ModelIntegrityError
        If the file is damaged.
    MissingDependencyError
        If tflite-micro is not installed.
    """
    graph = read_classifier(content)
    report = _run(graph, np.zeros(graph.input.shape, graph.input.dtype))[1]
    used = {part: int(size) for part, size in re.findall(r"Arena allocation (\w+) (\d+) bytes", report)}
    return Arena(used["total"], used["head"], used["tail"])


def micro_arena(content: bytes | Graph) -> int | None:
    """All memory that tflite-micro uses for a .tflite file, in bytes; None if it is not installed or cannot run it.

    Parameters
    ----------
    content : bytes or Graph
        The file, or the graph that was read from it.

    Returns
    -------
    int or None

    Examples
    --------
    >>> from fall import build_network, peak_memory, tflite
    >>> content = tflite.convert(build_network("perceptron", (8, 8, 3), units=4))
    >>> needed = micro_arena(content)
    >>> needed is None or needed > peak_memory(content)  # it keeps tables of its own beside the activations
    True
    """
    graph = read_classifier(content)
    try:
        return arena(graph).total
    except (InvalidInputError, MissingDependencyError):
        return None


def outputs(content: bytes | Graph, inputs: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The output tensor for each of the quantized images; errors as :func:`arena`."""
    return _run(read_classifier(content), inputs)[0]


def tensors(graph: Graph, inputs: npt.NDArray[Any], numbers: Sequence[int]) -> list[npt.NDArray[Any]]:
    """Activations ``(n_images, ...)`` between operators, by the tensors' numbers; errors as :func:`arena`."""
    kept = _run(graph, inputs, numbers)[0]
    return np.split(kept, np.cumsum([graph.tensors[number].size for number in numbers])[:-1], axis=1)


def _run(graph: Graph, inputs: npt.NDArray[Any], kept: Sequence[int] = ()) -> tuple[npt.NDArray[Any], str]:
    """The outputs, or the tensors to be kept in one row for each image, and tflite-micro's report on its memory."""
    if not is_installed():
        raise MissingDependencyError("running on tflite-micro needs tflite_micro: pip install 'har-fall[micro]'")
    arena_size = 2 * peak_memory(graph) + _SPARE_BYTES
    if kept:
        arena_size += 2 * sum(tensor.nbytes for tensor in graph.tensors if tensor.data is None)
    with tempfile.TemporaryDirectory(prefix="fall-micro-") as folder:
        Path(folder, "model.tflite").write_bytes(graph.content)
        np.save(Path(folder, "inputs.npy"), inputs)
        # -P keeps the worker's folder off the path, where its neighbours would shadow other modules.
        command = [sys.executable, "-P", str(_WORKER), folder, str(arena_size), *map(str, kept)]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace")
        if done.returncode != 0:
            reason = done.stderr.strip().splitlines()[-1:] or [f"it ended with code {done.returncode}"]
            raise InvalidInputError(
                f"tflite-micro cannot run the model ({reason[0][:300]}): convert a trained network with scheme='int8'"
            )
        return np.load(Path(folder, "outputs.npy")), done.stderr
