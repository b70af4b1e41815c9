"""How the body moves: coordinates as smooth functions of time, at any rate.

A motion is a sum of tracks. Each adds its part to the coordinates of the body: key postures, steps, hops,
the small movements of somebody at rest. It can be sampled at any times, so that a camera at 10 Hz
and an accelerometer at 100 Hz observe the same motion.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from common.simulation.people.anatomy import COORDINATES, INDEX
from common.validation import FloatArray

GRAVITY = 9.81  # m/s²


class Track(Protocol):
    """One part of a motion."""

    def __call__(self, time_s: FloatArray) -> FloatArray:
        """Its share of the coordinates ``(n, n_coordinates)`` at times ``(n,)`` in seconds."""


@dataclass(frozen=True)
class Motion:
    """The sum of its tracks."""

    tracks: tuple[Track, ...]

    def coordinates(self, time_s: FloatArray) -> FloatArray:
        """Coordinates of the body ``(n, n_coordinates)`` at times ``(n,)`` in seconds."""
        return np.asarray(np.sum([track(time_s) for track in self.tracks], axis=0))


def posture(base: FloatArray | None = None, /, **changes: float) -> FloatArray:
    """Coordinates of one posture: ``base``, or upright, with named coordinates set.

    ``both_…`` sets the left and the right one.

    Examples
    --------
    >>> float(posture(both_knee_flexion=0.5)[INDEX["left_knee_flexion"]])
    0.5
    """
    values = np.zeros(len(COORDINATES)) if base is None else base.copy()
    for name, value in changes.items():
        for side in ("left", "right") if name.startswith("both_") else ("",):
            values[INDEX[name.replace("both", side)]] = value
    return values


def smooth_step(part: FloatArray) -> FloatArray:
    """Minimum-jerk course from 0 to 1 (Flash & Hogan, Journal of Neuroscience 5(7), 1985), constant outside [0, 1].

    Examples
    --------
    >>> smooth_step(np.array([-1.0, 0.0, 0.5, 1.0, 2.0]))
    array([0. , 0. , 0.5, 1. , 1. ])
    """
    part = np.clip(part, 0.0, 1.0)
    return np.asarray(part**3 * (10 - 15 * part + 6 * part**2))


def smooth_step_integral(part: FloatArray) -> FloatArray:
    """Integral of :func:`smooth_step` from 0 to ``part``."""
    inside = np.clip(part, 0.0, 1.0)
    return np.asarray(inside**4 * (2.5 - 3 * inside + inside**2) + np.maximum(part - 1.0, 0.0))


class KeyPostures:
    """Minimum-jerk movements from posture to posture, added in order of time."""

    def __init__(self, first: FloatArray) -> None:
        self.end_s = 0.0
        self._first = first
        self._moves: list[tuple[float, float, FloatArray]] = []  # start, duration, change

    @property
    def last(self) -> FloatArray:
        """The posture reached so far."""
        return np.asarray(self._first + np.sum([change for _, _, change in self._moves], axis=0))

    def hold(self, seconds: float) -> KeyPostures:
        """Keep the last posture."""
        self.end_s += seconds
        return self

    def move(self, seconds: float, target: FloatArray) -> KeyPostures:
        """Move to ``target``."""
        self._moves.append((self.end_s, seconds, target - self.last))
        self.end_s += seconds
        return self

    def change(self, seconds: float, **changes: float) -> KeyPostures:
        """Move to the last posture with named coordinates changed."""
        return self.move(seconds, posture(self.last, **changes))

    def __call__(self, time_s: FloatArray) -> FloatArray:
        values = np.tile(self._first, (len(time_s), 1))
        for start, duration, change in self._moves:
            values += smooth_step((time_s - start) / duration)[:, None] * change
        return values


@dataclass(frozen=True)
class Steps:
    """Walking straight on from ``start_s`` to ``stop_s``, with swinging arms and legs."""

    heading: float
    speed_m_s: float
    stride_m: float
    start_s: float
    stop_s: float
    phase: float = 0.0

    def __call__(self, time_s: FloatArray) -> FloatArray:
        ramp_s = min(0.6, (self.stop_s - self.start_s) / 2)
        envelope = smooth_step((time_s - self.start_s) / ramp_s) - smooth_step((time_s - self.stop_s + ramp_s) / ramp_s)
        distance = self.speed_m_s * (
            ramp_s * smooth_step_integral((time_s - self.start_s) / ramp_s)
            - ramp_s * smooth_step_integral((time_s - self.stop_s + ramp_s) / ramp_s)
        )
        # The legs follow the distance, not the time, so that the feet do not slide when walking starts or stops.
        phase = 2 * np.pi * distance / self.stride_m + self.phase
        reach = np.arcsin(min(0.9, self.stride_m / 4 / 0.85))  # half a step, by a leg of about 0.85 m
        values = np.zeros((len(time_s), len(COORDINATES)))
        values[:, INDEX["x"]] = distance * np.cos(self.heading)
        values[:, INDEX["y"]] = distance * np.sin(self.heading)
        for side, turn in (("left", 0.0), ("right", np.pi)):
            swing = envelope * np.sin(phase + turn)
            forward = 0.5 + 0.5 * np.cos(phase + turn)  # the leg is in the air while it swings forward
            values[:, INDEX[f"{side}_hip_flexion"]] = reach * swing + 0.1 * envelope
            values[:, INDEX[f"{side}_knee_flexion"]] = envelope * (0.12 + 0.8 * forward**2)
            values[:, INDEX[f"{side}_shoulder_flexion"]] = -0.8 * reach * swing
            values[:, INDEX[f"{side}_elbow_flexion"]] = 0.25 * envelope
        return values


@dataclass(frozen=True)
class Hops:
    """Jumps on the spot: ballistic flight, then bending knees on landing."""

    start_s: float
    count: int
    height_m: float
    contact_s: float = 0.3

    @property
    def end_s(self) -> float:
        """When the last hop has landed."""
        return self.start_s + self.count * self._period_s + self.contact_s

    @property
    def _flight_s(self) -> float:
        return float(2 * np.sqrt(2 * self.height_m / GRAVITY))

    @property
    def _period_s(self) -> float:
        return self.contact_s + self._flight_s

    def __call__(self, time_s: FloatArray) -> FloatArray:
        clock = time_s - self.start_s
        within = clock % self._period_s
        hopping = (clock >= 0) & (clock < self.count * self._period_s + self.contact_s)
        aloft_s = np.clip(within - self.contact_s, 0.0, None)
        height = np.where(clock < self.count * self._period_s, aloft_s * GRAVITY / 2 * (self._flight_s - aloft_s), 0.0)
        crouch = np.sin(np.pi * np.clip(within / self.contact_s, 0.0, 1.0)) ** 2
        deepest = posture(both_knee_flexion=0.9, both_hip_flexion=0.5)
        values = np.asarray((crouch * hopping)[:, None] * deepest)
        values[:, INDEX["support"]] += height * hopping
        return values


@dataclass(frozen=True)
class TimeReversed:
    """A motion of ``duration_s`` seconds in reverse, ``pace`` times as fast: getting up is sitting down in reverse."""

    motion: Motion
    duration_s: float
    pace: float = 1.0

    def __call__(self, time_s: FloatArray) -> FloatArray:
        return self.motion.coordinates(self.duration_s - self.pace * time_s)


@dataclass(frozen=True)
class Oscillation:
    """Sinusoids of some coordinates from ``start_s`` on, for instance breathing or a waving arm."""

    amplitude: Mapping[str, float]
    frequency_hz: float
    phase: float = 0.0
    start_s: float = -1e9

    def __call__(self, time_s: FloatArray) -> FloatArray:
        wave = np.sin(2 * np.pi * self.frequency_hz * time_s + self.phase) * smooth_step(time_s - self.start_s)
        return np.asarray(wave[:, None] * posture(**self.amplitude))
