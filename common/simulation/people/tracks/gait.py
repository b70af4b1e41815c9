"""Gait: legs, arms and trunk of somebody who walks, turns on the spot and walks on, and heels that strike.

The legs follow the distance, not the time, so that feet do not slide when walking starts or stops. The pelvis turns and
tilts with every stride by a few degrees: how many is our assumption.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from common.simulation.people.anatomy import COORDINATES, INDEX
from common.simulation.people.motion import Track, posture, smooth_step, smooth_step_integral
from common.simulation.people.tracks.gestures import PELVIS_ALONE_FORWARD, PELVIS_ALONE_LEFT
from common.simulation.people.tracks.shocks import Shocks, shock_displacement
from common.validation import FloatArray

_RAMP_S = 0.6  # to start, or to stop, walking
_LEG_M = 0.85  # length of a leg
_RADIANS_PER_STEP = 0.7  # of turning on the spot
_PELVIS_TURN, _PELVIS_LIST, _PELVIS_TILT = 0.09, 0.05, 0.03  # radians each way
_SHAKE_FORWARD, _SHAKE_LEFT = 0.13, 0.1  # radians of the pelvis for each g of a heel: our assumption
_CONTACTS_HZ = 50.0


@dataclass(frozen=True)
class GaitStyle:
    """How somebody walks.

    Attributes
    ----------
    speed_m_s, stride_m : float
    heel_g : float
        How hard heels strike, at the waist.
    arm_swing : float
        1 for arms that swing freely, 0 for hands on a walker.
    sway : float
        How much the pelvis turns and tilts: 1 for average.
    """

    speed_m_s: float
    stride_m: float
    heel_g: float = 0.3
    arm_swing: float = 1.0
    sway: float = 1.0

    @classmethod
    def random(cls, pace: float, rng: np.random.Generator) -> GaitStyle:
        """0.4 to 1.2 m/s at an average pace: our assumption."""
        speed = rng.uniform(0.4, 1.2) * pace
        return cls(
            speed_m_s=speed,
            stride_m=float(np.clip(0.55 + 0.55 * speed, 0.5, 1.4)) * rng.uniform(0.9, 1.1),
            heel_g=rng.uniform(0.2, 0.45),
            arm_swing=rng.uniform(0.3, 1.6),
            sway=rng.uniform(1.0, 2.6),
        )


@dataclass(frozen=True)
class Gait:
    """Walking straight in spans of time, turning on the spot in between.

    Attributes
    ----------
    style : GaitStyle
    heading : float
        Of the first span, in radians.
    walks : ndarray of shape (n, 2)
        From when to when each span lasts, in seconds, in order.
    turns : ndarray of shape (n, 2)
        Radians turned after each span, and how long that takes.
    phase : float
        Of the stride at the beginning.
    """

    style: GaitStyle
    heading: float
    walks: FloatArray
    turns: FloatArray
    phase: float = 0.0

    def __call__(self, time_s: FloatArray) -> FloatArray:
        style = self.style
        values = np.zeros((len(time_s), len(COORDINATES)))
        phase, envelope, turned, x, y = self._course(time_s)
        reach = np.arcsin(min(0.9, style.stride_m / 4 / _LEG_M)) if style.speed_m_s else 0.15
        for side, turn in (("left", 0.0), ("right", np.pi)):
            swing = envelope * np.sin(phase + turn)
            forward = 0.5 + 0.5 * np.cos(phase + turn)  # the leg is in the air while it swings forward
            values[:, INDEX[f"{side}_hip_flexion"]] = reach * swing + 0.1 * envelope
            values[:, INDEX[f"{side}_knee_flexion"]] = envelope * (0.12 + 0.8 * forward**2)
            values[:, INDEX[f"{side}_shoulder_flexion"]] = -1.1 * style.arm_swing * reach * swing
            # The forearm lags behind the upper arm and rolls inward as it comes forward.
            lagging = envelope * np.sin(phase + turn - 0.6)
            values[:, INDEX[f"{side}_elbow_flexion"]] = style.arm_swing * (0.3 * envelope - 0.3 * lagging)
            values[:, INDEX[f"{side}_forearm_rotation"]] = -0.35 * style.arm_swing * lagging
        sway = style.sway * envelope
        values[:, INDEX["heading"]] = turned + _PELVIS_TURN * sway * np.sin(phase)
        values += (_PELVIS_LIST * sway * np.cos(phase))[:, None] * PELVIS_ALONE_LEFT
        values += (_PELVIS_TILT * sway * np.sin(2 * phase + 0.7))[:, None] * PELVIS_ALONE_FORWARD
        values[:, INDEX["x"]], values[:, INDEX["y"]] = x, y
        return values

    def _course(self, time_s: FloatArray) -> tuple[FloatArray, ...]:
        """Phase of the stride, how much the legs walk (0 to 1), change of heading, place."""
        style = self.style
        envelope, turned, x, y = (np.zeros(len(time_s)) for _ in range(4))
        phase = np.full(len(time_s), self.phase)
        heading = self.heading
        first_s, last_s = (float(time_s[0]), float(time_s[-1])) if len(time_s) else (0.0, 0.0)
        done = np.zeros(4)  # phase, turned, x, y of the spans that are over: only their sums count
        for (start_s, stop_s), (angle, turn_s) in zip(self.walks, self.turns, strict=True):
            if start_s > last_s:
                break
            ramp_s = min(_RAMP_S, (stop_s - start_s) / 2)
            stepping = np.pi * abs(angle) / _RADIANS_PER_STEP
            if first_s > stop_s + turn_s:
                length_m = style.speed_m_s * (stop_s - start_s - ramp_s)
                strides = 2 * np.pi * length_m / style.stride_m
                done += [strides + stepping, angle, length_m * np.cos(heading), length_m * np.sin(heading)]
            else:
                ends = ((time_s - start_s) / ramp_s, (time_s - stop_s + ramp_s) / ramp_s)
                envelope += smooth_step(ends[0]) - smooth_step(ends[1])
                distance = style.speed_m_s * ramp_s * (smooth_step_integral(ends[0]) - smooth_step_integral(ends[1]))
                since = (time_s - stop_s) / max(turn_s, 1e-9)
                envelope += np.sin(np.pi * np.clip(since, 0.0, 1.0)) ** 2 * (angle != 0)
                progress = smooth_step(since)
                phase += 2 * np.pi * distance / style.stride_m + stepping * progress
                turned += angle * progress
                x += distance * np.cos(heading)
                y += distance * np.sin(heading)
            heading += angle
        return phase + done[0], np.clip(envelope, 0.0, 1.0), turned + done[1], x + done[2], y + done[3]

    def heel_contacts(self) -> FloatArray:
        """When a heel strikes, in seconds: where a leg is farthest forward."""
        start_s, stop_s = float(self.walks[0, 0]), float(self.walks[-1, 1] + self.turns[-1, 1])
        time_s = np.arange(start_s, stop_s, 1 / _CONTACTS_HZ)
        # Part by part, since only the spans of a part cost time.
        parts = [self._course(part)[:2] for part in np.array_split(time_s, max(int((stop_s - start_s) / 20), 1))]
        phase, envelope = (np.concatenate(values) for values in zip(*parts, strict=True))
        contacts = np.flatnonzero(np.diff(np.floor(phase / np.pi - 0.5)) > 0)
        return np.asarray(time_s[contacts][envelope[contacts] > 0.3])


def walking(gait: Gait, rng: np.random.Generator) -> tuple[Track, ...]:
    """A gait and its heels."""
    contacts = gait.heel_contacts()
    strength = rng.uniform(0.5, 1.5, len(contacts))
    left = np.where(np.arange(len(contacts)) % 2, 1.0, -1.0)
    heel_g = gait.style.heel_g
    return (
        gait,
        Shocks(
            contacts,
            strength,
            posture(support=shock_displacement(heel_g)) + _SHAKE_FORWARD * heel_g * PELVIS_ALONE_FORWARD,
        ),
        Shocks(contacts, left * strength, _SHAKE_LEFT * heel_g * PELVIS_ALONE_LEFT),
    )


def straight(heading: float, style: GaitStyle, start_s: float, stop_s: float, *, phase: float = 0.0) -> Gait:
    """Walking straight on from ``start_s`` to ``stop_s``."""
    return Gait(style, heading, np.array([[start_s, stop_s]]), np.zeros((1, 2)), phase)


def to_and_fro(
    heading: float,
    style: GaitStyle,
    length_m: float,
    times: int,
    pause_s: tuple[float, float],
    rng: np.random.Generator,
) -> Gait:
    """Walking ``length_m`` forth and back, ``times`` in all, turning round after each."""
    walk_s = length_m / max(style.speed_m_s, 0.1) + _RAMP_S
    walks, turns, now_s = [], [], 0.3
    for number in range(times):
        turn_s = rng.uniform(1.8, 3.5)
        walks.append((now_s, now_s + walk_s))
        turns.append((np.pi if number % 2 else -np.pi, turn_s))
        now_s += walk_s + turn_s + rng.uniform(*pause_s)
    return Gait(style, heading, np.array(walks), np.array(turns))


def winding(style: GaitStyle, seconds: float, rng: np.random.Generator) -> Gait:
    """Walking about for so long, with a turn of up to a right angle every few seconds."""
    walks, turns, now_s = [], [], 0.3
    while now_s < seconds - 4.0:
        walk_s = min(rng.uniform(3.0, 15.0), max(seconds - now_s - 3.0, 1.0))
        turn_s = rng.uniform(1.0, 2.0)
        walks.append((now_s, now_s + walk_s))
        turns.append((rng.uniform(-np.pi / 2, np.pi / 2), turn_s))
        now_s += walk_s + turn_s + rng.choice([0.0, 0.0, 0.0, rng.uniform(0.0, 6.0)])
    return Gait(style, rng.uniform(-np.pi, np.pi), np.array(walks), np.array(turns))
