"""Packing and matrices: the same numbers whoever fills the lanes, whatever the threads."""

import numpy as np
import pytest

from har.dtw import packing
from har.dtw.lanes import LEAST_LOOPED
from har.dtw.packing import pack, squared_distances
from tests.oracles import dtw as oracles


@pytest.mark.parametrize("n", [1, 2, 5, 23])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_unpacking_gives_the_windows_back(n, dtype):
    windows = np.random.default_rng(n).normal(size=(n, 6, 3)).astype(dtype)
    assert pack(windows).unpack().tobytes() == windows.tobytes()


def test_few_references_let_the_queries_fill_the_lanes():
    rng = np.random.default_rng(0)
    references, X = rng.normal(size=(2, 9, 3)), rng.normal(size=(40, 9, 3))
    squared = squared_distances(pack(references), X, 2)
    # One query at a time cannot fill them; to the bit the same.
    one_by_one = np.concatenate([squared_distances(pack(references), x[None], 2) for x in X])
    assert squared.tobytes() == one_by_one.tobytes()
    assert np.sqrt(squared[7, 1]) == pytest.approx(oracles.dtw(X[7], references[1], 2))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_channels_are_added_in_one_order_however_many_there_are(dtype):
    X = np.random.default_rng(0).normal(size=(40, 20, LEAST_LOOPED - 1)).astype(dtype)
    looped = np.pad(X, ((0, 0), (0, 0), (0, 1)))
    unrolled, padded = (squared_distances(pack(Y), Y, 6) for Y in (X, looped))
    assert padded.tobytes() == unrolled.tobytes()


def test_threads_change_nothing():
    # Enough work for several threads (har.dtw.threads.MIN_PARALLEL_WORK).
    X = np.random.default_rng(0).normal(size=(60, 100, 3))
    one, two = (squared_distances(pack(X), X, 20, n_jobs=jobs, symmetric=True) for jobs in (1, 2))
    assert one.tobytes() == two.tobytes()
    assert (one == one.T).all()


@pytest.mark.parametrize(
    ("wide_registers", "expected"), [(True, [8, 8, 16, 32, 48, 1_024]), (False, [8, 8, 16, 24, 40, 1_008])]
)
def test_shapes_waste_few_lanes(monkeypatch, wide_registers, expected):
    monkeypatch.setattr(packing, "_HAS_WIDE_REGISTERS", wide_registers)

    def n_lanes(n):
        width = len(packing.shape_for(np.float32, 6, n)[1])
        return -(-n // width) * width

    assert [n_lanes(n) for n in (1, 8, 16, 24, 33, 1_000)] == expected
