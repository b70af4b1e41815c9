"""Prototypes as integers: a centre and a scale per channel, one factor for all squared distances.

Channel c of a window becomes q = round((x − centre) / scale), clipped to ±limit. The scale of a channel is inversely
proportional to the root of its weight, so that the weighted squared distance is the plain sum of squares of integers
times one common factor, and channels of weight zero are dropped. Distances do not depend on the centre, which only
keeps values small.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.validation import Float64Array, FloatArray, IntArray, check_integer
from har.embedded.arithmetic import UINT32_MAX

#: Differences of two values within ± this fit ``int16_t``.
MOST_16_BIT = 16_383
MOST_8_BIT = 127
#: How far windows may lie outside the prototypes' range, as a factor, before they are clipped. A wider range makes
#: coarser steps: with 8 bits, 99.5, 99.7 and 99.4% of decisions on the smartwatch's folds equal those of floating point
#: for factors of 1, 1.5 and 3; with 16 bits, at least 99.9% for all of 1.5 to 3.
HEADROOM = {16: 3.0, 8: 1.5}


@dataclass(frozen=True, eq=False)
class IntegerPrototypes:
    """Prototypes of a classifier as integers, and what turns windows into such integers.

    Attributes
    ----------
    values : ndarray of int8 or int16 of shape (n_prototypes, n_timesteps, n_active)
    channels : ndarray of int of shape (n_active,)
        The channels of positive weight.
    centre, scale : ndarray of float64 of shape (n_active,)
        x ≈ centre + scale · value.
    limit : int
        Windows are clipped to ±limit.
    distance_scale : float
        Squared distance = integer distance · distance_scale.
    """

    values: npt.NDArray[np.int8] | npt.NDArray[np.int16]
    channels: IntArray
    centre: Float64Array
    scale: Float64Array
    limit: int
    distance_scale: float

    @property
    def bits(self) -> int:
        """8 or 16."""
        return 8 * self.values.itemsize

    @property
    def saturates(self) -> bool:
        """Whether distances may have to stop at 2**32 − 1."""
        _, n_timesteps, n_channels = self.values.shape
        return must_saturate(n_timesteps, n_channels, self.limit)

    def quantize(self, windows: FloatArray) -> Float64Array:
        """Windows ``(n, n_timesteps, n_channels)`` as whole numbers in float64, of the active channels only."""
        with np.errstate(over="ignore"):  # infinite steps are clipped, too
            steps = (windows[:, :, self.channels].astype(np.float64) - self.centre) / self.scale
        return np.clip(np.floor(steps + 0.5), -self.limit, self.limit)

    def restored(self, n_channels: int, dtype: npt.DTypeLike) -> FloatArray:
        """The prototypes ``(n_prototypes, n_timesteps, n_channels)`` that the integers stand for; 0 if not kept."""
        out = np.zeros((*self.values.shape[:2], n_channels), dtype=dtype)
        out[:, :, self.channels] = self.centre + self.scale * self.values
        return out


def quantize_prototypes(prototypes: FloatArray, channel_weights: Float64Array, bits: int) -> IntegerPrototypes:
    """Integers for prototypes ``(n, n_timesteps, n_channels)``.

    The largest deviation from a channel's centre, times the root of its weight, gets the integer ``limit / headroom``.

    Raises
    ------
    InvalidInputError
        If the prototypes are too large or too small for float64.

    Examples
    --------
    >>> kept = quantize_prototypes(np.array([[[1.0, 5.0], [3.0, 9.0]]]), np.array([2.0, 0.0]), 8)
    >>> kept.values.tolist(), kept.channels.tolist(), kept.centre.tolist()
    ([[[-84], [84]]], [0], [2.0])
    """
    check_bits(bits)
    active = np.flatnonzero(channel_weights > 0)
    values = prototypes[:, :, active].astype(np.float64)
    low, high = values.min(axis=(0, 1)), values.max(axis=(0, 1))
    centre, root = low + (high - low) / 2, np.sqrt(channel_weights[active])
    widest = float((root * (high - low) / 2).max())
    limit = largest_value(values.shape[1], len(active), bits)
    # Prototypes that are all the same constant give no scale: any will do.
    step = (widest if widest > 0 else 1.0) / math.floor(limit / HEADROOM[bits])
    with np.errstate(over="ignore", under="ignore"):
        distance_scale = float(np.float64(step) ** 2)
    if not 0 < distance_scale < np.inf:
        raise InvalidInputError(
            f"prototypes reach ±{widest:g} about their centre, whose square float64 does not hold: use another unit"
        )
    kept = np.floor((values - centre) * (root / step) + 0.5)
    return IntegerPrototypes(
        kept.astype(np.int8 if bits == 8 else np.int16), active, centre, step / root, limit, distance_scale
    )


def largest_value(n_timesteps: int, n_channels: int, bits: int) -> int:
    """The largest limit for which no path overflows ``uint32_t``; for 8 bits, and for very long windows, 127."""
    if bits == 8:
        return MOST_8_BIT
    difference = math.isqrt(UINT32_MAX // ((2 * n_timesteps - 1) * n_channels))
    return max(MOST_8_BIT, min(MOST_16_BIT, difference // 2))


def longest_path_cost(n_timesteps: int, n_channels: int, largest_difference: int) -> int:
    """What no accumulated cost exceeds: 2 n_timesteps − 1 cells, each with the largest difference in all channels."""
    return (2 * n_timesteps - 1) * n_channels * largest_difference**2


def must_saturate(n_timesteps: int, n_channels: int, limit: int) -> bool:
    """Whether the longest path may exceed ``uint32_t`` for values within ±limit."""
    return longest_path_cost(n_timesteps, n_channels, 2 * limit) > UINT32_MAX


def check_bits(bits: object) -> int | None:
    """None, 8 or 16."""
    if bits is None:
        return None
    number = check_integer(bits, "bits", at_least=8, at_most=16)
    if number not in (8, 16):
        raise InvalidInputError(f"bits is {number}; prototypes are kept in 8 or 16 bits, or as they are (None)")
    return number
