"""Fusion: scikit-learn's checks, published rules, calibration with any sensor missing, honest training data."""

import pickle
from typing import ClassVar

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st
from scipy.special import expit, logit
from sklearn.base import clone
from sklearn.calibration import calibration_curve
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.utils.estimator_checks import parametrize_with_checks

from common import FusionClassifier, check_probabilities, out_of_fold_probabilities, reliability
from common.errors import FrugalWarning, InvalidInputError
from common.evaluation.splits import subject_folds
from common.fusion.classifier import METHODS
from common.fusion.logistic import frequent_patterns, masked_copies
from common.fusion.pooling import dempster_shafer_pool, max_pool, mean_pool, product_pool, youden_reliabilities
from common.fusion.shapley import shapley_values

NAN = np.nan
PATTERNS = {"both": (True, True), "wearable": (True, False), "camera": (False, True)}


def sensors(n: int, seed: int, *, fall_rate: float = 0.3) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A wearable's vote of five neighbours and an overconfident camera, 20 people; the two err together at times."""
    rng = np.random.default_rng(seed)
    y = (rng.random(n) < fall_rate).astype(int)
    groups = rng.integers(20, size=n)
    side, shared = 2 * y - 1, 0.7 * rng.normal(size=n)
    wearable = 1.8 * side + rng.normal(size=n) + shared + 0.5 * rng.normal(size=20)[groups]
    camera = 1.5 * side + 1.3 * rng.normal(size=n) + shared
    return np.column_stack([rng.binomial(5, expit(2 * wearable)) / 5, expit(3.5 * camera)]), y, groups


def masked(X: np.ndarray, pattern: tuple[bool, ...]) -> np.ndarray:
    return np.where(pattern, X, NAN)


@pytest.fixture(scope="module")
def fitted() -> FusionClassifier:
    return FusionClassifier().fit(*sensors(3000, seed=0))


@parametrize_with_checks(
    [
        *(FusionClassifier(method) for method in METHODS),
        FusionClassifier(calibration=None),
        FusionClassifier(calibration="isotonic"),
    ]
)
def test_scikit_learn_s_checks(estimator, check):
    check(estimator)


class TestPools:
    X = np.array([[0.9, 0.6, NAN], [0.2, NAN, NAN], [NAN, NAN, NAN]])

    def test_mean_and_maximum(self):
        np.testing.assert_allclose(mean_pool(self.X, 0.1), [0.75, 0.2, 0.1])
        np.testing.assert_allclose(max_pool(self.X, 0.1), [0.9, 0.2, 0.1])

    def test_product_is_bayes_rule(self):
        # Two independent tests that turn a prior of 10% into 40% and 25%: likelihood ratios 6 and 3, odds 18/9 = 2.
        np.testing.assert_allclose(product_pool(np.array([[0.4, 0.25]]), 0.1), [2 / 3])
        np.testing.assert_allclose(product_pool(self.X[1:], 0.1), [0.2, 0.1])

    def test_dempster_shafer_published(self):
        # G. Shafer, "Dempster-Shafer theory", 1992: Betty and Sally, each reliable with probability 0.9.
        def combine(row: list[float], base_rate: float) -> float:
            return dempster_shafer_pool(np.array([row]), base_rate, reliabilities=np.array([0.9, 0.9])).item()

        assert combine([1, 1], 0.0) == pytest.approx(0.99)  # belief that the limb fell
        assert combine([1, 1], 1.0) == pytest.approx(1.0)  # its plausibility
        assert combine([1, 0], 0.0) == pytest.approx(9 / 19)
        assert 1 - combine([1, 0], 1.0) == pytest.approx(9 / 19)  # belief that it did not

    def test_dempster_shafer_between_ignorance_and_independence(self):
        X = np.array([[0.9, 0.6], [0.3, 0.2], [0.7, NAN]])
        trusted = dempster_shafer_pool(X, 0.5, reliabilities=np.ones(2))
        np.testing.assert_allclose(trusted, product_pool(X, 0.5))
        np.testing.assert_allclose(dempster_shafer_pool(X, 0.2, reliabilities=np.zeros(2)), 0.2)

    @given(st.lists(st.tuples(*[st.floats(0, 1)] * 4), min_size=1, max_size=4), st.floats(0.01, 0.99))
    def test_dempster_shafer_against_sets(self, sources, base_rate):
        """Masses of {fall}, {none} and both, combined set by set."""
        masses = {"f": 0.0, "n": 0.0, "fn": 1.0}
        for p, r, *_ in sources:
            p = min(max(p, 1e-3), 1 - 1e-3)
            source = {"f": r * p, "n": r * (1 - p), "fn": 1 - r}
            combined = dict.fromkeys(masses, 0.0)
            for a, mass_a in masses.items():
                for b, mass_b in source.items():
                    common = "".join(sorted(set(a) & set(b)))
                    if common:
                        combined[common] += mass_a * mass_b
            masses = {name: mass / sum(combined.values()) for name, mass in combined.items()}
        X = np.array([[min(max(p, 1e-3), 1 - 1e-3) for p, *_ in sources]])
        reliabilities = np.array([r for _, r, *_ in sources])
        pooled = dempster_shafer_pool(X, base_rate, reliabilities=reliabilities)
        np.testing.assert_allclose(pooled, masses["f"] + base_rate * masses["fn"], atol=1e-9)

    def test_reliability_of_a_coin_and_of_an_absent_sensor_is_zero(self):
        X = np.array([[0.9, 0.9, NAN], [0.9, 0.1, 0.9], [0.1, 0.9, NAN], [0.1, 0.1, NAN]])
        assert youden_reliabilities(X, np.array([True, True, False, False])).tolist() == [1, 0, 0]


