"""The parts of the search, and the whole of it, on so few windows that plain Python can run it."""

import itertools

import numpy as np
import pytest

from har.dtw.search import NeighborIndex
from har.dtw.search.candidates import (
    Precision,
    add_candidate,
    clear,
    drop_excluded,
    input_error,
    no_candidates,
    squared_cutoff,
)
from har.dtw.search.cascade import Positions
from har.dtw.search.exhaustive import Blocks
from har.dtw.search.grouping import group_similar, principal_components
from har.dtw.search.outlines import N_SEGMENTS, envelope_outlines_of, outlines_of, pack_outlines
from har.dtw.search.verification import _insert_neighbor
from tests.oracles import dtw as oracles


@pytest.mark.parametrize("bounds", [True, False, None])
@pytest.mark.parametrize(("n", "k"), [(1, 1), (5, 2), (40, 3)])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("kind", ["clusters", "few values", "far away"])
def test_neighbours_are_those_of_the_definition(bounds, n, k, channels, kind):
    rng = np.random.default_rng(n)
    windows = {
        "clusters": rng.normal(size=(n, 5, channels)) + 10 * (np.arange(n) % 3)[:, None, None],
        "few values": rng.integers(0, 2, (n, 5, channels)) * 1.0,
        "far away": rng.normal(size=(n, 5, channels)) * 1e-3 + 50.0,
    }[kind]
    queries = np.concatenate([windows[:1], windows[-1:] + 0.25])
    index = NeighborIndex.build(windows, 1, bounds=bounds)
    if bounds is not None:
        assert isinstance(index.stored, Positions if bounds else Blocks)
    distances, found = index.nearest(queries, k)
    expected, order = oracles.nearest(queries, windows, k, 1)
    np.testing.assert_allclose(distances, expected, atol=1e-9)
    if kind == "few values":
        np.testing.assert_array_equal(found, order)
    assert found[0, 0] == order[0, 0] == 0


def test_queries_are_taken_in_parts(monkeypatch):
    monkeypatch.setattr("har.dtw.search.index._QUERIES_AT_ONCE", 2)
    windows = np.random.default_rng(0).normal(size=(6, 4, 1))
    distances, found = NeighborIndex.build(windows, 1, bounds=False).nearest(windows[:5].astype(np.float32), 1)
    assert found[:, 0].tolist() == [0, 1, 2, 3, 4]
    assert distances.max() < 1e-6


class TestCandidates:
    EXACT = Precision(0.0, 0.0, 0.0)

    def test_the_smallest_upper_ends_are_kept_in_order(self):
        candidates = no_candidates(6, 3)
        for index, squared in enumerate([25.0, 1.0, 16.0, 4.0, 4.0, 36.0]):
            add_candidate(candidates, index, squared, 0.0, self.EXACT)
        assert candidates.upper_ends.tolist() == [1, 2, 2]
        assert candidates.lower_ends.tolist() == [5, 1, 4, 2, 2, 6]
        assert drop_excluded(candidates) == 3
        assert candidates.indices[:3].tolist() == [1, 3, 4]
        assert candidates.lower_ends[:3].tolist() == [1, 2, 2]
        clear(candidates)
        assert candidates.upper_ends.tolist() == [np.inf] * 3
        assert candidates.count.tolist() == [0]
        add_candidate(candidates, 5, 9.0, 0.0, self.EXACT)
        assert (candidates.indices[0], candidates.upper_ends[0], candidates.count[0]) == (5, 3, 1)

    def test_ends_are_as_far_apart_as_rounding_may_be(self):
        candidates = no_candidates(1, 1)
        add_candidate(candidates, 0, 100.0, 0.5, Precision(0.01, 0.0, 0.0))
        assert candidates.lower_ends[0] == pytest.approx(9.4)
        assert candidates.upper_ends[0] == pytest.approx(10.6)

    def test_the_error_of_inputs_grows_with_both_norms(self):
        assert input_error(3.0, 4.0, Precision(0.0, 0.1, 0.01)) == pytest.approx(0.71)

    @pytest.mark.parametrize("relative", [0.0, 0.01])
    def test_no_window_beyond_the_cutoff_could_have_been_near_enough(self, relative):
        cutoff = squared_cutoff(10.0, 0.5, Precision(relative, 0.0, 0.0))
        assert np.sqrt(cutoff) * (1 - relative) - 0.5 >= 10
        assert np.sqrt(cutoff) * (1 - relative) - 0.5 < 10.2


