"""Splits that keep every subject on one side."""

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.model_selection import StratifiedGroupKFold, cross_val_score

from common import (
    Split,
    check_no_leakage,
    leave_one_subject_out,
    out_of_fold_probabilities,
    split_by_subject,
    subject_folds,
)
from common.errors import InvalidInputError

GROUPS = np.repeat(["ann", "bob", "cy", "dee", "eve", "flo", "guy"], [5, 3, 8, 1, 4, 4, 2])
LABELS = np.arange(len(GROUPS)) % 3 == 0


@pytest.mark.promise("Nobody is tested by a model that was trained on them")
@pytest.mark.parametrize("y", [None, LABELS])
@pytest.mark.parametrize("random_state", [None, 0, 7])
def test_every_subject_is_tested_once_and_never_trained_on_then(y: np.ndarray | None, random_state: int | None) -> None:
    folds = subject_folds(GROUPS, n_folds=3, y=y, random_state=random_state)
    assert len(folds) == 3
    for train, test in folds:
        assert not set(GROUPS[train]) & set(GROUPS[test])
        assert sorted([*train, *test]) == list(range(len(GROUPS)))
    assert sorted(np.concatenate([test for _, test in folds])) == list(range(len(GROUPS)))


def test_folds_do_not_depend_on_the_names_of_subjects_but_on_the_seed() -> None:
    def tests(seed: int | None, groups: np.ndarray = GROUPS) -> list[list[int]]:
        return [test.tolist() for _, test in subject_folds(groups, n_folds=3, random_state=seed)]

    numbers = np.unique(GROUPS, return_inverse=True)[1] + 100
    for seed in (None, 1):
        assert tests(seed) == tests(seed) == tests(seed, numbers)
    assert tests(1) != tests(2)


def test_stratified_folds_spread_a_class_that_few_subjects_show() -> None:
    groups = np.repeat(np.arange(6), 10)
    falls = (groups < 3) & (np.arange(60) % 10 < 5)  # half of the windows of subjects 0, 1, 2
    for seed in range(5):
        for _, test in subject_folds(groups, n_folds=3, y=falls, random_state=seed):
            assert falls[test].sum() == 5


def test_scikit_learn_takes_them() -> None:
    scores = cross_val_score(DummyClassifier(), np.zeros((len(GROUPS), 1)), LABELS, cv=subject_folds(GROUPS, n_folds=4))
    assert len(scores) == 4


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"groups": GROUPS, "n_folds": 8}, r"n_folds is 8 but groups names 7 subjects \(ann, bob.*: use at most 7"),
        ({"groups": [1, 1], "n_folds": 2}, r"1 subject \(1\): use data of more people"),
        ({"groups": GROUPS, "n_folds": 1}, "n_folds is 1"),
        ({"groups": GROUPS, "n_folds": 2.0}, "n_folds is 2.0"),
        ({"groups": GROUPS, "random_state": -1}, "random_state is -1"),
        ({"groups": GROUPS, "random_state": 2**40}, "random_state is 1099511627776"),
        ({"groups": [], "n_folds": 2}, "groups is empty"),
        ({"groups": None, "n_folds": 2}, "groups "),
        ({"groups": ["a", None], "n_folds": 2}, "groups contains a missing value at entry 1"),
        ({"groups": GROUPS, "y": LABELS[1:]}, "y has 26 entries but groups has 27"),
        (
            {"groups": GROUPS, "n_folds": 3, "y": ["fall"] * 2 + ["walk"] * 25},
            "y has 2 windows of class fall for 3 folds",
        ),
    ],
)
def test_folds_refuse(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidInputError, match=message):
        subject_folds(**arguments)


def test_leave_one_subject_out_goes_through_the_subjects_in_order() -> None:
    folds = leave_one_subject_out(GROUPS)
    assert [set(GROUPS[test]) for _, test in folds] == [{name} for name in sorted(set(GROUPS))]
    assert all(len(train) + len(test) == len(GROUPS) for train, test in folds)


def test_leave_one_subject_out_needs_two() -> None:
    with pytest.raises(InvalidInputError, match=r"one subject \(ann\)"):
        leave_one_subject_out(["ann", "ann"])


def test_the_labs_split() -> None:
    groups = np.arange(1, 11).repeat(3)
    train, test = split_by_subject(groups, train=range(1, 9), test=(9, 10))
    assert set(groups[train]) == set(range(1, 9))
    assert set(groups[test]) == {9, 10}
    everybody_else = split_by_subject(groups, test=[9, 10])
    assert isinstance(everybody_else, Split)
    assert (everybody_else.train == train).all()


def test_subjects_on_neither_side_are_left_out() -> None:
    assert split_by_subject([1, 2, 3], train=[1], test=[3]) == ([0], [2])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"test": [9], "train": [8, 9]}, "Subject 9 is in train_groups and in test_groups"),
        ({"test": [11]}, "test names 11, not found in groups; there are subjects 8, 9, 10"),
        ({"test": ["9"]}, "test holds text and groups holds numbers"),
        ({"test": [8, 9, 10]}, "test names every subject"),
        ({"test": []}, "test is empty"),
        ({"test": 9}, r"test is 9; pass a list of subjects, such as \[9\]"),
        ({"test": [9], "train": "8"}, "train is '8'; pass a list"),
    ],
)
def test_named_split_refuses(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidInputError, match=message):
        split_by_subject([8, 8, 9, 10], **arguments)


