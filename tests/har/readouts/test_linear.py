"""A linear readout against scikit-learn's pipeline on the matrix of distances."""

import numpy as np
import pytest

from common import dtw_cost, knn_cost
from har import pairwise_dtw
from har.readouts.linear import LinearReadout, distance_features
from tests.har.readouts.problem import RADIUS, windows_classes_people
from tests.oracles import readout as oracle


@pytest.mark.parametrize("n_classes", [2, 3, 4])
@pytest.mark.parametrize("C", [0.03, 3.0])
def test_probabilities_are_those_of_logistic_regression(n_classes, C):
    X, y, _ = windows_classes_people(n_classes)
    distances = pairwise_dtw(X, X[:8], band=RADIUS)
    train, test = distances[8:60], distances[60:]
    theirs = oracle.fitted_readout(train, y[8:60], C)
    ours = LinearReadout.fit(distance_features(train**2), y[8:60], C)
    expected = theirs.predict_proba(oracle.distance_features(test))
    np.testing.assert_allclose(ours.scores(test**2), expected, atol=1e-5)
    assert ours.coef.shape == (1 if n_classes == 2 else n_classes, 16)
    # log_odds are the logarithms of the same, up to a constant for each window.
    odds = ours.log_odds(distance_features(test**2)) - np.log(ours.scores(test**2))
    np.testing.assert_allclose(odds - odds[:, :1], 0, atol=1e-9)


def test_a_temperature_moves_probabilities_but_no_decision():
    X, y, _ = windows_classes_people()
    squared = pairwise_dtw(X, X[:6], band=RADIUS) ** 2
    readout = LinearReadout.fit(distance_features(squared), y, 1.0)
    flatter = readout.with_temperature(3.0)
    np.testing.assert_array_equal(flatter.scores(squared).argmax(axis=1), readout.scores(squared).argmax(axis=1))
    expected = readout.scores(squared) ** (1 / 3)
    np.testing.assert_allclose(flatter.scores(squared), expected / expected.sum(axis=1, keepdims=True))


def test_cost_counts_every_number_that_is_kept():
    readout = LinearReadout(*(np.zeros(shape, np.float32) for shape in (12, 12, (3, 12), 3)))
    nearest = knn_cost(6, 15, 3, band=RADIUS)
    cost = readout.cost(nearest)
    kept = sum(array.size for array in (readout.mean, readout.scale, readout.coef, readout.intercept))
    assert cost.params - nearest.params == kept
    assert cost.weight_bytes - nearest.weight_bytes == 4 * kept
    assert cost.macs - nearest.macs == 12 + 3 * 12
    assert cost.comparisons == 6 * dtw_cost(15, 3, band=RADIUS).comparisons + 2
