"""Groups of channels that can only be pruned together.

A convolution produces channels; normalization, ReLU, pooling and depthwise convolutions pass them on; an addition joins
the channels of its two inputs. All layers connected in this way form a group: channel number 5 is removed from all of
them or from none.
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
    """Channels that can only be removed together.

    Attributes
    ----------
    n_channels : int
        Number of channels.
    fixed : bool
        No channel may be removed: the input's colors, the classes, the channels of a grouped convolution.
    producers : list of layers
        Convolutions and dense layers that produce the channels.
    normalizations : list of layers
        Batch normalizations of the channels.
    rectified : list of layers
        Layers whose outputs are the channels after a ReLU.
    """

    n_channels: int
    fixed: bool = False
    producers: list[Any] = field(default_factory=list)
    normalizations: list[Any] = field(default_factory=list)
    rectified: list[Any] = field(default_factory=list)
    _merged_into: Group | None = None

    def root(self) -> Group:
        """The group that this one has been merged into, or itself."""
        return self if self._merged_into is None else self._merged_into.root()

    def merge(self, other: Group) -> None:
        """Join two groups."""
        target, source = self.root(), other.root()
        if target is source:
            return
        target.fixed |= source.fixed
        target.producers.extend(source.producers)
        target.normalizations.extend(source.normalizations)
        target.rectified.extend(source.rectified)
        source._merged_into = target


@dataclass(frozen=True)
class ChannelGroups:
    """The groups of each layer's inputs and outputs, by the layer's name.

    A flattened image repeats its channels for each of its positions; its group is that of the image.
    """

    before: dict[str, Group]
    after: dict[str, Group]

    def groups(self) -> list[Group]:
        """Each group once, in the network's order."""
        return list({id(group.root()): group.root() for group in self.after.values()}.values())


def find_groups(model: Any) -> ChannelGroups:
    """Follow the channels through a flat network.

    Raises
    ------
    InvalidInputError
        If it is not known what a layer does to channels.
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
        layers.Rescaling,
        layers.Normalization,
        layers.Activation,
        layers.Softmax,
    )
    group_of: dict[int, Group] = {}
    before, after = {}, {}
    for layer in model.layers:
        tensors = layer.input if isinstance(layer.input, list) else [layer.input]
        if isinstance(layer, layers.InputLayer):
            group = Group(layer.output.shape[-1], fixed=True)
        elif isinstance(layer, layers.DepthwiseConv2D) and layer.depth_multiplier != 1:
            raise InvalidInputError(
                f"model has depth_multiplier {layer.depth_multiplier} at {layer.name!r}; only 1 is supported"
            )
        elif isinstance(layer, (layers.Conv2D, layers.Dense)) and not isinstance(layer, layers.Conv2DTranspose):
            group = Group(layer.output.shape[-1], producers=[layer])
            if isinstance(layer, layers.Conv2D) and layer.groups > 1:
                group.fixed = group_of[id(tensors[0])].root().fixed = True
            if isinstance(layer, layers.Dense) and layer.activation.__name__ == "relu":
                group.rectified.append(layer)
        elif isinstance(layer, layers.Add):
            group = group_of[id(tensors[0])].root()
            for tensor in tensors[1:]:
                group.merge(group_of[id(tensor)])
        elif isinstance(layer, (layers.BatchNormalization, layers.ReLU, *passing)):
            group = group_of[id(tensors[0])].root()
            if isinstance(layer, layers.BatchNormalization):
                group.normalizations.append(layer)
            elif isinstance(layer, layers.ReLU):
                group.rectified.append(layer)
        else:
            raise InvalidInputError(
                f"model has the layer {layer.name!r} ({type(layer).__name__}): channels cannot be removed through it"
            )
        before[layer.name] = group_of.get(id(tensors[0]), group)
        after[layer.name] = group_of[id(layer.output)] = group
    group_of[id(model.output)].root().fixed = True
    return ChannelGroups(before, after)
