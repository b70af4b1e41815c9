"""Whether acceleration is in g and holds gravity: whoever rests measures 1 g, whatever they wear and however."""

from __future__ import annotations

import numpy as np

from common.validation import FloatArray

_NEAR_G = (0.8, 1.25)  # a sensor of a phone is off by some hundredths
_STILL = 0.02  # standard deviation of the magnitude, as a part of it or of 1 g
_SECONDS = 3  # in a row


class GravityCheck:
    """Looks at each second in which nothing moves.

    Examples
    --------
    >>> check = GravityCheck(25.0)
    >>> check.take(np.tile([0.0, 9.81, 0.0], (75, 1)))
    >>> check.fault
    'acceleration at rest is 9.81, not 1 g: it is in m/s²'
    """

    def __init__(self, rate_hz: float) -> None:
        self._second = round(rate_hz)
        self._waiting = np.empty((0, 3))
        self._wrong: list[float] = []
        self._n_right = 0
        self.fault = ""

    def take(self, acceleration: FloatArray) -> None:
        """Take the next samples ``(n, 3)`` at the rate; NaN where there are none."""
        self._waiting = np.concatenate([self._waiting, acceleration])
        while len(self._waiting) >= self._second:
            self._judge(self._waiting[: self._second])
            self._waiting = self._waiting[self._second :]

    def _judge(self, second: FloatArray) -> None:
        magnitude = np.linalg.norm(second[np.isfinite(second).all(axis=1)], axis=1)
        if len(magnitude) < self._second / 2 or magnitude.std() > _STILL * max(1.0, magnitude.mean()):
            return
        if _NEAR_G[0] <= magnitude.mean() <= _NEAR_G[1]:
            self._wrong, self._n_right = [], self._n_right + 1
            self.fault = "" if self._n_right >= _SECONDS else self.fault
            return
        self._wrong, self._n_right = [*self._wrong, float(magnitude.mean())][-_SECONDS:], 0
        if len(self._wrong) == _SECONDS:
            self.fault = f"acceleration at rest is {np.median(self._wrong):.2f}, not 1 g: {_guess(self._wrong)}"


def _guess(magnitudes: list[float]) -> str:
    middle = float(np.median(magnitudes))
    if middle < 0.1:
        return "gravity is taken out of it, or the sensor does not measure"
    if 9.0 < middle < 10.6:
        return "it is in m/s²"
    if 900 < middle < 1100:
        return "it is in mg"
    return "units or calibration are wrong"
