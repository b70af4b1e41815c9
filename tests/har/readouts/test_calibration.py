"""The temperature that makes probabilities come true."""

import numpy as np
import pytest
from scipy.special import softmax

from har.readouts.calibration import likelihood, temperature


@pytest.mark.parametrize("true", [0.5, 1.0, 4.0])
def test_an_exaggeration_is_found(true):
    rng = np.random.default_rng(0)
    honest = rng.normal(size=(20_000, 3)) * 2
    y = np.array([rng.choice(3, p=p) for p in softmax(honest, axis=1)])
    assert temperature(honest * true, y) == pytest.approx(true, rel=0.05)


def test_no_other_temperature_is_more_likely():
    rng = np.random.default_rng(1)
    y = 1 + np.arange(50) % 3
    log_odds = rng.normal(size=(50, 4)) + np.eye(4)[y]
    log_odds[:, 0] = -np.inf  # a class that was not learned
    best = temperature(log_odds, y)
    likelihoods = [likelihood(log_odds / (best * factor), y) for factor in (1, 0.9, 1.1)]
    assert max(likelihoods) == likelihoods[0]


def test_few_right_decisions_are_no_proof():
    log_odds = np.array([[3.0, 0.0], [0.0, 3.0]])
    assert softmax(log_odds / temperature(log_odds, np.array([0, 1])), axis=1).max() < 0.9999999
    assert temperature(np.empty((0, 2)), np.empty(0, int)) == 1.0
