"""Checked training data: images, and labels as the numbers of the network's outputs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.evaluation.splits import Split
from common.validation import IntArray, check_same_kind, encode_labels, positive_label
from fall.training import Frames


@dataclass(frozen=True)
class Labels:
    """Labels as numbers.

    Attributes
    ----------
    classes : ndarray of shape (n_classes,)
        The labels in the order of the network's outputs; of two, the second one is the fall unless their order was
        given.
    codes : ndarray of int
        The number of each image's class.
    positive : label
        The label of the fall.
    """

    classes: npt.NDArray[Any]
    codes: IntArray
    positive: Any

    @property
    def positive_index(self) -> int:
        """The number of the fall."""
        return int(self.classes.tolist().index(self.positive))


@dataclass(frozen=True)
class TrainingData:
    """Checked training data.

    Attributes
    ----------
    frames : ndarray or DecodedFrames
        The images.
    classes : ndarray of shape (n_classes,)
        The labels in the order of the network's outputs.
    codes : ndarray of int
        The number of each image's class; of two classes 1 is the fall, unless their order was given.
    split : Split
        Rows to train on, and rows held out for validation.
    weights : dict or None
        Weight of each class code in the loss.
    seed : int
        Seed of everything random in the training.
    positive : label
        The label of the fall.
    """

    frames: Frames
    classes: npt.NDArray[Any]
    codes: IntArray
    split: Split
    weights: dict[int, float] | None
    seed: int
    positive: Any = 1

    @property
    def is_fall(self) -> npt.NDArray[np.bool_]:
        """Whether each image shows a fall."""
        return np.asarray(self.classes[self.codes] == self.positive)

    @property
    def positive_index(self) -> int:
        """The number of the fall."""
        return int(self.classes.tolist().index(self.positive))


def check_labels(y: Any, n: int, *, classes: Any = None, positive: Any = None) -> Labels:
    """The labels of ``n`` images as numbers.

    Parameters
    ----------
    y : array-like of shape (n,)
        The labels: at least one fall, and at least one other.
    n : int
        Number of images.
    classes : array-like, optional
        All labels in the order of the network's outputs. By default those in ``y``: of two, the other one first and the
        fall second; of more, sorted.
    positive : label, optional
        The label of the fall, see :func:`common.validation.positive_label`; required for more than two classes.

    Raises
    ------
    InvalidInputError
        If the labels do not fit.
    """
    present, codes = encode_labels(y, "y", n=n)
    if len(present) == 1 or (len(present) > 2 and positive is None):
        number = "one class" if len(present) == 1 else f"{len(present)} classes"
        told = "" if len(present) == 1 else ", or name the fall: positive="
        raise InvalidInputError(
            f"y holds {number} ({present[:5].tolist()}): there must be two, fall and no fall; leave out frames "
            f"labelled −1{told}"
        )
    if classes is None:
        fall = positive_label(present, positive, name="y")
        if len(present) == 2 and present.tolist()[0] == fall:
            return Labels(present[::-1], 1 - codes, fall)
        return Labels(present, codes, fall)
    ordered = check_order(classes)
    check_same_kind(present, ordered, ("y", "classes"))
    order = ordered.tolist()
    unknown = [label for label in present.tolist() if label not in order]
    if unknown:
        raise InvalidInputError(f"y holds {unknown[0]!r}, which is not among the classes {order}: leave it out")
    fall = positive_label(ordered, positive, name="classes")
    if fall not in present:
        raise InvalidInputError(f"y holds no {fall!r}, which is the fall: add images of falls")
    return Labels(ordered, np.array([order.index(label) for label in present.tolist()])[codes], fall)


def check_order(classes: Any) -> npt.NDArray[Any]:
    """Different labels, in the order that they are given."""
    distinct, codes = encode_labels(classes, "classes")
    if len(distinct) != len(codes) or len(distinct) < 2:
        raise InvalidInputError(f"classes is {classes!r}; name at least two, each once, in the order of the outputs")
    return distinct[codes]
