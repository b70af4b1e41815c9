"""Wilson's interval against tables, the bootstrap against all resamples."""

import itertools
import math

import numpy as np
import pytest
from sklearn import metrics

from common import Interval, evaluate
from common.evaluation.intervals import (
    N_RESAMPLES,
    bootstrap_by_group,
    clopper_pearson,
    sensitivity_specificity,
    wilson,
)


def test_interval() -> None:
    assert 0.5 in Interval(0.4, 0.6)
    assert 0.7 not in Interval(0.4, 0.6)


class TestWilson:
    # R. G. Newcombe, Statistics in Medicine 17, 1998, table I, method 3.
    @pytest.mark.parametrize(
        ("successes", "trials", "low", "high"),
        [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0000, 0.1611), (1, 29, 0.0061, 0.1718)],
    )
    def test_published(self, successes: int, trials: int, low: float, high: float) -> None:
        interval = wilson(successes, trials)
        assert round(interval.low, 4) == low
        assert round(interval.high, 4) == high

    def test_statsmodels(self) -> None:
        proportion = pytest.importorskip("statsmodels.stats.proportion")
        for successes, trials in [(0, 1), (1, 1), (610, 705), (160, 208), (497, 497)]:
            expected = proportion.proportion_confint(successes, trials, method="wilson")
            interval = wilson(successes, trials)
            assert (interval.low, interval.high) == pytest.approx(expected, abs=1e-12)

    def test_of_nothing_is_undefined(self) -> None:
        assert str(wilson(0, 0)) == "–"


class TestBootstrap:
    def test_against_all_resamples(self) -> None:
        """Five groups have 5⁵ equally likely resamples: enough to list them all."""
        counts = np.array([[9, 10], [8, 12], [5, 10], [10, 10], [2, 7]])
        accuracies = [
            right / windows
            for right, windows in (counts[list(drawn)].sum(axis=0) for drawn in itertools.product(range(5), repeat=5))
        ]
        (interval,) = bootstrap_by_group(counts, lambda sums: sums[:, :1] / sums[:, 1:])
        assert interval.low == pytest.approx(np.percentile(accuracies, 2.5), abs=0.02)
        assert interval.high == pytest.approx(np.percentile(accuracies, 97.5), abs=0.02)

    def test_blocks_do_not_change_the_result(self, monkeypatch: pytest.MonkeyPatch) -> None:
        counts = np.random.default_rng(0).integers(1, 9, (7, 3))

        def shares(sums: np.ndarray) -> np.ndarray:
            return sums / sums.sum(axis=1, keepdims=True)

        whole = bootstrap_by_group(counts, shares)
        monkeypatch.setattr("common.evaluation.intervals._BLOCK", 100)
        assert bootstrap_by_group(counts, shares) == whole

    def test_undefined_everywhere(self) -> None:
        (interval,) = bootstrap_by_group(np.ones((3, 1), dtype=int), lambda sums: np.full((len(sums), 1), np.nan))
        assert math.isnan(interval.low)

    def test_more_windows_of_the_same_people_say_nothing_new(self) -> None:
        rng = np.random.default_rng(0)
        true, groups = rng.integers(0, 2, 60), np.repeat(np.arange(6), 10)
        predicted = np.where(rng.random(60) < 0.2, 1 - true, true)
        once = evaluate(true, predicted, groups=groups, positive=1)
        often = evaluate(true.repeat(100), predicted.repeat(100), groups=groups.repeat(100), positive=1)
        assert often.by_subject == once.by_subject
        width = [result.wilson.accuracy.high - result.wilson.accuracy.low for result in (once, often)]
        assert width[1] < width[0] / 5


