"""Splits by person, for everything in scikit-learn that takes ``cv=``.

Windows of one person resemble each other. With some of them in training and others in the test, a classifier scores
well because it knows the person, and fails on the next one. All functions here split whole subjects.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import GroupKFold, LeaveOneGroupOut, StratifiedGroupKFold

from common.errors import InvalidInputError
from common.validation import IntArray, check_integer, check_same_kind, encode_labels


class Split(NamedTuple):
    """Row numbers of the training and the test windows; scikit-learn takes a list of splits as ``cv=``.

    Attributes
    ----------
    train, test : ndarray of int, shape (n_train,) and (n_test,)

    Examples
    --------
    >>> split = Split(np.array([0, 1]), np.array([2]))
    >>> np.array(["ann", "ann", "bob"])[split.test]
    array(['bob'], dtype='<U3')
    """

    train: IntArray
    test: IntArray


def subject_folds(
    groups: npt.ArrayLike, *, n_folds: int = 5, y: npt.ArrayLike | None = None, random_state: int | None = None
) -> list[Split]:
    """Divide the subjects into ``n_folds`` test sets, none of them empty; every subject is tested once.

    Parameters
    ----------
    groups : array-like of shape (n_windows,)
        Subject of each window.
    n_folds : int
        Number of folds, at least 2 and at most the number of subjects.
    y : array-like of shape (n_windows,), optional
        Labels. If given, the class proportions of all folds are as similar as whole subjects allow
        (``StratifiedGroupKFold``; a fold that it leaves empty gets the subject who suits it best). Otherwise the folds
        hold similar numbers of windows or, when shuffled, of subjects (``GroupKFold``).
    random_state : int, optional
        Seed for shuffling the subjects; None does not shuffle and always gives the same folds.

    Returns
    -------
    list of Split
        Pairs ``(train, test)`` of row numbers.

    Raises
    ------
    InvalidInputError
        If there are fewer subjects than folds, or an argument is invalid.

    Examples
    --------
    >>> for train, test in subject_folds(["ann", "ann", "bob", "cy"], n_folds=3):
    ...     print(train, test)
    [2 3] [0 1]
    [0 1 2] [3]
    [0 1 3] [2]
    """
    subjects, codes = encode_labels(groups, "groups")
    n_folds = check_integer(n_folds, "n_folds", at_least=2)
    if n_folds > len(subjects):
        raise InvalidInputError(
            f"n_folds is {n_folds} but groups names {len(subjects)} subject{'s' if len(subjects) > 1 else ''} "
            f"({_join(subjects)}): use {_suggest_n_folds(len(subjects))}, a subject cannot be in two folds"
        )
    if random_state is not None:
        random_state = check_integer(random_state, "random_state", at_least=0, at_most=2**32 - 1)
    splitter = (GroupKFold if y is None else StratifiedGroupKFold)(
        n_folds, shuffle=random_state is not None, random_state=random_state
    )
    labels = None if y is None else _encode_strata(y, len(codes), n_folds)
    splits = [Split(train, test) for train, test in splitter.split(codes, labels, codes)]
    if labels is None or all(len(split.test) for split in splits):
        return splits
    fold_of = np.empty(len(subjects), dtype=np.int64)
    for number, split in enumerate(splits):
        fold_of[codes[split.test]] = number
    folds = _fill_empty_folds(fold_of, _count_pairs(codes, labels), n_folds)[codes]
    return [Split(np.flatnonzero(folds != number), np.flatnonzero(folds == number)) for number in range(n_folds)]


def leave_one_subject_out(groups: npt.ArrayLike) -> list[Split]:
    """One fold per subject, in sorted order: each subject is tested after training on all others.

    Parameters
    ----------
    groups : array-like of shape (n_windows,)
        Subject of each window.

    Returns
    -------
    list of Split
        One for each subject.

    Raises
    ------
    InvalidInputError
        If there are fewer than two subjects.

    Examples
    --------
    >>> [test.tolist() for _, test in leave_one_subject_out([2, 1, 1])]
    [[1, 2], [0]]
    """
    subjects, codes = encode_labels(groups, "groups")
    if len(subjects) < 2:
        raise InvalidInputError(
            f"groups names one subject ({_join(subjects)}): nobody would be left to train on; use two or more"
        )
    return [Split(train, test) for train, test in LeaveOneGroupOut().split(codes, groups=codes)]


def split_by_subject(groups: npt.ArrayLike, *, test: Iterable[Any], train: Iterable[Any] | None = None) -> Split:
    """A fixed split by subjects, such as the lab's: train on 1 to 8, test on 9 and 10.

    Parameters
    ----------
    groups : array-like of shape (n_windows,)
        Subject of each window.
    test : iterable of subjects
        Test subjects.
    train : iterable of subjects, optional
        Training subjects; None means all others. Subjects in neither are left out.

    Returns
    -------
    Split

    Raises
    ------
    InvalidInputError
        If a subject is on both sides or not in ``groups``, or if a side is empty.

    Examples
    --------
    >>> split_by_subject([1, 1, 2, 9], test=[9])
    Split(train=array([0, 1, 2]), test=array([3]))
    """
    subjects, codes = encode_labels(groups, "groups")
    test_subjects = _check_subjects(test, "test", subjects)
    train_subjects = (
        np.setdiff1d(subjects, test_subjects) if train is None else _check_subjects(train, "train", subjects)
    )
    if len(train_subjects) == 0:
        raise InvalidInputError(f"test names every subject ({_join(test_subjects)}): leave some to train on")
    check_no_leakage(train_subjects, test_subjects)
    rows = subjects[codes]
    return Split(np.flatnonzero(np.isin(rows, train_subjects)), np.flatnonzero(np.isin(rows, test_subjects)))


def check_no_leakage(train_groups: npt.ArrayLike, test_groups: npt.ArrayLike) -> None:
    """Refuse a split in which a subject is in both training and test.

    Parameters
    ----------
    train_groups, test_groups : array-like of shape (n_train,) and (n_test,)
        Subject of each training window and of each test window, all numbers or all text.

    Raises
    ------
    InvalidInputError
        If there are such subjects; the message names them.

    Examples
    --------
    >>> check_no_leakage([1, 2, 2], [3, 4])
    >>> check_no_leakage([1, 2, 2], [2, 4])  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    common.errors.InvalidInputError: Subject 2 is in train_groups and in test_groups: ...
    """
    train_subjects, _ = encode_labels(train_groups, "train_groups")
    test_subjects, _ = encode_labels(test_groups, "test_groups")
    check_same_kind(train_subjects, test_subjects, ("train_groups", "test_groups"))
    both = np.intersect1d(train_subjects, test_subjects)
    if len(both):
        subject, verb = ("Subject", "is") if len(both) == 1 else ("Subjects", "are")
        raise InvalidInputError(
            f"{subject} {_join(both)} {verb} in train_groups and in test_groups: "
            "move all windows of a person to one side, see common.subject_folds"
        )


def _check_subjects(names: Iterable[Any], name: str, subjects: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The distinct ``names``, each of which must be among ``subjects``."""
    if isinstance(names, (str, bytes)) or not isinstance(names, Iterable):
        raise InvalidInputError(f"{name} is {names!r}; pass a list of subjects, such as [{names!r}]")
    values, _ = encode_labels(list(names), name)
    check_same_kind(values, subjects, (name, "groups"))
    unknown = np.setdiff1d(values, subjects)
    if len(unknown):
        raise InvalidInputError(
            f"{name} names {_join(unknown)}, not found in groups; there are subjects {_join(subjects)}"
        )
    return values


