"""Fixed pooling rules, against published examples."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from common.fusion.pooling import dempster_shafer_pool, max_pool, mean_pool, product_pool, youden_reliabilities
from tests.common.fusion.readings import NAN


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


def test_many_certain_sensors_that_contradict_each_other() -> None:
    """120 of them multiply to less than the smallest float."""
    probabilities = np.tile([1e-6, 1 - 1e-6], 60)[None]
    assert dempster_shafer_pool(probabilities, 0.3, reliabilities=np.ones(120)) == 0.3


def test_reliability_takes_one_half_for_no_fall_and_weights_for_rows() -> None:
    probabilities, is_fall = np.array([[0.5], [0.9], [0.5], [0.9]]), np.array([True, True, False, False])
    assert youden_reliabilities(probabilities, is_fall).tolist() == [0]
    weights = np.array([1.0, 3.0, 3.0, 1.0])
    assert youden_reliabilities(probabilities, is_fall, weights).tolist() == [0.5]  # 3/4 + 3/4 - 1


def test_a_sensor_that_is_worse_than_a_coin_is_ignored_not_inverted() -> None:
    is_fall = np.array([True, True, False])
    assert youden_reliabilities(np.array([[0.1], [0.1], [0.9]]), is_fall).tolist() == [0]


@pytest.mark.parametrize("present", [True, False])
def test_a_sensor_without_rows_of_both_classes_is_ignored(present: bool) -> None:
    probabilities = np.array([[0.9], [NAN], [0.1 if present else NAN]])
    assert youden_reliabilities(probabilities, np.array([True, True, False])).tolist() == [float(present)]


def test_absent_sensors_do_not_lower_a_mean_nor_raise_a_maximum() -> None:
    X = np.array([[-2.0, NAN], [NAN, -1.0]])  # not clipped here
    np.testing.assert_array_equal(mean_pool(X, 0.5), [-2, -1])
    np.testing.assert_array_equal(max_pool(X, 0.5), [-2, -1])


def test_product_of_contradictions_is_the_base_rate() -> None:
    # Odds of 9 times and of a ninth of the prior ones.
    np.testing.assert_allclose(product_pool(np.array([[0.5, 1 / 82]]), 0.1), [0.1])
