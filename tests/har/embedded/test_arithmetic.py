"""Roots and logarithms of integers: exact, or within the error that is stated."""

import math

import numpy as np
import pytest

from common.compiled import compiled
from har.embedded.arithmetic import (
    LOG2_TABLE,
    UINT32_MAX,
    integer_sqrt,
    inverse_sqrt,
    log2_q11,
    saturate16,
    shift_right,
)
from tests.oracles import integers as oracles

RNG = np.random.default_rng(0)
UNSIGNED = [
    *range(1, 2_000),
    *(2**k + d for k in range(2, 32) for d in (-1, 0, 1)),
    *RNG.integers(1, 2**32, 3_000).tolist(),
    *(2 ** RNG.uniform(0, 32, 3_000)).astype(int).tolist(),
    UINT32_MAX,
]


@pytest.mark.parametrize(
    ("value", "shift", "expected"), [(5, 0, 5), (5, 1, 3), (-5, 1, -2), (6, 2, 2), (-6, 2, -1), (7, 2, 2)]
)
def test_shifts_round_half_up(value, shift, expected):
    assert shift_right(value, shift) == expected == oracles.shift_right(value, shift)


def test_roots_are_exact():
    values = [0, *UNSIGNED, *(r * r + d for r in RNG.integers(2, 65_536, 2_000).tolist() for d in (-1, 0))]
    assert [integer_sqrt(value) for value in values] == [math.isqrt(value) for value in values]


def test_inverse_roots_err_as_stated():
    def error(value):
        y, shift = inverse_sqrt(value)
        assert 2**14 <= y <= 2**15
        return abs(y * 2.0**shift / 2**30 * math.sqrt(value) - 1)

    # All that the upper 16 bits can be, then any numbers.
    assert max(error(x << 16) for x in range(2**14, 2**16)) <= 1.3 * 2**-14
    assert max(map(error, UNSIGNED)) <= 1.3 * 2**-14 + 2**-15


def test_logarithms_err_as_stated():
    assert max(abs(log2_q11(value, LOG2_TABLE) - 2048 * math.log2(value)) for value in UNSIGNED) <= 1


def test_no_logarithm_errs_by_more():
    """Of all 2**32 numbers: the result depends on the exponent and on the 21 bits below the highest one alone, so that
    the first and the last number with these bits have the largest errors."""
    first = np.arange(1 << 31, 1 << 32, 1 << 10, dtype=np.int64)
    last = first + (1 << 10) - 1
    found = _all_logarithms(first, np.empty(len(first), dtype=np.int64))
    assert (found == _all_logarithms(last, np.empty_like(found))).all()
    assert max(np.abs(found - 2048 * np.log2(ends)).max() for ends in (first, last)) <= 1
    # A smaller exponent takes 2,048 for each power of two, and nothing else.
    exponents = np.arange(32)
    assert _all_logarithms(1 << exponents, np.empty_like(exponents)).tolist() == (2048 * exponents).tolist()
    few = first[::997]
    for shift in range(1, 32):
        shorter = few >> shift
        again = _all_logarithms(shorter << shift, np.empty_like(shorter)) - 2048 * shift
        assert (_all_logarithms(shorter, np.empty_like(shorter)) == again).all()


@compiled
def _all_logarithms(values, out):
    for i in range(len(values)):
        out[i] = log2_q11(values[i], LOG2_TABLE)
    return out


def test_all_equal_the_oracle_and_none_overflows():
    for value in [*UNSIGNED, *(x << 16 for x in range(2**14, 2**16, 7))]:
        assert inverse_sqrt(value) == oracles.inverse_sqrt(value)
        assert log2_q11(value, LOG2_TABLE) == oracles.log2_q11(value)


def test_saturation():
    assert [saturate16(value) for value in (-(2**40), -32769, -32768, 0, 32767, 32768)] == [
        *(-32768, -32768, -32768, 0, 32767, 32767)
    ]
