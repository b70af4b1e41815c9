"""The fusion as a classifier: scikit-learn's checks, decisions, contributions, input that is refused."""

import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st
from scipy.special import logit
from sklearn.base import clone
from sklearn.utils.estimator_checks import parametrize_with_checks

from common import FusionClassifier
from common.errors import InvalidInputError
from common.fusion.classifier import METHODS
from common.fusion.pooling import max_pool, mean_pool, product_pool
from tests.common.fusion.readings import NAN, sensors


@parametrize_with_checks(
    [
        *(FusionClassifier(method) for method in METHODS),
        FusionClassifier(calibration=None),
        FusionClassifier(calibration="isotonic"),
    ]
)
def test_scikit_learn_s_checks(estimator, check):
    check(estimator)


class TestFixedRules:
    @pytest.mark.parametrize(("method", "rule"), [("mean", mean_pool), ("max", max_pool), ("product", product_pool)])
    def test_uncalibrated_they_are_the_rule(self, method, rule):
        X, y, _ = sensors(200, seed=1)
        X[::3, 0] = NAN
        model = FusionClassifier(method, calibration=None).fit(X, y)
        expected = rule(np.clip(X, 1e-6, 1 - 1e-6), y.mean())
        np.testing.assert_allclose(model.predict_proba(X)[:, 1], np.clip(expected, 1e-6, 1 - 1e-6), rtol=1e-9)


class TestDecisions:
    def test_a_row_without_sensors_gets_the_base_rate_and_no_decision(self, fitted):
        silence = [[NAN, NAN]]
        assert fitted.predict_proba(silence)[0, 1] == pytest.approx(fitted.base_rate_)
        assert fitted.predict(silence).tolist() == [0]
        assert fitted.decide(silence, band=(0.5, 0.5)).tolist() == [-1]

    def test_rows_without_sensors_count_for_the_base_rate_alone(self):
        X, y, groups = sensors(400, seed=9)
        silent = np.full((100, 2), NAN)
        with_silence = FusionClassifier().fit(
            np.vstack([X, silent]), np.append(y, np.ones(100, int)), np.append(groups, np.zeros(100, int))
        )
        assert with_silence.base_rate_ == pytest.approx((y.sum() + 100) / 500)

    def test_decide_abstains_inside_the_band(self, fitted):
        X, _, _ = sensors(500, seed=10)
        p, decided = fitted.predict_proba(X)[:, 1], fitted.decide(X, band=(0.2, 0.9))
        np.testing.assert_array_equal(decided, np.where(p >= 0.9, 1, np.where(p <= 0.2, 0, -1)))
        np.testing.assert_array_equal(fitted.decide(X, band=(0.5, 0.5)), fitted.predict(X))

    def test_labels_of_text(self):
        X, y, _ = sensors(300, seed=11)
        model = FusionClassifier().fit(X, np.where(y, "fall", "daily"))
        assert model.classes_.tolist() == ["daily", "fall"]
        # The second in sorted order is the class that X speaks of: the wearable's vote counts for it.
        assert model.decide([[1.0, 0.99], [NAN, NAN]]).tolist() == ["fall", "unsure"]
        assert model.decide([[NAN, NAN]], abstention="ask a nurse").tolist() == ["ask a nurse"]

    def test_values_outside_are_clipped(self, fitted):
        np.testing.assert_array_equal(
            fitted.predict_proba([[-3.0, 7.0], [NAN, 1e9]]), fitted.predict_proba([[0, 1], [NAN, 1]])
        )
        assert np.abs(fitted.decision_function([[1e9, 1e9]])) <= logit(1 - 1e-6)

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({"band": 0.3}, r"band is 0.3; pass two probabilities"),
            ({"band": (0.7, 0.3)}, "the first must not exceed the second"),
            ({"band": (0.2, 1.2)}, "the second must not exceed 1"),
            ({"band": (NAN, 0.5)}, "band is nan"),
            ({"abstention": 1}, "abstention is 1, which is a class"),
            ({"abstention": "unsure"}, "abstention holds text and y holds numbers"),
        ],
    )
    def test_decide_refuses(self, fitted, arguments, message):
        with pytest.raises(InvalidInputError, match=message):
            fitted.decide([[0.5, 0.5]], **arguments)


