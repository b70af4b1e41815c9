"""What arms, head and trunk do all the time: movements from one target to the next, with pauses between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from common.simulation.people.motion import posture, smooth_step
from common.validation import FloatArray

# The pelvis leans or turns by a radian while the feet stay where they are: the hips give way.
PELVIS_FORWARD = posture(tilt_forward=1.0, both_hip_flexion=1.0)
PELVIS_LEFT = posture(tilt_left=1.0, left_hip_abduction=1.0, right_hip_abduction=-1.0)
# The same while the chest stays upright: the back gives way as well.
PELVIS_ALONE_FORWARD = PELVIS_FORWARD - posture(waist_flexion=1.0)
PELVIS_ALONE_LEFT = PELVIS_LEFT - posture(waist_left=1.0)
SEATED_PELVIS_TURN = posture(roll=1.0, left_hip_abduction=-1.0, right_hip_abduction=1.0)  # with thighs forward
DIRECTIONS = {"tilt_forward": PELVIS_FORWARD, "tilt_left": PELVIS_LEFT, "roll": SEATED_PELVIS_TURN}


@dataclass(frozen=True)
class Reaches:
    """Minimum-jerk movements of some coordinates from target to target, added to a posture.

    Attributes
    ----------
    start_s, duration_s : ndarray of shape (n_moves,)
        In order of time; one move ends before the next begins.
    targets : ndarray of shape (n_moves + 1, n_coordinates)
        Meters and radians beyond the posture: before the first move, then after each.
    """

    start_s: FloatArray
    duration_s: FloatArray
    targets: FloatArray

    def __call__(self, time_s: FloatArray) -> FloatArray:
        move = np.clip(np.searchsorted(self.start_s, time_s, side="right") - 1, 0, None)
        part = smooth_step((time_s - self.start_s[move]) / self.duration_s[move])
        return np.asarray(self.targets[move] + part[:, None] * (self.targets[move + 1] - self.targets[move]))


@dataclass(frozen=True)
class GestureStyle:
    """How somebody gesticulates.

    Attributes
    ----------
    ranges : mapping of str to (float, float)
        Radians that a coordinate moves below and above its posture, at most.
    move_s, pause_s : (float, float)
        The shortest and the longest move and pause; our assumptions.
    """

    ranges: Mapping[str, tuple[float, float]]
    move_s: tuple[float, float] = (0.4, 0.9)
    pause_s: tuple[float, float] = (0.0, 1.5)


def gestures(style: GestureStyle, start_s: float, stop_s: float, rng: np.random.Generator) -> Reaches:
    """Random reaches from ``start_s`` to ``stop_s`` that begin and end at the posture itself."""
    names = tuple(style.ranges)
    slowest = style.move_s[1]
    n_most = int((stop_s - start_s) / (style.move_s[0] + 1e-9)) + 2
    moves, pauses = rng.uniform(*style.move_s, n_most), rng.uniform(*style.pause_s, n_most)
    starts = start_s + np.concatenate([[0.0], np.cumsum(moves + pauses)[:-1]])
    n_moves = max(int(np.searchsorted(starts + moves, stop_s - slowest)), 1)
    starts, moves = starts[:n_moves], moves[:n_moves]
    low, high = np.array([style.ranges[name] for name in names]).T
    targets = rng.uniform(low, high, (n_moves + 2, len(names)))
    targets[[0, -1]] = 0.0
    last_s = max(stop_s - slowest, float(starts[-1] + moves[-1]))
    moved = np.stack([DIRECTIONS.get(name, posture(**{name: 1.0})) for name in names])
    return Reaches(np.append(starts, last_s), np.append(moves, slowest), targets @ moved)


def scaled(ranges: Mapping[str, tuple[float, float]], factor: float) -> dict[str, tuple[float, float]]:
    """The same ranges, wider or narrower."""
    return {name: (factor * low, factor * high) for name, (low, high) in ranges.items()}


def with_sides(ranges: Mapping[str, tuple[float, float]]) -> dict[str, tuple[float, float]]:
    """``both_…`` as the left and the right one."""
    sided: dict[str, tuple[float, float]] = {}
    for name, span in ranges.items():
        for side in ("left", "right") if name.startswith("both_") else ("",):
            sided[name.replace("both", side)] = span
    return sided


# Ranges and times are our own, such that turning and movement at the wrist come near UMAFall's (its people with even
# numbers): 281 deg/s at the most in four seconds, 0.15 g of movement.
ARMS = with_sides(
    {
        "both_shoulder_flexion": (-0.15, 0.6),
        "both_shoulder_abduction": (-0.05, 0.35),
        "both_elbow_flexion": (-0.1, 1.0),
        "both_forearm_rotation": (-0.8, 0.8),
    }
)
TRUNK = {"waist_flexion": (-0.08, 0.25), "waist_left": (-0.12, 0.12), "neck_flexion": (-0.2, 0.3)}

QUIET = GestureStyle(scaled(ARMS, 0.7), (0.4, 0.8), (0.2, 2.0))
BUSY_HANDS = GestureStyle(scaled(ARMS, 1.2), (0.35, 0.75), (0.0, 0.6))
TALKING = GestureStyle(scaled(ARMS, 1.3), (0.35, 0.7), (0.0, 0.9))
STANDING_TRUNK = GestureStyle(TRUNK | {"heading": (-0.5, 0.5), "tilt_forward": (-0.06, 0.18)}, (0.4, 1.0), (0.1, 2.0))
SEATED_TRUNK = GestureStyle(TRUNK | {"roll": (-0.35, 0.35), "tilt_forward": (-0.1, 0.25)}, (0.4, 1.0), (0.2, 3.0))
LYING_TRUNK = GestureStyle({"roll": (-0.2, 0.2), "neck_flexion": (-0.2, 0.2)}, (0.4, 1.2), (0.5, 4.0))


def restless(seconds: float, arms: GestureStyle, trunk: GestureStyle, rng: np.random.Generator) -> tuple[Reaches, ...]:
    """Arms and trunk that move for so long, each in its own time."""
    return gestures(arms, 0.1, seconds, rng), gestures(trunk, 0.1, seconds, rng)


def alternating(direction: FloatArray, half_period_s: float, start_s: float, stop_s: float) -> Reaches:
    """There and back again and again, by ``direction`` beyond the posture, ending at the posture."""
    n_moves = max(2 * int((stop_s - start_s) / (2 * half_period_s)), 2)
    targets = np.zeros((n_moves + 1, len(direction)))
    targets[1::2] = direction
    return Reaches(start_s + half_period_s * np.arange(n_moves), np.full(n_moves, half_period_s), targets)
