"""QUANT: quantiles of dyadic intervals of a series, its differences and its spectrum.

Written after Dempster, Schmidt and Webb, "QUANT: a minimalist interval method for time series classification", Data
Mining and Knowledge Discovery 38, 2024; aeon's needs PyTorch, which is installed with gigabytes for graphics cards.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from tests.benchmarks.rivals.methods.method import Array

QUANTILE_DIVISOR = 4


def quant_features(X: Array, depth: int) -> Array:
    """Features ``(n, n_features)`` of windows ``(n, n_timesteps, n_channels)``."""
    series = X.transpose(0, 2, 1).astype(np.float32)
    parts = [
        interval_quantiles(represented[..., start:end])
        for represented in representations(series)
        for start, end in dyadic_intervals(represented.shape[-1], depth)
    ]
    return np.concatenate(parts, axis=2).reshape(len(X), -1)


def representations(series: Array) -> list[Array]:
    """The series, its smoothed first and its second differences, and the magnitudes of its Fourier transform."""
    steps = np.pad(np.diff(series), ((0, 0), (0, 0), (2, 2)), mode="edge")
    smoothed = np.lib.stride_tricks.sliding_window_view(steps, 5, axis=2).mean(axis=3)
    spectrum = np.abs(np.fft.rfft(series)).astype(np.float32)
    return [series, smoothed, np.diff(series, n=2), spectrum]


def dyadic_intervals(length: int, depth: int) -> list[tuple[int, int]]:
    """At each level 1, 2, 4, … intervals, and the same shifted by half of one."""
    intervals: list[tuple[int, int]] = []
    for level in range(min(depth, int(np.log2(length)) + 1)):
        n = 2**level
        bounds = np.linspace(0, length, n + 1).astype(int)
        at_level = [(int(start), int(end)) for start, end in pairwise(bounds)]
        intervals += at_level
        if n > 1 and np.sort(np.diff(bounds))[(n - 1) // 2] > 1:
            shift = int(np.ceil(length / n / 2))
            intervals += [(start + shift, end + shift) for start, end in at_level[:-1]]
    return intervals


def interval_quantiles(values: Array) -> Array:
    """One quantile for every four samples; every other one less the mean of the interval."""
    length = values.shape[-1]
    if length == 1:
        return values
    n_quantiles = 1 + (length - 1) // QUANTILE_DIVISOR
    if n_quantiles == 1:
        return np.median(values, axis=-1, keepdims=True)
    quantiles = np.moveaxis(np.quantile(values, np.linspace(0, 1, n_quantiles), axis=-1), 0, -1)
    quantiles[..., 1::2] -= values.mean(axis=-1, keepdims=True)
    return quantiles.astype(np.float32)
