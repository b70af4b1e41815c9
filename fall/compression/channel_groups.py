"""Which channels of a network stand or fall together: the groups that channel pruning works on.

A convolution makes channels; normalization, ReLU, pooling and depthwise convolutions pass them on; an addition ties the
channels of its two inputs to each other. All layers tied in this way form a group, and channel number 5 is removed
from all of them or from none.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from fall import backend
from fall.compression.graph import check_flat

Keep = npt.NDArray[np.bool_]


@dataclass(eq=False)
class Group:
    """Channels that are tied to each other.

    Attributes
    ----------
    n_channels : int
        How many.
    fixed : bool
        Nothing may be removed: the input's colors, the classes, the channels of a grouped convolution.
    makers : list of layers
        Convolutions and dense layers whose outputs they are.
    scales : list of layers
        Batch normalizations that scale them.
    signals : list of layers
        Where they have passed a ReLU.
    """

    n_channels: int
    fixed: bool = False
    makers: list[Any] = field(default_factory=list)
    scales: list[Any] = field(default_factory=list)
    signals: list[Any] = field(default_factory=list)
    _merged_into: Group | None = None

    def root(self) -> Group:
        """The group that this one has become part of."""
        return self if self._merged_into is None else self._merged_into.root()

    def merge(self, other: Group) -> None:
        """Tie the channels of two groups."""
        into, from_ = self.root(), other.root()
        if into is from_:
            return
        into.fixed |= from_.fixed
        for mine, theirs in ((into.makers, from_.makers), (into.scales, from_.scales), (into.signals, from_.signals)):
            mine.extend(theirs)
        from_._merged_into = into


@dataclass(frozen=True)
class ChannelGroups:
    """The group that comes in and goes out at each layer, by the layer's name.

    A flattened image repeats its channels once for each of its positions; the group stays the same.
    """

    before: dict[str, Group]
    after: dict[str, Group]

    def groups(self) -> list[Group]:
        """Each group once, in the order of the network."""
        return list({id(group.root()): group.root() for group in self.after.values()}.values())


def find_groups(model: Any) -> ChannelGroups:
    """Follow the channels through a flat network.

    Raises
    ------
    InvalidInputError
        If a layer is not known to make, pass on, or tie channels.
    """
    check_flat(model)
    layers = backend.keras().layers
    passing = (
        layers.MaxPooling2D,
        layers.AveragePooling2D,
        layers.GlobalAveragePooling2D,
        layers.ZeroPadding2D,
        layers.Dropout,
        layers.Flatten,
        layers.DepthwiseConv2D,
    )
    at: dict[int, Group] = {}
    before, after = {}, {}
    for layer in model.layers:
        tensors = layer.input if isinstance(layer.input, list) else [layer.input]
        if isinstance(layer, layers.InputLayer):
            group = Group(layer.output.shape[-1], fixed=True)
        elif isinstance(layer, layers.DepthwiseConv2D) and layer.depth_multiplier != 1:
            raise InvalidInputError(
                f"model has depth_multiplier {layer.depth_multiplier} at {layer.name!r}; 1 is possible"
            )
        elif isinstance(layer, (layers.Conv2D, layers.Dense)):
            group = Group(layer.output.shape[-1], makers=[layer])
            if isinstance(layer, layers.Conv2D) and layer.groups > 1:
                group.fixed = at[id(tensors[0])].root().fixed = True
            if isinstance(layer, layers.Dense) and layer.activation.__name__ == "relu":
                group.signals.append(layer)
        elif isinstance(layer, layers.Add):
            group = at[id(tensors[0])].root()
            for tensor in tensors[1:]:
                group.merge(at[id(tensor)])
        elif isinstance(layer, (layers.BatchNormalization, layers.ReLU, *passing)):
            group = at[id(tensors[0])].root()
            if isinstance(layer, layers.BatchNormalization):
                group.scales.append(layer)
            elif isinstance(layer, layers.ReLU):
                group.signals.append(layer)
        else:
            raise InvalidInputError(
                f"model has the layer {layer.name!r} ({type(layer).__name__}): channels cannot be removed through it"
            )
        before[layer.name] = at.get(id(tensors[0]), group)
        after[layer.name] = at[id(layer.output)] = group
    at[id(model.output)].root().fixed = True
    return ChannelGroups(before, after)
