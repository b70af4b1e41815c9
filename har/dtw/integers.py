"""Windows as 16-bit integers, with one step for all channels, for lanes that hold them in pairs.

Within the limit of :func:`largest_integer`, differences fit 16 bits, and the squares of all channels of a sample add up
to 31 bits: local costs are exact. Sums along a path are those of float32.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.validation import Float64Array, FloatArray

#: Differences of two values within ± this fit ``int16_t``.
_MOST_16_BIT = 16_383


def largest_integer(n_channels: int) -> int:
    """The limit of values: Σ (2 · limit)² over the channels fits ``int32_t``.

    Examples
    --------
    >>> [largest_integer(n_channels) for n_channels in (1, 6, 24)]
    [16383, 9459, 4729]
    """
    return min(_MOST_16_BIT, math.isqrt((2**31 - 1) // n_channels) // 2)


def pair_up(integers: npt.NDArray[np.int16]) -> npt.NDArray[np.int32]:
    """Windows ``(n, n_timesteps, n_channels)`` as pairs ``(n, n_timesteps, ⌈n_channels / 2⌉)``.

    A channel that is left over is paired with zeros.
    """
    even = np.pad(integers, ((0, 0), (0, 0), (0, integers.shape[2] % 2)))
    return np.ascontiguousarray(even).view(np.int32)


@dataclass(frozen=True, eq=False)
class IntegerScale:
    """x ≈ centre + step · integer, with a centre for each channel and one step for all."""

    centre: Float64Array  # (n_channels,)
    step: float

    @classmethod
    def of(cls, *batches: FloatArray) -> Self:
        """The finest step with which batches of windows ``(n, n_timesteps, n_channels)`` stay within the limit.

        Raises
        ------
        InvalidInputError
            If float64 does not hold the range of a channel.
        """
        low = np.min([X.min(axis=(0, 1)).astype(np.float64) for X in batches], axis=0)
        high = np.max([X.max(axis=(0, 1)).astype(np.float64) for X in batches], axis=0)
        with np.errstate(over="ignore"):
            reach = float((high - low).max()) / 2
        if not np.isfinite(reach):
            raise InvalidInputError(
                f"X and Y hold numbers from {low.min():g} to {high.max():g}, too far apart for 16-bit integers: scale "
                "both, such as by har.preprocessing.ScaleChannels, or choose another dtype"
            )
        # Windows that are all the same constant give no step: any will do.
        return cls(low + (high - low) / 2, reach / largest_integer(len(low)) or 1.0)

    def rounded(self, X: FloatArray) -> npt.NDArray[np.int16]:
        """Windows as integers; each is off by at most half a step."""
        return np.rint((X - self.centre) / self.step).astype(np.int16, order="C")
