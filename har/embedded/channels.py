"""Which channels are read: no others need to be computed or stored."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from har.embedded.arithmetic import Channels
from har.embedded.jerk import JerkLogarithm
from har.embedded.recognizer import Scaling
from har.embedded.steps import Decimation, Step


def channels_read(
    steps: tuple[Step, ...], scaling: Scaling, n_channels: int
) -> tuple[Channels, tuple[Step, ...], Scaling]:
    """The channels of ``n_channels`` that these steps and the scaling read, and both for samples that have only these.

    Of steps that compute something from all channels, or pass them on to others than the scaling, all are read. A
    logarithm of the jerk that is not compared is left out.

    Examples
    --------
    >>> one = np.ones(2, dtype=np.int16)
    >>> scaling = Scaling(np.array([4, 5], dtype=np.uint8), one, one, one, 127)
    >>> read, (jerk,), scaling = channels_read((JerkLogarithm(np.array([0, 1], dtype=np.uint8), 2, 16),), scaling, 5)
    >>> read.tolist(), jerk.channels.tolist(), scaling.channels.tolist()
    ([0, 1, 4], [0, 1], [2, 3])
    """
    if not steps:
        read = np.unique(scaling.channels)
        return read, (), replace(scaling, channels=_places(read, scaling.channels))
    first = steps[0]
    if isinstance(first, Decimation):
        read = np.unique(first.channels)
        return read, (replace(first, channels=_places(read, first.channels)), *steps[1:]), scaling
    if isinstance(first, JerkLogarithm) and len(steps) == 1:
        if n_channels not in scaling.channels:
            return channels_read((), scaling, n_channels)
        passed = scaling.channels[scaling.channels < n_channels]
        read = np.union1d(first.channels, passed)
        compared = _places(np.append(read, np.uint8(n_channels)), scaling.channels)
        return read, (replace(first, channels=_places(read, first.channels)),), replace(scaling, channels=compared)
    return np.arange(n_channels, dtype=np.uint8), steps, scaling


def _places(read: Channels, channels: Channels) -> Channels:
    return np.searchsorted(read, channels).astype(np.uint8)
