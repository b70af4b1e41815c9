"""Augmented copies: as many as said, with their labels and people, the same for the same seed."""

from dataclasses import replace

import numpy as np

from tests.benchmarks.rivals.augmented import N_COPIES, augmentation, with_copies
from tests.benchmarks.rivals.benchmark_sets import BenchmarkSet
from tests.benchmarks.rivals.methods.method import NO_CHANGE, Training


def test_copies_follow_the_windows(falls: BenchmarkSet) -> None:
    form, rows = falls.forms["slow"], np.arange(10, 20)
    change = augmentation("little", form.triads)
    plain = Training(form.X[rows], falls.y[rows], falls.people[rows], 0, form.triads, change)
    more = with_copies(plain)
    assert more.X.shape == (10 * (1 + N_COPIES), *form.X.shape[1:])
    assert more.X.dtype == np.float32
    assert np.array_equal(more.X[:10], plain.X)
    assert not np.allclose(more.X[10:20], more.X[20:])
    assert more.y.tolist() == 3 * plain.y.tolist()
    assert more.people.tolist() == 3 * plain.people.tolist()
    assert np.array_equal(more.X, with_copies(plain).X)
    assert not np.array_equal(more.X, with_copies(replace(plain, seed=1)).X)


def test_unchanged_windows_are_not_copied(falls: BenchmarkSet) -> None:
    form = falls.forms["slow"]
    plain = Training(form.X, falls.y, falls.people, 0, form.triads, augmentation(NO_CHANGE, form.triads))
    assert with_copies(plain) is plain
