"""The nearest prototype of each class, against NumPy on the matrix of distances."""

import numpy as np
import pytest
from scipy.special import softmax

from har import pairwise_dtw
from har.dtw.scores import PackedProfiles
from har.readouts.linear import LinearReadout
from har.readouts.nearest import NearestReadout
from tests.har.readouts.problem import RADIUS, windows_classes_people

CHANNEL_WEIGHTS = np.array([2.0, 0.0, 1.0])


@pytest.fixture
def squared_and_profiles():
    X, _, _ = windows_classes_people()
    root = np.sqrt(CHANNEL_WEIGHTS)
    squared = pairwise_dtw(X * root, X[:5] * root, band=RADIUS) ** 2
    return squared, PackedProfiles.of(X[:5], CHANNEL_WEIGHTS, RADIUS)


def test_distances_leave_switched_off_channels_out(squared_and_profiles):
    X, _, _ = windows_classes_people()
    squared, profiles = squared_and_profiles
    assert profiles.active.tolist() == [0, 2]
    np.testing.assert_allclose(profiles.squared_distances(X), squared, rtol=1e-9, atol=1e-12)


def test_scores_are_a_softmax_of_the_distance_to_each_class(squared_and_profiles):
    squared, _ = squared_and_profiles
    by_class = np.stack([squared[:, :2].min(axis=1), squared[:, 2:].min(axis=1)], axis=1)
    expected = softmax(-8.0 * by_class / by_class.sum(axis=1, keepdims=True), axis=1)
    readout = NearestReadout(np.array([0, 0, 1, 1, 1]), 2, steepness=8.0)
    np.testing.assert_allclose(readout.scores(squared), expected, rtol=1e-9)


@pytest.mark.parametrize(
    "readout",
    [
        NearestReadout(np.array([0, 0, 1, 1, 1]), 2, steepness=8.0),
        LinearReadout(np.zeros(10), np.ones(10), np.linspace(-1, 1, 20).reshape(2, 10)[:1], np.array([0.5])),
    ],
)
def test_one_compiled_call_gives_the_same(squared_and_profiles, readout):
    X, _, _ = windows_classes_people()
    squared, profiles = squared_and_profiles
    np.testing.assert_allclose(readout.scorer(profiles)(X), readout.scores(squared), rtol=1e-9)
