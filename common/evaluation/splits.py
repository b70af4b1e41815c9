"""Splits that keep every person on one side, for anything in scikit-learn that takes ``cv=``.

Windows of one person resemble each other. With some of them in training and the rest in the test, a classifier
is praised for knowing the person, and fails on the next one. All functions here split whole subjects.
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
    """Row numbers of the training and of the test windows; scikit-learn takes a list of them as ``cv=``."""

    train: IntArray
    test: IntArray


def subject_folds(
    groups: npt.ArrayLike, *, n_folds: int = 5, y: npt.ArrayLike | None = None, random_state: int | None = None
) -> list[Split]:
    """Divide the subjects into ``n_folds`` test sets; every subject is tested once.

    Parameters
    ----------
    groups : array-like of shape (n_windows,)
        Subject of each window.
    n_folds : int
        Number of folds, at least 2 and at most the number of subjects.
    y : array-like of shape (n_windows,), optional
        Labels. When given, the shares of the classes are kept alike in all folds as far as whole
        subjects allow (``StratifiedGroupKFold``); otherwise the folds hold equally many windows or,
        when shuffled, equally many subjects (``GroupKFold``).
    random_state : int, optional
        Seed of the shuffling of subjects; None does not shuffle and always gives the same folds.

    Returns
    -------
    list of Split
        Pairs ``(train, test)`` of row numbers.

    Raises
    ------
    InvalidInputError
        If there are fewer subjects than folds, or an argument is malformed.

    Examples
    --------
    >>> for train, test in subject_folds(["ann", "ann", "bob", "cy"], n_folds=3):
    ...     print(train, test)
    [2 3] [0 1]
    [0 1 2] [3]
    [0 1 3] [2]
    """
    subjects, codes = encode_labels(groups, "groups")
    check_integer(n_folds, "n_folds", at_least=2)
    if n_folds > len(subjects):
        raise InvalidInputError(
            f"n_folds is {n_folds} but groups names {len(subjects)} subject{'s' if len(subjects) > 1 else ''} "
            f"({_listing(subjects)}): use {_at_most(len(subjects))}, a subject cannot be in two folds"
        )
    if random_state is not None:
        check_integer(random_state, "random_state", at_least=0, at_most=2**32 - 1)
    splitter = (GroupKFold if y is None else StratifiedGroupKFold)(
        n_folds, shuffle=random_state is not None, random_state=random_state
    )
    labels = None if y is None else _labels_for_strata(y, len(codes), n_folds)
    return [Split(train, test) for train, test in splitter.split(codes, labels, codes)]


def leave_one_subject_out(groups: npt.ArrayLike) -> list[Split]:
    """As many folds as subjects, in sorted order: each one tested by what the others taught.

    Parameters
    ----------
    groups : array-like of shape (n_windows,)
        Subject of each window.

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
            f"groups names one subject ({_listing(subjects)}): nobody would be left to train on; use two or more"
        )
    return [Split(train, test) for train, test in LeaveOneGroupOut().split(codes, groups=codes)]


def split_by_subject(groups: npt.ArrayLike, *, test: Iterable[Any], train: Iterable[Any] | None = None) -> Split:
    """A fixed split by named subjects, such as the lab's: train on 1 to 8, test on 9 and 10.

    Parameters
    ----------
    groups : array-like of shape (n_windows,)
        Subject of each window.
    test : iterable of subjects
        Who is tested.
    train : iterable of subjects, optional
        Who is trained on; None means everybody else. Subjects in neither are left out.

    Raises
    ------
    InvalidInputError
        If a subject is on both sides, or is not in ``groups``, or a side is empty.

    Examples
    --------
    >>> split_by_subject([1, 1, 2, 9], test=[9])
    Split(train=array([0, 1, 2]), test=array([3]))
    """
    subjects, codes = encode_labels(groups, "groups")
    tested = _known(test, "test", subjects)
    trained = np.setdiff1d(subjects, tested) if train is None else _known(train, "train", subjects)
    if len(trained) == 0:
        raise InvalidInputError(f"test names every subject ({_listing(tested)}): leave some to train on")
    check_no_leakage(trained, tested)
    rows = subjects[codes]
    return Split(np.flatnonzero(np.isin(rows, trained)), np.flatnonzero(np.isin(rows, tested)))


def check_no_leakage(train_groups: npt.ArrayLike, test_groups: npt.ArrayLike) -> None:
    """Refuse a split in which a subject is both trained on and tested.

    Parameters
    ----------
    train_groups, test_groups : array-like
        Subject of each training and of each test window, all numbers or all text.

    Raises
    ------
    InvalidInputError
        Naming the subjects found on both sides.

    Examples
    --------
    >>> check_no_leakage([1, 2, 2], [3, 4])
    >>> check_no_leakage([1, 2, 2], [2, 4])  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    common.errors.InvalidInputError: Subject 2 is in train_groups and in test_groups: ...
    """
    trained, _ = encode_labels(train_groups, "train_groups")
    tested, _ = encode_labels(test_groups, "test_groups")
    check_same_kind(trained, tested, ("train_groups", "test_groups"))
    both = np.intersect1d(trained, tested)
    if len(both):
        subject, verb = ("Subject", "is") if len(both) == 1 else ("Subjects", "are")
        raise InvalidInputError(
            f"{subject} {_listing(both)} {verb} in train_groups and in test_groups: "
            "move all windows of a person to one side, see common.subject_folds"
        )


def _known(names: Iterable[Any], name: str, subjects: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The distinct ``names``, each of which must be among ``subjects``."""
    if isinstance(names, (str, bytes)) or not isinstance(names, Iterable):
        raise InvalidInputError(f"{name} is {names!r}; pass a list of subjects, such as [{names!r}]")
    values, _ = encode_labels(list(names), name)
    check_same_kind(values, subjects, (name, "groups"))
    unknown = np.setdiff1d(values, subjects)
    if len(unknown):
        raise InvalidInputError(
            f"{name} names {_listing(unknown)}, not found in groups; there are subjects {_listing(subjects)}"
        )
    return values


def _labels_for_strata(y: npt.ArrayLike, n: int, n_folds: int) -> IntArray:
    labels, codes = encode_labels(y, "y", n=n, of="groups")
    counts = np.bincount(codes)
    rarest = int(np.argmin(counts))
    if counts[rarest] < n_folds:
        raise InvalidInputError(
            f"y has {counts[rarest]} windows of class {labels[rarest]} for {n_folds} folds: "
            "use fewer folds, leave the class out, or pass no y to split without regard to classes"
        )
    return codes


def _at_most(n_subjects: int) -> str:
    return f"at most {n_subjects}" if n_subjects > 1 else "data of more people"


def _listing(subjects: npt.NDArray[Any], limit: int = 10) -> str:
    names = ", ".join(str(subject) for subject in subjects[:limit].tolist())
    return names if len(subjects) <= limit else f"{names}, ... ({len(subjects)} in all)"
