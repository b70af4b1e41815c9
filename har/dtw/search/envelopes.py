"""Envelopes of windows, and outlines: what bounds compare instead of whole windows.

Flat windows of float32 are padded with zeros to a multiple of :data:`ROW` values.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from common.compiled import compiled
from har.dtw.lanes import load, make_shape, maximum, minimum, store

#: Values of a flat window that are processed together: two AVX-512 registers.
ROW = 32
_SHAPE = make_shape(1, ROW)
#: An outline is the mean of each channel over this many equal parts of a window.
N_SEGMENTS = 16


def padded_length(n_values: int) -> int:
    """The length of a row that holds so many values."""
    return -(-n_values // ROW) * ROW


@compiled
def write_envelope(window: Any, n_values: int, n_channels: int, radius: int, below: Any, above: Any) -> None:
    """Write the smallest and the largest value that each channel takes within the radius of each sample.

    All paths join the two first samples, and the two last ones. There the envelope is the window itself, so that
    LB_Keogh is never smaller than LB_Kim.
    """
    length = len(window)
    reach = radius * n_channels
    padded = np.empty(length + 2 * (2 * reach + n_channels) + ROW, dtype=window.dtype)
    padded[:] = np.inf
    padded[reach : reach + n_values] = window[:n_values]
    _slide(padded, length + 2 * reach, radius, n_channels, False, below)
    padded[:] = -np.inf
    padded[reach : reach + n_values] = window[:n_values]
    _slide(padded, length + 2 * reach, radius, n_channels, True, above)
    for v in range(n_channels):
        below[v] = above[v] = window[v]
        last = n_values - 1 - v
        below[last] = above[last] = window[last]
    below[n_values:] = 0.0
    above[n_values:] = 0.0


@compiled
def _slide(padded: Any, n_values: int, radius: int, n_channels: int, largest: bool, out: Any) -> None:
    """Write the extreme of each 2 · radius + 1 successive samples: of 2, of 4, of 8, each from the one before."""
    width, span = 2 * radius + 1, 1
    while 2 * span <= width:
        _combine(padded, n_values, span * n_channels, largest, padded)
        span *= 2
    _combine(padded, len(out), (width - span) * n_channels, largest, out)


@compiled
def _combine(values: Any, n_values: int, distance: int, largest: bool, out: Any) -> None:
    for at in range(0, n_values, ROW):
        here, there = load(values, at, _SHAPE), load(values, at + distance, _SHAPE)
        store(out, at, maximum(here, there) if largest else minimum(here, there))


@compiled
def write_outline(window: Any, n_values: int, n_channels: int, out: Any) -> None:
    """Write the mean of each channel over equal parts of a flat window, times the root of the part's length.

    So scaled, the Euclidean distance of two outlines is at most that of the windows.
    """
    n_timesteps, n_segments = n_values // n_channels, len(out) // n_channels
    for s in range(n_segments):
        first, stop = s * n_timesteps // n_segments, (s + 1) * n_timesteps // n_segments
        for c in range(n_channels):
            total = 0.0
            for t in range(first, stop):
                total += window[t * n_channels + c]
            out[s * n_channels + c] = total / np.sqrt(stop - first)
