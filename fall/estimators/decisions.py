"""From the probabilities of the classes to a decision."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from common.estimators.base import BaseEstimator, ClassifierMixin
from common.validation import FloatArray
from fall.networks.outputs import decide
from fall.networks.pixels import InputRange


class FallDecisions(ClassifierMixin, BaseEstimator):
    """Decisions between a fall and other classes from images, by the probability of a fall and a threshold.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels in the order of the network's outputs.
    positive_ : label
        The label of the fall.
    threshold_ : float
        An image is a fall if its probability is at least this.
    input_range_ : tuple of float
        What the network expects for black and for white pixels.
    """

    classes_: npt.NDArray[Any]
    positive_: Any
    threshold_: float
    input_range_: InputRange

    def predict_proba(self, X: Any) -> FloatArray:
        """Probability of each class, ``(n, n_classes)`` in the order of ``classes_``."""
        raise NotImplementedError

    def predict(self, X: Any) -> npt.NDArray[Any]:
        """The class of each image: a fall if its probability is at least ``threshold_``, else the likeliest other."""
        codes = decide(self.predict_proba(X), self._positive_index, self.threshold_)
        return np.asarray(self.classes_[codes])

    @property
    def _positive_index(self) -> int:
        """The column of the fall."""
        return int(self.classes_.tolist().index(self.positive_))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False  # images are 4-D, frame tables hold paths
        # Which of several classes is the fall must be told.
        tags.classifier_tags.multi_class = getattr(self, "positive", None) is not None
        return tags
