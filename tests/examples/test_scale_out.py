"""Validation on a cluster of two processes gives the table of a single process."""

import joblib
import numpy as np
import pandas as pd
import pytest

import common
import har
from examples import scale_out
from examples.scale_out_neighbors import compare_searches, search_problem

distributed = pytest.importorskip("distributed")


@pytest.fixture(scope="module")
def page():
    """The dashboard of a local cluster, which takes seconds to start: this module asks one for all."""
    with scale_out.cluster(None, 2) as page:
        yield page


@pytest.fixture(scope="module")
def windows():
    rng = np.random.default_rng(0)
    y = np.arange(72) % 2
    X = rng.normal(size=(72, 16, 2)).cumsum(axis=1) + 0.4 * y[:, None, None] * np.arange(16)[:, None]
    return har.Windows(X, y, np.arange(72) // 12, 10.0, ("a [g]", "b [g]"), np.arange(72))


def test_a_cluster_gives_the_same_table(page, windows, monkeypatch, capsys):
    monkeypatch.setattr(scale_out, "BANDS", (1, None))
    monkeypatch.setattr(scale_out, "SIZES", (1,))
    serial = scale_out.validate(windows, folds=3, seed=0)
    assert len(serial) == 2 * (len(scale_out.NEIGHBORS) + 3)
    assert page.startswith("http")
    assert len(distributed.get_client().scheduler_info()["workers"]) == 2
    with joblib.parallel_config(backend="dask"):
        spread = scale_out.validate(windows, folds=3, seed=0, verbose=1)
    pd.testing.assert_frame_equal(spread, serial)
    assert "6 of 6  band None, k-NN: fold 3 accuracy" in capsys.readouterr().err


def test_a_scheduler_that_does_not_answer_is_explained():
    with (
        pytest.raises(common.InvalidInputError, match="dask scheduler"),
        scale_out.cluster("tcp://127.0.0.1:9", 1),
    ):
        pass


def test_only_people_to_train_on_are_validated(monkeypatch, windows):
    lab = type("Lab", (), {"windows": windows, "splits": [common.Split(np.arange(48), np.arange(48, 72))]})()
    monkeypatch.setattr(scale_out.lab1, "load", lambda *_: lab)
    monkeypatch.setattr(scale_out.lab1, "at_low_rate", lambda lab: lab.windows)
    chosen = scale_out.training_windows(scale_out.lab1.Data.motionsense, None, 2, 0)
    assert np.unique(chosen.groups).tolist() == [0, 1]
    assert len(chosen.y) == 24


@pytest.mark.usefixtures("page")
def test_a_cluster_finds_the_same_neighbours(windows):
    X, y, asked = search_problem(windows, copies=3, n_queries=12, seed=0)
    assert X.shape == (180, 16, 2)
    assert len(y) == 180
    assert asked.shape == (12, 16, 2)
    searches = compare_searches(X, y, asked)
    assert searches.n_partitions == 8
    assert "The same neighbours to the bit" in str(searches)
    with pytest.raises(common.InvalidInputError, match="--queries"):
        search_problem(windows, copies=3, n_queries=72, seed=0)
