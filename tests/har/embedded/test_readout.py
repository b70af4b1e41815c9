"""A linear readout in integers weighs the distances as the floating-point one does."""

import numpy as np
import pytest

import har
from har.embedded.decisions import LinearReadout
from har.embedded.fixed_point import from_pipeline
from tests.har.embedded.models import COUNTS_PER_G, N_TIMESTEPS, counts, motion, windows_of_every_kind
from tests.oracles import integers as oracles


def features(squared):
    return np.hstack([np.log(squared + 1e-6), squared / squared.mean(axis=1, keepdims=True)])


def with_readout(n_classes):
    """A classifier with the attributes of a learned readout; its weights are those of a logistic regression."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    X, y = motion(240)
    X, y = X[y < n_classes], y[y < n_classes]
    model = har.DTWPrototypeClassifier(2, method="medoid", bits=16, random_state=0).fit(X, y)
    scaler = StandardScaler().fit(features(model._squared_distances(X)))
    regression = LogisticRegression(C=0.1, max_iter=1000)
    regression.fit(scaler.transform(features(model._squared_distances(X))), y)
    model.readout_mean_, model.readout_scale_ = scaler.mean_, scaler.scale_
    model.readout_coef_, model.readout_intercept_ = regression.coef_, regression.intercept_
    return model, lambda X: regression.decision_function(scaler.transform(features(model._squared_distances(X))))


@pytest.mark.parametrize("n_classes", [2, 3])
def test_scores_are_log_odds(n_classes):
    model, log_odds = with_readout(n_classes)
    integers = from_pipeline(model, rate_hz=20, counts_per_unit=COUNTS_PER_G)
    X, _ = motion(300, seed=5)
    expected = log_odds(X)
    expected = np.stack([np.zeros(300), expected], axis=1) if n_classes == 2 else expected
    scores = integers.class_scores(integers.prepare(counts(X))) * integers.readout.score_scale
    difference = (scores - scores.mean(axis=1, keepdims=True)) - (expected - expected.mean(axis=1, keepdims=True))
    assert np.abs(difference).max() < 0.05
    found = integers.decide(counts(X))
    assert np.mean(found.class_index == expected.argmax(axis=1)) > 0.99


@pytest.mark.parametrize("n_classes", [2, 3])
def test_decisions_equal_the_oracle_and_no_sum_overflows(n_classes):
    model, _ = with_readout(n_classes)
    integers = from_pipeline(model, rate_hz=20, counts_per_unit=COUNTS_PER_G, reject_above=40.0)
    windows = np.concatenate([counts(motion(30, seed=6)[0]), windows_of_every_kind(60, N_TIMESTEPS, 6)])
    found = integers.decide(windows)
    for i, window in enumerate(windows.tolist()):
        assert (found.class_index[i], found.prototype[i], found.distance[i]) == oracles.decide(integers, window)


def test_no_distances_whatever_overflow():
    """The proof at the build holds for any distances, not only those of windows."""
    model, _ = with_readout(3)
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
