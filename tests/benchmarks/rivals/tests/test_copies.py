"""Augmented copies: as many as asked, alike in their ends, the same for the same seed."""

import numpy as np

from tests.benchmarks.rivals.benchmark_sets import BenchmarkSet
from tests.benchmarks.rivals.copies import warped_in_time, with_copies


def test_copies_follow_the_windows(falls: BenchmarkSet) -> None:
    form, rows = falls.forms["slow"], np.arange(10, 20)
    X = with_copies(form, rows, 2, seed=0)
    assert X.shape == (30, *form.X.shape[1:])
    assert X.dtype == np.float32
    assert np.array_equal(X[:10], form.X[rows])
    assert not np.allclose(X[10:20], X[20:])
    assert np.array_equal(X, with_copies(form, rows, 2, seed=0))
    assert not np.array_equal(X[10:], with_copies(form, rows, 2, seed=1)[10:])


def test_a_warp_in_time_keeps_both_ends_and_the_order() -> None:
    ramp = np.tile(np.arange(32.0)[:, None], (5, 1, 1))
    warped = warped_in_time(ramp, np.random.default_rng(0))
    assert np.allclose(warped[:, [0, -1]], ramp[:, [0, -1]])
    assert (np.diff(warped, axis=1) > 0).all()
    assert np.abs(warped - ramp).max() > 0.3