class TestFixedRules:
    @pytest.mark.parametrize(("method", "rule"), [("mean", mean_pool), ("max", max_pool), ("product", product_pool)])
    def test_uncalibrated_they_are_the_rule(self, method, rule):
        X, y, _ = sensors(200, seed=1)
        X[::3, 0] = NAN
        model = FusionClassifier(method, calibration=None).fit(X, y)
        expected = rule(np.clip(X, 1e-6, 1 - 1e-6), y.mean())
        np.testing.assert_allclose(model.predict_proba(X)[:, 1], np.clip(expected, 1e-6, 1 - 1e-6), rtol=1e-9)


class TestLogistic:
    def test_two_sensors_are_scikit_learn_s_logistic_regression(self):
        """Without a penalty to share anything, a pattern's terms are a plain regression on its rows."""
        X, y, _ = sensors(2000, seed=2)
        model = FusionClassifier(calibration=None, C=1e6).fit(X, y)
        X = np.clip(X, 1e-6, 1 - 1e-6)
        for pattern in PATTERNS.values():
            columns = np.flatnonzero(pattern)
            features = np.column_stack([logit(X[:, columns]), X[:, columns]])
            theirs = LogisticRegression(C=1e6, solver="newton-cholesky").fit(features, y)
            ours = model.decision_function(masked(X, pattern))
            limit = logit(1 - 1e-6)
            np.testing.assert_allclose(ours, np.clip(theirs.decision_function(features), -limit, limit), atol=0.02)

    def test_a_rare_pattern_shares_and_a_frequent_one_goes_its_own_way(self):
        X, y, _ = sensors(2000, seed=3)
        # In the dark the camera sees the opposite; the wearable is on as ever.
        dark = np.arange(2000) < 1000
        X[dark, 0] = NAN
        X[dark, 1] = 1 - X[dark, 1]
        learned = FusionClassifier(min_pattern_rows=20).fit(X, y)
        unaware = FusionClassifier(min_pattern_rows=2000).fit(X, y)
        camera_alone = np.array([[NAN, 0.95]])
        assert learned.predict_proba(camera_alone)[0, 1] < 0.2
        assert unaware.predict_proba(camera_alone)[0, 1] > learned.predict_proba(camera_alone)[0, 1]
        assert len(unaware.patterns_) == 0

    def test_patterns_that_never_occurred_are_learned_from_copies(self, fitted):
        assert {tuple(pattern) for pattern in fitted.patterns_.tolist()} == set(PATTERNS.values())

    def test_masked_copies_fill_what_is_missing_and_only_that(self):
        X = np.array([[0.9, 0.8, 0.7], [0.1, 0.2, NAN], [0.3, 0.4, NAN]])
        is_fall = np.array([True, True, False])
        copies, rows = masked_copies(X, is_fall, min_rows=1)
        np.testing.assert_array_equal(copies[:3], X)
        for copy, row in zip(copies, rows, strict=True):
            assert (np.isnan(copy) | (copy == X[row])).all()
        patterns = [tuple(pattern) for pattern in ~np.isnan(copies[3:])]
        assert (True, True, False) not in patterns  # it has a fall and another row of its own
        assert set(patterns) == {(1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 0, 1), (0, 1, 1)}
        assert frequent_patterns(X, is_fall, min_rows=1).tolist() == [[True, True, False]]

    def test_copies_of_four_sensors_grow_with_the_sensors_not_their_subsets(self):
        copies, _ = masked_copies(np.full((1, 4), 0.5), np.array([True]), min_rows=1)
        assert len(copies) == 1 + 4 + 4

    def test_a_useless_sensor_is_ignored(self):
        X, y, _ = sensors(2000, seed=4)
        X = np.column_stack([X, np.random.default_rng(104).random(2000)])
        model = FusionClassifier().fit(X, y)
        shares = np.abs(model.contributions(X)).mean(axis=0)
        assert shares[2] < 0.05 * shares[:2].min()


