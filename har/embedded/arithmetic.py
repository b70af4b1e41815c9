"""Integer operations that a processor without floating point or division computes to the same bit.

Everything here is stated for C: ``int32_t`` and ``uint32_t``, arithmetic right shifts, no other division. The compiled
functions compute in 64 bits, so that nothing wraps here; tests/oracles/integers.py computes the same in Python's own
integers and refuses any result that would not fit the C type.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from common.compiled import compiled

Int16Array = npt.NDArray[np.int16]
Channels = npt.NDArray[np.uint8]

INT16_MIN, INT16_MAX = -(1 << 15), (1 << 15) - 1
INT32_MAX = (1 << 31) - 1
UINT32_MAX = (1 << 32) - 1

#: In compiled code, values of 16 bits are widened before they are multiplied.
wide: Any = np.int64

#: Fractional bits of a logarithm.
LOG2_BITS = 11
#: log2(1 + i / 64) in Q15.
LOG2_TABLE = np.floor(np.log2(1 + np.arange(65) / 64) * (1 << 15) + 0.5).astype(np.uint16)


@compiled
def shift_right(value: int, shift: int) -> int:
    """``value / 2**shift``, rounded half up: ``(value + (1 << (shift - 1))) >> shift``; ``value`` for a shift of 0."""
    if shift == 0:
        return value
    return (value + (1 << (shift - 1))) >> shift


@compiled
def saturate16(value: int) -> int:
    """The nearest integer that an ``int16_t`` holds."""
    return min(max(value, -32768), 32767)


@compiled
def integer_sqrt(value: int) -> int:
    """floor(√value) of a ``uint32_t``, bit by bit.

    The result has 16 bits, from the highest down: a bit is kept if the square of the result so far does not exceed
    ``value``. No product is needed: ``rest`` is what remains of the value, ``root`` is held where the next bit is
    compared.
    """
    rest, root = value, 0
    bit = 1 << 30
    while bit > 0:
        if rest >= root + bit:
            rest -= root + bit
            root = (root >> 1) + bit
        else:
            root >>= 1
        bit >>= 2
    return root


@compiled
def inverse_sqrt(value: int) -> tuple[int, int]:
    """``(y, shift)`` such that 1 / √value ≈ y · 2**shift / 2**30, for a ``uint32_t`` of at least 1.

    ``y`` is between 2**14 and 2**15, and ``value << 2 * shift`` lies in [2**30, 2**32). Three of Newton's steps
    y ← y (3 − x y²) / 2 follow a first guess by a straight line; all products fit ``uint32_t``. The relative error is
    at most 1.3 · 2**-14, plus 2**-15 for the bits of ``value`` below its 16 highest.
    """
    shift = 0
    while (value << (2 * shift)) < (1 << 30):
        shift += 1
    x = (value << (2 * shift)) >> 16
    y = 36045 - shift_right(x * 21299, 16)
    for _ in range(3):
        square = shift_right(y * y, 15)
        y = shift_right(y * (3 * 16384 - shift_right(x * square, 15)), 15)
    return y, shift


@compiled
def log2_q11(value: int, table: Any) -> int:
    """log₂ of a ``uint32_t`` of at least 1 in units of 2**-11, by :data:`LOG2_TABLE` and a line between its entries.

    The highest bit gives the integer part; the next 6 bits the entry; 15 more the place between two entries. The error
    is at most 2**-11.
    """
    exponent = 31
    while (value >> exponent) == 0:
        exponent -= 1
    mantissa = (value << (31 - exponent)) & 0x7FFFFFFF
    entry = mantissa >> 25
    between = (mantissa >> 10) & 0x7FFF
    low, high = wide(table[entry]), wide(table[entry + 1])
    fraction = low + shift_right((high - low) * between, 15)
    logarithm: int = (exponent << 11) + shift_right(fraction, 4)
    return logarithm
