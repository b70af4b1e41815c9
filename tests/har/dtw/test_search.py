"""Nearest neighbours against the exhaustive reference: order, ties and distances."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from numba import config

from har.dtw.search import nearest, pack
from tests import oracles

MANY = 100 if not config.DISABLE_JIT else 5


@settings(max_examples=MANY, deadline=None)
@given(st.data())
def test_neighbours_are_the_reference_s(data):
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    n, length, channels = data.draw(st.integers(1, 25)), data.draw(st.integers(1, 10)), data.draw(st.integers(1, 3))
    few_values = data.draw(st.booleans())  # exact arithmetic and many ties
    draw = (lambda size: rng.integers(0, 3, size).astype(float)) if few_values else (lambda size: rng.normal(size=size))
    references, X = draw((n, length, channels)), draw((3, length, channels))
    references[n // 2 :] = references[: n - n // 2]  # duplicates: the lowest index wins
    k, radius = data.draw(st.integers(1, n)), data.draw(st.integers(0, length - 1))
    squared, found = nearest(pack(references), X, k, radius, n_jobs=data.draw(st.sampled_from([1, 2])))
    distances, expected = oracles.nearest(X, references, k, radius)
    np.testing.assert_allclose(np.sqrt(squared), distances, rtol=1e-9, atol=1e-9)
    if few_values:
        np.testing.assert_array_equal(found, expected)
    else:  # sums may round differently: equal up to neighbours at one distance
        assert all(len(set(row)) == k for row in found.tolist())


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("n", [1, 7, 8, 9, 16, 17])
def test_padding_is_never_found(dtype, n):
    references = np.random.default_rng(0).normal(size=(n, 6, 2)).astype(dtype)
    squared, found = nearest(pack(references), references[-1:], n, 2)
    assert sorted(found[0].tolist()) == list(range(n))
    assert found[0, 0] == n - 1
    assert squared[0, 0] == 0
