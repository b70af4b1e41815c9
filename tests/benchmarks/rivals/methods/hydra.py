"""Hydra: in groups of random convolution kernels, how often and how strongly each matches best.

Written after Dempster, Schmidt and Webb, "Hydra: competing convolutional kernels for fast and accurate time series
classification", Data Mining and Knowledge Discovery 37, 2023; aeon's needs PyTorch, which is installed with gigabytes
for graphics cards.
"""

from __future__ import annotations

from typing import Self

import numpy as np

from tests.benchmarks.rivals.methods.method import Array

KERNEL_LENGTH = 9
MAX_CHANNELS = 8
_BATCH = 128


class Hydra:
    """Random kernels for series of one length: half of the groups look at the series, half at its differences."""

    def __init__(self, n_timesteps: int, n_channels: int, *, n_kernels: int = 8, n_groups: int = 64, seed: int = 0):
        rng = np.random.default_rng([seed, 11])
        self.n_kernels, half = n_kernels, n_groups // 2
        exponent = int(np.log2((n_timesteps - 1) / (KERNEL_LENGTH - 1)))
        self.dilations = [2**power for power in range(exponent + 1)]
        shape = (len(self.dilations), 2, half, n_kernels, KERNEL_LENGTH)
        kernels = rng.normal(size=shape).astype(np.float32)
        kernels -= kernels.mean(axis=-1, keepdims=True)
        self.kernels = kernels / np.abs(kernels).sum(axis=-1, keepdims=True)
        n_summed = int(np.clip(n_channels // 2, 2, MAX_CHANNELS)) if n_channels > 1 else 1
        self.channels = rng.integers(n_channels, size=(len(self.dilations), 2, half, n_summed))

    def transform(self, X: Array) -> Array:
        """Features ``(n, n_features)`` of windows ``(n, n_timesteps, n_channels)``."""
        series = X.transpose(0, 2, 1).astype(np.float32)
        return np.concatenate([self._features(series[at : at + _BATCH]) for at in range(0, len(series), _BATCH)])

    def _features(self, series: Array) -> Array:
        parts = []
        for number, dilation in enumerate(self.dilations):
            for half, signal in enumerate((series, np.diff(series))):
                summed = signal[:, self.channels[number, half]].sum(axis=2)
                parts += competition(convolved(summed, self.kernels[number, half], dilation))
        return np.concatenate(parts, axis=1).reshape(len(series), -1)

    @property
    def stored_bytes(self) -> int:
        """Kernels in float32, channels in a byte each."""
        return 4 * self.kernels.size + self.channels.size

    @property
    def operations(self) -> int:
        """Multiply-accumulates for each sample of the series."""
        return int(self.kernels.size)


def convolved(summed: Array, kernels: Array, dilation: int) -> Array:
    """Each group's series ``(n, n_groups, t)`` under its kernels ``(n_groups, k, 9)``: ``(n, n_groups, k, t)``."""
    padding = (KERNEL_LENGTH - 1) * dilation // 2
    padded = np.pad(summed, ((0, 0), (0, 0), (padding, padding)))
    reach = (KERNEL_LENGTH - 1) * dilation + 1
    taps = np.lib.stride_tricks.sliding_window_view(padded, reach, axis=2)[..., ::dilation]
    return np.matmul(kernels, taps.transpose(0, 1, 3, 2))


def competition(responses: Array) -> list[Array]:
    """For each kernel: the sum of its responses where it is the largest, and the number where it is the smallest."""
    n_kernels = responses.shape[2]
    largest, smallest = responses.argmax(axis=2), responses.argmin(axis=2)
    values = responses.max(axis=2)
    strongest = np.stack([np.where(largest == k, values, 0).sum(axis=2) for k in range(n_kernels)], axis=2)
    weakest = np.stack([(smallest == k).sum(axis=2) for k in range(n_kernels)], axis=2)
    return [strongest, weakest.astype(np.float32)]


class SparseScaler:
    """Square roots, standardised; what is zero stays zero, and rare features are not inflated."""

    def fit(self, features: Array) -> Self:
        roots = np.sqrt(np.maximum(features, 0))
        self.mean = roots.mean(axis=0)
        self.scale = roots.std(axis=0, ddof=1) + (roots == 0).mean(axis=0) ** 4 + 1e-8
        return self

    def transform(self, features: Array) -> Array:
        roots = np.sqrt(np.maximum(features, 0))
        return ((roots - self.mean) * (roots != 0) / self.scale).astype(np.float32)
