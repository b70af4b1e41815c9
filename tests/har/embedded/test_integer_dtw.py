"""Banded DTW of integers equals its definition, whatever is abandoned, and saturates where it has to."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from har.dtw.packing import pack, squared_distances
from har.embedded.arithmetic import UINT32_MAX
from har.embedded.integer_dtw import all_distances, class_distances, nearest_prototypes
from har.embedded.quantization import largest_value, must_saturate
from tests.oracles import integers as oracles


@st.composite
def problems(draw):
    """Windows and prototypes ``(n, n_timesteps, n_channels)`` of one shape, a radius, and the limit of their values."""
    n, n_channels = draw(st.integers(1, 14)), draw(st.sampled_from([1, 2, 3, 6, 13]))
    radius = draw(st.integers(0, n - 1))
    limit = draw(st.sampled_from([127, largest_value(n, n_channels, 16)]))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    kind = draw(st.sampled_from(["uniform", "few values", "extremes", "constant"]))

    def draw_windows(count, dtype):
        shape = (count, n, n_channels)
        if kind == "uniform":
            return rng.integers(-limit, limit + 1, shape).astype(dtype)
        if kind == "few values":
            return rng.integers(0, 3, shape).astype(dtype)
        if kind == "extremes":
            return rng.choice([-limit, limit], shape).astype(dtype)
        return np.broadcast_to(rng.integers(-limit, limit + 1, (count, 1, 1)), shape).astype(dtype)

    kept = np.int8 if limit == 127 else np.int16
    return np.ascontiguousarray(draw_windows(4, np.int16)), np.ascontiguousarray(draw_windows(5, kept)), radius, limit


def distances_of(windows, prototypes, radius):
    out = np.empty((len(windows), len(prototypes)), dtype=np.uint32)
    all_distances(windows, prototypes, radius, out)
    return out


@settings(deadline=None, max_examples=60)
@given(problems())
def test_distances_are_those_of_the_whole_table(problem):
    windows, prototypes, radius, limit = problem
    saturates = must_saturate(*prototypes.shape[1:], limit)
    expected = [[oracles.dtw(w, p, radius, saturates=saturates) for p in prototypes.tolist()] for w in windows.tolist()]
    found = distances_of(windows, prototypes, radius)
    assert found.tolist() == expected
    # What the classifier computes on lanes of float64 is the same integer.
    lanes = squared_distances(pack(prototypes.astype(float)), windows.astype(float), radius)
    assert np.minimum(lanes, UINT32_MAX).tolist() == expected

    index, distance = np.empty(len(windows), dtype=np.int16), np.empty(len(windows), dtype=np.uint32)
    nearest_prototypes(windows, prototypes, radius, index, distance)
    assert index.tolist() == found.argmin(axis=1).tolist()
    assert distance.tolist() == found.min(axis=1).tolist()

    classes = np.array([0, 1, 0, 2, 1], dtype=np.uint8)
    of_class = np.empty((len(windows), 3), dtype=np.uint32)
    class_distances(windows, prototypes, classes, radius, of_class)
    assert of_class.tolist() == [[row[classes == c].min() for c in range(3)] for row in found]


@pytest.mark.parametrize(("n_timesteps", "n_channels"), [(1, 1), (32, 6), (40, 8), (128, 9), (700, 20)])
def test_the_largest_value_is_the_largest_that_cannot_overflow(n_timesteps, n_channels):
    limit = largest_value(n_timesteps, n_channels, 16)
    assert limit <= 16_383
    assert not must_saturate(n_timesteps, n_channels, limit) or limit == 127
    assert limit == 16_383 or must_saturate(n_timesteps, n_channels, limit + 1)


def test_the_longest_path_in_the_worst_window_stays_within_32_bits():
    limit = largest_value(30, 3, 16)
    extremes = np.full((1, 30, 3), limit, dtype=np.int16)
    found = int(distances_of(extremes, -extremes, 29)[0, 0])
    assert (
        found
        == 30 * 3 * (2 * limit) ** 2
        == oracles.dtw(extremes[0].tolist(), (-extremes)[0].tolist(), 29, saturates=False)
    )


def test_saturated_distances_stop_and_win_against_nothing():
    assert must_saturate(40_000, 1, 127)
    far = np.full((1, 40_000, 2), 127, dtype=np.int16)
    prototypes = np.stack([-far[0], -far[0], far[0] - 1]).astype(np.int8)
    assert distances_of(far, prototypes, 1).tolist() == [[UINT32_MAX, UINT32_MAX, 80_000]]
    index, distance = np.empty(1, dtype=np.int16), np.empty(1, dtype=np.uint32)
    nearest_prototypes(far, prototypes, 1, index, distance)
    assert (index[0], distance[0]) == (2, 80_000)
    nearest_prototypes(far, prototypes[:2], 1, index, distance)
    assert (index[0], distance[0]) == (0, UINT32_MAX)
