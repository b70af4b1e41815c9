"""A cluster of two processes finds the neighbours of one process, to the bit, even if it loses one of the two."""

import os
import signal
import time

import numpy as np
import pytest
from sklearn.base import clone

import common
import har
from har.distributed import DaskDTWKNeighborsClassifier

distributed = pytest.importorskip("distributed")
from dask import array as dask_array  # noqa: E402


@pytest.fixture(scope="module")
def client():
    cluster = distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None)
    with cluster, distributed.Client(cluster) as client:
        yield client


@pytest.fixture(scope="module")
def windows():
    """Random walks; a third of them stand several times in the training set, far apart."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(90, 24, 3)).cumsum(axis=1)
    X = np.concatenate([X, X[::3], X[::3]])
    return X, np.arange(len(X)) % 4, rng.normal(size=(40, 24, 3)).cumsum(axis=1)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("partition_size", [13, 1_000])
def test_neighbours_are_those_of_one_process(client, windows, dtype, partition_size):
    X, y, queries = windows
    X, queries = X.astype(dtype), np.concatenate([queries, X[:20]]).astype(dtype)
    alone = har.DTWKNeighborsClassifier(5, band=3, weights="distance").fit(X, y)
    spread = DaskDTWKNeighborsClassifier(5, band=3, weights="distance", partition_size=partition_size).fit(X, y)
    assert spread.n_partitions_ == -(-len(X) // partition_size)
    for k in (1, 5, 11):
        for ours, theirs in zip(spread.kneighbors(queries, k), alone.kneighbors(queries, k), strict=True):
            np.testing.assert_array_equal(ours, theirs)
    np.testing.assert_array_equal(spread.predict_proba(queries), alone.predict_proba(queries))
    assert spread.cost_ == alone.cost_


def test_dask_arrays_are_loaded_by_the_workers(client, windows):
    X, y, queries = windows
    lazy = dask_array.from_array(X, chunks=(40, 12, 1))
    spread = DaskDTWKNeighborsClassifier(3).fit(lazy, y)
    assert spread.n_partitions_ == 4
    alone = har.DTWKNeighborsClassifier(3).fit(X, y)
    np.testing.assert_array_equal(spread.kneighbors(queries)[1], alone.kneighbors(queries)[1])
    with pytest.raises(common.InvalidInputError, match="compute_chunk_sizes"):
        DaskDTWKNeighborsClassifier().fit(lazy[lazy[:, 0, 0] > 0], y)


def test_a_bad_window_is_found_in_its_partition(client, windows):
    X, y, _ = windows
    damaged = X.copy()
    damaged[100, 3, 1] = np.nan
    model = DaskDTWKNeighborsClassifier(partition_size=60)
    with pytest.raises(common.InvalidInputError, match="NaN at window 100"):
        model.fit(damaged, y)
    with pytest.raises(common.InvalidInputError, match=r"first window is X\[80\].*NaN at window 20"):
        model.fit(dask_array.from_array(damaged, chunks=(40, 24, 3)), y)
    assert not hasattr(model, "classes_")
    assert clone(model).get_params() == model.get_params()


def test_without_a_cluster_it_says_what_to_do(windows, monkeypatch):
    X, y, _ = windows
    monkeypatch.setattr(distributed, "get_client", _no_client)
    with pytest.raises(common.InvalidInputError, match="no Dask cluster"):
        DaskDTWKNeighborsClassifier().fit(X, y)


def _no_client():
    raise ValueError("No clients found")


@pytest.mark.slow
def test_a_worker_may_be_killed(windows):
    X, y, queries = windows
    alone = har.DTWKNeighborsClassifier(3).fit(X, y)
    cluster = distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0")
    with cluster, distributed.Client(cluster) as client:
        spread = DaskDTWKNeighborsClassifier(3, partition_size=20).fit(X, y)
        pids = client.run(os.getpid)
        os.kill(next(iter(pids.values())), signal.SIGKILL)
        time.sleep(0.5)
        np.testing.assert_array_equal(spread.kneighbors(queries)[1], alone.kneighbors(queries)[1])
