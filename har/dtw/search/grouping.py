"""Groups similar windows into blocks, so that a search can abandon most blocks early.

A block is abandoned once *all* its windows are farther away than the best ones so far. Windows are therefore split as a
k-d tree splits points (Bentley, Communications of the ACM 18(9), 1975), in the space of the principal components of
their *outlines*: their means over equal parts. The search is exact for any grouping; only its speed depends on it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from common.compiled import compiled
from common.validation import FloatArray, IntArray

#: An outline is the mean of each channel over this many equal parts of a window.
N_SEGMENTS = 16
#: The covariance is computed from the features of largest variance; these components of it are used.
_MAX_FEATURES, _N_COMPONENTS = 256, 8


@compiled
def outline(window: Any, n_channels: int, out: Any) -> None:
    """Write the means of each channel over equal parts of a flat window to ``out``."""
    n_timesteps, n_segments = len(window) // n_channels, len(out) // n_channels
    for s in range(n_segments):
        first, stop = s * n_timesteps // n_segments, (s + 1) * n_timesteps // n_segments
        for c in range(n_channels):
            total = 0.0
            for t in range(first, stop):
                total += window[t * n_channels + c]
            out[s * n_channels + c] = total / (stop - first)


def outlines(windows: FloatArray, n_timesteps: int, n_channels: int) -> npt.NDArray[np.float32]:
    """The outlines of flat windows: ``(n_windows, n_segments * n_channels)``."""
    out = np.empty((len(windows), min(N_SEGMENTS, n_timesteps) * n_channels), dtype=np.float32)
    for window, features in zip(windows, out, strict=True):
        outline(window, n_channels, features)
    return out


def group_similar(features: FloatArray, size: int) -> IntArray:
    """An order of the rows of ``features`` in which each block of ``size`` consecutive rows is similar."""
    centred = features - features.mean(axis=0, dtype=np.float64)
    most_varied = np.argsort(-centred.var(axis=0), kind="stable")[:_MAX_FEATURES]
    centred = centred[:, most_varied]
    _, components = np.linalg.eigh(centred.T @ centred)
    points = centred @ components[:, -_N_COMPONENTS:]

    order: list[IntArray] = []
    to_split = [np.arange(len(points))]
    while to_split:
        members = to_split.pop()
        if len(members) <= size:
            order.append(members)
            continue
        coordinate = points[members, np.argmax(points[members].var(axis=0))]
        middle = (len(members) // size + 1) // 2 * size  # whole blocks on the left
        split = np.argpartition(coordinate, middle - 1)
        to_split += [members[split[middle:]], members[split[:middle]]]
    return np.concatenate(order)
