"""The process that :mod:`fall.tflite.micro` starts: it runs a folder's ``model.tflite`` on its ``inputs.npy``."""

import sys
from pathlib import Path
from typing import Any

import numpy as np


def main(folder: Path, arena_size: int, kept: list[int]) -> None:
    """Write ``outputs.npy``, and print tflite-micro's report on its memory to stderr.

    The outputs are the file's, or the numbered tensors to be kept, one after the other in a row for each image.
    """
    from tflite_micro import runtime

    config = runtime.InterpreterConfig.kPreserveAllTensors if kept else runtime.InterpreterConfig.kAllocationRecording
    content = (folder / "model.tflite").read_bytes()
    interpreter = runtime.Interpreter.from_bytes(content, arena_size=arena_size, intrepreter_config=config)
    outputs = []
    for image in np.load(folder / "inputs.npy"):
        interpreter.set_input(image[None], 0)
        interpreter.invoke()
        outputs.append(_kept(interpreter, kept) if kept else interpreter.get_output(0)[0])
    np.save(folder / "outputs.npy", np.array(outputs))
    if not kept:  # tflite-micro then records no allocations
        interpreter.print_allocations()


def _kept(interpreter: Any, numbers: list[int]) -> Any:
    return np.concatenate([np.ravel(interpreter.GetTensor(number, 0)["tensor_data"]) for number in numbers])


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), [int(number) for number in sys.argv[3:]])
