"""Folds of people that a classifier can be trained on: every class in each of them, and somebody to hold out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from common.errors import InvalidInputError
from common.evaluation.splits import Split, subject_folds
from common.validation import IntArray

# With more people than this, one fold more makes hardly a difference.
_FEW_PEOPLE = 10

# Whether the classifier can hold people out of these rows, to stop its training early.
CanHoldOut = Callable[[IntArray], bool]


@dataclass(frozen=True, eq=False)
class Fold:
    """Rows to train a classifier on, and rows of other people to measure on.

    Attributes
    ----------
    train, held_out : ndarray of int
        Row numbers; ``held_out`` is empty for the fold of all people.
    stops_early : bool
        Whether the training holds out some of its people; otherwise it runs for all epochs.
    """

    train: IntArray
    held_out: IntArray
    stops_early: bool


def choose_folds(
    people: IntArray, codes: IntArray, *, n_folds: int, random_state: int | None, can_hold_out: CanHoldOut
) -> list[Fold]:
    """Folds in which a classifier can be trained: ``n_folds`` of them, or more, so that each has more people.

    Preferred is the least number at which each training can hold somebody out for early stopping, then the least at
    which each has all classes.

    Parameters
    ----------
    people, codes : ndarray of int
        Person and class of each row.
    n_folds : int
        Number of folds, if the people allow it.
    random_state : int or None
        As in :func:`common.subject_folds`.
    can_hold_out : callable
        Says whether the classifier can hold people out of these rows.

    Raises
    ------
    InvalidInputError
        If some class is missing in training however the people are divided.
    """
    n_people, n_classes = len(np.unique(people)), len(np.unique(codes))
    wanted = min(n_folds, n_people)
    possible = []
    for number in (wanted, *range(wanted + 1, min(n_people, _FEW_PEOPLE) + 1)):
        splits = _divide(people, codes, number, random_state)
        if any(len(np.unique(codes[split.train])) < n_classes for split in splits):
            continue
        folds = [Fold(split.train, split.test, can_hold_out(split.train)) for split in splits]
        if all(fold.stops_early for fold in folds):
            return folds
        possible.append(folds)
    if not possible:
        raise InvalidInputError(
            f"groups names {n_people} subjects, but too few of them show every class of y: without those held out a "
            "class would be missing in training; use data of more people"
        )
    return possible[0]


def _divide(people: IntArray, codes: IntArray, n_folds: int, random_state: int | None) -> list[Split]:
    is_common = np.bincount(codes).min() >= n_folds  # a class that is rarer cannot be in every fold
    return subject_folds(people, n_folds=n_folds, y=codes if is_common else None, random_state=random_state)
