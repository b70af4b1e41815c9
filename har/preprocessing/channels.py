"""Channels chosen by index, and magnitudes of several channels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from common.errors import InvalidInputError
from common.validation import FloatArray, check_integer
from har.preprocessing.base import WindowTransformer


def check_channels(value: Any, n_channels: int, name: str, *, count: int | None = None) -> list[int]:
    """Distinct channel indices from 0 to ``n_channels - 1``; exactly ``count`` of them if it is given."""
    try:
        entries = list(value)
    except TypeError as error:
        raise InvalidInputError(f"{name} is {value!r}; list channels by index, such as (0, 1, 2)") from error
    channels = [
        check_integer(entry, f"{name}[{i}]", at_least=0, at_most=n_channels - 1, why="(the last channel of X)")
        for i, entry in enumerate(entries)
    ]
    if len(set(channels)) < len(channels):
        raise InvalidInputError(f"{name} is {tuple(channels)}; name each channel once")
    if count is not None and len(channels) != count:
        raise InvalidInputError(f"{name} has {len(channels)} channels; it must have {count}")
    return channels


def leading_channels(n_channels: int) -> list[int]:
    """The default for acceleration: the first three channels, all of them if there are fewer."""
    return list(range(min(3, n_channels)))


class Magnitude(WindowTransformer):
    """Append Euclidean magnitudes, which do not depend on the orientation of the sensor.

    Parameters
    ----------
    groups : sequence of sequences of int, optional
        The channels of each magnitude. None means groups of three consecutive channels; the last may be smaller.
    keep : bool, default True
        Whether the channels themselves are kept, before the magnitudes.

    Attributes
    ----------
    n_features_in_ : int
        Timesteps × channels.

    Examples
    --------
    >>> Magnitude(keep=False).fit_transform([[[3.0, 4.0, 0.0], [2.0, 3.0, 6.0]]]).tolist()
    [[[5.0], [7.0]]]
    """

    def __init__(self, *, groups: Sequence[Sequence[int]] | None = None, keep: bool = True) -> None:
        self.groups = groups
        self.keep = keep

    def _apply(self, windows: FloatArray) -> FloatArray:
        n_channels = windows.shape[2]
        groups: Any = self.groups
        if groups is None:
            groups = [range(first, min(first + 3, n_channels)) for first in range(0, n_channels, 3)]
        if not isinstance(groups, Sequence) or len(groups) == 0:
            raise InvalidInputError(f"groups is {groups!r}; list at least one group of channels, such as ((0, 1, 2),)")
        magnitudes = [
            np.linalg.norm(windows[:, :, check_channels(group, n_channels, f"groups[{i}]")], axis=2, keepdims=True)
            for i, group in enumerate(groups)
        ]
        return np.concatenate([windows, *magnitudes] if self.keep else magnitudes, axis=2)
