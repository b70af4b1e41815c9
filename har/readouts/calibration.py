"""One number that makes probabilities as modest as they should be."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax

from common.validation import Float64Array, IntArray

#: The logarithm of the temperature stays within ± this.
_MAX_LOG_TEMPERATURE = 3.0


def temperature(log_odds: Float64Array, y: IntArray) -> float:
    """The T for which softmax(``log_odds`` / T) gives the classes ``y`` the highest likelihood.

    Above 1, probabilities come closer to each other; decisions do not change (Guo et al., *On calibration of modern
    neural networks*, ICML 2017).

    Parameters
    ----------
    log_odds : ndarray of shape (n, n_classes)
        Of windows that neither prototypes nor weights were learned from; −inf for a class that was not learned.
    y : ndarray of shape (n,)
        Class indices.

    Examples
    --------
    Nine of ten decisions are right, each at odds of 99 to 1:

    >>> log_odds = np.full((10, 2), [np.log(99), 0.0])
    >>> T = temperature(log_odds, np.array([0] * 9 + [1]))
    >>> print(round(1 / (1 + np.exp(-np.log(99) / T)), 3))
    0.9
    """
    rows = np.arange(len(y))

    def loss(log_temperature: float) -> float:
        return float(-log_softmax(log_odds / np.exp(log_temperature), axis=1)[rows, y].mean())

    bounds = (-_MAX_LOG_TEMPERATURE, _MAX_LOG_TEMPERATURE)
    return float(np.exp(minimize_scalar(loss, bounds=bounds, method="bounded", options={"xatol": 1e-6}).x))
