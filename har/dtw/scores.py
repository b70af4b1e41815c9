"""Class scores from a few profiles: the distances and the softmax in one compiled call."""

import math
from typing import Any

import numpy as np

from common.compiled import compiled
from har.dtw.lane_kernel import lane_dtw


@compiled
def class_scores(
    windows: Any, active: Any, root: Any, blocks: Any, shape: Any, class_indices: Any, radius: int,
    steepness: float, out: Any,
) -> None:  # fmt: skip
    """Scores of a few windows: ``out`` of shape (n, n_classes), see :func:`softmax_of_distances`.

    Parameters
    ----------
    windows : array of shape (n, n_timesteps, n_channels), C-contiguous
    active, root : arrays of shape (n_active,)
        The channels that count, and the roots of their weights.
    blocks, shape
        The profiles packed, their active channels times ``root``.
    class_indices : array of shape (n_profiles,)
    """
    n_channels, width = len(active), len(shape[1])
    query = np.empty(windows.shape[1] * n_channels, dtype=root.dtype)
    buffer = np.empty((2 * radius + 3) * width, dtype=root.dtype)
    squared = np.empty(len(blocks) * width, dtype=root.dtype)
    unlimited = np.full(1, np.inf, dtype=root.dtype)
    for a in range(len(windows)):
        for t in range(windows.shape[1]):
            for c in range(n_channels):
                query[t * n_channels + c] = windows[a, t, active[c]] * root[c]
        for b in range(len(blocks)):
            lanes = squared[b * width : (b + 1) * width]
            lane_dtw(query, blocks[b], n_channels, shape, radius, unlimited, buffer, lanes)
        softmax_of_distances(squared, class_indices, steepness, out[a])


@compiled
def softmax_of_distances(squared: Any, class_indices: Any, steepness: float, out: Any) -> None:
    """``out`` becomes the softmax of −β d² / (d²(nearest) + d²(second nearest class)) over the classes.

    ``squared`` holds d² to each profile, and whatever the padding gave.
    """
    out[:] = np.inf
    for p in range(len(class_indices)):
        out[class_indices[p]] = min(out[class_indices[p]], squared[p])
    nearest, second = np.inf, np.inf
    for distance in out:
        if distance < nearest:
            nearest, second = distance, nearest
        else:
            second = min(second, distance)
    # A window that equals profiles of two classes is as far from both: zero.
    scale = max(nearest + second, np.finfo(squared.dtype).tiny)
    total = 0.0
    for c in range(len(out)):
        out[c] = math.exp(steepness * (nearest - out[c]) / scale)
        total += out[c]
    out /= total


@compiled
def scores_of_distances(squared: Any, class_indices: Any, steepness: float, out: Any) -> None:
    """:func:`softmax_of_distances` row by row."""
    for a in range(len(squared)):
        softmax_of_distances(squared[a], class_indices, steepness, out[a])
