"""Paths on lanes against the path of one pair."""

import numpy as np
import pytest

from har.dtw.distance import dtw_path
from har.dtw.lane_path import lane_steps, trace_path
from har.dtw.packing import pack


def lane_paths(x, X, radius):
    """Squared distances and paths of one series and each of a batch."""
    packed = pack(X)
    n, n_channels = x.shape
    buffer = np.empty((2 * radius + 3) * packed.width)
    steps = np.empty((n, 2 * radius + 1), dtype=np.int64)
    out, path = np.empty(packed.width), np.empty((2 * n - 1, 2), dtype=np.int64)
    for block in packed.blocks:
        lane_steps(x.ravel(), block, n_channels, packed.shape, radius, buffer, steps, out)
        for lane in range(packed.width):
            yield out[lane], path[trace_path(steps, lane, path) :].copy()


@pytest.mark.parametrize("n_channels", [1, 2, 6, 14])
@pytest.mark.parametrize("radius", [0, 2, 11])
def test_paths_are_those_of_single_pairs(n_channels, radius):
    rng = np.random.default_rng(n_channels)
    # Whole numbers: ties everywhere.
    x, X = rng.integers(0, 3, (12, n_channels)) * 1.0, rng.integers(0, 3, (19, 12, n_channels)) * 1.0
    found = list(lane_paths(x, X, radius))[: len(X)]  # the rest is padding
    for (squared, path), window in zip(found, X, strict=True):
        _, distance = dtw_path(x, window, band=radius)
        assert np.sqrt(squared) == distance
        # Where several paths are as good, ours need not be that one.
        assert ((x[path[:, 0]] - window[path[:, 1]]) ** 2).sum() == squared
        assert abs(path[:, 0] - path[:, 1]).max() <= radius
        assert path[0].tolist() == [0, 0]
        assert path[-1].tolist() == [11, 11]
        assert set(map(tuple, np.diff(path, axis=0).tolist())) <= {(0, 1), (1, 0), (1, 1)}


def test_one_sample():
    squared, path = next(lane_paths(np.ones((1, 1)), np.zeros((1, 1, 1)), 0))
    assert squared == 1.0
    assert path.tolist() == [[0, 0]]


def test_infinite_costs_leave_a_path_from_end_to_end():
    x, X = np.full((5, 1), 1e200), np.full((1, 5, 1), -1e200)
    _, path = next(lane_paths(x, X, 2))
    assert path[0].tolist() == [0, 0]
    assert path[-1].tolist() == [4, 4]
