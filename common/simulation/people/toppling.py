"""How a body topples: an inverted pendulum from loss of balance to rest on the floor."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from common.validation import FloatArray

GRAVITY = 9.81  # m/s²
_STEP_S = 0.001
_REST_RAD_S = 0.15  # below this speed a bounce is over


@dataclass(frozen=True)
class Topple:
    """The tilt of a toppling body over time.

    Attributes
    ----------
    time_s : ndarray of shape (n,)
        From the loss of balance to rest.
    angle : ndarray of shape (n,)
        Tilt from the vertical in radians.
    impact_s : float
        When the body first hits the floor.
    """

    time_s: FloatArray
    angle: FloatArray
    impact_s: float

    def progress(self, time_s: FloatArray) -> FloatArray:
        """How far the fall has gone: 0 before it, 1 on the floor, linear in the angle."""
        start, end = self.angle[0], self.angle[-1]
        return np.asarray((np.interp(time_s, self.time_s, self.angle) - start) / (end - start))


def topple(
    length_m: float, *, start: float = 0.2, speed: float = 0.0, floor: float = np.pi / 2, restitution: float = 0.2
) -> Topple:
    """Let a pendulum of effective length ``length_m`` fall from ``start`` to ``floor`` radians, and bounce to rest.

    The equation is that of a rigid body turning about its feet, θ″ = (g / ℓ) sin θ, with ℓ = I / (m h) of the moment of
    inertia I about the feet and the height h of the center of mass: two thirds of its length for a uniform rod.

    Parameters
    ----------
    length_m : float
        ℓ in meters; a crouching body has a shorter one and falls faster.
    start, speed : float
        Tilt in radians and angular speed in rad/s at the loss of balance.
    floor : float
        Tilt at which the floor stops the body.
    restitution : float
        Part of the speed that is left after each bounce.

    Examples
    --------
    >>> fall = topple(1.1)
    >>> 0.6 < fall.impact_s < 1.2, float(fall.progress(np.array([9.0]))[0])
    (True, 1.0)
    """
    angle, angles = start, [start]
    impact_s = 0.0
    pull = _STEP_S * GRAVITY / length_m
    while True:
        # Semi-implicit Euler: speed first, then angle; it keeps the energy of a pendulum.
        speed += pull * math.sin(angle)
        angle += _STEP_S * speed
        if angle >= floor:
            impact_s = impact_s or _STEP_S * len(angles)
            angle, speed = floor, -restitution * speed
            if -speed < _REST_RAD_S:
                angles.append(floor)
                break
        angles.append(angle)
    return Topple(_STEP_S * np.arange(len(angles)), np.array(angles), impact_s)
