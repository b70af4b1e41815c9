"""Random postures that activities are made of: standing, crouching, sitting, lying."""

from __future__ import annotations

import numpy as np

from common.simulation.people.anatomy import INDEX
from common.simulation.people.motion import posture
from common.simulation.people.resident import Resident
from common.simulation.rooms.furniture import Furniture
from common.validation import FloatArray

_THIGH, _KNEE_HEIGHT, _SEATED = 0.245, 0.285, 0.058  # parts of the stature; the last: hip joints above the seat
_QUARTER = np.pi / 2

_CANDIDATES = 12
_SUPPORTED = ("ankle", "toes", "wrist")  # not knees: they may point up over a foot
_MAX_LIFT_M = 0.3  # above the support: the feet of somebody on a side lie on each other


def stand(resident: Resident, x: float, y: float, heading: float, rng: np.random.Generator) -> FloatArray:
    """Upright at a place, with hanging arms or something in the hands."""
    busy = rng.random() < 0.4  # holding a book, a cup, a telephone
    return posture(
        x=x,
        y=y,
        heading=heading,
        waist_flexion=resident.stoop,
        neck_flexion=rng.uniform(-0.2, 0.4) - resident.stoop / 2,
        left_hip_abduction=rng.uniform(0.0, 0.12),
        right_hip_abduction=rng.uniform(0.0, 0.12),
        **_arm_angles(rng, busy),
    )


def crouch(base: FloatArray, *, thigh: float, knee: float, tilt: float, waist: float, **more: float) -> FloatArray:
    """Bent over flat feet: ``thigh`` is its angle from the vertical, ``tilt`` leans the pelvis, ``waist`` the back."""
    return posture(
        base,
        tilt_forward=tilt,
        both_hip_flexion=thigh + tilt,
        both_knee_flexion=knee,
        both_ankle_extension=thigh - knee,
        waist_flexion=waist,
        **more,
    )


def sit(resident: Resident, seat: Furniture, rng: np.random.Generator) -> FloatArray:
    """On a seat, feet on the floor, leaning back or forward, hands busy or at rest."""
    stature = resident.body.stature
    cosine = (seat.seat / stature + _SEATED - _KNEE_HEIGHT) / _THIGH
    thigh = float(np.arccos(np.clip(cosine, -0.35, 0.7)))
    lean = rng.uniform(-0.35, 0.35)
    # How far the hips are behind the front edge; one sits on the edge of a bed, but deep in a sofa.
    room = {"bed": 0.22, "sofa": seat.depth - 0.42, "chair": 0.26}[seat.kind] + rng.uniform(-0.04, 0.04)
    room = min(room, _THIGH * stature * np.sin(thigh) - 0.04)  # the knees are in front of it
    across = rng.uniform(-0.3, 0.3) * (seat.width - 0.7) if seat.width > 0.9 else 0.0
    x, y = seat.to_room(seat.depth / 2 - room + _THIGH * stature * np.sin(thigh), float(across))
    spread = rng.uniform(0.0, 0.25)
    return posture(
        x=x,
        y=y,
        heading=seat.heading,
        tilt_forward=lean,
        waist_flexion=resident.stoop / 2 + rng.uniform(0.0, 0.3),
        neck_flexion=rng.uniform(-0.1, 0.5) - lean / 2,
        both_hip_flexion=thigh + lean,
        both_knee_flexion=thigh + rng.uniform(-0.25, 0.15),
        both_hip_abduction=spread,
        **_arm_angles(rng, busy=rng.random() < 0.7),
    )


