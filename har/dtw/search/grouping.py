"""Groups similar windows into blocks, so that whole blocks can be ruled out.

Windows are split as a k-d tree splits points (Bentley, Communications of the ACM 18(9), 1975). The search is exact for
any grouping; only its speed depends on it.
"""

from __future__ import annotations

import numpy as np

from common.validation import FloatArray, IntArray

#: The covariance is computed from the features of largest variance; these components of it are used.
_MAX_FEATURES, _N_COMPONENTS = 64, 8


def group_similar(points: FloatArray, size: int) -> IntArray:
    """An order of the rows of ``points`` in which each block of ``size`` consecutive rows is similar."""
    order: list[IntArray] = []
    to_split = [np.arange(len(points))]
    while to_split:
        members = to_split.pop()
        if len(members) <= size:
            order.append(members)
            continue
        here = points[members]
        coordinate = here[:, np.argmax(here.var(axis=0))]
        middle = (len(members) // size + 1) // 2 * size  # whole blocks on the left
        split = np.argpartition(coordinate, middle - 1)
        to_split += [members[split[middle:]], members[split[:middle]]]
    return np.concatenate(order)


def principal_components(features: FloatArray) -> FloatArray:
    """The principal components of the rows of ``features``: ``(n, up to 8)``."""
    centred = features - features.mean(axis=0, dtype=np.float64)
    most_varied = np.argsort(-centred.var(axis=0), kind="stable")[:_MAX_FEATURES]
    centred = centred[:, most_varied]
    _, components = np.linalg.eigh(centred.T @ centred)
    return np.asarray(centred @ components[:, -_N_COMPONENTS:])
