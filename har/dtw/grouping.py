"""Which windows share a block: similar ones, so that a search can leave most blocks early.

A block is left when *all* its windows are beyond the best so far. Windows are therefore split as a k-d tree splits
points (Bentley, Communications of the ACM 18(9), 1975), in the principal components of their outlines. Whatever comes
out here, the search stays exact: only its speed depends on it.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from common.compiled import compiled
from common.validation import FloatArray, IntArray

#: An outline is the mean of each of these parts of a window, channel by channel.
SEGMENTS = 16
_MOST_FEATURES, _COMPONENTS = 256, 8


@compiled
def outline(window: Any, n_channels: int, out: Any) -> None:
    """``out`` becomes the means over equal parts of a flat window, for each channel."""
    n_timesteps, n_segments = len(window) // n_channels, len(out) // n_channels
    for s in range(n_segments):
        first, stop = s * n_timesteps // n_segments, (s + 1) * n_timesteps // n_segments
        for c in range(n_channels):
            total = 0.0
            for t in range(first, stop):
                total += window[t * n_channels + c]
            out[s * n_channels + c] = total / (stop - first)


def outlines(windows: FloatArray, n_timesteps: int, n_channels: int) -> npt.NDArray[np.float32]:
    """The outlines of flat windows."""
    out = np.empty((len(windows), min(SEGMENTS, n_timesteps) * n_channels), dtype=np.float32)
    for window, features in zip(windows, out, strict=True):
        outline(window, n_channels, features)
    return out


def group_similar(features: FloatArray, size: int) -> IntArray:
    """An order of the rows of ``features`` in which every ``size`` rows that follow each other are similar."""
    centred = features - features.mean(axis=0, dtype=np.float64)
    strongest = np.argsort(-centred.var(axis=0), kind="stable")[:_MOST_FEATURES]
    centred = centred[:, strongest]
    _, components = np.linalg.eigh(centred.T @ centred)
    points = centred @ components[:, -_COMPONENTS:]

    order: list[IntArray] = []
    waiting = [np.arange(len(points))]
    while waiting:
        members = waiting.pop()
        if len(members) <= size:
            order.append(members)
            continue
        along = points[members, np.argmax(points[members].var(axis=0))]
        middle = (len(members) // size + 1) // 2 * size  # whole blocks on the left
        split = np.argpartition(along, middle - 1)
        waiting += [members[split[middle:]], members[split[:middle]]]
    return np.concatenate(order)
