"""The process that :mod:`fall.tflite.micro` starts: it runs a folder's ``model.tflite`` on its ``inputs.npy``."""

import sys
from pathlib import Path

import numpy as np


def main(folder: Path, arena_size: int) -> None:
    """Write ``outputs.npy``, and print tflite-micro's report on its memory to stderr."""
    from tflite_micro import runtime

    interpreter = runtime.Interpreter.from_bytes((folder / "model.tflite").read_bytes(), arena_size=arena_size)
    outputs = []
    for image in np.load(folder / "inputs.npy"):
        interpreter.set_input(image[None], 0)
        interpreter.invoke()
        outputs.append(interpreter.get_output(0)[0])
    np.save(folder / "outputs.npy", np.array(outputs))
    interpreter.print_allocations()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