def test_neighbours_are_ordered_by_distance_then_by_number():
    distances, indices = np.full(3, np.inf), np.full(3, 9)
    for distance, index in [(2.0, 5), (1.0, 7), (2.0, 3), (2.0, 4), (3.0, 0), (1.0, 6)]:
        _insert_neighbor(distances, indices, distance, index)
    assert (distances.tolist(), indices.tolist()) == ([1, 1, 2], [6, 7, 3])


class TestGroups:
    def test_every_window_is_in_one_block_and_clusters_stay_together(self):
        rng = np.random.default_rng(0)
        cluster = rng.permutation(np.repeat(np.arange(4), 8))
        points = rng.normal(0, 0.1, (32, 3)) + np.array([[0, 0, 0], [9, 0, 0], [0, 5, 0], [9, 5, 0]])[cluster]
        order = group_similar(points, 8)
        assert sorted(order.tolist()) == list(range(32))
        assert all(len(set(cluster[order[start : start + 8]])) == 1 for start in range(0, 32, 8))

    @pytest.mark.parametrize("n", [1, 7, 8, 9, 30])
    def test_blocks_are_full_but_for_the_last(self, n):
        points = np.arange(n)[::-1, None] * 1.0
        order = group_similar(points, 8)
        for start in range(0, n, 8):
            assert np.ptp(order[start : start + 8]) <= 7
        assert sorted(order.tolist()) == list(range(n))

    def test_principal_components_keep_what_varies_most(self):
        rng = np.random.default_rng(1)
        spread = np.array([9.0, 8, 7, 6, 5, 4, 3, 2, 1e-3, 1e-3])
        features = rng.normal(size=(50, 10)) * spread + 100
        found = principal_components(features)
        assert found.shape == (50, 8)
        np.testing.assert_allclose(found.mean(axis=0), 0, atol=1e-9)
        apart = [np.linalg.norm(rows[:, None] - rows[None], axis=2) for rows in (found, features)]
        np.testing.assert_allclose(*apart, atol=0.05)
        assert principal_components(features[:, :3]).shape == (50, 3)
        few = np.concatenate([rng.normal(size=(50, 70)) * 1e-6, features[:, :2]], axis=1)
        np.testing.assert_allclose(
            np.linalg.norm(np.diff(principal_components(few), axis=0), axis=1),
            np.linalg.norm(np.diff(features[:, :2], axis=0), axis=1),
            rtol=1e-3,
        )


class TestOutlines:
    @pytest.mark.parametrize("length", [1, 5, 16, 17, 40])
    @pytest.mark.parametrize("channels", [1, 2])
    def test_means_of_equal_parts_times_the_root_of_their_length(self, length, channels):
        window = np.random.default_rng(length).normal(size=(length, channels)).astype(np.float32)
        n = min(N_SEGMENTS, length)
        edges = [part * length // n for part in range(n + 1)]
        parts = [window[first:stop] for first, stop in itertools.pairwise(edges)]
        expected = [part.mean(axis=0) * np.sqrt(len(part)) for part in parts]
        flat = np.zeros((1, -(-window.size // 32) * 32), np.float32)
        flat[0, : window.size] = window.ravel()
        np.testing.assert_allclose(outlines_of(flat, length, channels)[0], np.ravel(expected), rtol=1e-5, atol=1e-6)
        below, above = envelope_outlines_of(flat, length, channels, 0)
        np.testing.assert_array_equal(below, above)
        np.testing.assert_array_equal(below, outlines_of(flat, length, channels))

    def test_blocks_know_the_range_and_the_largest_norm_of_their_windows(self):
        rng = np.random.default_rng(0)
        windows, below, above = rng.normal(size=(3, 20, 2)).astype(np.float32)
        norms = np.arange(20.0)
        packed = pack_outlines(windows, below, above, norms)
        assert packed.block_norms.tolist() == [15, 19]
        for flat, rows in ((packed.windows, windows), (packed.below, below), (packed.above, above)):
            lanes = flat.reshape(2, 2, 16).transpose(0, 2, 1).reshape(32, 2)
            np.testing.assert_array_equal(lanes, rows[np.minimum(np.arange(32), 19)])
        low, high = packed.low.reshape(2, 16)[:, :2], packed.high.reshape(2, 16)[:, :2]
        np.testing.assert_array_equal(low.T, [windows[:16].min(axis=0), windows[16:].min(axis=0)])
        np.testing.assert_array_equal(high.T, [windows[:16].max(axis=0), windows[16:].max(axis=0)])
