"""A few profiles per class: how they classify, what they cost, and how learning stops."""

import numpy as np
import pytest
from scipy.special import softmax

import common
from common.errors import InvalidInputError
from har import DTWPrototypeClassifier, pairwise_dtw
from har.prototypes import METHODS
from tests.oracles import readout as oracle


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


@pytest.mark.promise("The same seed gives the same learned prototypes")
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


def test_verbose_learning_shows_what_was_chosen(problem, capsys):
    X, y = problem
    DTWPrototypeClassifier(1, method="medoid", readout="auto", random_state=0, verbose=1).fit(X, y)
    assert capsys.readouterr().out.startswith("held out: linear readout 0.")


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


def test_later_changes_do_not_reach_a_scorer_that_votes(problem):
    X, y = problem
    model = DTWPrototypeClassifier(2, method="medoid", n_neighbors=3, random_state=0).fit(X, y)
    before, score = model.predict_proba(X[:5]), model.window_scorer()
    model.set_params(n_neighbors=1).fit(-X, y)
    np.testing.assert_array_equal([score(window) for window in X[:5]], before)


def test_a_readout_leaves_the_profiles_as_they_are(problem):
    X, y = problem
    nearest, linear = (DTWPrototypeClassifier(2, readout=r, random_state=3).fit(X, y) for r in ("nearest", "linear"))
    assert linear.prototypes_.tobytes() == nearest.prototypes_.tobytes()
    assert linear.channel_weights_.tobytes() == nearest.channel_weights_.tobytes()
    assert (nearest.readout_, linear.readout_) == ("nearest", "linear")
    assert linear.readout_coef_.shape == (3, 12)
    assert linear.readout_mean_.shape == linear.readout_scale_.shape == (12,)
    # What was fitted last counts.
    linear.set_params(readout="nearest").fit(X, y)
    assert linear.readout_coef_ is None
    np.testing.assert_array_equal(linear.predict_proba(X), nearest.predict_proba(X))


def test_linear_probabilities_from_the_matrix_of_distances(problem):
    X, y = problem
    model = DTWPrototypeClassifier(2, readout="linear", random_state=1).fit(X, y, np.arange(60) // 6)
    root = np.sqrt(model.channel_weights_)
    features = oracle.distance_features(pairwise_dtw(X * root, model.prototypes_ * root, band=0.1))
    standardised = (features - model.readout_mean_) / model.readout_scale_
    expected = softmax(standardised @ model.readout_coef_.T + model.readout_intercept_, axis=1)
    np.testing.assert_allclose(model.predict_proba(X), expected, atol=1e-9)  # by a matrix of distances
    np.testing.assert_allclose(model.predict_proba(X[:5]), expected[:5], atol=1e-9)  # in one compiled call
    score = model.window_scorer()
    np.testing.assert_array_equal([score(window) for window in X[:9]], model.predict_proba(X[:9]))


@pytest.mark.parametrize("readout", ["nearest", "linear"])
def test_decisions_do_not_depend_on_the_unit(problem, readout):
    X, y = problem
    model = DTWPrototypeClassifier(2, method="medoid", readout=readout, random_state=1)
    unit = 2.0**-20  # a power of two rounds nothing
    expected = model.fit(X, y).predict_proba(X)
    np.testing.assert_allclose(model.fit(X * unit, y).predict_proba(X * unit), expected, atol=1e-6)


@pytest.mark.parametrize("readout", ["linear", "auto"])
def test_same_seed_same_readout(problem, readout):
    X, y = problem
    groups = np.arange(60) // 6
    first, second = (
        DTWPrototypeClassifier(1, readout=readout, random_state=3, n_jobs=j).fit(X, y, groups) for j in (1, 2)
    )
    assert first.readout_ == second.readout_
    assert first.predict_proba(X).tobytes() == second.predict_proba(X).tobytes()


@pytest.mark.parametrize("precision", [np.float32, np.float64])
def test_the_cost_of_a_linear_readout(problem, precision):
    X, y = problem
    model = DTWPrototypeClassifier(2, method="medoid", readout="linear", random_state=0).fit(X.astype(precision), y)
    arrays = [model.prototypes_, model.readout_mean_, model.readout_scale_, model.readout_coef_]
    arrays.append(model.readout_intercept_)
    assert {array.dtype for array in arrays} == {np.dtype(precision)}
    assert model.cost_.params == sum(array.size for array in arrays)
    assert model.cost_.weight_bytes == sum(array.nbytes for array in arrays)


def test_neighbours_and_a_linear_readout_exclude_each_other(problem):
    X, y = problem
    model = DTWPrototypeClassifier(2, n_neighbors=3, readout="auto")
    with pytest.raises(InvalidInputError, match=r"n_neighbors is 3 but readout is 'auto'.*use n_neighbors=1"):
        model.fit(X, y)
    with pytest.raises(InvalidInputError, match="readout is 'best'"):
        DTWPrototypeClassifier(readout="best").fit(X, y)
