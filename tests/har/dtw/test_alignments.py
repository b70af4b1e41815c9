"""Distances to all profiles, and what flows back along their paths, against the plain recurrence."""

import numpy as np
import pytest

from har.dtw.alignments import Alignments
from tests.oracles import dtw as oracles

RADIUS = 2


@pytest.fixture(scope="module")
def batch():
    """Four windows, 17 profiles (more than a block of lanes), channel weights, and slopes of some loss."""
    rng = np.random.default_rng(3)
    windows, profiles = rng.normal(size=(4, 9, 3)), rng.normal(size=(17, 9, 3))
    return windows, profiles, np.array([1.5, 0.9, 0.6]), rng.normal(size=(4, 17))


def squared(windows, profiles, weights):
    root = np.sqrt(weights)
    return np.array([[oracles.dtw(x * root, p * root, RADIUS) ** 2 for p in profiles] for x in windows])


def test_distances(batch):
    windows, profiles, weights, _ = batch
    found = Alignments.of(windows, profiles, weights, RADIUS).squared
    np.testing.assert_allclose(found, squared(windows, profiles, weights), rtol=1e-5)


def test_gradients_are_those_of_finite_differences(batch):
    windows, profiles, weights, slopes = batch
    of_profiles, of_weights = Alignments.of(windows, profiles, weights, RADIUS).gradients(slopes)

    def difference(array, index, step=1e-6):
        values = []
        for sign in (1, -1):
            array[index] += sign * step
            values.append(float((squared(windows, profiles, weights) * slopes).sum()))
            array[index] -= sign * step
        return (values[0] - values[1]) / (2 * step)

    for index in [(0, 0, 0), (3, 4, 1), (16, 8, 2), (11, 5, 0)]:
        assert of_profiles[index] == pytest.approx(difference(profiles, index), rel=1e-5)
    for channel in range(3):
        assert of_weights[channel] == pytest.approx(difference(weights, channel), rel=1e-5)


def test_a_channel_of_weight_zero_moves_no_profile(batch):
    windows, profiles, _, slopes = batch
    of_profiles, of_weights = Alignments.of(windows, profiles, np.array([3.0, 0.0, 0.0]), RADIUS).gradients(slopes)
    assert not of_profiles[:, :, 1:].any()
    assert np.isfinite(of_weights).all()
