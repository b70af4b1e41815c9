"""Folds of few people: enough for a training, and for somebody to hold out, wherever the people allow it."""

import numpy as np
import pytest

from common import InvalidInputError
from fall import training
from fall.compression.comparison.folds import choose_folds


def chosen(people, codes, *, n_folds=2, fraction=0.25):
    people, codes = np.asarray(people), np.asarray(codes)

    def can_hold_out(rows):
        try:
            training.hold_out(codes[rows], people[rows], fraction, 0)
        except InvalidInputError:
            return False
        return True

    return choose_folds(people, codes, n_folds=n_folds, random_state=0, can_hold_out=can_hold_out)


def images(*people):
    """People and classes: a text for each person, such as "0011", with a class for each image."""
    people_of = [number for number, classes in enumerate(people) for _ in classes]
    return people_of, [int(code) for code in "".join(people)]


def check(folds, people, codes):
    people, codes = np.asarray(people), np.asarray(codes)
    held_out = np.concatenate([fold.held_out for fold in folds])
    assert sorted(held_out) == list(range(len(people))), "everybody is held out once"
    for fold in folds:
        assert not set(people[fold.train]) & set(people[fold.held_out])
        assert set(codes[fold.train]) == set(codes)


@pytest.mark.parametrize(
    ("people", "n_folds", "expected"),
    [
        (["0011"] * 6, 2, 2),
        (["0011"] * 6, 3, 3),
        (["0011"] * 3, 2, 3),  # a fold of two would leave one person, none of whom can be held out
        (["0011"] * 4, 2, 2),
        (["0011"] * 3, 9, 3),
    ],
)
def test_there_are_as_many_folds_as_the_people_need(people, n_folds, expected):
    people, codes = images(*people)
    folds = chosen(people, codes, n_folds=n_folds)
    check(folds, people, codes)
    assert len(folds) == expected
    assert all(fold.stops_early for fold in folds)


def test_people_with_one_class_are_never_all_that_is_trained_on():
    people, codes = images("000", "111", "0011", "0011")
    check(chosen(people, codes), people, codes)


@pytest.mark.parametrize("people", [["0011"] * 2, ["0011", "01"], ["000", "0011", "0011"]])
def test_where_nobody_can_be_held_out_for_early_stopping_the_folds_say_so(people):
    people, codes = images(*people)
    folds = chosen(people, codes)
    check(folds, people, codes)
    assert not all(fold.stops_early for fold in folds)


@pytest.mark.parametrize("people", [["000", "111"], ["0011", "000", "000"], ["0", "0", "0", "1"]])
def test_a_class_that_one_person_has_alone_is_an_error(people):
    with pytest.raises(InvalidInputError, match="groups"):
        chosen(*images(*people))


def test_a_rare_class_is_spread_as_far_as_it_goes():
    people, codes = images("01", "01", "000", "000", "000")
    check(chosen(people, codes, n_folds=5), people, codes)


def test_no_validation_needs_nobody():
    people, codes = images("0011", "0011")
    assert all(fold.stops_early for fold in chosen(people, codes, fraction=0))
