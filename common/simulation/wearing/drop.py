"""A worn sensor that slips from the hand: free fall, impact, rest on the floor."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d

from common.simulation.inertial import CONTACT_S, FINE_HZ
from common.simulation.people.toppling import GRAVITY
from common.validation import FloatArray


@dataclass(frozen=True)
class SensorDrop:
    """A sensor that falls from the hand to the floor, lies there, and is picked up.

    Attributes
    ----------
    start_s, lies_s : float
        When it slips, on the day's clock, and how long it is out of the hand.
    height_m : float
    spin_deg_s : ndarray of shape (3,)
        Angular velocity in the air.
    impact_g : float
        Peak of the impact.
    lying : ndarray of shape (3,)
        Specific force in g while it lies.
    """

    start_s: float
    lies_s: float
    height_m: float
    spin_deg_s: FloatArray
    impact_g: float
    lying: FloatArray

    @classmethod
    def random(cls, start_s: float, rng: np.random.Generator) -> SensorDrop:
        """A drop from a table, a hand or a pocket."""
        lies_s, height_m = rng.uniform(20.0, 55.0), rng.uniform(0.5, 1.1)
        spin_deg_s, impact_g, direction = rng.normal(0, 200, 3), rng.uniform(8.0, 20.0), rng.normal(size=3)
        return cls(start_s, lies_s, height_m, spin_deg_s, impact_g, lying=direction / np.linalg.norm(direction))

    @property
    def end_s(self) -> float:
        """When it is in a hand again."""
        return self.start_s + self.lies_s

    def inertial_signal(self, before: FloatArray, times: FloatArray) -> FloatArray:
        """Specific force in g and angular velocity in deg/s ``(n, 6)``, without measurement error.

        Parameters
        ----------
        before : ndarray of shape (3,)
            Specific force in g when it slips.
        times : ndarray of shape (n,)
            Seconds since it slipped, in order.
        """
        flight_s = float(np.sqrt(2 * self.height_m / GRAVITY))
        rest_s = 1.3 * flight_s  # after one bounce
        fine = np.arange(times[0] - 0.1, times[-1] + 0.1, 1 / FINE_HZ)
        airborne = (fine > 0) & (fine < rest_s)
        force = np.where((fine <= 0)[:, None], before, np.where(airborne[:, None], 0.0, self.lying))
        for impact_s, share in ((flight_s, 1.0), (rest_s, 0.3)):
            impact = share * self.impact_g * np.exp(-(((fine - impact_s) / CONTACT_S) ** 2))
            force = force + impact[:, None] * self.lying
        force = gaussian_filter1d(force, CONTACT_S * FINE_HZ, axis=0, mode="nearest")
        signal = np.hstack([force, airborne[:, None] * self.spin_deg_s])
        return np.stack([np.interp(times, fine, column) for column in signal.T], axis=1)
