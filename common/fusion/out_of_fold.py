"""Probabilities for people on whom the classifier was not trained: the only ones a fusion may learn from.

A classifier is more confident about its training windows than about any others. A fusion that learns from those
overestimates every sensor.
"""

from __future__ import annotations

import hashlib
import warnings
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import clone
from sklearn.utils.validation import has_fit_parameter

from common.errors import FrugalWarning, InvalidInputError
from common.evaluation.splits import Split, check_no_leakage, subject_folds
from common.validation import FloatArray, IntArray, check_class_labels, check_vector, encode_labels, fall_second
from common.validation.missing import as_array


def out_of_fold_probabilities(
    classifier: Any,
    X: Any,
    y: npt.ArrayLike,
    groups: npt.ArrayLike,
    *,
    positive: Any = None,
    n_folds: int = 5,
    random_state: int | None = None,
) -> FloatArray:
    """The probability of a fall for every row, from a copy of ``classifier`` trained without the row's subject.

    Parameters
    ----------
    classifier : scikit-learn classifier with ``predict_proba``
        It is cloned for every fold and not changed itself. If its ``fit`` takes ``groups``, they are passed on.
    X : ndarray of shape (n, ...), or a data frame with n rows
        Windows, images or a frame table: whatever the classifier takes.
    y : array-like of shape (n,)
        Labels; with more than two classes, such as activities, ``positive`` must name the fall.
    groups : array-like of shape (n,)
        Subject of each row. Whole subjects are held out.
    positive : label, optional
        The class whose probability is returned; None means the second of two, or the one that
        plainly means a fall, such as "fall" beside "non-fall".
    n_folds : int
        As in :func:`common.subject_folds`: classes are spread evenly over the folds as far as whole subjects allow.
    random_state : int, optional
        Seed of the shuffling of subjects into folds.

    Returns
    -------
    ndarray of shape (n,)

    Raises
    ------
    InvalidInputError
        Without groups; for a classifier that is frozen or cannot be fitted, since it would be asked about its own
        training rows; and if a fold leaves no rows of some class for training.

    Warns
    -----
    FrugalWarning
        If equal rows belong to different subjects: the same data may then be in training and held out.

    Examples
    --------
    >>> from sklearn.neighbors import KNeighborsClassifier
    >>> X = np.array([[0.0], [0.1], [5.0], [0.2], [5.1], [5.2]])
    >>> out_of_fold_probabilities(KNeighborsClassifier(1), X, [0, 0, 1, 0, 1, 1], list("aabbcc"), n_folds=3)
    array([0., 0., 1., 0., 1., 1.])
    """
    _check_trainable(classifier)
    rows = _as_rows(X)
    labels = check_class_labels(y, len(rows))
    if groups is None:
        raise InvalidInputError(
            "groups is None: name the subject of each row, or a person's windows leak into training"
        )
    subjects = check_vector(groups, len(rows), "groups")
    classes = np.unique(labels)
    positive = _positive_class(positive, classes)
    _warn_of_shared_rows(rows, subjects)

    probabilities = np.full(len(rows), np.nan)
    for split in subject_folds(subjects, n_folds=n_folds, y=labels, random_state=random_state):
        check_no_leakage(subjects[split.train], subjects[split.test])
        _check_training_classes(labels, subjects, split, classes)
        model = clone(classifier)
        options = {"groups": subjects[split.train]} if has_fit_parameter(model, "groups") else {}
        model.fit(_select(rows, split.train), labels[split.train], **options)
        column = np.flatnonzero(model.classes_ == positive)[0]
        probabilities[split.test] = model.predict_proba(_select(rows, split.test))[:, column]
    return probabilities


def _check_trainable(classifier: Any) -> None:
    # clone() keeps the fitted model inside such a wrapper, so every fold would predict its own training rows.
    is_frozen = type(classifier).__name__ == "FrozenEstimator" or getattr(classifier, "cv", None) == "prefit"
    if is_frozen or not (hasattr(classifier, "fit") and hasattr(classifier, "predict_proba")):
        raise InvalidInputError(
            f"classifier is a {type(classifier).__name__}, which cannot be retrained without the held-out people: "
            "pass a classifier with fit and predict_proba, not a finished model"
        )


def _positive_class(positive: Any, classes: npt.NDArray[Any]) -> Any:
    if positive is None:
        if len(classes) > 2:
            raise InvalidInputError(
                f"y has {len(classes)} classes: say whose probability is wanted, such as positive={classes[0]!r}"
            )
        return fall_second(classes)[1]
    if positive not in classes.tolist():
        raise InvalidInputError(f"positive is {positive!r}, not found in y; there are {', '.join(map(str, classes))}")
    return positive


def _check_training_classes(
    labels: npt.NDArray[Any], subjects: npt.NDArray[Any], split: Split, classes: npt.NDArray[Any]
) -> None:
    missing = np.setdiff1d(classes, labels[split.train])
    if len(missing):
        held_out = ", ".join(map(str, np.unique(subjects[split.test]).tolist()))
        raise InvalidInputError(
            f"y: class {missing[0]} occurs only in rows of {held_out}, who are held out together: "
            "use more folds, or add people with this class"
        )


def _as_rows(X: Any) -> Any:
    """A data frame as it is, anything else as an array."""
    try:
        rows = X if hasattr(X, "iloc") else as_array(X)
    except ValueError as error:
        raise InvalidInputError(
            "X is ragged: pass windows of one length, images of one size, or a data frame"
        ) from error
    if rows.ndim == 0 or len(rows) == 0:
        raise InvalidInputError(f"X is empty: shape {rows.shape}; it needs a row for each entry of y")
    return rows


def _select(X: Any, rows: IntArray) -> Any:
    return X.iloc[rows] if hasattr(X, "iloc") else X[rows]


def _warn_of_shared_rows(X: Any, subjects: npt.NDArray[Any]) -> None:
    """Equal rows of two subjects mean that a person has two names, or that a recording was stored twice."""
    _, content = np.unique(_row_hashes(X), return_inverse=True)
    _, subject = encode_labels(subjects, "groups")
    # After sorting by content, equal rows are adjacent.
    order = np.lexsort((subject, content))
    same_content = np.diff(content[order]) == 0
    other_subject = np.diff(subject[order]) != 0
    found = np.flatnonzero(same_content & other_subject)
    if len(found):
        first, second = order[found[0]], order[found[0] + 1]
        warnings.warn(
            f"X holds {len(found)} rows that occur under two subjects, such as row {first} of {subjects[first]} "
            f"and row {second} of {subjects[second]}: correct groups, or the held-out people are partly known",
            FrugalWarning,
            stacklevel=3,
        )


def _row_hashes(X: Any) -> npt.NDArray[Any]:
    """A hash of each row's content; for a frame table, of the path alone."""
    if hasattr(X, "iloc"):
        from pandas.util import hash_pandas_object

        content = X[["path"]] if "path" in X.columns else X
        return np.asarray(hash_pandas_object(content.astype(str), index=False))
    return np.array([int.from_bytes(hashlib.blake2b(row.tobytes(), digest_size=8).digest()) for row in X], np.uint64)
