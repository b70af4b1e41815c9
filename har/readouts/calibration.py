"""One number that makes probabilities as modest as they should be."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax

from common.validation import Float64Array, IntArray

#: Where all of a few decisions are right, no temperature is low enough: probabilities then stop at this.
_LOWEST, _HIGHEST = 0.3, 20.0


def temperature(log_odds: Float64Array, y: IntArray) -> float:
    """The T for which softmax(``log_odds`` / T) gives the classes ``y`` the highest likelihood; 1 for no windows.

    Above 1, probabilities come closer to each other; decisions do not change (Guo et al., *On calibration of modern
    neural networks*, ICML 2017).

    Parameters
    ----------
    log_odds : ndarray of shape (n, n_classes)
        Of windows that neither prototypes nor weights were learned from; −inf for a class that was not learned.
    y : ndarray of shape (n,)
        Class indices, none of a class that was not learned.

    Examples
    --------
    Nine of ten decisions are right, each at odds of 99 to 1:

    >>> log_odds = np.full((10, 2), [np.log(99), 0.0])
    >>> T = temperature(log_odds, np.array([0] * 9 + [1]))
    >>> print(round(1 / (1 + np.exp(-np.log(99) / T)), 3))
    0.9
    """
    if not len(y):
        return 1.0
    # In logarithms, since the loss is nearly a parabola in them.
    bounds = (np.log(_LOWEST), np.log(_HIGHEST))
    found = minimize_scalar(
        lambda log_t: -likelihood(log_odds / np.exp(log_t), y), bounds=bounds, method="bounded", options={"xatol": 1e-6}
    )
    return float(np.exp(found.x))


def likelihood(log_odds: Float64Array, y: IntArray) -> float:
    """The mean logarithm of the probability that softmax(``log_odds``) gives to the classes ``y``; 0 for no windows.

    Examples
    --------
    >>> print(round(likelihood(np.log([[0.5, 0.5], [0.25, 0.75]]), np.array([0, 1])), 4))
    -0.4904
    """
    if not len(y):
        return 0.0
    return float(log_softmax(log_odds, axis=1)[np.arange(len(y)), y].mean())