class TestNobodyMisjudged:
    """A bootstrap without variation would give an interval of zero width."""

    @pytest.mark.parametrize("n_people", [2, 6, 40])
    def test_exact_by_person(self, n_people: int) -> None:
        y = np.tile([0, 1], 10 * n_people)
        result = evaluate(y, y, groups=np.repeat(np.arange(n_people), 20), positive=1).by_subject
        assert result is not None
        for interval in (result.accuracy, result.sensitivity, result.specificity):
            assert interval.high == 1
            assert interval.low**n_people == pytest.approx(0.025)
        assert str(result.macro_f1) == "–"

    def test_only_people_who_fell_count_for_the_sensitivity(self) -> None:
        y = np.array([0, 1, 0, 1, 0, 0, 0, 0])
        result = evaluate(y, y, groups=[1, 1, 2, 2, 3, 3, 4, 4], positive=1).by_subject
        assert result is not None
        assert result.sensitivity.low == pytest.approx(0.025 ** (1 / 2))
        assert result.specificity.low == pytest.approx(0.025 ** (1 / 4))

    def test_everybody_misjudged(self) -> None:
        y = np.tile([0, 1], 12)
        result = evaluate(y, 1 - y, groups=np.arange(24) // 4, positive=1).by_subject
        assert result is not None
        for interval in (result.accuracy, result.sensitivity, result.specificity):
            assert interval.low == 0
            assert (1 - interval.high) ** 6 == pytest.approx(0.025)

    def test_everybody_misjudged_alike(self) -> None:
        """Between the ends no exact interval of people applies."""
        y = np.tile([0, 0, 1, 1], 6)
        result = evaluate(y, np.tile([0, 1, 1, 1], 6), groups=np.arange(24) // 4, positive=1).by_subject
        assert result is not None
        assert str(result.accuracy) == str(result.specificity) == "–"
        assert str(result.sensitivity) == "0.541–1.000"

    def test_tables_print_no_zero_width(self) -> None:
        y = np.tile([0, 1], 60)
        result = evaluate(y, y, groups=np.repeat(np.arange(6), 20), positive=1)
        for text in (str(result), result.to_markdown()):
            assert "1.000–1.000" not in text
            assert text.count("0.541–1.000") == 3


def test_an_interval_includes_its_ends() -> None:
    interval = Interval(0.4, 0.6)
    assert 0.4 in interval
    assert 0.6 in interval


def test_one_trial_is_enough_for_an_interval() -> None:
    assert clopper_pearson(1, 1).low == pytest.approx(0.025)
    assert (wilson(0, 1).low, round(wilson(0, 1).high, 3)) == (0, 0.793)


class TestResamples:
    """How many there are, and which of them are the ends."""

    def test_the_ends_leave_out_two_and_a_half_per_cent_on_either_side(self) -> None:
        (interval,) = bootstrap_by_group(np.ones((3, 1), int), lambda sums: np.linspace(0, 1, len(sums))[:, None])
        assert (interval.low, interval.high) == pytest.approx((0.025, 0.975), abs=1e-12)

    @pytest.mark.parametrize("block", [2**22, 70, 1])
    def test_two_thousand_in_blocks_of_any_size(self, block: int, monkeypatch: pytest.MonkeyPatch) -> None:
        sizes = []

        def shares(sums: np.ndarray) -> np.ndarray:
            sizes.append(len(sums))
            return sums / sums.sum(axis=1, keepdims=True)

        counts = np.random.default_rng(0).integers(1, 9, (3, 3))
        whole = bootstrap_by_group(counts, shares)
        sizes.clear()
        monkeypatch.setattr("common.evaluation.intervals._BLOCK", block)
        assert bootstrap_by_group(counts, shares) == whole
        assert sum(sizes) == N_RESAMPLES

    def test_undefined_resamples_are_left_out(self) -> None:
        def only_two_defined(sums: np.ndarray) -> np.ndarray:
            values = np.full((len(sums), 1), np.nan)
            values[:2, 0] = 1.0, 3.0
            return values

        (interval,) = bootstrap_by_group(np.ones((3, 1), int), only_two_defined)
        assert (interval.low, interval.high) == pytest.approx((1.05, 2.95))


def test_by_subject_is_what_all_resamples_of_people_give() -> None:
    """Four people can be drawn in 4⁴ ways; the measures of each are scikit-learn's."""
    rng = np.random.default_rng(4)
    true, people = np.tile([0, 0, 1, 1, 2, 2], 8), np.repeat(np.arange(4), 12)
    predicted = np.where(rng.random(48) < np.array([0.05, 0.2, 0.5, 0.7])[people], rng.integers(0, 3, 48), true)
    tables = [metrics.confusion_matrix(true[people == one], predicted[people == one]) for one in range(4)]
    expected = []
    for drawn in itertools.product(range(4), repeat=4):
        table = np.sum([tables[one] for one in drawn], axis=0)
        right = np.diag(table)
        falls = table[2]
        others = table[:2]
        expected.append(
            [
                right.sum() / table.sum(),
                np.mean(2 * right / (table.sum(axis=0) + table.sum(axis=1))),
                falls[2] / falls.sum(),
                others[:, :2].sum() / others.sum(),
            ]
        )
    found = evaluate(true, predicted, groups=people, positive=2).by_subject
    assert found is not None
    intervals = (found.accuracy, found.macro_f1, found.sensitivity, found.specificity)
    for interval, (low, high) in zip(intervals, np.percentile(expected, [2.5, 97.5], axis=0).T, strict=True):
        assert interval.low == pytest.approx(low, abs=0.01)
        assert interval.high == pytest.approx(high, abs=0.01)


def test_without_a_positive_class_there_is_nothing_to_be_sensitive_to() -> None:
    tables = np.ones((5, 3, 3), int)
    for measure in sensitivity_specificity(tables, None):
        assert measure.shape == (5,)
        assert np.isnan(measure).all()
