"""tflite-micro, the runtime of microcontrollers, in a process of its own: it aborts over what it cannot run."""

import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError, MissingDependencyError
from fall.tflite.file import read_classifier
from fall.tflite.memory import peak_memory

_WORKER = Path(__file__).with_name("micro_worker.py")
_SPARE_BYTES = 2**20  # for what tflite-micro keeps besides activations


@dataclass(frozen=True)
class Arena:
    """Memory that tflite-micro takes, in bytes.

    Attributes
    ----------
    total : int
        All of it.
    planned : int
        Activations: what :func:`fall.tflite.memory.peak_memory` foretells.
    persistent : int
        Its own tables. They hold pointers, so that it is less on a microcontroller of 32 bits than here.
    """

    total: int
    planned: int
    persistent: int


def is_installed() -> bool:
    """Whether there is a tflite-micro; it comes for Linux on x86-64 only."""
    return find_spec("tflite_micro") is not None


def arena(content: bytes) -> Arena:
    """The memory that tflite-micro takes for a .tflite file, which it runs once on a black image.

    Raises
    ------
    InvalidInputError
        If tflite-micro cannot run it; it has no operators for float16 and dynamic-range files.
    ModelIntegrityError, MissingDependencyError
        If the file is damaged; without tflite-micro.
    """
    images = read_classifier(content).input
    report = _run(content, np.zeros(images.shape, images.dtype))[1]
    used = {part: int(size) for part, size in re.findall(r"Arena allocation (\w+) (\d+) bytes", report)}
    return Arena(used["total"], used["head"], used["tail"])


def micro_arena(content: bytes) -> int | None:
    """All memory that tflite-micro takes for a .tflite file, in bytes; None if it is not installed or cannot run it."""
    read_classifier(content)
    try:
        return arena(content).total
    except (InvalidInputError, MissingDependencyError):
        return None


def outputs(content: bytes, inputs: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The last tensor for each of the quantized images; errors as :func:`arena`."""
    return _run(content, inputs)[0]


def _run(content: bytes, inputs: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], str]:
    """Outputs, and what tflite-micro reports about its memory."""
    if not is_installed():
        raise MissingDependencyError("running on tflite-micro needs tflite_micro: pip install 'har-fall[micro]'")
    arena_size = 2 * peak_memory(content) + _SPARE_BYTES
    with tempfile.TemporaryDirectory(prefix="fall-micro-") as folder:
        Path(folder, "model.tflite").write_bytes(content)
        np.save(Path(folder, "inputs.npy"), inputs)
        # -P: the worker's own folder is not where it looks for modules.
        command = [sys.executable, "-P", str(_WORKER), folder, str(arena_size)]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace")
        if done.returncode != 0:
            reason = done.stderr.strip().splitlines()[-1:] or [f"it ended with code {done.returncode}"]
            raise InvalidInputError(
                f"tflite-micro cannot run the model ({reason[0][:300]}): convert a trained network with scheme='int8'"
            )
        return np.load(Path(folder, "outputs.npy")), done.stderr
