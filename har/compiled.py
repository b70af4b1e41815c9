"""One window to class probabilities, with nothing between the caller and the compiled search.

``predict_proba`` checks its input and works on batches; for a single window on a small device that takes longer
than the distances. Here the window is checked by the caller, and all memory is set aside beforehand.
"""

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from har.dtw.caching import compiled
from har.dtw.lane_kernel import lane_dtw
from har.dtw.learning import Schedule
from har.prototypes import DTWPrototypeClassifier

Array = npt.NDArray[np.float64]


def window_call(classifier: Any) -> Callable[[Array], Array]:
    """A function from one window ``(n_timesteps, n_channels)`` to its probabilities ``(n_classes,)``.

    The window is a contiguous float64 array of finite numbers, in the shape of ``fit``: nothing is checked. A
    :class:`har.DTWPrototypeClassifier` that asks its nearest profile is compiled, as it is now; anything else is
    called by its ``predict_proba``. The function is for one thread at a time.
    """
    if type(classifier) is DTWPrototypeClassifier and classifier.n_neighbors == 1:
        return CompiledPrototypes(classifier)
    return partial(_predict_one, classifier)


def _predict_one(classifier: Any, window: Array) -> Array:
    return np.asarray(classifier.predict_proba(window[None])[0], dtype=np.float64)


class CompiledPrototypes:
    """A fitted classifier with one voting profile, as a function of one window.

    Its probabilities are those of :meth:`har.DTWPrototypeClassifier.predict_proba`, computed in float64 from
    distances in the precision of the profiles.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.sin(np.linspace(0, 9, 20) * np.array([1, 1.1, 2, 2.1])[:, None])
    >>> model = DTWPrototypeClassifier(1, method="medoid").fit(X, ["slow", "slow", "fast", "fast"])
    >>> call = CompiledPrototypes(model)
    >>> np.allclose(call(X[0][:, None]), model.predict_proba(X[:1]))
    True
    """

    def __init__(self, classifier: DTWPrototypeClassifier) -> None:
        packed, radius = classifier._packed, classifier._radius
        dtype, width = packed.blocks.dtype, packed.width
        self._n_classes = len(classifier.classes_)
        self._model = (
            np.flatnonzero(classifier._active),
            classifier._root,
            packed.blocks,
            packed.shape,
            classifier._class_indices,
            radius,
            Schedule.steepness,
        )
        self._scratch = (
            np.empty(packed.n_timesteps * packed.n_channels, dtype),
            np.empty((2 * radius + 3) * width, dtype),
            np.empty(width, dtype),
            np.full(1, np.inf, dtype),
        )

    def __call__(self, window: Array) -> Array:
        """The probabilities ``(n_classes,)`` of a window ``(n_timesteps, n_channels)``."""
        probabilities = np.empty(self._n_classes)
        _classify(window, *self._model, *self._scratch, probabilities)
        return probabilities


@compiled
def _classify(
    window: Any,
    active: Any,
    root: Any,
    blocks: Any,
    shape: Any,
    class_indices: Any,
    radius: int,
    steepness: float,
    query: Any,
    buffer: Any,
    lanes: Any,
    unlimited: Any,
    out: Any,
) -> None:
    """``out`` becomes the softmax of −β d² / (d²(nearest) + d²(second nearest class)) over the classes."""
    n_channels, width = len(active), len(lanes)
    for t in range(len(window)):
        for c in range(n_channels):
            query[t * n_channels + c] = window[t, active[c]] * root[c]
    out[:] = np.inf
    for b in range(len(blocks)):
        lane_dtw(query, blocks[b], n_channels, shape, radius, unlimited, buffer, lanes)
        for lane in range(min(width, len(class_indices) - b * width)):
            owner = class_indices[b * width + lane]
            out[owner] = min(out[owner], lanes[lane])

    nearest, second = np.inf, np.inf
    for squared in out:
        if squared < nearest:
            nearest, second = squared, nearest
        else:
            second = min(second, squared)
    # A window that equals profiles of two classes is as far from both: zero.
    scale = max(nearest + second, np.finfo(root.dtype).tiny)
    for c in range(len(out)):
        out[c] = math.exp(steepness * (nearest - out[c]) / scale)
    out /= out.sum()
