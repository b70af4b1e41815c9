"""From counts to the integers that are compared: a multiplier, a shift and an offset for each channel."""

from __future__ import annotations

import numpy as np

from common.errors import InvalidInputError
from common.validation import Float64Array
from har.embedded.arithmetic import INT32_MAX
from har.embedded.quantization import IntegerPrototypes
from har.embedded.recognizer import Scaling
from har.embedded.translation import Meaning

#: A multiplier of fewer bits would distort its channel by more than 0.4%.
_LEAST_MULTIPLIER = 128


def scale_counts(kept: IntegerPrototypes, meaning: Meaning) -> Scaling:
    """The scaling whose multipliers have as many bits as fit.

    Raises
    ------
    InvalidInputError
        If counts are too few or too many per unit for the prototypes; the message has the numbers.
    """
    factor = meaning.scale[kept.channels] / kept.scale
    zero = (meaning.offset[kept.channels] - kept.centre) / kept.scale
    _check_reach(kept, factor, zero)
    constants = [_multiplier(f, z, int(c)) for f, z, c in zip(factor, zero, kept.channels, strict=True)]
    multiplier, shift, offset = (np.array(values) for values in zip(*constants, strict=True))
    return Scaling(
        kept.channels.astype(np.uint8),
        multiplier.astype(np.int16),
        shift.astype(np.uint8),
        offset.astype(np.int32),
        kept.limit,
    )


def _check_reach(kept: IntegerPrototypes, factor: Float64Array, zero: Float64Array) -> None:
    """Refuse counts that cannot express the prototypes."""
    for c, channel in enumerate(kept.channels):
        values = kept.values[:, :, c].astype(np.float64)
        counts = (np.array([values.min(), values.max()]) - zero[c]) / factor[c]
        if np.abs(counts).max() > 32_768:
            raise InvalidInputError(
                f"counts_per_unit: the prototypes reach from {counts[0]:,.0f} to {counts[1]:,.0f} counts in channel "
                f"{channel} of the classifier, and int16 from -32,768 to 32,767: pass fewer counts per unit"
            )


def _multiplier(factor: float, zero: float, channel: int) -> tuple[int, int, int]:
    """Multiplier, shift and offset such that ``(x · multiplier + offset) >> shift`` is factor · x + zero, rounded."""
    for shift in range(30, -1, -1):
        multiplier = int(np.floor(factor * 2.0**shift + 0.5))
        offset = int(np.floor(zero * 2.0**shift + 0.5)) + (1 << shift >> 1)
        if multiplier <= 32_767 and 32_768 * multiplier + abs(offset) <= INT32_MAX:
            if multiplier < _LEAST_MULTIPLIER:
                raise InvalidInputError(
                    f"counts_per_unit: in channel {channel} of the classifier, a step of the integers is "
                    f"{1 / factor:,.0f} counts, and they are centred at {-zero / factor:,.0f} counts, which 32 bits do "
                    "not resolve: pass fewer counts per unit"
                )
            return multiplier, shift, offset
    raise InvalidInputError(
        f"counts_per_unit: in channel {channel} of the classifier, one count is {factor:,.0f} steps of the integers: "
        "pass more counts per unit"
    )
