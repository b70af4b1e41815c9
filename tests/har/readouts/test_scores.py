"""Features and scores of a single compiled call, against NumPy."""

import numpy as np
import pytest
from hypothesis import given, strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import softmax

from har.readouts.linear import distance_features
from har.readouts.scores import linear_scores_of_distances
from tests.oracles import readout as oracle

DISTANCES = arrays(float, st.tuples(st.integers(1, 5), st.integers(2, 9)), elements=st.floats(0.0, 1e6))


@given(DISTANCES)
def test_features_are_logarithms_and_ratios(distances):
    distances[:, 0] += 1.0  # with all at zero there is no ratio
    np.testing.assert_allclose(distance_features(distances**2), oracle.distance_features(distances), rtol=1e-12)


@given(DISTANCES, st.integers(2, 4), st.integers(0, 99))
def test_scores_are_a_softmax_of_weighted_features(distances, n_classes, seed):
    distances[:, 0] += 1.0
    rng = np.random.default_rng(seed)
    coef, intercept = rng.normal(size=(n_classes, 2 * distances.shape[1])), rng.normal(size=n_classes)
    scores = np.empty((len(distances), n_classes))
    linear_scores_of_distances(distances**2, coef, intercept, scores)
    expected = softmax(oracle.distance_features(distances) @ coef.T + intercept, axis=1)
    np.testing.assert_allclose(scores, expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("precision", [np.float32, np.float64])
def test_a_window_that_equals_every_prototype(precision):
    features = distance_features(np.zeros((1, 3), precision))
    np.testing.assert_allclose(features, [[np.log(1e-306)] * 3 + [0.0] * 3])


@pytest.mark.parametrize("precision", [np.float32, np.float64])
def test_squares_that_overflowed_give_no_score(precision):
    squared = np.array([[1.0, np.inf], [1.0, 2.0], [np.finfo(precision).max] * 2], precision)
    scores = np.empty((3, 2))
    linear_scores_of_distances(squared, np.ones((2, 4)), np.zeros(2), scores)
    # Sums are in float64, which hold two of the largest numbers in float32.
    assert np.isnan(scores).all(axis=1).tolist() == [True, False, precision is np.float64]


def test_another_unit_only_shifts_the_logarithms():
    squared = np.random.default_rng(0).uniform(0.1, 100, (20, 5))
    squared[0, 0] = 0.0
    for unit in (1e-12, 1e12):
        logarithms, shares = np.hsplit(distance_features(squared * unit) - distance_features(squared), 2)
        np.testing.assert_allclose(logarithms, np.log(unit), rtol=1e-9)
        np.testing.assert_allclose(shares, 0, atol=1e-12)