class TestContributions:
    @pytest.mark.parametrize("method", METHODS)
    @pytest.mark.parametrize("calibration", [None, "sigmoid", "isotonic"])
    def test_they_add_up_to_the_decision(self, method, calibration):
        X, y, _ = sensors(300, seed=12)
        X[::4, 1] = NAN
        X[::30] = NAN
        model = FusionClassifier(method, calibration=calibration).fit(X, y)
        shares = model.contributions(X)
        np.testing.assert_allclose(
            logit(model.base_rate_) + shares.sum(axis=1), model.decision_function(X), rtol=1e-9, atol=1e-9
        )
        assert (shares[np.isnan(X)] == 0).all()

    def test_of_independent_sensors_they_are_the_evidence(self):
        X, y, _ = sensors(300, seed=13)
        X = np.clip(X, 0.2, 0.8)
        model = FusionClassifier("product", calibration=None).fit(X, y)
        np.testing.assert_allclose(model.contributions(X), logit(X) - logit(y.mean()))


class TestInput:
    @pytest.mark.parametrize(
        ("arguments", "X", "y", "message"),
        [
            ({"method": "vote"}, None, None, "method is 'vote'; choose one of 'logistic'"),
            ({"calibration": "beta"}, None, None, "calibration is 'beta'"),
            ({"C": 0}, None, None, "C is 0; it must be above 0"),
            ({"min_pattern_rows": 0}, None, None, "min_pattern_rows is 0"),
            ({"n_folds": 1}, None, None, "n_folds is 1"),
            ({}, [[0.1, np.inf], [0.1, 0.2]], [0, 1], "X contains infinity at row 0, sensor 1"),
            ({}, [0.1, 0.2], [0, 1], r"X has 1 dimension; .*Reshape your data"),
            ({}, [[0.1], [0.2], [0.3]], [0, 1, 2], "Only binary classification is supported"),
            ({}, [[0.1], [0.2]], [1, 1], "y holds one class only"),
            ({}, [[NAN], [0.2]], [0, 1], "sensor present for one class only"),
            ({}, [["a"], ["b"]], [0, 1], "X is not a rectangular array of numbers"),
        ],
    )
    def test_fit_refuses_and_leaves_the_estimator_as_it_was(self, arguments, X, y, message):
        good_X, good_y, _ = sensors(100, seed=14)
        model = FusionClassifier().fit(good_X, good_y)
        before = model.predict_proba(good_X)
        refused = model.set_params(**arguments)
        with pytest.raises(InvalidInputError, match=message):
            refused.fit(good_X if X is None else X, good_y if y is None else y)
        np.testing.assert_array_equal(
            model.set_params(**clone(FusionClassifier()).get_params()).predict_proba(good_X), before
        )

    def test_another_number_of_sensors_is_refused(self, fitted):
        with pytest.raises(InvalidInputError, match="X has 3 features, but FusionClassifier is expecting 2"):
            fitted.predict([[0.1, 0.2, 0.3]])

    @pytest.mark.parametrize("method", ["predict", "predict_proba", "decision_function", "decide", "contributions"])
    def test_sensors_of_a_data_frame_are_known_by_name(self, method):
        X, y, _ = sensors(100, seed=15)
        frame = pd.DataFrame(X, columns=["wearable", "camera"])
        model = FusionClassifier().fit(frame, y)
        assert model.feature_names_in_.tolist() == ["wearable", "camera"]
        call = getattr(model, method)
        np.testing.assert_array_equal(call(frame), getattr(FusionClassifier().fit(X, y), method)(X))
        for other in (
            frame[["camera", "wearable"]],
            frame.rename(columns={"camera": "radar"}),
            frame.assign(radar=0.5),
        ):
            with pytest.raises(InvalidInputError, match="feature names"):
                call(other)

    def test_column_names_of_several_types_are_refused(self):
        X, y, _ = sensors(100, seed=15)
        with pytest.raises(InvalidInputError, match="X has column names of several types"):
            FusionClassifier().fit(pd.DataFrame(X, columns=["wearable", 1]), y)

    @pytest.mark.parametrize("method", METHODS)
    @pytest.mark.parametrize("n_sensors", [1, 3, 5])
    def test_any_number_of_sensors(self, method, n_sensors):
        X, y, groups = sensors(400, seed=18)
        readings = np.column_stack([np.clip(X[:, 1] + 0.01 * k, 0, 1) for k in range(n_sensors)])
        readings[::5, 0] = NAN
        model = FusionClassifier(method).fit(readings, y, groups)
        assert ((model.predict(readings) == y) | np.isnan(readings).all(axis=1)).mean() > 0.7
        assert model.contributions(readings).shape == readings.shape

    @pytest.mark.parametrize("n", [2, 3, 5, 9])
    def test_very_few_rows(self, n):
        X, y = np.linspace(0.1, 0.9, 2 * n).reshape(n, 2), np.arange(n) % 2
        p = FusionClassifier().fit(X, y).predict_proba(X)
        assert np.isfinite(p).all()

    def test_one_subject_calibrates_on_what_there_is(self):
        X, y, _ = sensors(100, seed=16)
        assert np.isfinite(FusionClassifier().fit(X, y, np.zeros(100)).predict_proba(X)).all()

    def test_pickles(self, fitted):
        X, _, _ = sensors(50, seed=17)
        again = pickle.loads(pickle.dumps(fitted))
        np.testing.assert_array_equal(again.predict_proba(X), fitted.predict_proba(X))

    @settings(max_examples=30, deadline=None)
    @given(st.lists(st.tuples(*[st.one_of(st.just(NAN), st.floats(-1e300, 1e300))] * 2), min_size=1, max_size=8))
    def test_any_finite_input_gives_probabilities(self, fitted, rows):
        p = fitted.predict_proba(rows)
        assert ((p > 0) & (p < 1)).all()


