"""Shapley values, against a textbook example."""

import numpy as np
import pytest

from common.errors import InvalidInputError
from common.fusion.shapley import shapley_values


def test_the_glove_game():
    """Shapley's textbook game: a left glove and two right ones; a pair is worth 1. Shares 4/6, 1/6, 1/6."""

    def worth(X):
        left, right = ~np.isnan(X[:, :1]), ~np.isnan(X[:, 1:])
        return (left[:, 0] & right.any(axis=1)).astype(float)

    np.testing.assert_allclose(shapley_values(worth, np.ones((1, 3))), [[4 / 6, 1 / 6, 1 / 6]])


def test_too_many_sensors():
    with pytest.raises(InvalidInputError, match="13 sensors; contributions are computed for at most 12"):
        shapley_values(lambda X: X.sum(axis=1), np.ones((1, 13)))


def test_twelve_sensors_are_just_enough_and_shares_of_a_sum_are_its_terms():
    X = np.arange(12.0)[None]
    X[0, 5] = np.nan
    shares = shapley_values(lambda X: np.nansum(X, axis=1), X)
    np.testing.assert_allclose(shares, np.nan_to_num(X), atol=1e-9)
    assert shares[0, 5] == 0
