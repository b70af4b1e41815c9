"""The rival of the benchmarks finds the same neighbours: else it would be no rival."""

import numpy as np
import pytest
from numba import config

import har
from tests.benchmarks.ucr_search import UcrIndex


@pytest.mark.skipif(config.DISABLE_JIT, reason="minutes without the JIT")
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("radius", [0, 1, 4, 29])
def test_neighbours_are_those_of_the_matrix(dtype, radius):
    X = np.random.default_rng(radius).normal(size=(90, 30, 3)).cumsum(axis=1)
    matrix = har.pairwise_dtw(X[60:], X[:60], band=radius)
    found = UcrIndex.build(X[:60].astype(dtype), radius).nearest(X[60:])
    np.testing.assert_allclose(matrix[np.arange(30), found], matrix.min(axis=1), rtol=1e-5)
