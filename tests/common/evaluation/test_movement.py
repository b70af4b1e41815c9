"""Seconds of movement against a plain loop over seconds."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from common.errors import InvalidInputError
from common.evaluation.movement import moving_seconds


def plain_moving_seconds(acceleration, rate_hz):
    moving = []
    second = 0
    while round((second + 1) * rate_hz) <= len(acceleration):
        samples = acceleration[round(second * rate_hz) : round((second + 1) * rate_hz)]
        magnitude = np.linalg.norm(samples, axis=1)
        known = magnitude[~np.isnan(magnitude)]
        moving.append(len(known) > 0 and known.std() > 0.1)
        second += 1
    return np.array(moving, dtype=bool)


@given(st.integers(0, 2**32 - 1), st.sampled_from([25.0, 50.0, 33.3, 2.0]), st.integers(0, 400))
def test_same_as_the_plain_loop(seed, rate_hz, n):
    rng = np.random.default_rng(seed)
    samples = rng.normal(0, 1, (n, 3)) * rng.choice([0.02, 0.1, 0.5], (n, 1)) + [0, 0, 1]
    samples[rng.random(n) < 0.2] = np.nan
    np.testing.assert_array_equal(moving_seconds(samples, rate_hz), plain_moving_seconds(samples, rate_hz))


def test_a_sensor_that_charges_counts_nothing():
    assert not moving_seconds(np.full((100, 3), np.nan), 50).any()


def test_turning_without_acceleration_is_not_movement():
    angle = np.linspace(0, np.pi, 100)
    turning = np.stack([np.sin(angle), np.zeros(100), np.cos(angle)], axis=1)
    assert not moving_seconds(turning, 50).any()


@pytest.mark.parametrize("shape", [(10,), (10, 6)])
def test_refuses_other_shapes(shape):
    with pytest.raises(InvalidInputError, match="acceleration has shape"):
        moving_seconds(np.zeros(shape), 50)


def test_nothing_recorded_is_no_second() -> None:
    assert moving_seconds(np.zeros((0, 3)), 50).shape == (0,)
    assert moving_seconds(np.zeros((49, 3)), 50).shape == (0,)
    assert moving_seconds(np.zeros((50, 3)), 50).tolist() == [False]
