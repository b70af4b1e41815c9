"""The recurrences on series so short that every case can be looked at; they run as plain Python as well."""

import itertools

import numpy as np
import pytest

import har
from common.errors import InvalidInputError
from har.dtw.kernels import band_width, banded_path, row_of_band, squared_dtw_equal, squared_dtw_matrix
from har.dtw.lane_kernel import lane_dtw
from har.dtw.lanes import make_shape
from har.dtw.packing import count_multiply_adds, pack, shape_for, squared_distances, unequal_distances
from tests.oracles import dtw as oracles

SMALL = [(n, m, radius) for n in range(1, 7) for m in range(n, 9) for radius in (0, 1, 3)]


@pytest.mark.parametrize(("n", "m", "radius"), SMALL)
def test_rows_of_the_band_are_those_of_its_rule(n, m, radius):
    widths = []
    for i in range(n):
        inside = [j for j in range(m) if oracles.in_band(i, j, n, m, radius)]
        assert row_of_band(i, n, m, radius) == (inside[0], inside[-1])
        widths.append(len(inside))
    assert band_width(n, m, radius) == max(widths)


@pytest.mark.parametrize(("n", "m", "radius"), SMALL)
def test_paths_of_every_shape(n, m, radius):
    rng = np.random.default_rng(n * m)
    x, y = rng.integers(0, 3, (n, 2)) * 1.0, rng.integers(0, 3, (m, 2)) * 1.0
    steps = np.empty((n + m - 1, 2), dtype=np.int64)
    squared, start = banded_path(x, y, radius, steps)
    path = steps[start:]
    assert squared == pytest.approx(oracles.dtw(x, y, radius) ** 2)
    assert ((x[path[:, 0]] - y[path[:, 1]]) ** 2).sum() == squared
    assert path[0].tolist() == [0, 0]
    assert path[-1].tolist() == [n - 1, m - 1]
    assert all(oracles.in_band(i, j, n, m, radius) for i, j in path.tolist())
    assert set(map(tuple, np.diff(path, axis=0).tolist())) <= {(0, 1), (1, 0), (1, 1)}


def test_of_equal_predecessors_the_diagonal_then_the_one_above():
    path, distance = har.dtw_path(np.zeros(4), np.zeros(4))
    assert path.tolist() == [[0, 0], [1, 1], [2, 2], [3, 3]]
    assert distance == 0
    # Into (2, 1) lead (1, 0), (1, 1) and (2, 0) at one cost.
    assert har.dtw_path(np.zeros(2), np.zeros(3))[0].tolist() == [[0, 0], [0, 1], [1, 2]]
    assert har.dtw_path(np.zeros(3), np.zeros(2))[0].tolist() == [[0, 0], [1, 0], [2, 1]]


@pytest.mark.parametrize("radius", [0, 2, 5])
def test_a_cutoff_gives_up_only_what_exceeds_it(radius):
    rng = np.random.default_rng(radius)
    for _ in range(20):
        x, y = rng.integers(0, 4, (6, 1)) * 1.0, rng.integers(0, 4, (6, 1)) * 1.0
        exact = oracles.dtw(x, y, radius) ** 2
        buffer = np.empty(2 * radius + 3)
        assert squared_dtw_equal(x, y, radius, np.inf, buffer) == pytest.approx(exact)
        assert squared_dtw_equal(x, y, radius, round(exact), buffer) == pytest.approx(exact)
        if exact:
            assert squared_dtw_equal(x, y, radius, 0.0, buffer) in (np.inf, pytest.approx(exact))
    assert squared_dtw_equal(np.zeros((6, 1)), np.ones((6, 1)), radius, 5.9, np.empty(2 * radius + 3)) >= 6 - 1e-9
    assert squared_dtw_equal(np.zeros((6, 1)), np.ones((6, 1)), radius, 0.9, np.empty(2 * radius + 3)) == np.inf


@pytest.mark.parametrize(("channels", "unrolled"), [(1, 1), (3, 3), (13, 13)])
@pytest.mark.parametrize("radius", [0, 1, 4])
def test_lanes_within_the_cutoff_are_exact_and_no_other_is_below_it(channels, unrolled, radius):
    rng = np.random.default_rng(channels)
    shape, width = make_shape(unrolled, 4), 4
    for _ in range(8):
        x, references = rng.integers(0, 3, (5, channels)) * 1.0, rng.integers(0, 3, (width, 5, channels)) * 1.0
        exact = np.array([oracles.dtw(x, reference, radius) ** 2 for reference in references])
        block = np.ascontiguousarray(references.reshape(width, -1).T).ravel()
        for cutoff in [np.inf, *np.unique(exact.round()), exact.min() - 0.5]:
            out, buffer = np.full(width, np.nan), np.full((2 * radius + 3) * width, np.nan)
            done = lane_dtw(x.ravel(), block, channels, shape, radius, np.full(1, cutoff), buffer, out)
            within = exact <= cutoff + 1e-9
            assert done == within.any()
            if done:
                np.testing.assert_allclose(out[within], exact[within])
                assert (out[~within] > cutoff).all()


