"""How much does each sensor contribute to a joint decision? Shapley values over the sensors."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from math import comb

import numpy as np

from common.errors import InvalidInputError
from common.validation import FloatArray

MAX_SENSORS = 12


def shapley_values(value: Callable[[FloatArray], FloatArray], X: FloatArray) -> FloatArray:
    """Split ``value(X)`` into one additive share per sensor; ``value`` must accept any sensors missing (NaN).

    A sensor's share is the change of ``value`` when the sensor is added, averaged over all orders in which sensors
    can be added. The shares of a row sum to ``value`` of the row minus ``value`` without sensors, and an absent sensor
    has the share 0. If ``value`` is a sum of one term per sensor, the shares are these terms.

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
        for subset in combinations(range(n_sensors), size):
            included = np.isin(np.arange(n_sensors), subset)
            values = value(np.where(included, X, np.nan))[:, None]
            # A subset is the state after adding each of its sensors, and before adding each of the others;
            # its weight is the fraction of orders in which it occurs so.
            shares[:, included] += values / (n_sensors * comb(n_sensors - 1, size - 1)) if size else 0
            shares[:, ~included] -= values / (n_sensors * comb(n_sensors - 1, size)) if size < n_sensors else 0
    # For an absent sensor the terms cancel, but only up to rounding.
    return np.where(np.isnan(X), 0.0, shares)
