"""A few profiles per class: how they classify, what they cost, and how learning stops."""

import numpy as np
import pytest

import common
from common.errors import InvalidInputError
from har import DTWPrototypeClassifier, pairwise_dtw
from har.prototypes import METHODS


@pytest.fixture
def problem():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 15, 3)).cumsum(axis=1)
    y = np.array(["up", "down", "still"])[np.arange(60) % 3]
    X += np.linspace(0, 3, 15)[:, None] * np.array([1, -1, 0])[np.arange(60) % 3, None, None]
    return X, y


@pytest.mark.parametrize("method", METHODS)
def test_profiles_classify_and_count(problem, method):
    X, y = problem
    model = DTWPrototypeClassifier(2, method=method, random_state=0).fit(X, y)
    assert model.prototypes_.shape == (6, 15, 3)
    assert model.prototype_labels_.tolist() == ["down"] * 2 + ["still"] * 2 + ["up"] * 2
    assert model.score(X, y) > 0.6
    assert model.channel_weights_.sum() == pytest.approx(3)
    np.testing.assert_allclose(model.predict_proba(X).sum(axis=1), 1)
    active = int((model.channel_weights_ > 0).sum())
    assert model.cost_.macs == 6 * active * sum(min(15, i + 2) - max(0, i - 1) for i in range(15))


def test_prediction_is_the_nearest_profile_under_the_learned_weights(problem):
    X, y = problem
    model = DTWPrototypeClassifier(3, random_state=1).fit(X, y)
    root = np.sqrt(model.channel_weights_)
    matrix = pairwise_dtw(X * root, model.prototypes_ * root, band=0.1)
    assert (model.predict(X) == model.prototype_labels_[matrix.argmin(axis=1)]).all()


def test_same_seed_same_profiles(problem):
    X, y = problem
    first, second = (DTWPrototypeClassifier(2, random_state=3, n_jobs=j).fit(X, y) for j in (1, 2))
    assert first.prototypes_.tobytes() == second.prototypes_.tobytes()


def test_all_windows_of_a_small_class_become_profiles(problem):
    X, y = problem
    few = np.r_[0:9, 9:60:3]  # three of "down" and "still" each, many of "up"
    model = DTWPrototypeClassifier(5, method="medoid").fit(X[few], y[few])
    assert [int((model.prototype_labels_ == c).sum()) for c in ("down", "still", "up")] == [3, 3, 5]


def test_early_stopping_holds_whole_groups_out(problem):
    X, y = problem
    groups = np.arange(60) // 6
    model = DTWPrototypeClassifier(2, validation_fraction=0.2, random_state=0).fit(X, y, groups)
    assert np.isfinite(model.history_[-1].validation_accuracy)
    assert len(model.history_) < model.history_[-1].n_epochs


@pytest.mark.parametrize(
    ("groups", "fraction", "message"),
    [
        (np.zeros(60), 0.2, "validation_fraction is 0.2.*more subjects"),
        (np.arange(59), 0.2, "groups has 59 entries but X has 60"),
        (np.arange(60) % 3, 0.34, "no training window left"),
        (None, 1.0, "validation_fraction is 1; it must be below 1"),
    ],
)
def test_impossible_hold_outs_are_explained(problem, groups, fraction, message):
    X, y = problem
    with pytest.raises(InvalidInputError, match=message):
        DTWPrototypeClassifier(validation_fraction=fraction, random_state=0).fit(X, y, groups)


def test_verbose_learning_shows_its_progress(problem, capsys):
    X, y = problem
    DTWPrototypeClassifier(1, random_state=0, verbose=1).fit(X, y)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 60
    assert lines[0].startswith("learning profiles   1/60  loss ")


def test_scores_use_the_steepness_of_the_fit(problem):
    X, y = problem
    model = DTWPrototypeClassifier(2, random_state=0).fit(X, y)
    steep, steep_few = model.predict_proba(X), model.predict_proba(X[:3])
    assert model.steepness_ == 8.0
    model.steepness_ = 2.0  # as another fit, or another version, may have left it
    np.testing.assert_allclose(model.predict_proba(X[:3]), model.predict_proba(X)[:3])
    # The softmax of a quarter of the exponents.
    expected = steep**0.25 / (steep**0.25).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(model.predict_proba(X), expected)
    np.testing.assert_allclose(steep_few, steep[:3])


def test_a_bundle_keeps_the_steepness(problem, tmp_path):
    X, y = problem
    model = DTWPrototypeClassifier(2, random_state=0).fit(X, y)
    model.steepness_ = 3.5
    common.save_bundle(model, tmp_path / "model")
    loaded = common.load_bundle(tmp_path / "model")
    assert loaded.steepness_ == 3.5
    np.testing.assert_array_equal(loaded.predict_proba(X), model.predict_proba(X))


@pytest.mark.parametrize("n_neighbors", [1, 3])
def test_the_scorer_of_single_windows_gives_the_same_scores(problem, n_neighbors):
    X, y = problem
    model = DTWPrototypeClassifier(2, n_neighbors=n_neighbors, random_state=0).fit(X, y)
    score = model.window_scorer()
    np.testing.assert_array_equal([score(window) for window in X[:9]], model.predict_proba(X[:9]))