def stand_before_seat(resident: Resident, seated: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Upright where the feet of a ``seated`` posture are."""
    x, y, heading = (float(seated[INDEX[name]]) for name in ("x", "y", "heading"))
    return stand(resident, x, y, heading, rng)


def lie(resident: Resident, place: Furniture, rng: np.random.Generator) -> FloatArray:
    """On a bed or a sofa, on the back, a side, or the belly."""
    head = 1.0 if place.kind == "bed" or rng.random() < 0.5 else -1.0  # +1: towards the left of somebody who sits on it
    spare = max(place.width - 0.1 - resident.body.stature, 0.0)
    feet = -head * (place.width / 2 - 0.1 - spare * rng.uniform(0.1, 0.6))
    position = str(rng.choice(["back", "back", "front side", "wall side", "belly"], p=[0.35, 0.15, 0.2, 0.2, 0.1]))
    # Bent knees need room in front of somebody who lies on a side.
    forward = {"front side": -0.2, "wall side": 0.2}.get(position, 0.0) * (place.kind == "bed")
    x, y = place.to_room(rng.uniform(-0.05, 0.1) + forward, float(feet))
    roll = {"back": -_QUARTER, "front side": 0.0, "wall side": -np.pi, "belly": _QUARTER}[position]
    base = posture(
        x=x,
        y=y,
        heading=place.heading,
        support=place.seat,
        tilt_left=head * _QUARTER,
        roll=head * (roll + rng.uniform(-0.25, 0.25)),
        neck_flexion=rng.uniform(0.0, 0.4),
    )
    return lie_still(resident, base, "side" if "side" in position else position, rng, narrow=True)


def lie_still(
    resident: Resident, base: FloatArray, position: str, rng: np.random.Generator, *, narrow: bool = False
) -> FloatArray:
    """``base`` with the limbs of somebody who lies on the "back", the "belly" or a "side".

    Of several random postures it is the first without a hand or a foot in the air. ``narrow`` keeps the legs on a bed.
    """
    postures = np.stack([_random_lying_posture(base, position, rng, narrow=narrow) for _ in range(_CANDIDATES)])
    joints = resident.body.pose(postures).positions
    supported = np.stack([joints[f"{side}_{name}"][:, 2] for side in ("left", "right") for name in _SUPPORTED])
    height = supported.max(axis=0) - postures[:, INDEX["support"]]
    is_low = height < _MAX_LIFT_M
    return np.asarray(postures[np.argmax(is_low) if is_low.any() else np.argmin(height)])


def _random_lying_posture(base: FloatArray, position: str, rng: np.random.Generator, *, narrow: bool) -> FloatArray:
    base = posture(base, limp=1.0)
    if position == "belly":
        up = rng.random() < 0.6
        return posture(
            base,
            both_ankle_extension=1.3,
            both_shoulder_flexion=float(rng.uniform(2.3, 3.0) if up else rng.uniform(-0.2, 0.2)),
            both_shoulder_abduction=rng.uniform(0.1, 0.9),
            left_elbow_flexion=rng.uniform(0.1, 1.6),
            right_elbow_flexion=rng.uniform(0.1, 1.6),
            left_hip_abduction=rng.uniform(0.0, 0.5),
            right_hip_abduction=rng.uniform(0.0, 0.5),
            left_knee_flexion=rng.uniform(0.0, 0.5),
            right_knee_flexion=rng.uniform(0.0, 0.5),
        )
    if position == "side":
        hip = rng.uniform(0.2, 0.8 if narrow else 1.4)
        return posture(
            base,
            left_hip_flexion=hip,
            right_hip_flexion=hip + rng.uniform(-0.3, 0.3),
            left_knee_flexion=rng.uniform(0.3, 1.8),
            right_knee_flexion=rng.uniform(0.3, 1.8),
            both_ankle_extension=0.4,
            left_shoulder_flexion=rng.uniform(0.2, 2.2),
            right_shoulder_flexion=rng.uniform(-0.2, 1.5),
            left_elbow_flexion=rng.uniform(0.2, 1.8),
            right_elbow_flexion=rng.uniform(0.2, 1.5),
            waist_flexion=rng.uniform(0.0, 0.6),
        )
    legs: dict[str, float] = {}
    for side in ("left", "right"):
        raised = rng.uniform(0.0, 0.9) if rng.random() < 0.5 else 0.05
        legs |= {
            f"{side}_hip_flexion": raised,
            f"{side}_knee_flexion": 2 * raised,  # the foot stays on the ground
            f"{side}_hip_abduction": rng.uniform(0.0, 0.45),
            f"{side}_shoulder_flexion": rng.uniform(-0.1, 0.3),
            f"{side}_shoulder_abduction": rng.uniform(0.1, 1.7),
            f"{side}_elbow_flexion": rng.uniform(0.0, 1.5),
        }
    return posture(base, both_ankle_extension=0.6, **legs)


def _arm_angles(rng: np.random.Generator, busy: bool) -> dict[str, float]:
    """Angles of the arms: something in the hands, or hanging."""
    angles: dict[str, float] = {}
    for side in ("left", "right"):
        angles |= {
            f"{side}_shoulder_flexion": float(rng.uniform(0.3, 0.9) if busy else rng.uniform(-0.1, 0.3)),
            f"{side}_shoulder_abduction": rng.uniform(0.0, 0.25),
            f"{side}_elbow_flexion": float(rng.uniform(0.9, 1.9) if busy else rng.uniform(0.1, 0.5)),
        }
    return angles
