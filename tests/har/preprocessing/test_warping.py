"""Warps and shifts change when and how strongly things happen, and nothing else."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone

from common.errors import InvalidInputError
from har import DTWPrototypeClassifier
from har.preprocessing import Augmentation
from har.preprocessing.warping import shift_time, warp_magnitude, warp_time


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_a_time_warp_keeps_both_ends_and_the_order(rng):
    ramps = np.tile(np.arange(30.0)[:, None], (50, 1, 2))
    warped = warp_time(ramps, 0.3, 4, rng)
    assert_array_equal(warped[:, [0, -1]], ramps[:, [0, -1]])
    assert (np.diff(warped, axis=1) > 0).all()
    assert_array_equal(warped[:, :, 0], warped[:, :, 1])  # all channels at once
    # The logarithm of the speed has the given spread at the knots, of which the first is the first sample.
    speed = np.log(np.diff(warped[:, :, 0], axis=1))[:, 0]
    assert 0.2 < speed.std() < 0.45


def test_a_magnitude_warp_multiplies_all_channels_by_one_curve(rng):
    windows = rng.normal(size=(200, 16, 3))
    factors = warp_magnitude(windows, 0.2, 4, rng) / windows
    assert_allclose(factors, factors[:, :, :1] * np.ones(3))
    assert_allclose([factors[:, 0].mean(), factors[:, 0, 0].std()], [1, 0.2], atol=0.04)


def test_a_shift_repeats_the_end(rng):
    shifted = shift_time(np.tile(np.arange(6)[:, None], (100, 1, 1)), 2, rng)[:, :, 0]
    expected = {tuple(np.clip(np.arange(6) + s, 0, 5)) for s in range(-2, 3)}
    assert {tuple(row) for row in shifted} == expected


@pytest.mark.parametrize("n_timesteps", [1, 2, 3])
def test_short_windows(n_timesteps, rng):
    X = rng.normal(size=(4, n_timesteps, 3))
    changed = Augmentation(triads=((0, 1, 2),))(X, rng)
    assert changed.shape == X.shape
    assert np.isfinite(changed).all()


def test_nothing_asked_nothing_changed(rng):
    X = rng.normal(size=(4, 12, 3))
    nothing = Augmentation(triads=((0, 1, 2),), turn_degrees=0, time_warp=0, magnitude_warp=0, shift=0)
    assert_array_equal(nothing(X, rng), X)
    assert_array_equal(Augmentation(time_warp=0, magnitude_warp=0, shift=0)(X, rng), X)  # no triads, no turn


def test_precision_stays_and_the_seed_decides(rng):
    X = rng.normal(size=(4, 12, 3)).astype(np.float32)
    augmentation = Augmentation(triads=((0, 1, 2),))
    first = augmentation(X, np.random.default_rng(1))
    assert first.dtype == np.float32
    assert_array_equal(first, augmentation(X, np.random.default_rng(1)))
    assert not np.array_equal(first, augmentation(X, np.random.default_rng(2)))


def test_it_is_a_parameter_as_any_other():
    augmentation = Augmentation(triads=((0, 1, 2),))
    model = clone(DTWPrototypeClassifier(augmentation=augmentation))
    assert model.get_params()["augmentation"] == augmentation
    assert replace(augmentation, shift=0.2) != augmentation


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"turn_degrees": -1}, "turn_degrees is -1"),
        ({"time_warp": np.nan}, "time_warp is nan"),
        ({"magnitude_warp": "much"}, "magnitude_warp is 'much'"),
        ({"shift": 1.0}, "shift is 1; it must be below 1"),
        ({"n_knots": 1}, "n_knots is 1"),
        ({"triads": None}, "triads is None"),
    ],
)
def test_wrong_amounts(options, message):
    with pytest.raises(InvalidInputError, match=message):
        Augmentation(**options)
