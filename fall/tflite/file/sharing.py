"""The same .tflite file in fewer bytes: equal lists of numbers are written once.

The converter writes a zero point of eight bytes for each channel of each weight and of each bias, all of them zero: a
sixth of MobileNetV2's file in int8. In a FlatBuffer several tables may point to one list, and whoever reads it follows
the offsets and notices nothing.
"""

from typing import Any

import numpy as np

from common.optional import require

#: TensorFlow Lite's schema wants constants to begin at such addresses.
_CONSTANT_ALIGNMENT = 16


def share_equal_vectors(content: bytes) -> bytes:
    """Write a .tflite file anew, each list of numbers once. The model is the same, to the bit.

    Raises
    ------
    MissingDependencyError
        Without LiteRT, which brings the schema.

    Examples
    --------
    >>> from fall import build_network, tflite
    >>> content = tflite.convert(build_network("perceptron", (8, 8, 3), units=4))
    >>> share_equal_vectors(content) == content  # convert has done it
    True
    """
    schema = require("ai_edge_litert.schema_py_generated", extra="edge", purpose="writing .tflite files")
    model = schema.ModelT.InitFromPackedBuf(content)
    builder = _sharing_builder(len(content))
    builder.Finish(model.Pack(builder), content[4:8])
    return bytes(builder.Output())


def _sharing_builder(size: int) -> Any:
    flatbuffers = require("flatbuffers", extra="vision", purpose="writing .tflite files")

    # Made here, for the library may be missing.
    class SharingBuilder(flatbuffers.Builder):  # type: ignore[name-defined]  # so it has no types
        """Remembers where each list of numbers was written."""

        def __init__(self) -> None:
            super().__init__(size)
            self._written: dict[tuple[str, bytes], int] = {}

        def CreateNumpyVector(self, x: Any) -> int:
            """The place of a list of numbers, written if it was not before."""
            key = x.dtype.str, x.tobytes()
            if key not in self._written:
                # Bytes are the constants.
                self._written[key] = self._aligned(key[1]) if x.dtype == np.uint8 else super().CreateNumpyVector(x)
            return self._written[key]

        def _aligned(self, constants: bytes) -> int:
            """What the library's own way would write, but where the schema wants it."""
            self.StartVector(1, len(constants), _CONSTANT_ALIGNMENT)
            self.head -= len(constants)
            self.Bytes[self.head : self.head + len(constants)] = constants
            self.vectorNumElems = len(constants)
            return int(self.EndVector())

    return SharingBuilder()
