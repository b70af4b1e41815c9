"""The seconds in which somebody moved, by a worn sensor: false alarms are counted per hour of them."""

from __future__ import annotations

import numpy as np

from common.errors import InvalidInputError
from common.validation import BoolArray, FloatArray, check_number

MOVING_G = 0.1  # our choice: above the noise and breathing of somebody at rest, below a single step


def moving_seconds(acceleration: FloatArray, rate_hz: float) -> BoolArray:
    """Whether the wearer moved in each whole second of a recording.

    A second counts as movement if the standard deviation of the acceleration's magnitude is above 0.1 g. Lost samples
    are left out; a second without any is not counted as movement.

    Parameters
    ----------
    acceleration : ndarray of shape (n_samples, 3)
        In g; NaN where samples are missing.
    rate_hz : float
        Samples a second, at least two. Second k holds the samples from k · rate_hz on, rounded.

    Returns
    -------
    ndarray of bool, shape (n_seconds,)
        Samples after the last whole second are not counted.

    Examples
    --------
    >>> walk = np.zeros((100, 3))
    >>> walk[:, 2] = 1.0
    >>> walk[50:, 2] += 0.3 * np.sin(np.arange(50))
    >>> moving_seconds(walk, rate_hz=50)
    array([False,  True])
    """
    rate = check_number(rate_hz, "rate_hz", at_least=2)
    if acceleration.ndim != 2 or acceleration.shape[1] != 3:
        raise InvalidInputError(f"acceleration has shape {acceleration.shape}; pass (n_samples, 3), in g")
    magnitude = np.linalg.norm(acceleration, axis=1)
    edges = np.round(np.arange(len(magnitude) / rate + 2) * rate).astype(int)
    edges = edges[edges <= len(magnitude)]
    magnitude, starts = magnitude[: edges[-1]], edges[:-1]
    if not len(starts):
        return np.zeros(0, dtype=bool)
    known = ~np.isnan(magnitude)
    count = np.maximum(np.add.reduceat(known.astype(float), starts), 1)
    # Around 1 g: beside the square of gravity, squares of small deviations would lose their digits.
    deviation = np.where(known, magnitude - 1.0, 0.0)
    mean = np.add.reduceat(deviation, starts) / count
    variance = np.add.reduceat(deviation**2, starts) / count - mean**2
    return np.asarray(variance > MOVING_G**2)
