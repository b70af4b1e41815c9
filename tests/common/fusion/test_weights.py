"""Weights of rows: how many rows each one stands for."""

import numpy as np
import pytest
import sklearn
from sklearn.model_selection import GroupKFold, cross_validate
from sklearn.pipeline import make_pipeline

from common import FusionClassifier, load_bundle, save_bundle, subject_folds
from common.errors import InvalidInputError
from common.fusion.classifier import METHODS
from common.fusion.weights import check_weights
from tests.common.fusion.readings import NAN, sensors


def readings(n: int = 300):
    X, y, groups = sensors(n, seed=21)
    X[::5, 0] = NAN
    X[::40] = NAN
    return X, y, groups, np.random.default_rng(21).integers(0, 4, size=n)


ALL = pytest.mark.parametrize("method", METHODS)
CALIBRATIONS = pytest.mark.parametrize("calibration", [None, "sigmoid", "isotonic"])


@ALL
@CALIBRATIONS
def test_integers_are_repeated_rows(method, calibration):
    X, y, groups, weights = readings()
    times = np.repeat(np.arange(len(X)), weights)
    splits = subject_folds(groups, n_folds=4)
    of_repeated = [tuple(np.flatnonzero(np.isin(times, part)) for part in split) for split in splits]
    weighted = FusionClassifier(method, calibration=calibration, cv=splits).fit(X, y, sample_weight=weights)
    repeated = FusionClassifier(method, calibration=calibration, cv=of_repeated).fit(X[times], y[times])
    assert weighted.base_rate_ == pytest.approx(repeated.base_rate_, rel=1e-12)
    np.testing.assert_array_equal(weighted.patterns_, repeated.patterns_)
    np.testing.assert_allclose(weighted.predict_proba(X), repeated.predict_proba(X), rtol=1e-6)


@ALL
def test_a_row_of_weight_zero_is_left_out(method):
    X, y, groups, weights = readings()
    kept = weights > 0
    weighted = FusionClassifier(method).fit(X, y, groups, kept.astype(float))
    without = FusionClassifier(method).fit(X[kept], y[kept], groups[kept])
    np.testing.assert_allclose(weighted.predict_proba(X), without.predict_proba(X), rtol=1e-9)


@ALL
def test_equal_weights_of_one_change_nothing(method):
    X, y, groups, _ = readings()
    weighted = FusionClassifier(method).fit(X, y, groups, np.ones(len(X)))
    np.testing.assert_allclose(
        weighted.predict_proba(X), FusionClassifier(method).fit(X, y, groups).predict_proba(X), rtol=1e-9
    )


def test_heavier_falls_make_a_fall_more_probable():
    X, y, groups, _ = readings()
    plain = FusionClassifier().fit(X, y, groups).predict_proba(X)[:, 1]
    heavier = FusionClassifier().fit(X, y, groups, np.where(y, 3.0, 1.0)).predict_proba(X)[:, 1]
    assert (heavier > plain).mean() > 0.95


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda w, y: np.where(np.arange(len(w)) == 7, -1, w), "sample_weight is -1 at row 7"),
        (lambda w, y: np.where(np.arange(len(w)) == 7, np.inf, w), "sample_weight is inf at row 7"),
        (lambda w, y: np.where(np.arange(len(w)) == 7, NAN, w), "sample_weight contains a missing value at entry 7"),
        (lambda w, y: 0 * w, "sample_weight is zero for all rows"),
        (lambda w, y: w * (y == 0), "sample_weight leaves one class only"),
        (lambda w, y: np.where(y, 1e30, 1e-30), "sample_weight leaves one class only"),
        (lambda w, y: np.full(len(w), 1e308), "sample_weight has a sum of inf"),
        (lambda w, y: np.full(len(w), 5e-324), "sample_weight has a sum of .*divide all weights by their mean"),
        (lambda w, y: w[1:], "sample_weight has 299 entries but X has 300"),
        (lambda w, y: w.astype(str), "sample_weight does not hold numbers"),
    ],
)
def test_other_weights_are_refused(change, message):
    X, y, _, _ = readings()
    weights = change(np.ones(len(X)), y)
    with pytest.raises(InvalidInputError, match=message):
        FusionClassifier().fit(X, y, sample_weight=weights)


