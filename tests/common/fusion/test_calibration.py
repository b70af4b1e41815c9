"""Calibration with any sensor missing."""

import numpy as np
import pytest

from common import FusionClassifier, reliability
from common.errors import InvalidInputError
from common.fusion.calibration import Calibration, fold_numbers, held_out_log_odds
from tests.common.fusion.readings import PATTERNS, masked, sensors


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
        with pytest.raises(
            InvalidInputError, match=r"one class occurs only in rows of faller, .* or pass calibration=None"
        ):
            FusionClassifier().fit(X, y, np.where(y, "faller", np.where(np.arange(200) % 2, "ann", "bob")))


class TestFolds:
    def test_as_many_as_asked_unless_people_or_rows_of_a_class_are_fewer(self):
        is_fall = np.arange(40) % 4 == 0
        people = np.arange(40) // 5
        assert set(fold_numbers(is_fall, None, 7)) == set(range(7))
        assert set(fold_numbers(is_fall, people, 7)) == set(range(7))
        assert set(fold_numbers(is_fall, people, 20)) == set(range(8))
        assert set(fold_numbers(is_fall, None, 20)) == set(range(10))  # ten falls
        assert set(fold_numbers(~is_fall, None, 20)) == set(range(10))
        assert set(fold_numbers(np.arange(40) < 2, None, 20)) == {0, 1}
        assert set(fold_numbers(np.arange(40) < 1, None, 20)) == {0}
        assert set(fold_numbers(is_fall, np.zeros(40), 20)) == {0}

    def test_nobody_is_in_two_and_falls_are_spread(self):
        is_fall, people = np.arange(60) % 3 == 0, np.arange(60) // 6
        folds = fold_numbers(is_fall, people, 5)
        assert all(len(set(folds[people == person])) == 1 for person in range(10))
        assert [int(is_fall[folds == number].sum()) for number in range(5)] == [4] * 5
        plain = fold_numbers(is_fall, None, 5)
        assert [int(is_fall[plain == number].sum()) for number in range(5)] == [4] * 5

    def test_held_out_rows_meet_a_pool_that_has_not_seen_them(self):
        X, folds = np.arange(6.0)[:, None], np.array([0, 0, 1, 1, 2, 2])
        weights = np.arange(1.0, 7.0)
        seen = []

        class Pool:
            def log_odds(self, held_out):
                seen[-1].append(held_out[:, 0].tolist())
                return held_out[:, 0] * 10

        def fit(rows, is_fall, row_weights):
            seen.append([rows[:, 0].tolist(), row_weights.tolist()])
            assert len(rows) == len(is_fall)
            return Pool()

        z = held_out_log_odds(fit, X, np.array([True, False] * 3), weights, folds)
        assert z.tolist() == [0, 10, 20, 30, 40, 50]
        assert seen == [
            [[2, 3, 4, 5], [3, 4, 5, 6], [0, 1]],
            [[0, 1, 4, 5], [1, 2, 5, 6], [2, 3]],
            [[0, 1, 2, 3], [1, 2, 3, 4], [4, 5]],
        ]

    def test_several_people_held_out_together_are_named(self):
        y = np.array([1, 0, 1, 0, 0, 0, 0, 0] * 5)
        people = np.array(["eve", "eve", "bob", "bob", "cy", "cy", "dee", "dee"] * 5)
        y[people == "bob"] = 0
        with pytest.raises(InvalidInputError, match=r"one class occurs only in rows of (\w+, )*eve(, \w+)*, so"):
            FusionClassifier(n_folds=2).fit(np.full((40, 1), 0.5) + 0.001 * np.arange(40)[:, None], y, people)


@pytest.mark.parametrize("calibration", ["sigmoid", "isotonic"])
def test_each_pattern_has_a_curve_and_the_last_is_of_all_rows(calibration):
    rng = np.random.default_rng(5)
    z, pattern = rng.normal(size=200), np.arange(200) % 2
    is_fall = rng.random(200) < 1 / (1 + np.exp(-z * np.where(pattern, 3, 0.3)))
    curves = Calibration.fit(calibration, z, is_fall, None, pattern, 2)
    ones = [Calibration.fit(calibration, z[rows], is_fall[rows], None, np.zeros(rows.sum(), int), 1) for rows in (
        pattern == 0, pattern == 1, np.ones(200, bool)
    )]  # fmt: skip
    for number, one in enumerate(ones):
        np.testing.assert_array_equal(
            curves.apply(z, np.full(200, number)), one.apply(z, np.zeros(200, int)), err_msg=str(number)
        )
    assert np.isfinite(curves.apply(np.array([-50.0, 50.0]), np.array([0, 0]))).all()
