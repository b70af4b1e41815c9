"""A sensor that is worn, but not as it should be: the other way round, or with a loose strap."""

from __future__ import annotations

import numpy as np
from scipy.signal import bilinear, lfilter, lfilter_zi

from common.simulation.people.motion import smooth_step
from common.simulation.wearing.faults import WearPeriod
from common.validation import FloatArray

_HANDLED_S = 4.0  # turning it round, or loosening the strap
# A loose sensor swings like a damped pendulum; the figures are our own assumption.
_SWING_HZ = 2.5
_DAMPING = 0.25
_RAD_PER_G = 0.35


class Attachment:
    """Turns the signal of a well worn sensor into that of one that is reversed or loose from time to time.

    Parameters
    ----------
    periods : tuple of WearPeriod
        Others than ``"reversed"`` and ``"loose"`` change nothing.
    rate_hz : float
        Samples a second.
    rng : numpy.random.Generator
        Of the way in which it is reversed.
    """

    def __init__(self, periods: tuple[WearPeriod, ...], rate_hz: float, rng: np.random.Generator) -> None:
        self._reversed = [(p, "xz"[rng.integers(2)]) for p in periods if p.kind == "reversed"]
        self._loose = [_LooseStrap(p, rate_hz) for p in periods if p.kind == "loose"]

    def change(self, signal: FloatArray, time_s: FloatArray) -> FloatArray:
        """Consecutive samples ``(n, 6)`` as they come, at times ``(n,)`` on the day's clock."""
        for strap in self._loose:
            signal = strap.swing(signal, time_s)
        for period, axis in self._reversed:
            if time_s[-1] > period.start_s and time_s[0] < period.end_s:
                signal = _turn(signal, axis, np.pi * _inside(period, time_s), time_s)
        return signal


class _LooseStrap:
    """Turns about the two axes across gravity as a damped pendulum that the wearer's movement drives."""

    def __init__(self, period: WearPeriod, rate_hz: float) -> None:
        self._period = period
        omega = 2 * np.pi * _SWING_HZ
        self._filter = bilinear([omega**2], [1.0, 2 * _DAMPING * omega, omega**2], rate_hz)
        self._state: FloatArray | None = None

    def swing(self, signal: FloatArray, time_s: FloatArray) -> FloatArray:
        if time_s[-1] <= self._period.start_s or time_s[0] >= self._period.end_s:
            return signal
        push = _RAD_PER_G * signal[:, :2]
        if self._state is None:
            self._state = lfilter_zi(*self._filter)[:, None] * push[0]
        angle, self._state = lfilter(*self._filter, push, axis=0, zi=self._state)
        angle = angle * _inside(self._period, time_s)[:, None]
        return _turn(_turn(signal, "y", angle[:, 0], time_s), "x", -angle[:, 1], time_s)


def _inside(period: WearPeriod, time_s: FloatArray) -> FloatArray:
    """From 0 to 1 in the first seconds of a period, and back in the last ones."""
    return smooth_step((time_s - period.start_s) / _HANDLED_S) - smooth_step(
        (time_s - period.end_s + _HANDLED_S) / _HANDLED_S
    )


def _turn(signal: FloatArray, axis: str, angle: FloatArray, time_s: FloatArray) -> FloatArray:
    """What a sensor measures that has turned by ``angle`` (n,) radians about one of its axes."""
    fixed = "xyz".index(axis)
    first, second = (fixed + 1) % 3, (fixed + 2) % 3
    turned = signal.copy()
    for part in (0, 3):
        a, b = signal[:, part + first], signal[:, part + second]
        turned[:, part + first] = np.cos(angle) * a + np.sin(angle) * b
        turned[:, part + second] = np.cos(angle) * b - np.sin(angle) * a
    if len(time_s) > 1:
        turned[:, 3 + fixed] += np.degrees(np.gradient(angle, time_s))
    return turned
