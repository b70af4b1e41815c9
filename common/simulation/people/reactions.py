"""How somebody who loses balance reacts: tone, knees that give way, hands thrown out; then rest."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from common.simulation.people.anatomy import BENDS
from common.simulation.people.motion import posture
from common.simulation.people.physics.falling import Drive
from common.validation import FloatArray

_ARM = ("shoulder_flexion", "shoulder_abduction", "elbow_flexion", "forearm_rotation")
_TRUNK = ("waist_flexion", "waist_left", "neck_flexion")


def _is_one_of(kinds: tuple[str, ...]) -> FloatArray:
    return np.array([bend.coordinate.endswith(kinds) for bend in BENDS])


_IS_ARM, _IS_TRUNK, _IS_ANKLE = _is_one_of(_ARM), _is_one_of(_TRUNK), _is_one_of(("ankle_extension",))
_STIRRING_AFTER_S = 0.4


def tone_of(*, legs: float, ankles: float, trunk: float, arms: float) -> FloatArray:
    """Tone by bend."""
    return np.where(_IS_ARM, arms, np.where(_IS_TRUNK, trunk, np.where(_IS_ANKLE, ankles, legs)))


@dataclass(frozen=True)
class FallReaction:
    """Somebody who is pushed out of balance, reacts after a while, and lies limp afterwards.

    Attributes
    ----------
    posture, protected : ndarray of shape (n_bends,)
        Angles at the onset, and those that the reaction aims at.
    tone, limp : ndarray of shape (n_bends,)
        Tone while falling, reached ``loss_s`` after the onset, and while lying, ``relax_s`` after the impact.
    reaction_s, reach_s, ramp_s : float
        When the reaction of legs and trunk sets in, when that of the arms, and how long both take.
    push : ndarray of shape (2,)
        Greatest force on the chest, in parts of the weight, for ``push_s``.
    brake : float
        See :class:`~common.simulation.people.physics.falling.Drive`; it ends with the impact.
    stir, stir_hz : ndarray of shape (n_bends,), float
        Movements of somebody who lies on the floor: their amplitudes and frequency.
    """

    posture: FloatArray
    protected: FloatArray
    tone: FloatArray
    limp: FloatArray
    relax_s: float
    loss_s: float
    reaction_s: float
    reach_s: float
    ramp_s: float
    push: FloatArray
    push_s: float
    brake: float
    stir: FloatArray
    stir_hz: float

    def __call__(self, time_s: float, since_impact_s: float) -> Drive:
        """The drive so long after the onset; ``since_impact_s`` is −inf before the impact."""
        begins_s = np.where(_IS_ARM, self.reach_s, self.reaction_s)
        reacted = np.clip((time_s - begins_s) / self.ramp_s, 0.0, 1.0)
        angles = self.posture + reacted * (self.protected - self.posture)
        falling = 1.0 + _ramp(time_s / self.loss_s) * (self.tone - 1.0)
        tone = falling + _ramp(since_impact_s / self.relax_s) * (self.limp - falling)
        if (stirring_s := since_impact_s - _STIRRING_AFTER_S) > 0:
            angles = angles + self.stir * math.sin(2 * math.pi * self.stir_hz * stirring_s)
        push = self.push * math.sin(math.pi * min(time_s / self.push_s, 1.0))
        return Drive(angles, tone, push, self.brake * (since_impact_s < 0))


def protective_posture(before: FloatArray, toward: float, rng: np.random.Generator) -> FloatArray:
    """Coordinates that a reaction aims at: hands thrown out to where the body falls, knees and hips giving way."""
    forward, left = math.cos(toward), math.sin(toward)
    knees = rng.uniform(0.3, 1.6)
    angles: dict[str, float] = {
        "waist_flexion": rng.uniform(0.4, 1.1),
        "waist_left": rng.uniform(-0.2, 0.2),
        "neck_flexion": rng.uniform(-0.5, 0.0) if forward > 0.5 else rng.uniform(0.2, 0.7),  # the head is spared
        "both_knee_flexion": knees,
        "both_hip_flexion": knees * rng.uniform(0.7, 1.0) + (0.4 if forward < -0.5 else 0.0),
    }
    reach = rng.uniform(0.4, 1.0)
    for side, outward in (("left", 1.0), ("right", -1.0)):
        ahead = 1.6 * max(forward, 0.0) - 0.9 * max(-forward, 0.0)
        angles |= {
            f"{side}_shoulder_flexion": reach * ahead + rng.normal(0.2, 0.3),
            f"{side}_shoulder_abduction": reach * (0.3 + max(outward * left, 0.0)) + rng.normal(0, 0.15),
            f"{side}_elbow_flexion": rng.uniform(0.1, 1.0),
            f"{side}_forearm_rotation": rng.uniform(-1.2, 1.2),  # palms may face anywhere
        }
    return posture(before, **angles)


def _ramp(part: float) -> float:
    return min(max(part, 0.0), 1.0)
