"""The threshold against all thresholds; the setting factor by factor."""

from dataclasses import replace

import numpy as np
import pytest

from tests.benchmarks.rivals.choice import OutOfFold, best_threshold, choose, decided
from tests.benchmarks.rivals.methods.method import Method, Setting


@pytest.mark.parametrize("seed", range(6))
def test_no_threshold_is_right_more_often(seed: int) -> None:
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, 40)
    margins = np.round(rng.normal(size=40) + y, 1)  # with ties
    thresholds = np.concatenate([[-9], np.unique(margins), [9]])
    most = max(np.sum((margins >= threshold) == y) for threshold in thresholds)
    assert np.sum((margins >= best_threshold(margins, y)) == y) == most


def test_all_of_one_class() -> None:
    margins = np.array([1.0, 2.0])
    assert best_threshold(margins, np.array([0, 0])) > 2
    assert best_threshold(margins, np.array([1, 1])) < 1


def test_without_falls_the_largest_score_wins() -> None:
    assert decided(np.array([[0.1, 0.2, 0.7], [0.5, 0.2, 0.3]]), None).tolist() == [2, 0]


def method(sizes: tuple[str, ...] = ("small", "large"), forms: tuple[str, ...] = ("slow", "raw")) -> Method:
    return Method("any", "any", "any", None, sizes, ("tiny",), forms)


def right(share: float) -> OutOfFold:
    y = np.arange(100) >= round(100 * share)
    return OutOfFold(np.tile([1.0, 0.0], (100, 1)), y.astype(int))


def test_each_factor_starts_from_what_is_chosen_so_far() -> None:
    accuracies = {
        Setting("small", "none", "slow"): 0.5,
        Setting("large", "none", "slow"): 0.7,
        Setting("large", "little", "slow"): 0.6,
        Setting("large", "much", "slow"): 0.65,
        Setting("large", "none", "raw"): 0.8,
    }
    choice = choose(method(), 100, lambda setting: right(accuracies[setting]), has_falls=False)
    assert (choice.setting, choice.accuracy) == (Setting("large", "none", "raw"), 0.8)


def test_of_equally_good_ones_the_smallest_is_taken() -> None:
    choice = choose(method(), 100, lambda _: right(0.5), has_falls=False)
    assert choice.setting == Setting("small", "none", "slow")


def test_many_windows_have_sizes_of_their_own() -> None:
    assert choose(method(), 9_999, lambda _: right(0.5), has_falls=False).setting.size == "tiny"


def test_a_size_may_demand_a_form() -> None:
    offered = replace(method(("small", "large, raw"), ("slow",)), form_of_size={"large, raw": "raw"})
    asked: list[Setting] = []

    def larger_is_better(setting: Setting) -> OutOfFold:
        asked.append(setting)
        return right(0.9 if setting.form == "raw" else 0.5)

    chosen = choose(replace(offered, changes=("none",)), 100, larger_is_better, has_falls=False).setting
    assert asked == [Setting("small", "none", "slow"), Setting("large, raw", "none", "raw")]
    assert str(chosen) == "large, raw"
