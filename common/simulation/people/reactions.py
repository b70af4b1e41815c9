"""How somebody who loses balance reacts: tone, a step, hands thrown out, then rest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from common.simulation.people.body import BENDS
from common.simulation.physics.falling import Drive
from common.validation import FloatArray

_ARM = ("shoulder_flexion", "shoulder_abduction", "elbow_flexion")
_TRUNK = ("waist_flexion", "waist_left", "neck_flexion")


def _kind(coordinate: str) -> str:
    return coordinate.removeprefix("left_").removeprefix("right_")


IS_ARM, IS_TRUNK, IS_ANKLE = (
    np.array([_kind(bend.coordinate) in kinds for bend in BENDS]) for kinds in (_ARM, _TRUNK, ("ankle_extension",))
)


def tone_of(*, legs: float, ankles: float, trunk: float, arms: float) -> FloatArray:
    """Tone by bend."""
    return np.where(IS_ARM, arms, np.where(IS_TRUNK, trunk, np.where(IS_ANKLE, ankles, legs)))


@dataclass(frozen=True)
class Protection:
    """Somebody who is pushed out of balance, reacts after a while, and lies limp afterwards.

    Attributes
    ----------
    posture, protected : ndarray of shape (n_bends,)
        Angles at the onset, and those that the reaction aims at.
    tone : ndarray of shape (n_bends,)
        While falling.
    limp : ndarray of shape (n_bends,)
        After the impact.
    reaction_s, ramp_s : float
        When the reaction sets in, and how long it takes.
    push : ndarray of shape (2,)
        Force on the chest in parts of the weight, for ``push_s``.
    lift : float
        What legs, hands and furniture still carry, in parts of the weight, until the impact; it fades in ``lift_s``.
    """

    posture: FloatArray
    protected: FloatArray
    tone: FloatArray
    limp: FloatArray
    reaction_s: float
    ramp_s: float
    push: FloatArray
    push_s: float
    lift: float
    lift_s: float
    loss_s: float
    stir: FloatArray
    stir_hz: float

    def __call__(self, time_s: float, since_impact_s: float) -> Drive:
        part = min(max((time_s - self.reaction_s) / self.ramp_s, 0.0), 1.0)
        angles = self.posture + part * (self.protected - self.posture)
        lost = min(time_s / self.loss_s, 1.0)
        tone = 1.0 + lost * (self.tone - 1.0)
        fallen = min(max(since_impact_s / 0.25, 0.0), 1.0)
        tone = tone + fallen * (self.limp - tone)
        if since_impact_s > 0.8:
            angles = angles + self.stir * np.sin(2 * np.pi * self.stir_hz * (since_impact_s - 0.8))
        push = self.push * np.sin(np.pi * min(time_s / self.push_s, 1.0))
        lift = self.lift * max(1.0 - time_s / self.lift_s, 0.0) if since_impact_s < 0 else 0.0
        return Drive(angles, tone, lift, push)
