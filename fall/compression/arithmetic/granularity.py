"""Which weights share a scale: all weights of a tensor, those of a channel, or a small group."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.validation import check_choice, check_integer


@dataclass(frozen=True)
class Granularity:
    """A rule that divides a tensor into groups: :data:`PER_TENSOR`, :func:`per_channel` or :func:`per_group`.

    Attributes
    ----------
    kind : {"tensor", "channel", "group"}
        One group for the tensor, one for each channel, or several for each channel.
    axis : int
        The axis of the channels. In Keras, it is the last one for the outputs of dense layers and convolutions, and the
        second to last for depthwise convolutions.
    size : int
        Number of weights in a group, for "group" only; the last group of a channel may have fewer.
    """

    kind: str = "tensor"
    axis: int = -1
    size: int = 0

    def __post_init__(self) -> None:
        check_choice(self.kind, "kind", ("tensor", "channel", "group"))
        if isinstance(self.axis, bool) or not isinstance(self.axis, int):
            raise InvalidInputError(f"axis is {self.axis!r}; it must be an integer, such as -1 for the last axis")
        check_integer(self.size, "size", at_least=1 if self.kind == "group" else 0)

    def groups(self, shape: tuple[int, ...]) -> npt.NDArray[np.intp]:
        """The group number of each weight of a tensor of this shape.

        Examples
        --------
        >>> per_channel(0).groups((2, 3))
        array([[0, 0, 0],
               [1, 1, 1]])
        >>> per_group(2).groups((4, 2))
        array([[0, 1],
               [0, 1],
               [2, 3],
               [2, 3]])
        """
        if self.kind == "tensor":
            return np.zeros(shape, dtype=np.intp)
        if not -len(shape) <= self.axis < len(shape):
            raise InvalidInputError(
                f"axis is {self.axis}, but the tensor has the shape {shape}: choose one of its axes"
            )
        others = list(shape)
        channels = others.pop(self.axis)
        inputs = np.arange(int(np.prod(others)))
        group_in_channel = inputs // (self.size if self.kind == "group" else max(len(inputs), 1))
        numbers = group_in_channel[:, None] * channels + np.arange(channels)
        return np.moveaxis(numbers.reshape(*others, channels), -1, self.axis)


PER_TENSOR = Granularity()


def per_channel(axis: int = -1) -> Granularity:
    """One scale for each channel, as TFLite uses for weights.

    Parameters
    ----------
    axis : int
        The axis of the channels; the last one for the outputs of dense layers and convolutions.

    Returns
    -------
    Granularity

    Examples
    --------
    >>> per_channel().groups((2, 3)).tolist()  # a kernel of two inputs and three outputs
    [[0, 1, 2], [0, 1, 2]]
    """
    return Granularity("channel", axis)


def per_group(size: int, axis: int = -1) -> Granularity:
    """One scale for every ``size`` consecutive weights of a channel, in the order of the other axes.

    Parameters
    ----------
    size : int
        Weights in a group.
    axis : int
        The axis of the channels.

    Returns
    -------
    Granularity

    Examples
    --------
    >>> per_group(2).groups((4, 1)).ravel().tolist()
    [0, 0, 1, 1]
    """
    return Granularity("group", axis, size)
