"""The tables of a body: its coordinates, its joints and how they bend, and the parts that clothe them.

The body frame has x forward, y left, z up; all coordinates zero is upright with hanging arms. Lengths are parts of the
stature after Drillis & Contini (1966), as tabulated in Winter, *Biomechanics and Motor Control of Human Movement* (4th
ed., 2009), figure 4.1.
"""

from __future__ import annotations

from typing import NamedTuple

_PER_SIDE = (
    "shoulder_flexion",  # arm forward
    "shoulder_abduction",  # arm outward
    "elbow_flexion",
    "forearm_rotation",  # palm inward
    "hip_flexion",  # thigh forward
    "hip_abduction",  # thigh outward
    "knee_flexion",
    "ankle_extension",  # toes down
)

# Meters and radians. The body stands with the middle of its ankles at (x, y) and rests on a surface `support` above
# the floor: on its lowest part if `limp` is 0; on its trunk, with the limbs as low as the surface allows, if it is 1.
# The body is rolled about its long axis, then tilted (forward, left), then turned to its heading.
COORDINATES = (
    "x",
    "y",
    "support",
    "limp",
    "heading",
    "tilt_forward",
    "tilt_left",
    "roll",
    "waist_flexion",
    "waist_left",
    "neck_flexion",
    *(f"{side}_{angle}" for side in ("left", "right") for angle in _PER_SIDE),
)
INDEX = {name: place for place, name in enumerate(COORDINATES)}


class Bend(NamedTuple):
    """A rotation about an axis of the joint's own frame: ``share`` times a coordinate."""

    axis: str
    coordinate: str
    share: float = 1.0


class Joint(NamedTuple):
    """A joint: its place in its parent's frame, in parts of the stature, and how it bends."""

    name: str
    parent: str
    offset: tuple[float, float, float]
    bends: tuple[Bend, ...] = ()


def _limbs(side: str, outward: float) -> tuple[Joint, ...]:
    """Arm and leg of one side; ``outward`` is +1 for the left, which is where y grows."""

    def bend(axis: str, angle: str, share: float) -> Bend:
        return Bend(axis, f"{side}_{angle}", share)

    shoulder = (bend("y", "shoulder_flexion", -1), bend("x", "shoulder_abduction", outward))
    elbow = (bend("y", "elbow_flexion", -1), bend("z", "forearm_rotation", outward))
    hip = (bend("y", "hip_flexion", -1), bend("x", "hip_abduction", outward))
    return (
        Joint(f"{side}_shoulder", "chest", (0, 0.11 * outward, 0.106), shoulder),
        Joint(f"{side}_elbow", f"{side}_shoulder", (0, 0, -0.186), elbow),
        Joint(f"{side}_wrist", f"{side}_elbow", (0, 0, -0.146)),
        Joint(f"{side}_fingers", f"{side}_wrist", (0.01, 0, -0.075)),
        Joint(f"{side}_hip", "pelvis", (0, 0.052 * outward, 0), hip),
        Joint(f"{side}_knee", f"{side}_hip", (0, 0, -0.245), (bend("y", "knee_flexion", 1),)),
        Joint(f"{side}_ankle", f"{side}_knee", (0, 0, -0.246), (bend("y", "ankle_extension", 1),)),
        Joint(f"{side}_heel", f"{side}_ankle", (-0.02, 0, -0.018)),
        Joint(f"{side}_toes", f"{side}_ankle", (0.105, 0.01 * outward, -0.022)),
    )


# Parents come before their children. The trunk bends in two places, so that a bent back is round.
JOINTS = (
    Joint("waist", "pelvis", (0, 0, 0.06), (Bend("y", "waist_flexion", 0.6), Bend("x", "waist_left", -0.6))),
    Joint("chest", "waist", (0, 0, 0.1), (Bend("y", "waist_flexion", 0.4), Bend("x", "waist_left", -0.4))),
    Joint("neck", "chest", (0, 0, 0.128), (Bend("y", "neck_flexion"),)),
    Joint("crown", "neck", (0, 0, 0.182)),
    *_limbs("left", 1.0),
    *_limbs("right", -1.0),
)

# All bends, parents' before children's.
BENDS = tuple(bend for joint in JOINTS for bend in joint.bends)


class BodyPart(NamedTuple):
    """A round cone between two points, each a joint and an offset in its frame; all in parts of the stature."""

    garment: str
    start: str
    start_offset: tuple[float, float, float]
    start_radius: float
    end: str
    end_offset: tuple[float, float, float]
    end_radius: float


def _side_parts(side: str, outward: float) -> tuple[BodyPart, ...]:
    o = (0.0, 0.0, 0.0)
    flank, rib, breast = (0, 0.042 * outward, 0.01), (0, 0.045 * outward, 0), (0, 0.062 * outward, 0.088)
    return (
        BodyPart("top", "pelvis", flank, 0.058, "chest", rib, 0.058),
        BodyPart("top", "chest", rib, 0.058, "chest", breast, 0.052),
        BodyPart("top", "chest", (0, 0.025 * outward, 0.108), 0.042, f"{side}_shoulder", o, 0.036),
        BodyPart("sleeve", f"{side}_shoulder", o, 0.036, f"{side}_elbow", o, 0.027),
        BodyPart("forearm", f"{side}_elbow", o, 0.026, f"{side}_wrist", o, 0.019),
        BodyPart("skin", f"{side}_wrist", o, 0.019, f"{side}_fingers", o, 0.017),
        BodyPart("trousers", f"{side}_hip", o, 0.056, f"{side}_knee", o, 0.036),
        BodyPart("shank", f"{side}_knee", o, 0.035, f"{side}_ankle", o, 0.024),
        BodyPart("shoes", f"{side}_heel", o, 0.021, f"{side}_toes", o, 0.016),
    )


PARTS = (
    BodyPart("skin", "neck", (0, 0, -0.01), 0.033, "neck", (0.008, 0, 0.07), 0.031),
    BodyPart("skin", "neck", (0.016, 0, 0.082), 0.04, "neck", (0.01, 0, 0.128), 0.05),
    BodyPart("hair", "neck", (-0.012, 0, 0.105), 0.047, "neck", (-0.004, 0, 0.136), 0.05),
    BodyPart("top", "chest", (0.006, 0, 0), 0.058, "chest", (0, 0, 0.08), 0.055),
    BodyPart("trousers", "left_hip", (0, 0, 0.01), 0.06, "right_hip", (0, 0, 0.01), 0.06),
    *_side_parts("left", 1.0),
    *_side_parts("right", -1.0),
)
