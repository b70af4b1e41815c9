"""Distances, paths and bounds against the plain reference and an independent library."""

import numpy as np
import pytest
from hypothesis import given, settings
from numba import config
from tslearn.metrics import dtw as tslearn_dtw, dtw_path as tslearn_path

from common.errors import InvalidInputError
from common.validation import band_radius
from har.dtw.distance import dtw_distance, dtw_path, lb_keogh, lb_kim, pairwise_dtw
from tests.har.dtw.strategies import bands, series_pairs
from tests.oracles import dtw as oracles

# Plain Python is a hundred times slower: without the JIT the same cases are fewer and shorter.
JIT = not config.DISABLE_JIT
MANY, LONGEST = (1_000, 60) if JIT else (60, 16)


def radius_of(band, x, y):
    return None if band is None else band_radius(band, len(x), len(y))


@pytest.mark.promise("A DTW distance is what its definition says, for any band and lengths")
@settings(max_examples=MANY, deadline=None)
@given(series_pairs(longest=LONGEST), bands)
def test_distance_equals_its_definition(pair, band):
    x, y = pair
    expected = oracles.dtw(x, y, radius_of(band, x, y))
    assert dtw_distance(x, y, band=band) == pytest.approx(expected, rel=1e-9, abs=1e-9)


@settings(max_examples=MANY, deadline=None)
@given(series_pairs(longest=LONGEST, equal=True), bands)
def test_distance_equals_tslearn_for_equal_lengths(pair, band):
    x, y = pair
    theirs = tslearn_dtw(x, y, global_constraint="sakoe_chiba", sakoe_chiba_radius=band_radius(band, len(x), len(y)))
    assert dtw_distance(x, y, band=band) == pytest.approx(theirs, rel=1e-9, abs=1e-9)


@settings(max_examples=MANY, deadline=None)
@given(series_pairs(longest=LONGEST))
def test_unbanded_distance_equals_tslearn(pair):
    x, y = pair
    assert dtw_distance(x, y) == pytest.approx(tslearn_dtw(x, y), rel=1e-9, abs=1e-9)


@settings(max_examples=MANY // 2, deadline=None)
@given(series_pairs(longest=LONGEST), bands)
def test_path_is_allowed_and_as_long_as_the_distance(pair, band):
    x, y = pair
    path, distance = dtw_path(x, y, band=band)
    assert path[0].tolist() == [0, 0]
    assert path[-1].tolist() == [len(x) - 1, len(y) - 1]
    assert {tuple(step) for step in np.diff(path, axis=0).tolist()} <= {(1, 0), (0, 1), (1, 1)}
    assert all(oracles.in_band(i, j, len(x), len(y), radius_of(band, x, y)) for i, j in path)
    along = np.sqrt(((x[path[:, 0]] - y[path[:, 1]]) ** 2).sum())
    assert along == pytest.approx(distance, rel=1e-9, abs=1e-9)
    assert distance == pytest.approx(dtw_distance(x, y, band=band), rel=1e-9, abs=1e-9)


def test_path_equals_tslearn_where_no_paths_tie():
    rng = np.random.default_rng(3)
    for n, m in ((20, 20), (12, 17), (17, 12), (1, 5)):
        x, y = rng.normal(size=(n, 2)), rng.normal(size=(m, 2))
        theirs, distance = tslearn_path(x, y)
        path, ours = dtw_path(x, y)
        assert path.tolist() == [list(step) for step in theirs]
        assert ours == pytest.approx(distance)


@settings(max_examples=MANY // 2, deadline=None)
@given(series_pairs(longest=LONGEST, equal=True), bands)
def test_bounds_stay_below_the_distance(pair, band):
    x, y = pair
    distance = dtw_distance(x, y, band=band)
    slack = 1e-9 * (1 + distance)
    assert lb_kim(x, y) <= distance + slack
    assert lb_keogh(x, y, band=band) <= distance + slack


@settings(max_examples=MANY // 10, deadline=None)
@given(series_pairs(longest=LONGEST), bands)
def test_matrix_holds_the_distances(pair, band):
    x, y = pair
    X, Y = np.stack([x, x[::-1], 2 * x]), np.stack([y, y + 1])
    for dtype, tolerance in (("float64", 1e-9), ("float32", 2e-3)):
        matrix = pairwise_dtw(X, Y, band=band, dtype=dtype)
        assert matrix.dtype == dtype
        expected = [[dtw_distance(a, b, band=band) for b in Y] for a in X]
        np.testing.assert_allclose(matrix, expected, rtol=tolerance, atol=tolerance * (1 + np.abs(Y).max()))


@pytest.mark.parametrize("n", [1, 7, 8, 9, 33])
def test_matrix_with_itself_is_symmetric_to_the_bit(n):
    X = np.random.default_rng(n).normal(size=(n, 12, 2))
    matrix = pairwise_dtw(X, band=3, n_jobs=2)
    assert (matrix == matrix.T).all()
    assert (np.diag(matrix) == 0).all()
    np.testing.assert_array_equal(matrix, pairwise_dtw(X, X, band=3))


def test_a_band_of_zero_is_euclidean():
    x, y = np.random.default_rng(0).normal(size=(2, 30, 4))
    assert dtw_distance(x, y, band=0) == pytest.approx(np.linalg.norm(x - y))


def test_one_sample_is_an_integer_and_the_whole_is_a_float():
    x, y = np.random.default_rng(1).normal(size=(2, 30))
    assert dtw_distance(x, y, band=1.0) == dtw_distance(x, y)
    assert dtw_distance(x, y, band=1) > dtw_distance(x, y, band=1.0)


@pytest.mark.parametrize("function", [dtw_distance, dtw_path, lb_keogh])
@pytest.mark.parametrize(
    ("band", "message"),
    [(-1, "band is -1"), (1.5, "band is 1.5"), (0.0, "band is 0.0"), (True, "band is True"), ("r", "band is 'r'")],
)
def test_wrong_bands_are_named(function, band, message):
    with pytest.raises(InvalidInputError, match=message):
        function([1.0, 2.0], [1.0, 3.0], band=band)


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        ([1.0, np.nan], [1.0, 2.0], "x contains NaN at sample 1, channel 0"),
        ([1.0, 2.0], [np.inf, 2.0], "y contains infinity at sample 0"),
        ([], [1.0], "x is empty"),
        ([[1.0, 2.0]], [1.0], "x has 2 channels and y has 1"),
        (np.zeros((2, 2, 2)), [1.0], "x has 3 dimensions"),
        (["a"], [1.0], "x is not"),
        ([1 + 2j], [1.0], "x is complex"),
    ],
)
def test_wrong_series_are_named(x, y, message):
    for function in (dtw_distance, dtw_path, lb_kim, lb_keogh):
        with pytest.raises(InvalidInputError, match=message):
            function(x, y)


def test_keogh_needs_equal_lengths():
    with pytest.raises(InvalidInputError, match="defined for equal lengths"):
        lb_keogh([1.0, 2.0], [1.0])


def test_huge_and_tiny_values():
    x, y = np.random.default_rng(2).normal(size=(2, 20, 3))
    plain = dtw_distance(x, y, band=4)
    for scale in (1e-100, 1e100):
        assert dtw_distance(scale * x, scale * y, band=4) == pytest.approx(scale * plain, rel=1e-9)