class TestDefaultsAndEnds:
    def test_defaults_are_the_documented_ones(self):
        X, y, groups = sensors(300, seed=30)
        X[::7, 0] = NAN
        plain = FusionClassifier().fit(X, y, groups)
        said = FusionClassifier(
            "logistic", calibration="sigmoid", C=1.0, min_pattern_rows=20, n_folds=5, cv=None
        ).fit(X, y, groups)  # fmt: skip
        np.testing.assert_array_equal(plain.predict_proba(X), said.predict_proba(X))
        np.testing.assert_array_equal(plain.decide(X), said.decide(X, band=(0.3, 0.7), abstention=-1))

    def test_the_ends_of_the_band_are_decisions(self, fitted):
        p = fitted.predict_proba([[0.4, 0.6]])[0, 1]
        expected = int(p > 0.5)
        for band in ((p, 1.0), (0.0, p), (p, p)):
            assert fitted.decide([[0.4, 0.6]], band=band).tolist() == [expected]
        assert fitted.decide([[0.4, 0.6]], band=(0.0, 1.0)).tolist() == [-1]

    @pytest.mark.parametrize("band", [(0.3, 0.5, 0.7), "ab", None, (-0.1, 0.5), ("low", 0.5)])
    def test_other_bands(self, fitted, band):
        with pytest.raises(InvalidInputError, match=r"^band\b"):
            fitted.decide([[0.5, 0.5]], band=band)

    def test_a_band_may_be_a_list(self, fitted):
        assert fitted.decide([[0.5, 0.5]], band=[0.0, 1.0]).tolist() == [-1]

    @pytest.mark.parametrize(
        ("arguments", "y", "groups", "message"),
        [
            ({"calibration": "beta"}, None, None, "^calibration is"),
            ({"C": "much"}, None, None, "^C is"),
            ({"min_pattern_rows": 1.5}, None, None, "^min_pattern_rows is"),
            ({"n_folds": 2.0}, None, None, "^n_folds is"),
            ({}, [0, 1], None, "^y has 2"),
            ({}, None, [0, 1], "^groups has 2"),
        ],
    )
    def test_arguments_are_named(self, arguments, y, groups, message):
        X, good, _ = sensors(50, seed=31)
        with pytest.raises(InvalidInputError, match=message):
            FusionClassifier(**arguments).fit(X, good if y is None else y, groups)

    def test_the_least_that_parameters_may_be(self):
        X, y, _ = sensors(60, seed=32)
        model = FusionClassifier(C=1e-3, min_pattern_rows=1, n_folds=2).fit(X, y)
        assert np.isfinite(model.predict_proba(X)).all()
        assert len(model.patterns_) == 3

    def test_the_tags_say_what_it_takes(self):
        for method in METHODS:
            tags = FusionClassifier(method).__sklearn_tags__()
            assert tags.input_tags.allow_nan
            assert not tags.classifier_tags.multi_class
            assert tags.classifier_tags.poor_score is (method != "logistic")

    def test_a_frame_is_remembered_an_array_has_no_names(self):
        X, y, _ = sensors(60, seed=33)
        model = FusionClassifier().fit(X, y)
        assert not hasattr(model, "feature_names_in_")
        assert model.n_features_in_ == 2
        assert model.predict_proba([[0.0, 0.0]]).sum() == pytest.approx(1)
