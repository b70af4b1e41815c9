"""The steps of a network: each is one call of a kernel, with all the numbers that the kernel needs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

# Height, width and channels of an image.
ImageShape: TypeAlias = tuple[int, int, int]


@dataclass(frozen=True)
class Window:
    """What a convolution or a pool slides over its input.

    Attributes
    ----------
    size, step : tuple of int
        Height and width; rows down and columns to the right.
    before : tuple of int
        Rows above and columns left of the input that the first window covers.
    """

    size: tuple[int, int] = (1, 1)
    step: tuple[int, int] = (1, 1)
    before: tuple[int, int] = (0, 0)


@dataclass(frozen=True, eq=False)
class Filters:
    """The constants of a convolution or of a dense layer.

    Attributes
    ----------
    weights : ndarray of int8
        In the order of the kernel: of a depthwise convolution that of the file, else in runs of four filters.
    bias : ndarray of int32
        Of each filter, less the products of its weights with the input's zero point.
    multiplier : ndarray of int32
    shift : ndarray of int8
        Of each filter, see :func:`fall.embedded.fixed_point.quantized_multiplier`.
    """

    weights: npt.NDArray[np.int8]
    bias: npt.NDArray[np.int32]
    multiplier: npt.NDArray[np.int32]
    shift: npt.NDArray[np.int8]

    @property
    def nbytes(self) -> int:
        """Bytes in flash."""
        return sum(values.nbytes for values in (self.weights, self.bias, self.multiplier, self.shift))


@dataclass(frozen=True, eq=False, kw_only=True)
class Step:
    """What every step has: the tensors that it reads and writes, by their numbers in the file, and its shapes."""

    operator: str
    inputs: tuple[int, ...]
    output: int
    shape_in: ImageShape
    shape_out: ImageShape


@dataclass(frozen=True, eq=False, kw_only=True)
class WindowStep(Step):
    """A convolution, a depthwise convolution or a pool; a dense layer is a convolution of one pixel.

    Attributes
    ----------
    kernel : str
        "convolution", "depthwise", "max_pool" or "average_pool".
    filters : Filters or None
        Pools have none.
    pixels : bool
        Whether the input is the image itself: its bytes are converted as they are read.
    """

    kernel: Literal["convolution", "depthwise", "max_pool", "average_pool"]
    window: Window
    zero_in: int
    zero_out: int
    bounds: tuple[int, int]
    filters: Filters | None = None
    groups: int = 1
    pixels: bool = False

    @property
    def patch_bytes(self) -> int:
        """Memory for one copied window; 0 if none is copied."""
        if self.filters is None:
            return 0
        n = self.window.size[0] * self.window.size[1]
        is_copied = n > 1 or self.pixels or self.kernel == "depthwise"
        return n * self.shape_in[2] // self.groups if is_copied else 0

    @property
    def macs(self) -> int:
        """Multiply-accumulates."""
        if self.filters is None:
            return 0
        seen = 1 if self.kernel == "depthwise" else self.shape_in[2] // self.groups
        return math.prod(self.shape_out) * math.prod(self.window.size) * seen


@dataclass(frozen=True, eq=False, kw_only=True)
class AddStep(Step):
    """The sum of two tensors of one shape; multipliers and shifts of both inputs and of the output."""

    zeros: tuple[int, int, int]
    multipliers: tuple[int, int, int]
    shifts: tuple[int, int, int]
    bounds: tuple[int, int]


@dataclass(frozen=True, eq=False, kw_only=True)
class MeanStep(Step):
    """The mean over all pixels."""

    zero_in: int
    zero_out: int
    multiplier: int
    shift: int


@dataclass(frozen=True, eq=False, kw_only=True)
class PadStep(Step):
    """Zeros around an image."""

    before: tuple[int, int]
    zero: int


@dataclass(frozen=True, eq=False, kw_only=True)
class SoftmaxStep(Step):
    """Probabilities of the classes, from their logits."""

    multiplier: int
    shift: int
    least_difference: int


@dataclass(frozen=True, eq=False, kw_only=True)
class PixelsStep(Step):
    """The image as the file's input stores it, where no convolution reads the image itself."""


AnyStep: TypeAlias = "WindowStep | AddStep | MeanStep | PadStep | SoftmaxStep | PixelsStep"