class TestCalibration:
    @pytest.mark.parametrize("calibration", ["sigmoid", "isotonic"])
    @pytest.mark.parametrize("pattern", PATTERNS.values(), ids=PATTERNS)
    def test_error_on_held_out_data_for_every_pattern(self, calibration, pattern):
        X, y, _ = sensors(20_000, seed=5)
        model = FusionClassifier(calibration=calibration).fit(*sensors(3000, seed=6))
        assert reliability(y, model.predict_proba(masked(X, pattern))[:, 1]).error <= 0.02

    def test_fused_is_better_than_either_sensor(self, fitted):
        X, y, _ = sensors(20_000, seed=7)
        accuracy = {name: (fitted.predict(masked(X, pattern)) == y).mean() for name, pattern in PATTERNS.items()}
        assert accuracy["both"] > max(accuracy["wearable"], accuracy["camera"]) + 0.01

    def test_calibration_needs_people_of_both_classes(self):
        X, y, _ = sensors(200, seed=8)
        with pytest.raises(InvalidInputError, match=r"one class is shown only by faller, .* or pass calibration=None"):
            FusionClassifier().fit(X, y, np.where(y, "faller", np.where(np.arange(200) % 2, "ann", "bob")))

    def test_reliability_is_scikit_learn_s_curve_for_distinct_values(self):
        rng = np.random.default_rng(0)
        p = rng.random(1000)
        y = rng.random(1000) < p**2
        curve = reliability(y, p)
        observed, promised = calibration_curve(y, p, n_bins=10, strategy="quantile")
        np.testing.assert_allclose(curve.observed, observed)
        np.testing.assert_allclose(curve.promised, promised)
        assert curve.error == pytest.approx(np.abs(observed - promised).mean())

    def test_reliability_does_not_depend_on_the_order_of_ties(self):
        p, y = np.repeat([0.25, 0.75], 50), np.tile([1, 0, 0, 1], 25)
        order = np.lexsort((y, p))
        assert reliability(y, p).error == pytest.approx(reliability(y[order], p[order]).error) == 0.25

    @pytest.mark.parametrize(
        ("y", "p", "message"),
        [
            ([0, 1], [0.5, 1.5], "probabilities is 1.5 at row 1"),
            ([0, 1], [0.5, NAN], "probabilities is NaN at entry 1"),
            ([0, 2], [0.5, 0.5], "other values than 0 and 1"),
            ([0], [0.5, 0.5], "is_positive has 1 entries but probabilities has 2"),
            ([], [], "probabilities is empty"),
        ],
    )
    def test_reliability_refuses(self, y, p, message):
        with pytest.raises(InvalidInputError, match=message):
            reliability(y, p)


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
            ({"band": (0.2, 1.2)}, "nor the second 1"),
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

    def test_the_glove_game(self):
        """Shapley's textbook game: a left glove and two right ones; a pair is worth 1. Shares 4/6, 1/6, 1/6."""

        def worth(X):
            left, right = ~np.isnan(X[:, :1]), ~np.isnan(X[:, 1:])
            return (left[:, 0] & right.any(axis=1)).astype(float)

        np.testing.assert_allclose(shapley_values(worth, np.ones((1, 3))), [[4 / 6, 1 / 6, 1 / 6]])

    def test_too_many_sensors(self):
        with pytest.raises(InvalidInputError, match="13 sensors; contributions are computed for at most 12"):
            shapley_values(lambda X: X.sum(axis=1), np.ones((1, 13)))


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

    def test_names_of_sensors_in_a_data_frame(self):
        X, y, _ = sensors(100, seed=15)
        frame = pd.DataFrame(X, columns=["wearable", "camera"])
        model = FusionClassifier().fit(frame, y)
        assert model.feature_names_in_.tolist() == ["wearable", "camera"]
        with pytest.raises(InvalidInputError, match="feature names"):
            model.predict(frame[["camera", "wearable"]])

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

    @pytest.mark.parametrize(
        ("X", "message"),
        [
            ([[0.5, 1.5]], "X is 1.5 at row 0, sensor 1; a probability lies from 0 to 1"),
            ([[NAN], [-0.1]], "X is -0.1 at row 1, sensor 0"),
            ([[np.inf]], "X contains infinity"),
            ([0.5], "X has 1 dimension"),
            (np.empty((0, 2)), "X is empty"),
        ],
    )
    def test_check_probabilities_refuses(self, X, message):
        with pytest.raises(InvalidInputError, match=message):
            check_probabilities(X)


