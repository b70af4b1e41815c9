"""Paired differences against all exchanges of two classifiers' decisions, listed one by one."""

import itertools

import numpy as np
import pytest

from common import InvalidInputError, paired_difference
from common.evaluation.paired import sign_flip_p_value


@pytest.mark.parametrize("seed", range(4))
def test_the_p_value_is_the_share_of_all_exchanges(seed: int) -> None:
    gains = np.random.default_rng(seed).integers(-6, 9, 9)
    exchanged = [abs(np.dot(signs, gains)) for signs in itertools.product((-1, 1), repeat=len(gains))]
    assert sign_flip_p_value(gains) == pytest.approx(np.mean(np.array(exchanged) >= abs(gains.sum())), abs=1e-12)


def test_equal_people_say_nothing() -> None:
    assert sign_flip_p_value(np.array([2, 1, -1, 0, 0])) == sign_flip_p_value(np.array([2, 1, -1]))
    assert sign_flip_p_value(np.zeros(3, dtype=int)) == 1.0


def test_many_people_are_exact_too() -> None:
    """2⁶⁰ exchanges cannot be listed; of equal gains only the two extremes are as far from zero."""
    assert sign_flip_p_value(np.full(60, 5)) == pytest.approx(2 / 2**60)


def test_swapping_the_classifiers_changes_the_sign_alone() -> None:
    rng = np.random.default_rng(1)
    true, first, second = rng.integers(0, 3, (3, 120))
    people = np.repeat(np.arange(8), 15)
    forward, backward = (paired_difference(true, *pair, groups=people) for pair in ((first, second), (second, first)))
    assert forward.difference == -backward.difference
    assert forward.difference == pytest.approx(np.mean(first == true) - np.mean(second == true))
    assert forward.p_value == backward.p_value
    assert (forward.n_better, forward.n_worse) == (backward.n_worse, backward.n_better)
    assert forward.interval.low == pytest.approx(-backward.interval.high, abs=0.02)


def test_seeds_are_no_new_people() -> None:
    rng = np.random.default_rng(2)
    true, first, second = rng.integers(0, 2, (3, 60))
    people = np.repeat(np.arange(6), 10)
    once = paired_difference(true, first, second, groups=people)
    thrice = paired_difference(*(np.tile(labels, 3) for labels in (true, first, second)), groups=np.tile(people, 3))
    assert thrice == once


def test_one_person_who_does_better_does_not_carry_the_others() -> None:
    """A thousand windows of one person are one pair."""
    true = np.ones(1000, dtype=int)
    result = paired_difference(true, true, np.zeros(1000, dtype=int), groups=np.zeros(1000, dtype=int))
    assert result.p_value == 1.0
    assert str(result) == "+1.000, p = 1, 1 people: 1 better, 0 worse"


def test_lengths_that_differ_are_refused() -> None:
    with pytest.raises(InvalidInputError, match="groups"):
        paired_difference([1, 0], [1, 0], [1, 1], groups=[1])
    with pytest.raises(InvalidInputError, match="y_pred"):
        paired_difference([1, 0], [1, 0], [1], groups=[1, 2])


def test_people_are_better_worse_or_equal() -> None:
    true = np.ones(12, dtype=int)
    first = np.array([1, 1, 1, 1, 0, 1, 1, 0, 0, 1, 1, 0])
    second = np.array([1, 0, 1, 0, 1, 1, 0, 1, 1, 0, 1, 0])
    result = paired_difference(true, first, second, groups=np.repeat(list("abcdef"), 2))
    # Right windows of the first and the second: a 2 and 1, b 2 and 1, c 1 and 2, the others 1 and 1.
    assert (result.n_better, result.n_worse, result.n_equal, result.n_people) == (2, 1, 3, 6)
    assert result.difference == pytest.approx(1 / 12)
    assert str(result).startswith(
        f"+0.083 ({result.interval.low:+.3f} to {result.interval.high:+.3f}), p = 1, 6 people"
    )
    assert result.interval.low < 0 < result.interval.high
