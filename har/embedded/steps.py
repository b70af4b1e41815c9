"""Preprocessing in integers: each step turns windows of ``int16_t`` into windows of ``int16_t``.

A step sees one window and nothing else. Those that look at single samples (:class:`Frame`, :class:`Magnitudes`, before
any other step) may as well run when a sample arrives: the result is the same. All sums fit ``int32_t`` or ``uint32_t``
unless their comment says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from common.compiled import compiled
from har.embedded.arithmetic import (
    Channels,
    Int16Array,
    integer_sqrt,
    inverse_sqrt,
    saturate16,
    shift_right,
    wide,
)
from har.embedded.jerk import JerkLogarithm

#: Fractional bits of the FIR taps, and of the unit vector along gravity.
TAP_BITS = 15
DIRECTION_BITS = 14
#: Fractional bits of the slope along which a window is extended, and of the reciprocal of a window's length.
SLOPE_BITS = 8
MEAN_BITS = 31


@dataclass(frozen=True, eq=False)
class Decimation:
    """Keep every ``factor``-th sample of the low-pass filtered signal.

    Output k of a channel is ``saturate16(shift_right(Σ_j taps[j] · e(k · factor + j − half), 15))`` for j from 0 to
    2 · half, where e(i) is sample i of the window. Beyond the window, e follows the line through its first and its last
    sample, a and b: with ``slope = shift_right((b − a) · reciprocal, reciprocal_shift)`` in units of 2**-8,
    e(−i) = saturate16(a − shift_right(i · slope, 8)) and e(n − 1 + i) = saturate16(b + shift_right(i · slope, 8)).
    There are ceil(n / factor) outputs.

    Attributes
    ----------
    factor : int
    taps : ndarray of int16 of shape (2 · half + 1,)
        In Q15; their sum is 2**15, that of their absolute values at most 65,535, so that no sum leaves ``int32_t``.
    channels : ndarray of uint8
        The input channels that are computed; the output has only these, in this order.
    reciprocal, reciprocal_shift : int
        1 / (n − 1) in units of 2**-(reciprocal_shift + 8), less than 2**14.
    """

    factor: int
    taps: Int16Array
    channels: Channels
    reciprocal: int
    reciprocal_shift: int

    def apply(self, windows: Int16Array) -> Int16Array:
        """The decimated windows."""
        n_out = -(-windows.shape[1] // self.factor)
        out = np.empty((len(windows), n_out, len(self.channels)), dtype=np.int16)
        _decimate(windows, self.factor, self.taps, self.channels, self.reciprocal, self.reciprocal_shift, out)
        return out


@dataclass(frozen=True, eq=False)
class SubtractMean:
    """Split some channels into the deviation from the window's mean and that mean; the other channels follow.

    mean = ``(Σ x · reciprocal + 2**30) >> 31`` in ``int64_t``, deviation = ``saturate16(x − mean)``. The outputs are
    the deviations in the order of ``channels``, as many constant means, and ``others``.

    Attributes
    ----------
    channels, others : ndarray of uint8
    reciprocal : int
        1 / n in units of 2**-31.
    """

    channels: Channels
    others: Channels
    reciprocal: int

    def apply(self, windows: Int16Array) -> Int16Array:
        """Deviations, means and the rest."""
        values = windows[:, :, self.channels].astype(np.int64)
        mean = shift_right_array(values.sum(axis=1, keepdims=True) * self.reciprocal, MEAN_BITS)
        deviation = np.clip(values - mean, -32768, 32767)
        parts = [deviation, np.broadcast_to(mean, values.shape), windows[:, :, self.others]]
        return np.concatenate(parts, axis=2).astype(np.int16)


@dataclass(frozen=True, eq=False)
class Frame:
    """Motion parallel and perpendicular to gravity, sample by sample, **in half counts of its input** (a count of the
    result is two of the input: √3 · 32,768 would not fit ``int16_t``).

    With g the gravity of up to three axes and S = Σ g² in ``uint32_t``: ``y, s = inverse_sqrt(S)``, and the direction
    is u = ``shift_right((g · 2**s) · y, 16)`` in Q14, zero if S = 0. Each group a becomes two channels: with
    ``dot = Σ a · u``, the vertical part is ``shift_right(dot, 15)``; with ``v = shift_right(dot, 14)`` and
    ``rest = a − shift_right(v · u, 14)``, the horizontal part is ``shift_right(integer_sqrt(Σ rest²), 1)``. Gravity
    follows unchanged if it is kept. The direction errs by at most 2 · 2**-14 of its length.

    Attributes
    ----------
    gravity : ndarray of uint8
        One to three channels.
    groups : tuple of ndarray of uint8
        Acceleration and, if there is any, rotation: as many channels as ``gravity`` each.
    keep_gravity : bool
    """

    gravity: Channels
    groups: tuple[Channels, ...]
    keep_gravity: bool

    def apply(self, windows: Int16Array) -> Int16Array:
        """Two channels a group, and gravity if it is kept."""
        kept = windows[:, :, self.gravity] if self.keep_gravity else windows[:, :, :0]
        out = np.empty((*windows.shape[:2], 2 * len(self.groups)), dtype=np.int16)
        _turn(windows, self.gravity, np.array(self.groups, dtype=np.uint8), out)
        return np.concatenate([out, kept], axis=2)


@dataclass(frozen=True, eq=False)
class Magnitudes:
    """Euclidean magnitudes of up to three channels, **in half counts**, after the channels themselves if they are kept.

    A magnitude is ``shift_right(integer_sqrt(Σ x²), 1)``, with the sum in ``uint32_t``.

    Attributes
    ----------
    groups : tuple of ndarray of uint8
    keep : bool
    """

    groups: tuple[Channels, ...]
    keep: bool

    def apply(self, windows: Int16Array) -> Int16Array:
        """All channels if kept, then the magnitudes."""
        kept = windows if self.keep else windows[:, :, :0]
        out = np.empty((*windows.shape[:2], len(self.groups)), dtype=np.int16)
        for g, group in enumerate(self.groups):
            _magnitude(windows, group, out[:, :, g])
        return np.concatenate([kept, out], axis=2)


Step = Decimation | SubtractMean | Frame | Magnitudes | JerkLogarithm


def shift_right_array(values: npt.NDArray[np.int64], shift: int) -> npt.NDArray[np.int64]:
    """:func:`har.embedded.arithmetic.shift_right` of each value, for a shift of at least 1."""
    return (values + (1 << (shift - 1))) >> shift


@compiled
def _decimate(
    windows: Any, factor: int, taps: Any, channels: Any, reciprocal: int, reciprocal_shift: int, out: Any
) -> None:
    n, half = windows.shape[1], len(taps) // 2
    for a in range(len(windows)):
        for c in range(len(channels)):
            signal = windows[a, :, channels[c]]
            first, last = wide(signal[0]), wide(signal[n - 1])
            slope = shift_right((last - first) * reciprocal, reciprocal_shift)
            for k in range(out.shape[1]):
                total = 0
                for j in range(len(taps)):
                    i = k * factor + j - half
                    if i < 0:
                        value = saturate16(first - shift_right(-i * slope, SLOPE_BITS))
                    elif i >= n:
                        value = saturate16(last + shift_right((i - n + 1) * slope, SLOPE_BITS))
                    else:
                        value = wide(signal[i])
                    total += wide(taps[j]) * value
                out[a, k, c] = saturate16(shift_right(total, TAP_BITS))


@compiled
def _turn(windows: Any, gravity: Any, groups: Any, out: Any) -> None:
    n_axes = len(gravity)
    direction = np.empty(n_axes, dtype=np.int64)
    for a in range(windows.shape[0]):
        for t in range(windows.shape[1]):
            sample = windows[a, t]
            _direction(sample, gravity, direction)
            for g in range(len(groups)):
                dot = 0
                for axis in range(n_axes):
                    dot += wide(sample[groups[g, axis]]) * direction[axis]
                vertical = shift_right(dot, DIRECTION_BITS)
                squares = 0
                for axis in range(n_axes):
                    rest = wide(sample[groups[g, axis]]) - shift_right(vertical * direction[axis], DIRECTION_BITS)
                    squares += rest * rest
                out[a, t, 2 * g] = shift_right(dot, DIRECTION_BITS + 1)
                out[a, t, 2 * g + 1] = shift_right(integer_sqrt(squares), 1)


@compiled
def _direction(sample: Any, gravity: Any, out: Any) -> None:
    """The unit vector of gravity in Q14, or zero."""
    squares = 0
    for axis in range(len(gravity)):
        squares += wide(sample[gravity[axis]]) ** 2
    if squares == 0:
        out[:] = 0
        return
    y, shift = inverse_sqrt(squares)
    for axis in range(len(gravity)):
        out[axis] = shift_right((wide(sample[gravity[axis]]) << shift) * y, 16)


@compiled
def _magnitude(windows: Any, group: Any, out: Any) -> None:
    for a in range(windows.shape[0]):
        for t in range(windows.shape[1]):
            squares = 0
            for c in group:
                squares += wide(windows[a, t, c]) ** 2
            out[a, t] = shift_right(integer_sqrt(squares), 1)
