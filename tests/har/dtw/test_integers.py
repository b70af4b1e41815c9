"""16-bit integers on lanes: exact costs, distances within what rounding allows, and what is refused."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from numba import config

from common.errors import InvalidInputError
from har.dtw.distance import pairwise_dtw
from har.dtw.integers import IntegerScale, largest_integer, pair_up
from har.dtw.packing import pack, squared_distances
from har.dtw.search import NeighborIndex
from tests.oracles import integers as oracles

#: Each number of pairs is compiled apart; 13 pairs and more are looped over.
CHANNELS = [1, 2, 5, 26]


def plain(X, Y, radius):
    return [[oracles.dtw(x, y, radius, saturates=False) for y in Y.tolist()] for x in X.tolist()]


@settings(deadline=None, max_examples=40 if not config.DISABLE_JIT else 10)
@given(st.integers(0, 2**32 - 1), st.integers(1, 14), st.sampled_from(CHANNELS))
def test_distances_are_those_of_plain_integers(seed, length, channels):
    rng = np.random.default_rng(seed)
    X, Y = (rng.integers(-60, 61, (n, length, channels)).astype(np.int16) for n in (3, 9))
    radius = int(rng.integers(0, length))
    # Sums below 2**24: float32 holds them all.
    assert squared_distances(pack(pair_up(Y)), pair_up(X), radius).tolist() == plain(X, Y, radius)


@pytest.mark.parametrize("channels", CHANNELS)
def test_the_largest_differences_do_not_overflow(channels):
    limit = largest_integer(channels)
    X = np.random.default_rng(channels).choice([-limit, limit], (9, 5, channels)).astype(np.int16)
    X[0], X[1] = limit, -limit
    found = squared_distances(pack(pair_up(X)), pair_up(X), 1)
    exact = np.array([[2.0 * limit] * channels]) ** 2
    assert found[0, 1] == pytest.approx(5 * exact.sum(), rel=1e-6)
    distances = pairwise_dtw(X.astype(float), band=1) ** 2
    np.testing.assert_allclose(found, distances, rtol=1e-6)


@pytest.mark.parametrize("channels", CHANNELS)
@pytest.mark.parametrize(
    ("lengths", "scale"), [((20, 20), 1.0), ((20, 13), 1.0), ((20, 20), 1e-170), ((20, 20), 1e140)]
)
def test_a_matrix_is_off_by_no_more_than_rounding(channels, lengths, scale):
    rng = np.random.default_rng(channels)
    X, Y = (scale * (rng.normal(size=(6, length, channels)).cumsum(axis=1) - 1e3) for length in lengths)
    found, exact = pairwise_dtw(X, Y, band=4, dtype="int16"), pairwise_dtw(X / scale, Y / scale, band=4) * scale
    assert found.dtype == np.float64
    path = sum(lengths) - 1
    assert np.abs(found - exact).max() <= IntegerScale.of(X, Y).step * np.sqrt(path * channels) + 1e-6 * exact.max()


def test_a_matrix_with_itself_is_symmetric_and_constants_are_at_distance_zero():
    X = np.random.default_rng(0).normal(size=(40, 12, 3))
    matrix = pairwise_dtw(X, band=3, dtype="int16", n_jobs=2)
    assert (matrix == matrix.T).all()
    assert not np.diag(matrix).any()
    assert not pairwise_dtw(np.full((2, 5, 1), 7.0), dtype="int16").any()


def test_what_integers_cannot_hold_is_refused():
    with pytest.raises(InvalidInputError, match="too far apart for 16-bit integers"):
        pairwise_dtw([[1e308, -1e308]], dtype="int16")
    with pytest.raises(InvalidInputError, match="X contains NaN"):
        pairwise_dtw([[np.nan, 1.0]], dtype="int16")


def test_a_search_uses_integers_where_they_are_fine_enough():
    X = np.random.default_rng(0).normal(size=(50, 20, 4))
    spiky = np.where(np.arange(50)[:, None, None] == 3, 1e3 * X, X)
    limits = [NeighborIndex.build(Y, 2, bounds=False).stored.limit for Y in (X, spiky, X[:, :, :2])]
    assert limits == [largest_integer(4), None, None]


def test_queries_beyond_the_windows_find_their_neighbours_too():
    rng = np.random.default_rng(0)
    X, queries = rng.normal(size=(60, 20, 3)), rng.normal(size=(4, 20, 3)) * [[[1.0]], [[3.0]], [[10.0]], [[1e9]]]
    index = NeighborIndex.build(X, 2, bounds=False)
    assert index.stored.limit is not None
    distances, found = index.nearest(queries, 3)
    matrix = pairwise_dtw(queries, X, band=2)
    expected = np.argsort(matrix, axis=1, kind="stable")[:, :3]
    np.testing.assert_array_equal(found, expected)
    np.testing.assert_array_equal(distances, np.take_along_axis(matrix, expected, axis=1))
