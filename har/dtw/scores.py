"""Class scores from distances to a few profiles, for small batches in a single compiled call."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Protocol, Self

import numpy as np

from common.compiled import compiled
from common.costs import knn_cost
from common.costs.ledger import Cost
from common.validation import Float64Array, FloatArray, IntArray
from har.dtw.lane_kernel import lane_dtw
from har.dtw.packing import PackedReferences, pack, squared_distances


class PackedDistances(Protocol):
    """Something on the lanes to which windows have distances: profiles of floating-point numbers or of integers."""

    def squared_distances(self, windows: FloatArray, *, n_jobs: int | None = None) -> FloatArray:
        """Squared DTW of each window to each profile: ``(n_windows, n_profiles)``."""

    def arguments(self) -> tuple[Any, ...]:
        """What :func:`distances_to_few` takes after the windows."""

    def cost(self, n_neighbors: int) -> Cost:
        """Of a decision by the nearest ``n_neighbors`` profiles."""


@dataclass(frozen=True, eq=False)
class PackedProfiles:
    """Profiles under channel weights, ready for the lanes; channels of weight zero are left out."""

    active: IntArray  # the channels of positive weight
    sqrt_weights: FloatArray  # of these
    packed: PackedReferences  # the active channels times these
    radius: int

    @classmethod
    def of(cls, profiles: FloatArray, channel_weights: Float64Array, radius: int) -> Self:
        """Pack profiles ``(n, n_timesteps, n_channels)``; their dtype is that of all computations."""
        active = np.flatnonzero(channel_weights > 0)
        sqrt_weights = np.sqrt(channel_weights[active]).astype(profiles.dtype)
        return cls(active, sqrt_weights, pack(profiles[:, :, active] * sqrt_weights), radius)

    def squared_distances(self, windows: FloatArray, *, n_jobs: int | None = None) -> FloatArray:
        """Squared DTW of each window to each profile: ``(n_windows, n_profiles)``."""
        weighted = windows[:, :, self.active] * self.sqrt_weights
        return np.ascontiguousarray(squared_distances(self.packed, weighted, self.radius, n_jobs=n_jobs))

    def arguments(self) -> tuple[Any, ...]:
        """What :func:`distances_to_few` takes after the windows."""
        return self.active, self.sqrt_weights, None, self.packed.blocks, self.packed.shape, self.radius

    def cost(self, n_neighbors: int) -> Cost:
        """Of a decision by the nearest ``n_neighbors`` profiles; only active channels are stored and compared."""
        return packed_cost(self.packed, self.radius, n_neighbors, self.packed.blocks.itemsize)


def packed_cost(packed: PackedReferences, radius: int, n_neighbors: int, bytes_per_value: int) -> Cost:
    """Of finding the nearest ``n_neighbors`` of references that are stored in so many bytes per value."""
    shape = packed.n_references, packed.n_timesteps, packed.n_channels
    return knn_cost(*shape, band=radius, n_neighbors=n_neighbors, bytes_per_value=bytes_per_value)


@compiled
def class_scores(
    windows: Any, active: Any, scale: Any, quantization: Any, blocks: Any, shape: Any, radius: int,
    class_indices: Any, steepness: float, out: Any,
) -> None:  # fmt: skip
    """Write the scores of a few windows to ``out`` of shape (n, n_classes); see :func:`softmax_of_distances`.

    Parameters
    ----------
    windows, active, scale, quantization, blocks, shape, radius
        See :func:`distances_to_few`.
    class_indices : array of shape (n_profiles,)
    """
    squared = distances_to_few(windows, active, scale, quantization, blocks, shape, radius)
    scores_of_distances(squared, class_indices, steepness, out)


@compiled
def distances_to_few(
    windows: Any, active: Any, scale: Any, quantization: Any, blocks: Any, shape: Any, radius: int
) -> Any:
    """Squared DTW of each window to each profile, and to the copies that pad the last block.

    Parameters
    ----------
    windows : array of shape (n, n_timesteps, n_channels), C-contiguous
    active : array of shape (n_active,)
        The channels that are compared.
    scale : array of shape (n_active,)
        What they are multiplied by: the square roots of their weights; or divided by, if they become integers.
    quantization : None or tuple (centre, limit, largest, factor)
        How channels become integers: floor((x − ``centre``) / ``scale`` + ½), within ±``limit``. Sums of squares stop
        at ``largest`` and are multiplied by ``factor``. The compiler leaves out what None does not need.
    blocks, shape
        The packed profiles: their active channels, scaled.
    radius : int
        The band's radius in samples.
    """
    n_channels, width = len(active), len(shape[1])
    query = np.empty(windows.shape[1] * n_channels, dtype=scale.dtype)
    buffer = np.empty((2 * radius + 3) * width, dtype=scale.dtype)
    squared = np.empty((len(windows), len(blocks) * width), dtype=scale.dtype)
    unlimited = np.full(1, np.inf, dtype=scale.dtype)
    for a in range(len(windows)):
        for t in range(windows.shape[1]):
            for c in range(n_channels):
                value = windows[a, t, active[c]]
                if quantization is None:
                    query[t * n_channels + c] = value * scale[c]
                else:
                    centre, limit, _, _ = quantization
                    steps = np.floor((value - centre[c]) / scale[c] + 0.5)
                    query[t * n_channels + c] = min(max(steps, -limit), limit)
        for b in range(len(blocks)):
            lanes = squared[a, b * width : (b + 1) * width]
            lane_dtw(query, blocks[b], n_channels, shape, radius, unlimited, buffer, lanes)
    if quantization is not None:
        _, _, largest, factor = quantization
        squared = np.minimum(squared, largest) * factor
    return squared


@compiled
def softmax_of_distances(squared: Any, class_indices: Any, steepness: float, out: Any) -> None:
    """Write the softmax of −β d²(class) / (d²(nearest class) + d²(second nearest class)) to ``out``, a score per class.

    β is ``steepness``; d² of a class is that of its nearest profile. ``squared`` holds d² to each profile, followed by
    the results of padding. The scores are NaN if squares overflowed.
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
    if not nearest + second < np.inf:  # squares overflowed, and which class is nearest is unknown
        out[:] = np.nan
        return
    # Zero if the window equals profiles of two classes.
    scale = max(nearest + second, np.finfo(squared.dtype).tiny)
    total = 0.0
    for c in range(len(out)):
        out[c] = math.exp(steepness * (nearest - out[c]) / scale)
        total += out[c]
    out /= total


@compiled
def scores_of_distances(squared: Any, class_indices: Any, steepness: float, out: Any) -> None:
    """:func:`softmax_of_distances` of each row."""
    for a in range(len(squared)):
        softmax_of_distances(squared[a], class_indices, steepness, out[a])
