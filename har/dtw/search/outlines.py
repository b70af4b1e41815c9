"""Outlines: windows and envelopes in a few numbers, packed for the lanes that compare them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from common.compiled import compiled
from common.validation import Float64Array, FloatArray
from har.dtw.search.bounds import BLOCK
from har.dtw.search.envelopes import write_envelope

#: An outline is the mean of each channel over this many equal parts of a window.
N_SEGMENTS = 16


@compiled
def write_outline(window: Any, n_values: int, n_channels: int, out: Any) -> None:
    """Write the mean of each channel over equal parts of a flat window, times the root of the part's length.

    So scaled, the Euclidean distance between two outlines is at most that between the windows.
    """
    n_timesteps, n_segments = n_values // n_channels, len(out) // n_channels
    for s in range(n_segments):
        first, stop = s * n_timesteps // n_segments, (s + 1) * n_timesteps // n_segments
        root = np.sqrt(stop - first)
        for c in range(n_channels):
            total = 0.0
            for t in range(first, stop):
                total += window[t * n_channels + c]
            out[s * n_channels + c] = total / root


def outlines_of(singles: FloatArray, n_timesteps: int, n_channels: int) -> npt.NDArray[np.float32]:
    """The outlines of flat, padded windows: ``(n_windows, n_features)``."""
    out = np.empty((len(singles), min(N_SEGMENTS, n_timesteps) * n_channels), dtype=np.float32)
    for window, outline in zip(singles, out, strict=True):
        write_outline(window, n_timesteps * n_channels, n_channels, outline)
    return out


def envelope_outlines_of(
    singles: FloatArray, n_timesteps: int, n_channels: int, radius: int
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """The outlines of the lower and of the upper side of each window's envelope."""
    below, above = np.empty(singles.shape[1], np.float32), np.empty(singles.shape[1], np.float32)
    sides = [np.empty((len(singles), min(N_SEGMENTS, n_timesteps) * n_channels), dtype=np.float32) for _ in range(2)]
    for a, window in enumerate(singles):
        write_envelope(window, n_timesteps * n_channels, n_channels, radius, below, above)
        for side, out in zip((below, above), sides, strict=True):
            write_outline(side, n_timesteps * n_channels, n_channels, out[a])
    return sides[0], sides[1]


class Outlines(NamedTuple):
    """Outlines of windows by position, and of blocks of successive ones, packed as ``[block][feature][lane]``."""

    windows: Any  # (n_blocks * n_features * BLOCK,)
    below: Any  # those of the windows' envelopes
    above: Any
    low: Any  # (n_blocks / BLOCK * n_features * BLOCK,): the smallest and the largest of each block's windows
    high: Any
    block_norms: Any  # (n_blocks,): the largest norm in each block, see har.dtw.rounding


def pack_outlines(
    windows: npt.NDArray[np.float32],
    below: npt.NDArray[np.float32],
    above: npt.NDArray[np.float32],
    norms: Float64Array,
) -> Outlines:
    """Pack outlines ``(n_windows, n_features)`` that are in the order of their positions."""
    in_blocks = _padded(windows).reshape(-1, BLOCK, windows.shape[1])
    return Outlines(
        _pack(windows),
        _pack(below),
        _pack(above),
        _pack(in_blocks.min(axis=1)),
        _pack(in_blocks.max(axis=1)),
        _padded(norms).reshape(-1, BLOCK).max(axis=1),
    )


def _padded(rows: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """With copies of the last row up to a whole number of blocks."""
    return rows[np.minimum(np.arange(-(-len(rows) // BLOCK) * BLOCK), len(rows) - 1)]


def _pack(rows: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    in_blocks = _padded(rows).reshape(-1, BLOCK, rows.shape[1]).transpose(0, 2, 1)
    return np.ascontiguousarray(in_blocks).ravel()
