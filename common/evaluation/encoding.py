"""True and predicted labels as indices into one list of classes."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.validation import FloatArray, IntArray, check_same_kind, encode_labels

# More distinct labels are identifiers or measurements, not classes, and their bootstrap would take minutes.
MAX_CLASSES = 256


def encode_both(
    y_true: npt.ArrayLike, y_pred: npt.ArrayLike, positive: Any
) -> tuple[tuple[Any, ...], IntArray, IntArray]:
    """All labels, sorted, and both vectors as indices into them."""
    true_labels, true = encode_labels(y_true, "y_true")
    predicted_labels, predicted = encode_labels(y_pred, "y_pred", n=len(true), of="y_true")
    labels_of = {"y_true": true_labels, "y_pred": predicted_labels}
    if positive is not None:
        labels_of["positive"], _ = encode_labels([positive], "positive")
    for name, distinct in labels_of.items():
        check_same_kind(distinct, true_labels, (name, "y_true"))
        if distinct.dtype.kind == "f":
            labels_of[name] = _as_integers(distinct, name)
    if positive is not None:
        _check_positive(labels_of["positive"][0], np.union1d(labels_of["y_true"], labels_of["y_pred"]))
    labels = np.unique(np.concatenate(list(labels_of.values())))
    if len(labels) > MAX_CLASSES:
        raise InvalidInputError(
            f"y_true and y_pred hold {len(labels):,} different labels; at most {MAX_CLASSES:,} classes are compared: "
            "are these identifiers?"
        )
    return (
        tuple(labels.tolist()),
        np.searchsorted(labels, labels_of["y_true"])[true],
        np.searchsorted(labels, labels_of["y_pred"])[predicted],
    )


def _check_positive(positive: Any, labels: npt.NDArray[Any]) -> None:
    """Refuse a positive class that does not occur: a misspelt one would look like a day without falls.

    If there is only one other label, it may be such a day, unless the two differ only in case or white space.
    """
    names = [str(label) for label in labels]
    is_other_spelling = len(names) == 1 and names[0].strip().casefold() == str(positive).strip().casefold()
    if positive not in labels and (len(names) > 1 or is_other_spelling):
        few = ", ".join(names[:10]) + (", ..." if len(names) > 10 else "")
        raise InvalidInputError(
            f"positive is {str(positive)!r}, which is neither in y_true nor in y_pred; they hold {few}. "
            "If nobody fell, compare booleans: evaluate(y_true == fall, y_pred == fall, positive=True)"
        )


def _as_integers(numbers: FloatArray, name: str) -> IntArray:
    """Whole floats as integers; other floats are probably scores passed as labels."""
    wrong = (numbers != np.floor(numbers)) | (np.abs(numbers) > 2**53)
    if wrong.any():
        raise InvalidInputError(
            f"{name} holds {numbers[wrong][0]:g}, which is not a class: pass labels here and scores as y_score"
        )
    return numbers.astype(np.int64)
