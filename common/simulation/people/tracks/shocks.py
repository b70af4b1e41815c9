"""Shocks of contact: heels that strike, a body that drops into a seat, hands that clap."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.constants import g

from common.validation import FloatArray

# The pulse of a soft contact that an accelerometer on the trunk sees lasts about a tenth of a second: our assumption.
_FREQUENCY_HZ = 5.0
_WIDTH_S = 0.06


@dataclass(frozen=True)
class Shocks:
    """Brief pulses, each a wave under a bell.

    Attributes
    ----------
    time_s : ndarray of shape (n,)
        When each pulse is strongest, in order.
    strength : ndarray of shape (n,)
    amplitude : ndarray of shape (n_coordinates,)
        Displacement by a pulse of strength 1, in meters and radians: see :func:`shock_displacement`.
    frequency_hz, width_s : float
        Of the wave, and of the bell from its middle to 1/e.
    """

    time_s: FloatArray
    strength: FloatArray
    amplitude: FloatArray
    frequency_hz: float = _FREQUENCY_HZ
    width_s: float = _WIDTH_S

    def __call__(self, time_s: FloatArray) -> FloatArray:
        pulses = np.zeros(len(time_s))
        reach_s = 3 * self.width_s
        first = np.searchsorted(time_s, self.time_s - reach_s)
        last = np.searchsorted(time_s, self.time_s + reach_s)
        for middle, strength, start, stop in zip(self.time_s, self.strength, first, last, strict=True):
            since = time_s[start:stop] - middle
            bell = np.exp(-((since / self.width_s) ** 2))
            pulses[start:stop] += strength * bell * np.cos(2 * np.pi * self.frequency_hz * since)
        return np.asarray(pulses[:, None] * self.amplitude)


def shock_displacement(peak_g: float, *, frequency_hz: float = _FREQUENCY_HZ, width_s: float = _WIDTH_S) -> float:
    """The displacement in meters of a shock that pushes upward by ``peak_g`` at its middle.

    It is negative, since a body that is braked sinks.

    Examples
    --------
    >>> bool(-0.01 < shock_displacement(1.0) < -0.005)
    True
    """
    return float(-peak_g * g / ((2 * np.pi * frequency_hz) ** 2 + 2 / width_s**2))
