"""Multipliers and bounds against real numbers."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from fall.embedded.fixed_point import activation_bounds, mean_multiplier, quantized_multiplier


@given(st.floats(1e-9, 1e6))
def test_a_multiplier_is_the_nearest_of_31_bits(real):
    multiplier, shift = quantized_multiplier(real)
    assert 2**30 <= multiplier < 2**31
    assert multiplier * 2.0 ** (shift - 31) == pytest.approx(real, rel=2**-31)


@pytest.mark.parametrize("real", [0.0, 1e-12])
def test_what_is_too_small_is_zero(real):
    assert quantized_multiplier(real) == (0, 0)


def test_a_fraction_that_rounds_to_one_is_halved():
    assert quantized_multiplier(float(np.nextafter(0.5, 0))) == (2**30, 0)


@given(st.floats(1e-3, 1e3), st.integers(1, 10_000))
def test_a_mean_divides_by_the_number_of_pixels(ratio, n):
    multiplier, shift = mean_multiplier(ratio, n)
    assert 0 < multiplier < 2**31
    assert multiplier * 2.0 ** (shift - 31) == pytest.approx(ratio / n, rel=1e-6)


def test_bounds_of_activation_functions():
    assert activation_bounds(0, 0.1, 5) == (-128, 127)
    assert activation_bounds(1, 0.1, 5) == (5, 127)
    assert activation_bounds(2, 0.1, 5) == (-5, 15)
    assert activation_bounds(3, 0.1, 5) == (5, 65)
    assert activation_bounds(3, 0.01, -128) == (-128, 127)
