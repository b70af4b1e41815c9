"""What a worn sensor feels between a resident's activities: rest, small movements; and when it is dropped."""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d

from common.simulation.inertial import CONTACT_S, FINE_HZ
from common.simulation.people.motion import smooth_step
from common.simulation.people.toppling import GRAVITY
from common.validation import FloatArray

# Movements of somebody at rest: one in so many seconds, so strong, so long.
_FIDGET_EVERY_S = 40.0
_FIDGET_G = 0.06
_FIDGET_DEG_S = 20.0
_FIDGET_S = 0.8
_TURN_S = 2.0


def rest(
    before: FloatArray, after: FloatArray, times: FloatArray, end_s: float, rng: np.random.Generator
) -> FloatArray:
    """Signals ``(n, 6)`` of somebody at rest who, in the last two seconds, changes posture.

    Parameters
    ----------
    before, after : ndarray of shape (3,)
        Specific force in g at either end.
    times : ndarray of shape (n,)
        Seconds since the rest began.
    end_s : float
        How long the rest takes in all.
    rng : numpy.random.Generator
        Of the small movements.
    """
    part = smooth_step((times - end_s + _TURN_S) / _TURN_S)
    force, turning = _turned(_unit(before), _unit(after), part, times)
    signal = np.hstack([force, turning])
    lasts = float(times[-1] - times[0]) if len(times) else 0.0
    for _ in range(rng.poisson(lasts / _FIDGET_EVERY_S)):
        middle = times[0] + rng.uniform(0, lasts)
        envelope = np.exp(-(((times - middle) / (_FIDGET_S * rng.uniform(0.4, 1.5))) ** 2))
        wave = envelope * np.sin(2 * np.pi * rng.uniform(0.4, 2.0) * (times - middle))
        signal += wave[:, None] * rng.normal(0, np.repeat([_FIDGET_G, _FIDGET_DEG_S], 3))
    return np.asarray(signal)


@dataclass(frozen=True)
class Drop:
    """A sensor that falls from the hand to the floor, lies there, and is picked up.

    Attributes
    ----------
    start_s, lies_s : float
        When it slips, on the day's clock, and for how long it then lies.
    height_m : float
    spin_deg_s : ndarray of shape (3,)
        How it turns in the air.
    blow_g : float
        Strength of the impact.
    lying : ndarray of shape (3,)
        Specific force in g while it lies.
    """

    start_s: float
    lies_s: float
    height_m: float
    spin_deg_s: FloatArray
    blow_g: float
    lying: FloatArray

    @classmethod
    def draw(cls, start_s: float, rng: np.random.Generator) -> "Drop":
        """From a table, a hand or a pocket."""
        return cls(
            start_s=start_s,
            lies_s=rng.uniform(20.0, 55.0),
            height_m=rng.uniform(0.5, 1.1),
            spin_deg_s=rng.normal(0, 200, 3),
            blow_g=rng.uniform(8.0, 20.0),
            lying=_unit(rng.normal(size=3)),
        )

    @property
    def end_s(self) -> float:
        """When it is in a hand again."""
        return self.start_s + self.lies_s

    def felt(self, before: FloatArray, times: FloatArray) -> FloatArray:
        """Signals ``(n, 6)`` at times since it slipped: nothing in the air, two blows, and rest.

        ``before`` is the specific force when it slipped.
        """
        flight_s = float(np.sqrt(2 * self.height_m / GRAVITY))
        landed_s = 1.3 * flight_s  # one bounce
        fine = np.arange(times[0] - 0.1, times[-1] + 0.1, 1 / FINE_HZ)
        aloft = (fine > 0) & (fine < landed_s)
        force = np.where((fine <= 0)[:, None], before, np.where(aloft[:, None], 0.0, self.lying))
        for moment, share in ((flight_s, 1.0), (landed_s, 0.3)):
            blow = share * self.blow_g * np.exp(-(((fine - moment) / CONTACT_S) ** 2))
            force = force + blow[:, None] * self.lying
        force = gaussian_filter1d(force, CONTACT_S * FINE_HZ, axis=0, mode="nearest")
        signal = np.hstack([force, aloft[:, None] * self.spin_deg_s])
        return np.stack([np.interp(times, fine, column) for column in signal.T], axis=1)


def _turned(first: FloatArray, last: FloatArray, part: FloatArray, times: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The unit vector on its way from ``first`` to ``last``, and the angular velocity in deg/s that it takes."""
    angle = float(np.arccos(np.clip(first @ last, -1, 1)))
    axis = np.cross(first, last)
    if np.linalg.norm(axis) < 1e-6:  # the same way or opposite: any axis across will do
        axis = np.cross(first, [0.0, 0.0, 1.0] if abs(first[2]) < 0.9 else [1.0, 0.0, 0.0])
    axis = _unit(axis)
    across = np.cross(axis, first)
    force = np.cos(angle * part)[:, None] * first + np.sin(angle * part)[:, None] * across
    speed = np.gradient(angle * part, times) if len(times) > 1 else np.zeros(len(times))
    # The sensor turns against the way that gravity seems to turn.
    return force, -np.degrees(speed)[:, None] * axis


def _unit(vector: FloatArray) -> FloatArray:
    return np.asarray(vector / np.linalg.norm(vector))
