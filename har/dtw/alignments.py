"""Batches of windows aligned with every profile, and the gradients that flow along the optimal paths.

A squared DTW distance is a sum of squares along its optimal path. Whatever a loss makes of the distances, its gradient
with respect to the profiles and the channels' weights is that of these sums, each times the loss's slope with respect
to the distance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from common.compiled import compiled
from common.validation import Float64Array, FloatArray, IntArray
from har.dtw.kernels import banded_path
from har.dtw.lane_kernel import lane_dtw
from har.dtw.lane_path import lane_steps, trace_path
from har.dtw.packing import PackedReferences, pack


@dataclass(frozen=True, eq=False)
class Alignments:
    """The optimal paths from each window of a batch to each profile, under channel weights.

    Attributes
    ----------
    squared : ndarray of shape (n_windows, n_profiles)
        Squared DTW distances, computed in float32.
    """

    squared: Float64Array
    _windows: Float64Array  # times the square roots of the weights, as are the profiles
    _profiles: Float64Array
    _channel_weights: Float64Array
    _packed: PackedReferences
    _steps: IntArray

    @classmethod
    def of(cls, windows: FloatArray, profiles: Float64Array, channel_weights: Float64Array, radius: int) -> Self:
        """Align windows and profiles ``(n, n_timesteps, n_channels)``."""
        sqrt_weights = np.sqrt(channel_weights)
        weighted = np.ascontiguousarray(windows * sqrt_weights, dtype=np.float64)
        weighted_profiles = np.ascontiguousarray(profiles * sqrt_weights)
        # In float32, the lanes are twice as many; a path that is optimal but for rounding has the same gradient.
        packed = pack(weighted_profiles.astype(np.float32))
        n, n_timesteps, n_channels = weighted.shape
        squared = np.empty((n, len(packed.blocks) * packed.width), dtype=np.float32)
        steps = np.empty((n, len(packed.blocks), n_timesteps, 2 * radius + 1), dtype=np.int64)
        queries = weighted.astype(np.float32).reshape(n, -1)

        # On one thread: a batch takes half a millisecond, too little to be worth distributing.
        _align(queries, packed.blocks, n_channels, packed.shape, radius, steps, squared)
        distances = squared[:, : packed.n_references].astype(np.float64)
        return cls(distances, weighted, weighted_profiles, channel_weights, packed, steps)

    def gradients(self, slopes: Float64Array) -> tuple[Float64Array, Float64Array]:
        """Gradients of a loss, from its derivatives with respect to :attr:`squared`.

        Returns
        -------
        profile_gradient : ndarray of the profiles' shape
        weight_gradient : ndarray of shape (n_channels,)
        """
        profile_gradient = np.zeros_like(self._profiles)
        weight_gradient = np.zeros(self._profiles.shape[2])
        _add_gradients(
            self._windows, self._profiles, slopes, self._steps, self._packed.width, profile_gradient, weight_gradient
        )
        # The chain rule from the weighted profiles √λ p, in which the gradients were computed, to p and to λ.
        positive_weights = np.where(self._channel_weights > 0, self._channel_weights, 1.0)
        return profile_gradient * np.sqrt(self._channel_weights), weight_gradient / positive_weights


@compiled
def _align(queries: Any, blocks: Any, n_channels: int, shape: Any, radius: int, steps: Any, squared: Any) -> None:
    """Write squared distances and predecessors of each query and each block of profiles."""
    width = len(shape[1])
    buffer = np.empty((2 * radius + 3) * width, dtype=queries.dtype)
    for a in range(len(queries)):
        for b in range(len(blocks)):
            lanes = squared[a, b * width : (b + 1) * width]
            lane_steps(queries[a], blocks[b], n_channels, shape, radius, buffer, steps[a, b], lanes)


@compiled
def _add_gradients(
    windows: Any, profiles: Any, slopes: Any, steps: Any, width: int, profile_gradient: Any, weight_gradient: Any
) -> None:
    """Add the gradients of all windows and profiles to the last two arguments."""
    path = np.empty((2 * windows.shape[1] - 1, 2), dtype=np.int64)
    for a in range(len(windows)):
        for p in range(len(profiles)):
            if slopes[a, p] != 0:
                begin = trace_path(steps[a, p // width], p % width, path)
                add_path_gradient(
                    windows[a], profiles[p], path[begin:], slopes[a, p], profile_gradient[p], weight_gradient
                )


@compiled
def align_with_nearest(
    windows: Any, queries: Any, labels: Any, blocks: Any, shape: Any, profiles: Any, profile_labels: Any, radius: int,
    nearest: Any, squared: Any, paths: Any, begins: Any,
) -> None:  # fmt: skip
    """Write the nearest profile of each window's class, and that of any other class, and the paths to both.

    Parameters
    ----------
    windows, profiles : float64 arrays of shape (n, n_timesteps, n_channels)
    queries, blocks, shape : the same in float32, flat and packed
    nearest, squared, begins : arrays of shape (n_windows, 2), the output
        Indices of profiles, squared distances, and where paths begin.
    paths : array of shape (n_windows, 2, 2 * n_timesteps - 1, 2), the output
    """
    n_profiles, _, n_channels = profiles.shape
    width = len(shape[1])
    buffer = np.empty((2 * radius + 3) * width, dtype=queries.dtype)
    distances = np.empty(len(blocks) * width, dtype=queries.dtype)
    unlimited = np.full(1, np.inf, dtype=queries.dtype)
    for a in range(len(windows)):
        for b in range(len(blocks)):
            lanes = distances[b * width : (b + 1) * width]
            lane_dtw(queries[a], blocks[b], n_channels, shape, radius, unlimited, buffer, lanes)
        nearest[a] = -1
        for p in range(n_profiles):
            kind = int(profile_labels[p] != labels[a])
            if nearest[a, kind] < 0 or distances[p] < distances[nearest[a, kind]]:
                nearest[a, kind] = p
        for kind in range(2):
            squared[a, kind], begins[a, kind] = banded_path(
                windows[a], profiles[nearest[a, kind]], radius, paths[a, kind]
            )


@compiled
def add_path_gradient(
    x: Any, profile: Any, path: Any, slope: float, profile_gradient: Any, weight_gradient: Any
) -> None:
    """Add ``slope`` times the gradient of the squared distance along ``path``."""
    for s in range(len(path)):
        i, j = path[s, 0], path[s, 1]
        for c in range(x.shape[1]):
            difference = profile[j, c] - x[i, c]
            profile_gradient[j, c] += slope * 2.0 * difference
            weight_gradient[c] += slope * difference * difference
