"""The parts of a .tflite file: tensors, and the operators between them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from fall.tflite.file.packing import pack, packed_size

# The types in which integers stand for real numbers.
QUANTIZED = (np.dtype(np.int8), np.dtype(np.uint8), np.dtype(np.int16))


@dataclass(frozen=True, eq=False)
class Tensor:
    """Activations that flow between operators, or constants.

    Attributes
    ----------
    name : str
        The name that the converter gave it.
    shape : tuple of int
        For activations ``(1, height, width, channels)`` or ``(1, n)``.
    dtype : numpy.dtype
        Type of the stored numbers q.
    scale, zero_point : ndarray
        A stored q stands for ``scale * (q − zero_point)``. One entry for the tensor, one for each channel, or none.
    axis : int
        The axis of the channels, if each channel has its own scale.
    buffer : int
        Number of the buffer that holds the constants; 0 if there are none. Equal constants may share a buffer.
    data : ndarray or None
        The constants; those of four bits as int8, although two share a byte of the file.
    is_packed : bool
        Whether a stored number has four bits, and not those of ``dtype``.
    block_size : int
        If not 0, the weights of each block of this many along the last axis have their own scale (and no zero point).
    is_dynamic : bool
        Whether the file leaves a side open, such as the number of images; ``shape`` then holds for one image.
    """

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    scale: npt.NDArray[np.float32]
    zero_point: npt.NDArray[np.int64]
    axis: int
    buffer: int
    data: npt.NDArray[Any] | None
    is_packed: bool = False
    block_size: int = 0
    is_dynamic: bool = False

    @property
    def type_name(self) -> str:
        """Such as float32, or int4, which NumPy lacks."""
        return "int4" if self.is_packed else self.dtype.name

    @property
    def size(self) -> int:
        """Number of elements."""
        return math.prod(self.shape)

    @property
    def nbytes(self) -> int:
        """Memory in bytes, without the scales."""
        return packed_size(self.size) if self.is_packed else self.size * self.dtype.itemsize

    @property
    def scale_nbytes(self) -> int:
        """Bytes of the scales of blocks, which are constants in float16; other scales are part of the file's tables."""
        return 2 * len(self.scale) if self.block_size else 0

    @property
    def stored(self) -> bytes:
        """The constants as the file stores them; empty if there are none."""
        if self.data is None:
            return b""
        return pack(self.data).tobytes() if self.is_packed else self.data.tobytes()

    @property
    def is_parameter(self) -> bool:
        """Whether it holds weights or biases, rather than a shape or an axis, which are constants too."""
        return self.data is not None and (self.dtype.kind != "i" or len(self.scale) > 0)


@dataclass(frozen=True)
class Operator:
    """One operator.

    Attributes
    ----------
    name : str
        Its name in the schema, such as CONV_2D.
    inputs, outputs : tuple of int
        Indices of the tensors that it reads and writes; −1 marks an optional input that is absent.
    options : object or None
        The schema's table of options, such as ``ai_edge_litert.schema_py_generated.Conv2DOptions``.
    """

    name: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    options: Any = None


@dataclass(frozen=True, eq=False)
class Graph:
    """A .tflite file that has been checked and read: its tensors, and its operators in the order in which they run.

    Functions that measure or run a file take this as well as the bytes, so that a file is checked and read only once.
    A pickle holds the bytes alone; loading it checks and reads them again.

    Attributes
    ----------
    content : bytes
        The file.
    tensors : tuple of Tensor
        Their constants are views of ``content``.
    operators : tuple of Operator
        In the order in which they run.
    inputs, outputs : tuple of int
        Indices of the tensors that go in and come out.
    """

    content: bytes
    tensors: tuple[Tensor, ...]
    operators: tuple[Operator, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]

    def __reduce__(self) -> tuple[Callable[[bytes], Graph], tuple[bytes]]:
        from fall.tflite.file.reading import read_graph

        return read_graph, (self.content,)

    @property
    def input(self) -> Tensor:
        """The images of a classifier."""
        return self.tensors[self.inputs[0]]

    @property
    def output(self) -> Tensor:
        """The probabilities of a classifier."""
        return self.tensors[self.outputs[0]]

    @property
    def input_size(self) -> int:
        """Side of the images in pixels."""
        return self.input.shape[1]

    @cached_property
    def parameters(self) -> tuple[Tensor, ...]:
        """Weights and biases that an operator reads; those that several operators share appear once."""
        read = {number for operator in self.operators for number in operator.inputs if number >= 0}
        tensors = (self.tensors[number] for number in sorted(read))
        return tuple({tensor.buffer: tensor for tensor in tensors if tensor.is_parameter}.values())
