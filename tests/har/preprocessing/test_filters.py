"""Resampling and low-pass filters: what passes, what does not, and where it is in time."""

from fractions import Fraction

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.signal import resample_poly

from har.preprocessing import LowPass, Resample

RATE = 50.0
SECONDS = np.arange(256) / RATE
MIDDLE = slice(64, -64)  # away from the ends, where a filter has to guess


def sine(hz, rate_hz=RATE, n=256):
    return np.sin(2 * np.pi * hz * np.arange(n) / rate_hz)


@pytest.mark.parametrize("target_hz", [12.5, 20.0, 25.0, 100.0, 33.3])
def test_a_slow_sine_is_the_same_sine_at_the_new_rate(target_hz):
    (result,) = Resample(rate_hz=RATE, target_hz=target_hz).fit_transform([sine(1.3)])
    assert len(result) == np.ceil(256 * target_hz / RATE)
    middle = slice(len(result) // 4, -len(result) // 4)
    assert_allclose(result[middle], sine(1.3, target_hz, len(result))[middle], atol=0.01)


def test_what_the_new_rate_cannot_hold_does_not_fold_back():
    fast = sine(11)
    (result,) = Resample(rate_hz=50, target_hz=10).fit_transform([fast])
    assert np.abs(fast[::5][12:-12]).max() > 0.5  # without a filter it becomes a slow wave of 1 Hz
    assert np.abs(result[12:-12]).max() < 0.02


def test_offset_and_drift_leave_no_edge():
    (result,) = Resample(rate_hz=50, target_hz=12.5).fit_transform([9.81 + SECONDS])
    assert_allclose(result, 9.81 + SECONDS[::4], rtol=1e-2)


@pytest.mark.parametrize("order", [1, 2, 4, 8])
def test_butterworth_twice_halves_the_cutoff_and_does_not_shift(order):
    """|H|² of any Butterworth filter is 1/2 at its cutoff; running it back and forth gives |H|²."""
    smooth = LowPass(rate_hz=RATE, cutoff_hz=5, order=order).fit_transform([sine(5)])
    assert_allclose(smooth[0, MIDDLE], sine(5)[MIDDLE] / 2, atol=0.01)


def test_constants_pass():
    X = np.full((1, 9, 2), 9.81)
    for order in (1, 2, 4, 8):
        assert_allclose(LowPass(rate_hz=50, cutoff_hz=0.2, order=order).fit_transform(X), X, rtol=1e-3)


@pytest.mark.parametrize(("rate_hz", "target_hz"), [(50, 12.5), (20, 50), (100, 33.3), (50, 50), (128, 100)])
def test_a_kept_filter_gives_the_bits_of_scipy(rate_hz: float, target_hz: float) -> None:
    windows = np.random.default_rng(0).normal(size=(3, 131, 2))
    ratio = Fraction(target_hz / rate_hz).limit_denominator(1000)
    expected = resample_poly(windows, ratio.numerator, ratio.denominator, axis=1, padtype="line")
    resampled = Resample(rate_hz=rate_hz, target_hz=target_hz).fit_transform(windows)
    np.testing.assert_array_equal(resampled, expected)
    assert not np.shares_memory(resampled, windows)
