"""What a .tflite file consists of: tensors, and the operators between them."""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

# The types in which integers stand for real numbers.
QUANTIZED = (np.dtype(np.int8), np.dtype(np.uint8), np.dtype(np.int16))


@dataclass(frozen=True, eq=False)
class Tensor:
    """Numbers that flow between operators, or constants.

    Attributes
    ----------
    name : str
        As the converter calls it.
    shape : tuple of int
        Height, width and channels of one image where it holds those.
    dtype : numpy.dtype
        Type of the stored numbers q.
    scale, zero_point : ndarray
        A stored q means ``scale * (q − zero_point)``; one entry, one a channel, or none.
    axis : int
        Of the channels, where there is one entry each.
    buffer : int
        Number of the buffer with the constants; 0 for none. Equal constants may share one.
    data : ndarray or None
        The constants.
    """

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    scale: npt.NDArray[np.float32]
    zero_point: npt.NDArray[np.int64]
    axis: int
    buffer: int
    data: npt.NDArray[Any] | None

    @property
    def size(self) -> int:
        """How many numbers."""
        return math.prod(self.shape)

    @property
    def nbytes(self) -> int:
        """Memory for them."""
        return self.size * self.dtype.itemsize

    @property
    def is_parameter(self) -> bool:
        """Whether it holds weights: constants other than the shapes and axes that some operators take."""
        return self.data is not None and (self.dtype.kind != "i" or len(self.scale) > 0)


@dataclass(frozen=True)
class Operator:
    """One operator.

    Attributes
    ----------
    name : str
        In the schema, such as CONV_2D.
    inputs, outputs : tuple of int
        Numbers of the tensors that it reads and writes; −1 stands for one left out.
    window : tuple of int
        Height and width that a pooling operator looks at.
    """

    name: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    window: tuple[int, int] = (1, 1)


@dataclass(frozen=True, eq=False)
class Graph:
    """The tensors of a file, and its operators in the order in which they run."""

    tensors: tuple[Tensor, ...]
    operators: tuple[Operator, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]

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
        """Weights and biases; what several operators share counts once."""
        return tuple({tensor.buffer: tensor for tensor in self.tensors if tensor.is_parameter}.values())
