"""Run one of the published networks by LiteRT on one picture at a time."""

from __future__ import annotations

import os
import threading
from typing import Any

import numpy as np
import numpy.typing as npt

from common.optional import require
from fall.people.models import pose_model

Float32Array = npt.NDArray[np.float32]


class PoseNetwork:
    """A network of :func:`fall.people.pose_model`; threads take turns."""

    def __init__(self, name: str, folder: str | os.PathLike[str] | None, num_threads: int) -> None:
        litert = require("ai_edge_litert.interpreter", extra="video", purpose="finding people by their pose")
        content = pose_model(name, folder)
        self._interpreter: Any = litert.Interpreter(model_content=content, num_threads=num_threads)
        self._interpreter.allocate_tensors()
        (self._input,) = self._interpreter.get_input_details()
        self._outputs = [details["index"] for details in self._interpreter.get_output_details()]
        self._turn = threading.Lock()
        self.size = int(self._input["shape"][1])

    def outputs(self, image: Float32Array, n_outputs: int) -> list[Float32Array]:
        """The first outputs for one image ``(size, size, 3)``, without their axis of batches."""
        with self._turn:
            self._interpreter.set_tensor(self._input["index"], image[None])
            self._interpreter.invoke()
            return [self._interpreter.get_tensor(index)[0] for index in self._outputs[:n_outputs]]
