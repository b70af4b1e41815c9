"""Make a .tflite file smaller without changing the model: equal vectors of numbers are written once and shared.

The converter writes a zero point of eight bytes for each channel of each weight and each bias, all of them zero. That
is a sixth of MobileNetV2's file in int8. In a FlatBuffer several tables may point to the same vector.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from common.optional import require
from fall.tflite.file.flatbuffer import IDENTIFIER

# TensorFlow Lite's schema requires constants to begin at multiples of this many bytes.
_CONSTANT_ALIGNMENT = 16
_INITIAL_SIZE = 2**20  # bytes; the builder doubles it as needed


def share_equal_vectors(content: bytes) -> bytes:
    """Rewrite a .tflite file so that it stores each distinct vector of numbers once. The model stays the same.

    Raises
    ------
    MissingDependencyError
        If LiteRT, which contains the schema, is not installed.

    Examples
    --------
    >>> from fall import build_network, tflite
    >>> content = tflite.convert(build_network("perceptron", (8, 8, 3), units=4))
    >>> share_equal_vectors(content) == content  # convert has already done it
    True
    """
    schema = require("ai_edge_litert.schema_py_generated", extra="edge", purpose="writing .tflite files")
    return pack(schema.ModelT.InitFromPackedBuf(content))


def pack(model: Any) -> bytes:
    """Write a ``ModelT`` of TensorFlow Lite's schema as a .tflite file, with each distinct vector of numbers once."""
    builder = _sharing_builder()
    builder.Finish(model.Pack(builder), IDENTIFIER)
    return bytes(builder.Output())


def _sharing_builder() -> Any:
    flatbuffers = require("flatbuffers", extra="vision", purpose="writing .tflite files")

    # Defined inside the function because the library is optional.
    class SharingBuilder(flatbuffers.Builder):  # type: ignore[name-defined]  # flatbuffers has no types
        """Remembers where each vector of numbers was written."""

        def __init__(self) -> None:
            super().__init__(_INITIAL_SIZE)
            self._written: dict[tuple[str, bytes], int] = {}

        def CreateNumpyVector(self, x: Any) -> int:
            """Offset of a vector of numbers, which is written unless an equal one has been."""
            key = x.dtype.str, x.tobytes()
            if key not in self._written:
                # Constants are vectors of bytes.
                self._written[key] = self._aligned(key[1]) if x.dtype == np.uint8 else super().CreateNumpyVector(x)
            return self._written[key]

        def _aligned(self, constants: bytes) -> int:
            """Write constants as the library does, but aligned as the schema requires."""
            self.StartVector(1, len(constants), _CONSTANT_ALIGNMENT)
            self.head -= len(constants)
            self.Bytes[self.head : self.head + len(constants)] = constants
            self.vectorNumElems = len(constants)
            return int(self.EndVector())

    return SharingBuilder()