@pytest.mark.parametrize(
    ("dtype", "channels", "n", "unrolled", "width", "narrow"),
    [
        (np.float32, 6, 1000, 6, 32, 16),
        (np.float64, 6, 1000, 6, 16, 8),
        (np.float32, 2, 1000, 2, 32, 32),
        (np.float64, 1, 1000, 1, 16, 16),
        (np.float32, 3, 1000, 3, 32, 16),
        (np.float32, 40, 1000, 13, 32, 16),
        (np.float32, 6, 8, 6, 8, 8),
        (np.float32, 6, 9, 6, 16, 16),
        (np.float32, 6, 56, 6, 32, 8),
        (np.float32, 6, 64, 6, 32, 16),
        (np.float32, 6, 72, 6, 16, 16),
    ],
)
def test_shapes(dtype, channels, n, unrolled, width, narrow, monkeypatch):
    for has_wide_registers, expected in ((True, width), (False, narrow)):
        monkeypatch.setattr("har.dtw.packing._HAS_WIDE_REGISTERS", has_wide_registers)
        assert tuple(map(len, shape_for(dtype, channels, n))) == (unrolled, expected)


@pytest.mark.parametrize("n", [1, 7, 20])
@pytest.mark.parametrize("symmetric", [True, False])
def test_matrices(n, symmetric):
    rng = np.random.default_rng(n)
    X = rng.normal(size=(n, 4, 3))
    squared = squared_distances(pack(X), X, 1, symmetric=symmetric)
    np.testing.assert_allclose(np.sqrt(squared), [[oracles.dtw(a, b, 1) for b in X] for a in X], atol=1e-12)
    assert (squared == squared.T).all()


def test_many_queries_of_few_references_are_packed_in_parts(monkeypatch):
    monkeypatch.setattr("har.dtw.packing._QUERIES_AT_ONCE", 9)
    rng = np.random.default_rng(0)
    references, X = rng.normal(size=(2, 3, 3)), rng.normal(size=(20, 3, 3))
    found = squared_distances(pack(references), X, 1)
    np.testing.assert_allclose(np.sqrt(found), [[oracles.dtw(x, r, 1) for r in references] for x in X])


def test_windows_of_other_lengths():
    rng = np.random.default_rng(1)
    X, Y = rng.normal(size=(3, 4, 2)), rng.normal(size=(2, 6, 2))
    expected = [[oracles.dtw(x, y, 1) for y in Y] for x in X]
    np.testing.assert_allclose(np.sqrt(unequal_distances(X, Y, 1)), expected)
    np.testing.assert_allclose(np.sqrt(unequal_distances(Y, X, 1)), np.transpose(expected))
    out = np.empty((3, 3))
    squared_dtw_matrix(X, X, 1, out)
    np.testing.assert_allclose(np.sqrt(out), [[oracles.dtw(a, b, 1) for b in X] for a in X], atol=1e-12)


def test_work_is_that_of_the_band():
    assert count_multiply_adds(7, pack(np.zeros((5, 4, 3))), 2) == 7 * 5 * 4 * 5 * 3


class TestBoundsByHand:
    def test_kim_takes_both_ends_and_one_sample_once(self):
        assert har.lb_kim([0, 9, 0], [3, 0, 4]) == 5
        assert har.lb_kim([[0, 0]], [[3, 4]]) == 5
        assert har.lb_kim([1], [4]) == 3
        assert har.lb_kim([1], [4, 5]) == 5
        assert har.lb_kim([1, 1], [4]) == pytest.approx(18**0.5)

    @pytest.mark.parametrize("band", [0, 1, 2])
    def test_keogh_is_what_lies_outside_the_envelope(self, band):
        rng = np.random.default_rng(band)
        x, y = rng.normal(size=(7, 2)) * 3, rng.normal(size=(7, 2))
        total = 0.0
        for i, c in itertools.product(range(7), range(2)):
            near = y[max(0, i - band) : i + band + 1, c]
            total += max(x[i, c] - near.max(), near.min() - x[i, c], 0) ** 2
        assert har.lb_keogh(x, y, band=band) == pytest.approx(total**0.5)
        assert har.lb_keogh(y, y, band=band) == 0

    @pytest.mark.parametrize("function", [har.dtw_distance, har.dtw_path, har.lb_kim, har.lb_keogh])
    def test_series_are_named(self, function):
        for x, y, message in [
            ([np.nan], [0.0], r"^x contains NaN"),
            ([0.0], [np.inf], r"^y contains infinity"),
            (np.zeros((2, 1)), np.zeros((2, 3)), r"^x has 1 .* y has 3"),
        ]:
            with pytest.raises(InvalidInputError, match=message):
                function(x, y)


class TestMatrixArguments:
    X = np.random.default_rng(0).normal(size=(3, 4, 2))

    def test_precision_is_double_unless_told_otherwise(self):
        assert har.pairwise_dtw(self.X).dtype == np.float64
        single = har.pairwise_dtw(self.X, dtype="float32")
        assert single.dtype == np.float32
        np.testing.assert_allclose(single, har.pairwise_dtw(self.X), rtol=1e-5)
        assert har.pairwise_dtw(self.X, self.X[:, :3], dtype="float32").dtype == np.float32

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({"dtype": "float16"}, r"^dtype is 'float16'; choose one of 'float64', 'float32'"),
            ({"X": [[np.nan]]}, r"^X contains NaN"),
            ({"Y": [[np.nan]]}, r"^Y contains NaN"),
            ({"Y": np.zeros((2, 4, 3))}, r"^X has 2 .* Y has 3"),
            ({"band": -1}, r"^band is -1"),
        ],
    )
    def test_are_named(self, arguments, message):
        with pytest.raises(InvalidInputError, match=message):
            har.pairwise_dtw(**{"X": self.X, **arguments})
