"""Who said what in a joint decision: Shapley values over the sensors."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from math import comb

import numpy as np

from common.errors import InvalidInputError
from common.validation import FloatArray

MAX_SENSORS = 12


def shapley_values(value: Callable[[FloatArray], FloatArray], X: FloatArray) -> FloatArray:
    """Additive shares of the sensors in ``value(X)``, a function that is defined for any of them missing (NaN).

    A sensor's share is what ``value`` changes when the sensor joins those that are heard already, averaged over all
    orders in which they can join. The shares of a row add up to ``value`` of the row less ``value`` of silence;
    a sensor that is absent has the share 0. For a sum of one term a sensor, a share is the sensor's term.

    Parameters
    ----------
    value : callable
        From ``(n, n_sensors)`` to ``(n,)``.
    X : ndarray of shape (n, n_sensors)

    Returns
    -------
    ndarray of shape (n, n_sensors)

    Raises
    ------
    InvalidInputError
        For more than 12 sensors: all their 4,096 subsets are computed.

    References
    ----------
    L. S. Shapley, "A value for n-person games", Contributions to the Theory of Games II, 1953.

    Examples
    --------
    >>> shapley_values(lambda X: np.nansum(X, axis=1) ** 2, np.array([[1.0, 2.0, np.nan]]))
    array([[3., 6., 0.]])
    """
    n_sensors = X.shape[1]
    if n_sensors > MAX_SENSORS:
        raise InvalidInputError(f"X has {n_sensors} sensors; contributions are computed for at most {MAX_SENSORS}")
    shares = np.zeros(X.shape)
    for size in range(n_sensors + 1):
        for heard in combinations(range(n_sensors), size):
            is_heard = np.isin(np.arange(n_sensors), heard)
            values = value(np.where(is_heard, X, np.nan))[:, None]
            # Every subset is somebody's "after" and everybody else's "before", as often as orders lead through it.
            shares[:, is_heard] += values / (n_sensors * comb(n_sensors - 1, size - 1)) if size else 0
            shares[:, ~is_heard] -= values / (n_sensors * comb(n_sensors - 1, size)) if size < n_sensors else 0
    # What cancels exactly in the sum leaves rounding dust behind; an absent sensor's share is nothing at all.
    return np.where(np.isnan(X), 0.0, shares)
