"""A worn sensor that is taken off, lies on a table or a charger, and is put on again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from common.simulation.inertial_rest import rotate_gravity
from common.simulation.people.motion import smooth_step
from common.validation import FloatArray

# Our own assumptions: how long taking it off, or putting it on, takes, and how the hand shakes it meanwhile.
HANDLED_S = 5.0
_SHAKE_G = 0.25
_SHAKE_DEG_S = 60.0
_SHAKE_HZ = (0.7, 3.0)


@dataclass(frozen=True)
class LaidAside:
    """A sensor that nobody wears for a while.

    Attributes
    ----------
    start_s, end_s : float
        From when it is in a hand to when it is worn again, on the day's clock.
    lying : ndarray of shape (3,)
        Specific force in g while it lies.
    is_charging : bool
        Then there are no samples (NaN) while it lies.
    frequency_hz, phase : ndarray of shape (6,)
        Of the movements of the hand.
    """

    start_s: float
    end_s: float
    lying: FloatArray
    is_charging: bool
    frequency_hz: FloatArray
    phase: FloatArray

    @classmethod
    def random(cls, start_s: float, end_s: float, rng: np.random.Generator, *, is_charging: bool = False) -> LaidAside:
        """On one of its faces, roughly."""
        lying = np.eye(3)[rng.integers(3)] * rng.choice([-1.0, 1.0]) + rng.normal(0, 0.05, 3)
        shaking = rng.uniform(*_SHAKE_HZ, 6), rng.uniform(0, 2 * np.pi, 6)
        return cls(start_s, end_s, lying / np.linalg.norm(lying), is_charging, *shaking)

    def inertial_signal(self, worn: FloatArray, times: FloatArray) -> FloatArray:
        """Specific force in g and angular velocity in deg/s ``(n, 6)``, without measurement error.

        Parameters
        ----------
        worn : ndarray of shape (3,)
            Specific force in g before it is taken off, and after it is put on again.
        times : ndarray of shape (n,)
            Seconds since it was taken off, in order.
        """
        lasts_s = self.end_s - self.start_s
        off, on = times / HANDLED_S, (times - lasts_s + HANDLED_S) / HANDLED_S
        signal = np.hstack(rotate_gravity(worn, self.lying, smooth_step(off) - smooth_step(on), times))
        in_hand = np.sin(np.pi * np.clip(off, 0, 1)) ** 2 + np.sin(np.pi * np.clip(on, 0, 1)) ** 2
        shaking = np.sin(2 * np.pi * times[:, None] * self.frequency_hz + self.phase)
        signal += in_hand[:, None] * shaking * np.repeat([_SHAKE_G, _SHAKE_DEG_S], 3)
        if self.is_charging:
            signal[(off > 1) & (on < 0)] = np.nan
        return np.asarray(signal)