class SeesGroups(KNeighborsClassifier):
    """Notes whom each copy was trained on."""

    seen: ClassVar[list[set]] = []

    def fit(self, X, y, groups=None):
        self.seen.append(set(groups))
        return super().fit(X, y)


class TestOutOfFold:
    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(8), 10)
    y = np.tile([0, 1], 40)
    X = rng.normal(size=(80, 12, 3)) + y[:, None, None]

    def flat(self, classifier=None, X=None, y=None, groups=None, **options):
        flat = self.X.reshape(80, -1) if X is None else X
        y = self.y if y is None else y
        groups = self.groups if groups is None else groups
        return out_of_fold_probabilities(classifier or KNeighborsClassifier(3), flat, y, groups, **options)

    def test_same_as_fold_by_fold(self):
        X = self.X.reshape(80, -1)
        expected = np.empty(80)
        for train, test in subject_folds(self.groups, y=self.y):
            model = KNeighborsClassifier(3).fit(X[train], self.y[train])
            expected[test] = model.predict_proba(X[test])[:, 1]
        np.testing.assert_array_equal(self.flat(), expected)

    def test_nobody_is_judged_by_who_knows_them(self):
        # Noise labels: one's own nearest neighbour knows them by heart, strangers know nothing.
        y = np.random.default_rng(1).integers(2, size=80)
        X = self.rng.normal(size=(80, 30))
        held_out = self.flat(KNeighborsClassifier(1), X=X, y=y)
        assert (KNeighborsClassifier(1).fit(X, y).predict(X) == y).all()
        assert abs(np.mean((held_out > 0.5) == y) - 0.5) < 0.2

    def test_groups_are_passed_on_where_fit_takes_them(self):
        SeesGroups.seen.clear()
        self.flat(SeesGroups(3), n_folds=4)
        assert len(SeesGroups.seen) == 4
        assert all(len(people) == 6 for people in SeesGroups.seen)

    def test_frames_and_activities(self):
        frame = pd.DataFrame(self.X[:, :, 0])
        activities = np.where(self.y, "fall", np.where(np.arange(80) % 4 == 0, "sit", "walk"))
        p = self.flat(X=frame, y=activities, positive="fall")
        assert p[self.y == 1].mean() > p[self.y == 0].mean() + 0.3

    def test_recordings_filed_under_two_names_are_reported(self):
        X = self.X.reshape(80, -1).copy()
        X[70] = X[3]
        with pytest.warns(
            FrugalWarning, match="1 rows that occur under two subjects, such as row 3 of 0 and row 70 of 7"
        ):
            self.flat(X=X)
        table = pd.DataFrame({"path": [f"{row}.png" for row in range(80)], "x": self.X[:, 0, 0]})
        table.loc[70, "path"] = "3.png"
        with pytest.warns(FrugalWarning, match="row 3 of 0"), pytest.raises(ValueError):
            self.flat(X=table)

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"classifier": FrozenEstimator(KNeighborsClassifier())}, "FrozenEstimator, which cannot be trained anew"),
            ({"classifier": object()}, "object, which cannot be trained anew"),
            ({"positive": 7}, "positive is 7, not found in y; there are 0, 1"),
            ({"y": np.arange(80) % 3}, "y has 3 classes: say whose probability is wanted"),
            ({"y": np.zeros(80)}, "y holds one class only"),
            ({"groups": np.zeros(80)}, "groups names 1 subject"),
            ({"groups": np.zeros(3)}, "groups has 3 entries but X has 80"),
            ({"y": (np.arange(80) < 10).astype(int)}, "class 1 is shown by subjects 0.* only"),
            ({"X": []}, "X is empty"),
        ],
    )
    def test_refuses(self, change, message):
        with pytest.raises(InvalidInputError, match=message):
            self.flat(**change)

    def test_groups_are_not_optional(self):
        with pytest.raises(InvalidInputError, match="groups is None: name the subject"):
            out_of_fold_probabilities(KNeighborsClassifier(), [[0.0], [1.0]], [0, 1], None)
