"""Nearest neighbours against the exhaustive reference: order, ties and distances."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from numba import config

from har.dtw.packing import pack, squared_distances
from har.dtw.search import NeighborIndex
from har.dtw.search.cascade import Positions
from har.dtw.search.exhaustive import Blocks
from tests.oracles import dtw as oracles

#: Of the long test: `DTW_SEARCH_CASES=30000` takes four minutes of CPU time.
N_CASES = int(os.environ.get("DTW_SEARCH_CASES", "8000"))
MANY = 100 if not config.DISABLE_JIT else 5


# Each number of channels is compiled apart; more than 12 are not unrolled.
CHANNELS = [1, 3, 14]
WAYS = pytest.mark.parametrize("bounds", [True, False, None], ids=["bounds", "all", "trial"])


@pytest.mark.promise("Nearest neighbours are exact: pruning and single precision change none")
@settings(max_examples=MANY, deadline=None)
@given(st.data())
def test_neighbours_are_those_of_the_exhaustive_search(data):
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    n, length = data.draw(st.integers(1, 25)), data.draw(st.integers(1, 8))
    channels = data.draw(st.sampled_from([1, 3]))
    few_values = data.draw(st.booleans())  # exact arithmetic and many ties
    draw = (lambda size: rng.integers(0, 3, size).astype(float)) if few_values else (lambda size: rng.normal(size=size))
    references, X = draw((n, length, channels)), draw((3, length, channels))
    references[n // 2 :] = references[: n - n // 2]  # duplicates: the lowest index wins
    k, radius = data.draw(st.integers(1, n)), data.draw(st.integers(0, length - 1))
    index = NeighborIndex.build(references, radius, bounds=data.draw(st.sampled_from([True, False, None])))
    apart, found = index.nearest(X, k, n_jobs=data.draw(st.sampled_from([1, 2])))
    distances, expected = oracles.nearest(X, references, k, radius)
    np.testing.assert_allclose(apart, distances, rtol=1e-9, atol=1e-9)
    if few_values:
        np.testing.assert_array_equal(found, expected)
    else:  # sums may round differently: equal up to neighbours at one distance
        assert all(len(set(row)) == k for row in found.tolist())


@WAYS
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("n", [1, 7, 8, 9, 16, 17, 33])
def test_padding_is_never_found(dtype, n, bounds):
    references = np.random.default_rng(0).normal(size=(n, 6, 3)).astype(dtype)
    distances, found = NeighborIndex.build(references, 2, bounds=bounds).nearest(references[-1:], n)
    assert sorted(found[0].tolist()) == list(range(n))
    assert found[0, 0] == n - 1
    assert distances[0, 0] == 0


def adversary(rng):
    """Windows and queries that a search in float32 gets wrong if it does not know what it rounds."""
    n, length, channels = rng.integers(1, 70), rng.integers(1, 30), rng.choice(CHANNELS)
    kind = rng.choice(["normal", "ties", "constant", "near", "mixed", "spike", "walk", "far"])
    base = rng.normal(size=(1, length, channels)) if kind == "near" else 0.0

    def draw(size):
        if kind == "ties":
            return rng.integers(0, 2, size).astype(float)
        if kind == "constant":
            return np.zeros(size) + rng.integers(0, 2, (size[0], 1, 1))
        values = rng.normal(size=size)
        if kind == "near":  # differ by less than float32 resolves
            return base + 1e-9 * values
        if kind == "mixed":
            return values * 10.0 ** rng.integers(-12, 12, (size[0], 1, 1))
        if kind == "spike":
            return values + 1e30 * (rng.random(size) < 0.02)
        if kind == "walk":  # bounds rule out most windows
            return values.cumsum(axis=1)
        if kind == "far":  # each window has a level of its own
            return values + 30 * rng.normal(size=(size[0], 1, channels))
        return values

    references, X = draw((n, length, channels)), draw((2, length, channels))
    copies = rng.integers(0, n, n // 3)
    references[rng.integers(0, n, n // 3)] = references[copies]
    if rng.random() < 0.3:
        X[0] = references[rng.integers(n)]
    elif rng.random() < 0.5:
        X[0] = references[rng.integers(n)] + 1e-3 * rng.normal(size=(length, channels))
    # 1e-170 and 1e200: their squares leave float64.
    scale = rng.choice([1.0, 1e-6, 1e30, 1e19, 1e-25, 1e100, 1e-170, 1e200], p=[0.4] + 4 * [0.12] + 3 * [0.04])
    offset = rng.choice([0.0, 1e6, -3e4]) if rng.random() < 0.5 else 0.0
    dtype = np.float32 if scale in (1.0, 1e-6) and rng.random() < 0.3 else np.float64
    return (references * scale + offset).astype(dtype), (X * scale + offset).astype(dtype)


def check_against_the_matrix(seed, n_jobs=1):
    rng = np.random.default_rng(seed)
    references, X = adversary(rng)
    n, length = references.shape[:2]
    k = int(rng.integers(1, n + 1)) if rng.random() < 0.5 else min(n, int(rng.integers(1, 4)))
    radius = length - 1 if rng.random() < 0.1 else int(rng.integers(0, length))
    bounds = [True, True, False, None][seed % 4]
    with np.errstate(over="ignore"):
        matrix = np.sqrt(squared_distances(pack(references.astype(float)), X.astype(float), radius))
    expected = np.argsort(matrix, axis=1, kind="stable")[:, :k]
    distances, found = NeighborIndex.build(references, radius, bounds=bounds).nearest(X, k, n_jobs=n_jobs)
    np.testing.assert_array_equal(found, expected, err_msg=f"seed {seed}")
    np.testing.assert_array_equal(distances, np.take_along_axis(matrix, expected, axis=1), err_msg=f"seed {seed}")


@pytest.mark.promise("Ties go to the lowest index, and distances are those of the matrix to the bit")
def test_order_ties_and_distances_are_those_of_the_matrix_to_the_bit():
    for seed in range(1_000 if not config.DISABLE_JIT else 5):
        check_against_the_matrix(seed)


@pytest.mark.slow
@pytest.mark.skipif(config.DISABLE_JIT, reason="hours without the JIT")
def test_the_same_in_many_more_cases():
    for seed in range(1_000, N_CASES):
        check_against_the_matrix(seed)


@pytest.mark.slow
@pytest.mark.skipif(config.DISABLE_JIT, reason="hours without the JIT")
@pytest.mark.parametrize("channels", [2, 6, 12, 20])
@pytest.mark.parametrize("bounds", [True, False])
def test_the_same_with_many_windows_and_other_numbers_of_channels(channels, bounds):
    rng = np.random.default_rng(channels)
    X = rng.normal(size=(700, 40, channels)).cumsum(axis=1)
    X[600:650] = X[:50]
    for radius, k in [(0, 1), (4, 3), (39, 40)]:
        matrix = np.sqrt(squared_distances(pack(X[:680]), X[680:], radius))
        expected = np.argsort(matrix, axis=1, kind="stable")[:, :k]
        distances, found = NeighborIndex.build(X[:680], radius, bounds=bounds).nearest(X[680:], k)
        np.testing.assert_array_equal(found, expected)
        np.testing.assert_array_equal(distances, np.take_along_axis(matrix, expected, axis=1))


def test_a_trial_chooses_bounds_where_they_leave_few_windows():
    rng = np.random.default_rng(0)
    noise = rng.normal(size=(300, 30, 3))
    walks = noise.cumsum(axis=1)
    assert isinstance(NeighborIndex.build(walks, 3).stored, Positions)
    assert isinstance(NeighborIndex.build(noise, 3).stored, Blocks)


_MEMORY = """
import numpy as np
from har.dtw.search import NeighborIndex
from tests.memory import forget_peak, peak_megabytes

X = np.random.default_rng(0).normal(size=(100_000, 128, 6)).astype(np.float32)
index = NeighborIndex.build(X, 12)
index.nearest(X[:1], 5)
forget_peak()
before = peak_megabytes()
index.nearest(X[:8], 5)
print(peak_megabytes() - before)
"""


@pytest.mark.slow
@pytest.mark.skipif(config.DISABLE_JIT, reason="hours without the JIT")
@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="Linux tells the peak of a process")
def test_a_search_among_100_000_windows_takes_little_memory():
    done = subprocess.run([sys.executable, "-c", _MEMORY], capture_output=True, text=True, check=True)
    assert float(done.stdout) < 16  # the windows take 293 MB, and packed as much again
