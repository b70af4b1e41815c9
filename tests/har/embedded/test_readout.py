"""A linear readout in integers weighs the distances as the floating-point one does."""

import numpy as np
import pytest

import har
from har.embedded.decisions import LinearReadout
from har.embedded.fixed_point import from_pipeline
from har.readouts.linear import distance_features
from tests.har.embedded.models import COUNTS_PER_G, N_TIMESTEPS, counts, motion, windows_of_every_kind
from tests.oracles import integers as oracles


def with_readout(n_classes, unit=1.0):
    X, y = motion(240)
    X, y = unit * X[y < n_classes], y[y < n_classes]
    return har.DTWPrototypeClassifier(2, method="medoid", bits=16, readout="linear", random_state=0).fit(X, y)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_scores_are_log_odds(n_classes):
    model = with_readout(n_classes)
    integers = from_pipeline(model, rate_hz=20, counts_per_unit=COUNTS_PER_G)
    X, _ = motion(300, seed=5)
    expected = model._readout.log_odds(distance_features(model._profiles.squared_distances(X)))
    scores = integers.class_scores(integers.prepare(counts(X))) * integers.readout.score_scale
    difference = (scores - scores.mean(axis=1, keepdims=True)) - (expected - expected.mean(axis=1, keepdims=True))
    assert np.abs(difference).max() < 0.05
    found = integers.decide(counts(X))
    assert np.mean(found.class_index == model.predict(X)) > 0.99


def test_decisions_in_a_small_unit_are_those_of_floating_point():
    unit = 2.0**-20
    model = with_readout(3, unit)
    integers = from_pipeline(model, rate_hz=20, counts_per_unit=COUNTS_PER_G / unit)
    X, _ = motion(300, seed=5)
    assert np.mean(integers.decide(counts(X)).class_index == model.predict(unit * X)) > 0.99


@pytest.mark.parametrize("n_classes", [2, 3])
def test_decisions_equal_the_oracle_and_no_sum_overflows(n_classes):
    model = with_readout(n_classes)
    integers = from_pipeline(model, rate_hz=20, counts_per_unit=COUNTS_PER_G, reject_above=40.0)
    windows = np.concatenate([counts(motion(30, seed=6)[0]), windows_of_every_kind(60, N_TIMESTEPS, 6)])
    found = integers.decide(windows)
    for i, window in enumerate(windows.tolist()):
        assert (found.class_index[i], found.prototype[i], found.distance[i]) == oracles.decide(integers, window)


def test_no_distances_whatever_overflow():
    """The proof at the build holds for any distances, not only those of windows."""
    model = with_readout(3)
    integers = from_pipeline(model, rate_hz=20, counts_per_unit=COUNTS_PER_G)
    assert isinstance(integers.readout, LinearReadout)
    rng = np.random.default_rng(0)
    n = len(integers.prototypes)
    distances = np.concatenate(
        [
            np.floor(2 ** rng.uniform(0, 32, (300, n))),
            rng.choice([0, 1, 2**32 - 1], (100, n)),
            np.zeros((1, n)),
            np.full((1, n), 2**32 - 1),
        ]
    ).astype(np.uint32)
    scores = integers.readout.scores(distances)
    assert scores.tolist() == [oracles.scores(integers, row) for row in distances.tolist()]
