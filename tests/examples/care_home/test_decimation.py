"""A faster worn sensor becomes one of the models' rate, whatever the pieces in which its samples come."""

from __future__ import annotations

import numpy as np
import pytest

from common import InvalidInputError
from examples.care_home.decimation import Decimator, decimation_factor

RATE_HZ = 50


def waves(frequency_hz: float, seconds: float = 10.0) -> np.ndarray:
    times_s = np.arange(int(RATE_HZ * seconds)) / RATE_HZ
    return np.sin(2 * np.pi * frequency_hz * times_s)[:, None]


def test_what_the_slower_rate_holds_passes_and_the_rest_does_not() -> None:
    slow = Decimator(2, n_channels=1).push(waves(3.0))[25:]
    assert np.std(slow) == pytest.approx(np.std(waves(3.0)), rel=0.02)
    assert np.std(Decimator(2, n_channels=1).push(waves(20.0))[25:]) < 0.01


def test_pieces_make_no_difference_and_rest_is_rest_from_the_first_sample() -> None:
    whole = np.random.default_rng(1).normal(size=(507, 6))
    at_once = Decimator(2, n_channels=6).push(whole)
    decimator = Decimator(2, n_channels=6)
    in_pieces = [decimator.push(piece) for piece in np.split(whole, [0, 1, 2, 51, 100, 333])]
    np.testing.assert_allclose(np.concatenate(in_pieces), at_once, atol=1e-12)
    np.testing.assert_allclose(Decimator(4, n_channels=6).push(np.full((100, 6), 9.81)), 9.81)


def test_what_is_missing_is_missing_for_the_length_of_the_filter_only() -> None:
    samples = np.ones((200, 1))
    samples[50] = np.nan
    slow = Decimator(2, n_channels=1).push(samples)
    assert np.isnan(slow[25:35]).all()
    assert np.isfinite(slow[40:]).all()


def test_a_rate_that_is_no_multiple_is_refused() -> None:
    assert decimation_factor(50, 25) == 2
    with pytest.raises(InvalidInputError, match="rate_hz is 40; give a multiple of the models' 25 Hz"):
        decimation_factor(40, 25)
