"""Class scores by a linear readout, for small batches in a single compiled call."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from common.compiled import compiled
from har.dtw.scores import distances_to_few

#: Added to a squared distance before its logarithm, in units of their mean, since a window may equal a prototype.
SMALLEST_SHARE = 1e-6


@compiled
def linear_class_scores(
    windows: Any, active: Any, scale: Any, quantization: Any, blocks: Any, shape: Any, radius: int, coef: Any,
    intercept: Any, out: Any,
) -> None:  # fmt: skip
    """Write the scores of a few windows to ``out`` of shape (n, n_classes).

    The arguments up to ``radius`` are those of :func:`har.dtw.scores.distances_to_few`, the others those of
    :func:`linear_scores_of_distances`.
    """
    squared = distances_to_few(windows, active, scale, quantization, blocks, shape, radius)
    # Behind the prototypes stand the copies that pad the last block.
    linear_scores_of_distances(squared[:, : coef.shape[1] // 2], coef, intercept, out)


@compiled
def linear_scores_of_distances(squared: Any, coef: Any, intercept: Any, out: Any) -> None:
    """Write the scores of each row of squared distances to ``out`` of shape (n, n_classes).

    They are the softmax of ``coef`` (n_classes, 2 n_prototypes) times the row's features, plus ``intercept``; NaN if
    squares overflowed.
    """
    features = np.empty(coef.shape[1])
    for a in range(len(squared)):
        features_of_distances(squared[a], features)
        largest = -np.inf
        for c in range(len(coef)):
            out[a, c] = intercept[c]
            for f in range(len(features)):
                out[a, c] += coef[c, f] * features[f]
            largest = max(largest, out[a, c])
        total = 0.0
        for c in range(len(coef)):
            out[a, c] = math.exp(out[a, c] - largest)
            total += out[a, c]
        out[a] /= total


@compiled
def features_of_distances(squared: Any, out: Any) -> None:
    """Write log(d² + 1e-6 mean(d²)) of each prototype, then d² / mean(d²); NaN if squares overflowed."""
    n = len(squared)
    total = 0.0
    for distance in squared:
        total += distance
    if not total < np.inf:
        out[:] = np.nan
        return
    mean = max(total / n, 1e-300)  # all are zero if the window equals every prototype
    for p in range(n):
        out[p] = math.log(squared[p] + SMALLEST_SHARE * mean)
        out[n + p] = squared[p] / mean


@compiled
def features_of_rows(squared: Any, out: Any) -> None:
    """:func:`features_of_distances` of each row."""
    for a in range(len(squared)):
        features_of_distances(squared[a], out[a])
