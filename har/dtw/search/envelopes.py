"""Envelopes: the range of each channel within the band's radius.

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


def padded_length(n_values: int) -> int:
    """The length of a row that holds so many values."""
    return -(-n_values // ROW) * ROW


@compiled
def write_envelope(window: Any, n_values: int, n_channels: int, radius: int, below: Any, above: Any) -> None:
    """Write the smallest and the largest value that each channel takes within the radius of each sample.

    All paths join the two first samples, and the two last ones. There the envelope is the window itself, so that
    LB_Keogh is never smaller than LB_Kim.

    Parameters
    ----------
    window, below, above : 1-D arrays of one padded length
    n_values : the length without padding
    """
    reach = radius * n_channels
    padded = np.empty(len(window) + 4 * reach + 2 * ROW, dtype=window.dtype)
    for largest, out in ((False, below), (True, above)):
        padded[:] = -np.inf if largest else np.inf
        padded[reach : reach + n_values] = window[:n_values]
        _slide(padded, len(window) + 2 * reach, radius, n_channels, largest, out)
        out[:n_channels] = window[:n_channels]
        out[n_values - n_channels :] = window[n_values - n_channels :]  # with the zeros of the padding


@compiled
def _slide(padded: Any, n_values: int, radius: int, n_channels: int, largest: bool, out: Any) -> None:
    """Write the extreme of each 2 · radius + 1 successive samples: of 2, of 4, of 8, each from the one before."""
    width, span = 2 * radius + 1, 1
    while 2 * span <= width:
        _combine(padded, span * n_channels, n_values, largest, padded)
        span *= 2
    _combine(padded, (width - span) * n_channels, len(out), largest, out)


@compiled
def _combine(values: Any, distance: int, n_values: int, largest: bool, out: Any) -> None:
    """Write the smaller or the larger one of each value and the one at a distance behind it."""
    for at in range(0, n_values, ROW):
        here, there = load(values, at, _SHAPE), load(values, at + distance, _SHAPE)
        store(out, at, maximum(here, there) if largest else minimum(here, there))
