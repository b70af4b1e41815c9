"""Real numbers as the integers of TensorFlow Lite's kernels: a multiplier of 31 bits and a power of two."""

from __future__ import annotations

import math

import numpy as np

_BITS = 31


def quantized_multiplier(real: float) -> tuple[int, int]:
    """The multiplier m and the shift s of a positive real number: m / 2^31 · 2^s, with m from 2^30 to 2^31 − 1.

    References
    ----------
    ``QuantizeMultiplier`` in tensorflow/lite/kernels/internal/quantization_util.cc

    Examples
    --------
    >>> quantized_multiplier(0.75)
    (1610612736, 0)
    >>> quantized_multiplier(1 / 256)
    (1073741824, -7)
    """
    if real == 0:
        return 0, 0
    fraction, shift = math.frexp(real)
    multiplier = math.floor(fraction * 2**_BITS + 0.5)
    if multiplier == 2**_BITS:
        multiplier, shift = multiplier // 2, shift + 1
    return (0, 0) if shift < -_BITS else (multiplier, shift)


def mean_multiplier(ratio: float, n: int) -> tuple[int, int]:
    """The multiplier and the shift of ``ratio / n``, as TensorFlow Lite's MEAN divides by the number of pixels.

    References
    ----------
    ``Mean`` in tensorflow/lite/kernels/internal/reference/integer_ops/mean.h

    Examples
    --------
    >>> mean_multiplier(1.0, 36)
    (954437176, -4)
    """
    multiplier, shift = quantized_multiplier(ratio)
    halvings = min(n.bit_length() - 1, 32, _BITS + shift)
    return (multiplier << halvings) // n, shift - halvings


def activation_bounds(function: int, scale: float, zero_point: int) -> tuple[int, int]:
    """The least and the greatest int8 that an operator writes, by the schema's number of its activation function.

    Examples
    --------
    >>> activation_bounds(1, 0.05, -100), activation_bounds(3, 0.05, -100)  # ReLU and ReLU6
    ((-100, 127), (-100, 20))
    """
    low, high = {0: (None, None), 1: (0, None), 2: (-1, 1), 3: (0, 6)}[function]
    least = -128 if low is None else max(-128, zero_point + _rounded(low, scale))
    greatest = 127 if high is None else min(127, zero_point + _rounded(high, scale))
    return least, greatest


def _rounded(real: float, scale: float) -> int:
    quotient = float(np.float32(real) / np.float32(scale))
    return math.floor(abs(quotient) + 0.5) * (1 if quotient >= 0 else -1)
