"""The inertial signal of somebody at rest: gravity, small movements, and a change of posture at the end."""

from __future__ import annotations

import numpy as np

from common.simulation.people.motion import smooth_step
from common.validation import FloatArray

# Small movements at rest: mean interval, standard deviations of their strength, and typical duration; our assumptions.
_FIDGET_EVERY_S = 40.0
_FIDGET_G = 0.06
_FIDGET_DEG_S = 20.0
_FIDGET_S = 0.8
_POSTURE_CHANGE_S = 2.0


def rest_signal(
    before: FloatArray, after: FloatArray, times: FloatArray, end_s: float, rng: np.random.Generator
) -> FloatArray:
    """Specific force in g and angular velocity in deg/s ``(n, 6)`` of a rest whose last two seconds change posture.

    Parameters
    ----------
    before, after : ndarray of shape (3,)
        Specific force in g when the rest begins and when it ends.
    times : ndarray of shape (n,)
        Seconds since the rest began.
    end_s : float
        Length of the whole rest in seconds.
    rng : numpy.random.Generator
        Of the small movements.
    """
    progress = smooth_step((times - end_s + _POSTURE_CHANGE_S) / _POSTURE_CHANGE_S)
    force, angular_rate = rotate_gravity(before, after, progress, times)
    signal = np.hstack([force, angular_rate])
    duration_s = float(times[-1] - times[0]) if len(times) else 0.0
    for _ in range(rng.poisson(duration_s / _FIDGET_EVERY_S)):
        middle = times[0] + rng.uniform(0, duration_s)
        envelope = np.exp(-(((times - middle) / (_FIDGET_S * rng.uniform(0.4, 1.5))) ** 2))
        wave = envelope * np.sin(2 * np.pi * rng.uniform(0.4, 2.0) * (times - middle))
        signal += wave[:, None] * rng.normal(0, np.repeat([_FIDGET_G, _FIDGET_DEG_S], 3))
    return np.asarray(signal)


def rotate_gravity(
    before: FloatArray, after: FloatArray, progress: FloatArray, times: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """1 g that turns from one direction to another, and the sensor's angular velocity in deg/s meanwhile.

    ``progress`` is 0 at the first and 1 at the last direction, at ``times`` in seconds.
    """
    first, last = _unit(before), _unit(after)
    angle = float(np.arccos(np.clip(first @ last, -1, 1)))
    axis = np.cross(first, last)
    if np.linalg.norm(axis) < 1e-6:  # parallel or opposite: any perpendicular axis will do
        axis = np.cross(first, [0.0, 0.0, 1.0] if abs(first[2]) < 0.9 else [1.0, 0.0, 0.0])
    axis = _unit(axis)
    perpendicular = np.cross(axis, first)
    force = np.cos(angle * progress)[:, None] * first + np.sin(angle * progress)[:, None] * perpendicular
    speed = np.gradient(angle * progress, times) if len(times) > 1 else np.zeros(len(times))
    # Seen from the sensor gravity turns, so the sensor turns the opposite way.
    return force, -np.degrees(speed)[:, None] * axis


def _unit(vector: FloatArray) -> FloatArray:
    return np.asarray(vector / np.linalg.norm(vector))