def test_given_folds_are_those_of_the_subjects():
    X, y, groups, _ = readings()
    has_sensor = ~np.isnan(X).all(axis=1)
    X, y, groups = X[has_sensor], y[has_sensor], groups[has_sensor]
    by_groups = FusionClassifier().fit(X, y, groups)
    given = FusionClassifier(cv=subject_folds(groups, y=y)).fit(X, y)
    np.testing.assert_array_equal(given.predict_proba(X), by_groups.predict_proba(X))


@pytest.mark.parametrize(
    ("cv", "message"),
    [
        (3, "cv is 3; pass a list of pairs"),
        ([1, 2], r"cv holds no pair \(train, test\) of row numbers at entry 0"),
        ([([0, 1], [2, 3])], "train and test of entry 0 do not hold each of the 300 rows"),
        ([(np.arange(150), np.arange(150, 300))], "cv never tests row 0"),
        ([(np.arange(150), np.arange(150, 300))] * 2, "entry 1 that an earlier entry tests"),
        ([(np.arange(0), np.arange(300))], "cv"),
    ],
)
def test_other_folds_are_refused(cv, message):
    X, y, _, _ = readings()
    with pytest.raises(InvalidInputError, match=message):
        FusionClassifier(cv=cv).fit(X, y)


def test_a_fold_that_holds_a_class_is_refused():
    X, y, _, _ = readings()
    falls, others = np.flatnonzero(y), np.flatnonzero(y == 0)
    with pytest.raises(InvalidInputError, match="without the rows that entry 0 tests, one class is missing"):
        FusionClassifier(cv=[(falls, others), (others, falls)]).fit(X, y)


def test_bundles_do_not_hold_the_folds(tmp_path):
    X, y, groups, _ = readings()
    model = FusionClassifier(cv=subject_folds(groups)).fit(X, y)
    save_bundle(model, tmp_path / "fusion")
    again = load_bundle(tmp_path / "fusion")
    assert again.cv is None
    np.testing.assert_array_equal(again.predict_proba(X), model.predict_proba(X))


def test_subjects_and_weights_are_routed():
    X, y, groups, weights = readings()
    with sklearn.config_context(enable_metadata_routing=True):
        asks = make_pipeline(FusionClassifier().set_fit_request(groups=True, sample_weight=True))
        asks[-1].set_score_request(sample_weight=True)
        routed = asks.fit(X, y, groups=groups, sample_weight=weights).predict_proba(X)
        params = {"groups": groups, "sample_weight": weights}
        scores = cross_validate(asks, X, y, cv=GroupKFold(3), params=params, error_score="raise")["test_score"]
    step = {f"fusionclassifier__{name}": value for name, value in params.items()}
    by_name = make_pipeline(FusionClassifier()).fit(X, y, **step)
    np.testing.assert_array_equal(routed, by_name.predict_proba(X))
    assert (scores > 0.7).all()


def test_all_that_counts_rows_is_a_weight():
    for dtype in (bool, np.uint8, np.int64, np.float32):
        weights = check_weights(np.array([1, 0, 1], dtype), 3)
        assert (weights.dtype, weights.tolist()) == (np.float64, [1, 0, 1])


@pytest.mark.parametrize("total", [1e-100, 1e100])
def test_the_smallest_and_the_largest_total(total):
    assert check_weights([total], 1).tolist() == [total]
    with pytest.raises(InvalidInputError, match="sample_weight has a sum of"):
        check_weights([total * (0.5 if total < 1 else 2)], 1)


@pytest.mark.parametrize("entry", [0, 1, 2])
def test_the_first_unusable_weight_is_named(entry):
    weights = np.ones(3)
    weights[entry:] = -2
    with pytest.raises(InvalidInputError, match=rf"^sample_weight is -2 at row {entry};"):
        check_weights(weights, 3)
