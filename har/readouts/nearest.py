"""Class scores by the nearest prototype of each class."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from common.costs.ledger import Cost
from common.validation import Float64Array, FloatArray, IntArray
from har.dtw.scores import PackedDistances, class_scores, scores_of_distances


@dataclass(frozen=True, eq=False)
class NearestReadout:
    """The softmax of :func:`har.dtw.scores.softmax_of_distances`.

    Attributes
    ----------
    class_indices : ndarray of shape (n_prototypes,)
    n_classes : int
    steepness : float
    """

    class_indices: IntArray
    n_classes: int
    steepness: float

    def scores(self, squared: FloatArray) -> Float64Array:
        """Of each class, ``(n, n_classes)``, from squared distances ``(n, n_prototypes)``."""
        scores = np.empty((len(squared), self.n_classes))
        scores_of_distances(squared, self.class_indices, self.steepness, scores)
        return scores

    def scorer(self, profiles: PackedDistances) -> Callable[[FloatArray], Float64Array]:
        """:meth:`scores` of a few contiguous windows, distances included, in one compiled call without checks."""
        model = (*profiles.arguments(), self.class_indices, self.steepness)

        def score(windows: FloatArray) -> Float64Array:
            scores = np.empty((len(windows), self.n_classes))
            class_scores(windows, *model, scores)
            return scores

        return score

    def cost(self, nearest: Cost) -> Cost:
        """Of one decision, from that of a decision by the nearest prototype: the same."""
        return nearest