def _encode_strata(y: npt.ArrayLike, n: int, n_folds: int) -> IntArray:
    labels, codes = encode_labels(y, "y", n=n, of="groups")
    counts = np.bincount(codes)
    rarest = int(np.argmin(counts))
    if counts[rarest] < n_folds:
        raise InvalidInputError(
            f"y has {counts[rarest]} windows of class {labels[rarest]} for {n_folds} folds: "
            "use fewer folds, leave the class out, or pass no y to split without regard to classes"
        )
    return codes


def _fill_empty_folds(fold_of: IntArray, counts: IntArray, n_folds: int) -> IntArray:
    """Move one subject into each empty fold: the one after whose move the class proportions differ least.

    Parameters
    ----------
    fold_of : ndarray of shape (n_subjects,)
    counts : ndarray of shape (n_subjects, n_classes)
        Windows of each subject and class.
    """
    shares = counts / counts.sum(axis=0)
    for empty in np.setdiff1d(np.arange(n_folds), fold_of):
        sizes = np.bincount(fold_of, minlength=n_folds)
        moves = []
        for subject in np.flatnonzero(sizes[fold_of] > 1):
            moved = fold_of.copy()
            moved[subject] = empty
            in_folds = np.zeros((n_folds, counts.shape[1]))
            np.add.at(in_folds, moved, shares)
            moves.append((in_folds.std(axis=0).mean(), subject))  # the criterion of StratifiedGroupKFold
        fold_of[min(moves)[1]] = empty
    return fold_of


def _count_pairs(rows: IntArray, columns: IntArray) -> IntArray:
    counts = np.zeros((rows.max() + 1, columns.max() + 1), dtype=np.int64)
    np.add.at(counts, (rows, columns), 1)
    return counts


def _suggest_n_folds(n_subjects: int) -> str:
    return f"at most {n_subjects}" if n_subjects > 1 else "data of more people"


def _join(subjects: npt.NDArray[Any], limit: int = 10) -> str:
    names = ", ".join(str(subject) for subject in subjects[:limit].tolist())
    return names if len(subjects) <= limit else f"{names}, ... ({len(subjects)} in all)"
