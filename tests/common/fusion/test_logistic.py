"""Logistic pooling: patterns of present sensors, shared and separate weights."""

import numpy as np
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
