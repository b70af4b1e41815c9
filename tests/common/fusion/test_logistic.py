"""Logistic pooling: patterns of present sensors, shared and separate weights."""

import numpy as np
import pytest
from scipy.special import logit
from sklearn.linear_model import LogisticRegression

from common import FusionClassifier
from common.fusion.logistic import frequent_patterns, masked_copies
from tests.common.fusion.readings import NAN, PATTERNS, masked, sensors


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

    def test_without_patterns_of_its_own_it_is_one_plain_regression(self):
        """On the evidence of all rows: log-odds and four times the probability, both beyond the base rate."""
        X, y, _ = sensors(500, seed=22)
        X, rate = np.clip(X, 1e-6, 1 - 1e-6), y.mean()
        model = FusionClassifier(calibration=None, min_pattern_rows=10_000).fit(X, y)
        pool = model.pool_
        assert pool.intercepts.shape == (1,)
        rows, source = masked_copies(X, y == 1, min_rows=10_000)
        evidence = np.stack([logit(rows) - logit(rate), 4 * (rows - rate)], axis=2)
        design = np.nan_to_num(evidence).reshape(len(rows), -1)
        theirs = LogisticRegression(tol=1e-8, max_iter=1000, solver="newton-cholesky").fit(design, y[source])
        np.testing.assert_allclose(pool.weights[0].ravel(), theirs.coef_[0], atol=1e-5)
        np.testing.assert_allclose(pool.intercepts, theirs.intercept_, atol=1e-5)

    def test_the_order_of_rows_does_not_matter(self):
        X, y, _ = sensors(400, seed=23)
        X[::3, 0] = NAN
        shuffled = np.random.default_rng(0).permutation(400)
        first = FusionClassifier(calibration=None).fit(X, y)
        second = FusionClassifier(calibration=None).fit(X[shuffled], y[shuffled])
        np.testing.assert_allclose(first.decision_function(X), second.decision_function(X), atol=1e-5)

    @pytest.mark.parametrize(("n_falls", "is_frequent"), [(3, True), (2, False)])
    def test_a_pattern_needs_as_many_rows_of_either_class(self, n_falls, is_frequent):
        X, is_fall = np.full((10, 2), 0.5), np.arange(10) < n_falls
        for labels in (is_fall, ~is_fall):
            assert len(frequent_patterns(X, labels, min_rows=3)) == is_frequent
            patterns_of_copies = ~np.isnan(masked_copies(X, labels, min_rows=3)[0][10:])
            assert len(patterns_of_copies) == 20

    def test_rows_without_any_sensor_are_no_pattern(self):
        X = np.array([[0.5, NAN], [NAN, NAN]] * 3)
        assert frequent_patterns(X, np.arange(6) < 3, min_rows=1).tolist() == [[True, False]]

    def test_a_row_counts_for_as_many_as_its_weight(self):
        X, is_fall = np.full((2, 2), 0.5), np.array([True, False])
        for weights, n in ((np.array([3.0, 3.0]), 1), (np.array([3.0, 2.9]), 0), (None, 0)):
            assert len(frequent_patterns(X, is_fall, weights, min_rows=3)) == n

    def test_one_sensor_has_nothing_to_be_blanked_out(self):
        X = np.array([[0.5], [0.2]])
        copies, rows = masked_copies(X, np.array([True, False]), min_rows=20)
        np.testing.assert_array_equal(copies, X)
        assert rows.tolist() == [0, 1]