class TestLeakage:
    def test_apart(self) -> None:
        check_no_leakage(["ann", "ann"], ["bob"])

    def test_names_the_subjects_on_both_sides(self) -> None:
        with pytest.raises(InvalidInputError, match="Subjects bob, cy are in train_groups and in test_groups"):
            check_no_leakage(["ann", "bob", "bob", "cy"], ["cy", "bob", "dee"])

    def test_integers_and_floats_are_the_same_subject(self) -> None:
        with pytest.raises(InvalidInputError, match="Subject"):
            check_no_leakage([1, 2], [2.0])

    def test_one_and_text_one_are_not_waved_through(self) -> None:
        with pytest.raises(InvalidInputError, match="train_groups holds numbers and test_groups holds text"):
            check_no_leakage([1, 2], ["1"])

    def test_long_lists_are_shortened(self) -> None:
        with pytest.raises(InvalidInputError, match=r"9, \.\.\. \(500 in all\)"):
            check_no_leakage(range(500), range(500))


class TestEmptyFolds:
    """StratifiedGroupKFold leaves folds empty where that evens out the classes."""

    SUBJECTS = np.repeat([0, 1, 2, 3], [8, 11, 12, 2])
    LABELS = np.repeat([0, 2, 0, 1, 2, 0, 1, 2, 1], [3, 5, 4, 1, 6, 2, 4, 6, 2])

    @pytest.mark.parametrize("random_state", [None, 0, 1, 2])
    def test_as_many_folds_as_subjects(self, random_state: int | None) -> None:
        folds = subject_folds(self.SUBJECTS, n_folds=4, y=self.LABELS, random_state=random_state)
        assert sorted(len(test) for _, test in folds) == [2, 8, 11, 12]

    def test_of_random_labels(self) -> None:
        rng = np.random.default_rng(0)
        for _ in range(300):
            n_subjects = int(rng.integers(2, 7))
            subjects = np.concatenate([np.arange(n_subjects), rng.integers(n_subjects, size=60)])
            y = np.concatenate([[0] * 7, [1] * 7, rng.choice(3, size=len(subjects) - 14, p=[0.7, 0.3, 0])])
            n_folds = int(rng.integers(2, n_subjects + 1))
            folds = subject_folds(subjects, n_folds=n_folds, y=y, random_state=int(rng.integers(9)))
            assert len(folds) == n_folds
            for train, test in folds:
                assert len(test)
                assert len(train)
                assert not set(subjects[train]) & set(subjects[test])
            assert sorted(np.concatenate([test for _, test in folds])) == list(range(len(y)))

    def test_out_of_fold(self) -> None:
        X = np.random.default_rng(0).normal(size=(33, 2))
        probabilities = out_of_fold_probabilities(
            DummyClassifier(), X, self.LABELS == 0, self.SUBJECTS, n_folds=np.int8(4)
        )
        assert np.isfinite(probabilities).all()

    def test_too_many_folds(self) -> None:
        with pytest.raises(InvalidInputError, match="use at most 4, a subject cannot be in two folds"):
            subject_folds(self.SUBJECTS, n_folds=5, y=self.LABELS)


class TestJustAllowed:
    def test_five_folds_unless_told_otherwise(self) -> None:
        assert len(subject_folds(np.arange(12))) == 5

    def test_two_people_can_leave_one_out(self) -> None:
        assert [test.tolist() for _, test in leave_one_subject_out(["ann", "bob"])] == [[0], [1]]

    def test_the_largest_seed(self) -> None:
        assert len(subject_folds(GROUPS, random_state=2**32 - 1)) == 5
        with pytest.raises(InvalidInputError, match="random_state is 4294967296"):
            subject_folds(GROUPS, random_state=2**32)

    def test_a_window_of_each_class_for_each_fold(self) -> None:
        groups = np.repeat(np.arange(3), 4)
        assert len(subject_folds(groups, n_folds=3, y=[0, 0, 0, 1] * 3)) == 3

    def test_two_people_are_two_folds_at_most(self) -> None:
        with pytest.raises(InvalidInputError, match=r"names 2 subjects \(1, 2\): use at most 2,"):
            subject_folds([1, 2], n_folds=3)

    @pytest.mark.parametrize(("n", "names"), [(10, r"7, 8, 9 are"), (11, r"8, 9, \.\.\. \(11 in all\) are")])
    def test_ten_names_are_told(self, n: int, names: str) -> None:
        with pytest.raises(InvalidInputError, match=names):
            check_no_leakage(range(n), range(n))

    def test_a_fold_left_empty_gets_the_subject_who_suits_it_best(self) -> None:
        """No other single move from what scikit-learn gives makes the class proportions more alike."""
        n_folds, subjects, y = 4, TestEmptyFolds.SUBJECTS, TestEmptyFolds.LABELS
        splitter = StratifiedGroupKFold(n_folds)
        fold_of = np.empty(4, int)
        for number, (_, test) in enumerate(splitter.split(subjects, y, subjects)):
            fold_of[subjects[test]] = number
        (empty,) = set(range(n_folds)) - set(fold_of.tolist())

        def unlikeness(folds: np.ndarray) -> float:
            shares = [[np.mean(folds[subjects[y == label]] == fold) for label in range(3)] for fold in range(n_folds)]
            return float(np.std(shares, axis=0).mean())

        moves = []
        for subject in range(4):
            if np.sum(fold_of == fold_of[subject]) > 1:
                moved = fold_of.copy()
                moved[subject] = empty
                moves.append(unlikeness(moved))
        ours = np.empty(4, int)
        for number, (_, test) in enumerate(subject_folds(subjects, n_folds=n_folds, y=y)):
            ours[subjects[test]] = number
        assert len(moves) == 2
        assert unlikeness(ours) == pytest.approx(min(moves))
        assert min(moves) < max(moves)
