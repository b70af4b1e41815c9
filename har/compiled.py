"""One window to class probabilities, with nothing between the caller and the compiled search.

``predict_proba`` checks its input; for a single window on a small device that takes longer than the distances. Here
the window is checked by the caller.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from har.prototypes import DTWPrototypeClassifier

Array = npt.NDArray[np.float64]


def window_call(classifier: Any) -> Callable[[Array], Array]:
    """A function from one window ``(n_timesteps, n_channels)`` to its probabilities ``(n_classes,)``.

    The window is a contiguous float64 array of finite numbers, in the shape of ``fit``: nothing is checked. A
    :class:`har.DTWPrototypeClassifier` that asks its nearest profile is called without detour, as it is now; anything
    else by its ``predict_proba``.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.sin(np.linspace(0, 9, 20) * np.array([1, 1.1, 2, 2.1])[:, None])
    >>> model = DTWPrototypeClassifier(1, method="medoid").fit(X, ["slow", "slow", "fast", "fast"])
    >>> call = window_call(model)
    >>> np.allclose(call(X[0][:, None]), model.predict_proba(X[:1]))
    True
    """
    if type(classifier) is DTWPrototypeClassifier and classifier.n_neighbors == 1:
        score = classifier._scorer()
        return lambda window: np.asarray(score(window[None])[0])
    return partial(_predict_one, classifier)


def _predict_one(classifier: Any, window: Array) -> Array:
    return np.asarray(classifier.predict_proba(window[None])[0], dtype=np.float64)
