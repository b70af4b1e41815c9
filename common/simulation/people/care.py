"""Care at the seat and in bed: being dressed, washed, turned, lifted to the feet and set down by carers.

Others move a resident less smoothly than residents move themselves: pulls and pushes come on top. How hard and how
often is our own assumption; no measured care is at hand.
"""

from __future__ import annotations

import numpy as np

from common.simulation.people.daily import bow_and_bump
from common.simulation.people.episode import Episode
from common.simulation.people.motion import Track, posture
from common.simulation.people.postures import stand_before_seat
from common.simulation.people.seated import in_place
from common.simulation.people.tracks.gestures import (
    ARMS,
    LYING_TRUNK,
    PELVIS_ALONE_FORWARD,
    SEATED_TRUNK,
    GestureStyle,
    Reaches,
    alternating,
    restless,
    scaled,
)
from common.simulation.people.tracks.shocks import Shocks, shock_displacement

_MOVED_ARMS = GestureStyle(scaled(ARMS, 1.3), (0.4, 0.8), (0.0, 1.2))
_MOVED_TRUNK = GestureStyle(scaled(SEATED_TRUNK.ranges, 2.0), (0.5, 1.0), (0.0, 1.5))
_ROLLED = GestureStyle(scaled(LYING_TRUNK.ranges, 5.0), (0.8, 1.6), (0.5, 4.0))


def be_dressed(activity: str, rest: Episode, seconds: float, rng: np.random.Generator) -> Episode:
    """Sitting, arms into sleeves, legs into trousers, pulled about by a carer."""
    tracks = (*_pulls(seconds, 1.2, rng), *_legs(seconds, rng), *restless(seconds, _MOVED_ARMS, _MOVED_TRUNK, rng))
    return in_place(activity, rest, seconds, tracks)


def be_washed(activity: str, rest: Episode, seconds: float, rng: np.random.Generator) -> Episode:
    """In bed, turned to one side and the other, limbs lifted and rubbed."""
    tracks = (*_pulls(seconds, 1.2, rng), *restless(seconds, _MOVED_ARMS, _ROLLED, rng))
    return in_place(activity, rest, seconds, tracks)


def be_lifted(activity: str, rest: Episode, seconds: float, rng: np.random.Generator) -> Episode:
    """Pulled up from a seat to stand for some seconds, and set down again with a bump."""
    seated = rest.motion.coordinates(np.array([rest.duration_s]))[0]
    upright = stand_before_seat(rest.resident, seated, rng) - seated
    up_s, down_s = rng.uniform(1.5, 3.0), rng.uniform(1.0, 2.0)
    held_s = max(seconds - up_s - down_s - 2.0, 0.5)
    rows = np.stack([np.zeros_like(upright), upright, np.zeros_like(upright)])
    down_at_s = 1.0 + up_s + held_s
    lifting = Reaches(np.array([1.0, down_at_s]), np.array([up_s, down_s]), rows)
    end_s = down_at_s + down_s + 1.0
    tracks = (lifting, *bow_and_bump(down_at_s, down_s, rng), *_pulls(end_s, 1.5, rng))
    return in_place(activity, rest, end_s, (*tracks, *restless(end_s, _MOVED_ARMS, SEATED_TRUNK, rng)))


def _pulls(seconds: float, every_s: float, rng: np.random.Generator) -> tuple[Track, ...]:
    """Tugs of up to 1 g upward, forward and round the long axis."""
    tracks = []
    for shake in (posture(support=1.0) * shock_displacement(1.0), 0.08 * PELVIS_ALONE_FORWARD, posture(roll=0.05)):
        moments = np.sort(rng.uniform(0.5, max(seconds - 0.5, 0.6), rng.poisson(seconds / every_s) + 1))
        tracks.append(Shocks(moments, rng.uniform(-1.0, 1.0, len(moments)), shake))
    return tuple(tracks)


def _legs(seconds: float, rng: np.random.Generator) -> tuple[Track, ...]:
    """One foot, then the other is lifted into trousers and shoes."""
    half_s = rng.uniform(0.8, 1.5)
    part = seconds / 2
    return (
        alternating(posture(left_hip_flexion=0.35, left_knee_flexion=-0.3), half_s, 0.2 * seconds, part - half_s),
        alternating(posture(right_hip_flexion=0.35, right_knee_flexion=-0.3), half_s, 1.2 * part, seconds - 2 * half_s),
    )
