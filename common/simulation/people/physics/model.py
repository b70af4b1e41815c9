"""The body as a physics engine needs it: segments with mass, joints with limits, soft surfaces, floor and furniture.

The joints are those of :mod:`common.simulation.people.anatomy`, so that what the engine computes is drawn and measured
like any other movement. Masses of segments are parts of the body's after Winter, *Biomechanics and Motor Control of
Human Movement* (4th ed., 2009), table 4.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from common.optional import require
from common.simulation.people.anatomy import JOINTS, Bend, Joint
from common.simulation.people.body import Body, Pose
from common.validation import FloatArray

# The engine's step and the numbers in build() for its solver (damping, armature, soft limits) are our own choice.
STEP_S = 0.002
_BONY = 0.75  # how much shorter the contact of head, forearms, hands, shanks and feet is; our assumption
_BODY_MASS_INDEX = 24.0  # kg/m², of somebody of average girth; our assumption


class Segment(NamedTuple):
    """A capsule in a joint's frame, lengths in parts of the stature, mass in parts of the body's.

    ``fleshy`` ones grow with the body's girth.
    """

    joint: str
    start: tuple[float, float, float]
    end: tuple[float, float, float]
    radius: float
    mass: float
    fleshy: bool = True


def _limb_segments(side: str) -> tuple[Segment, ...]:
    outward = 0.01 if side == "left" else -0.01
    o = (0.0, 0.0, 0.0)
    return (
        Segment(f"{side}_shoulder", o, (0, 0, -0.186), 0.031, 0.028),
        Segment(f"{side}_elbow", o, (0, 0, -0.146), 0.022, 0.016, False),
        Segment(f"{side}_elbow", (0, 0, -0.16), (0.01, 0, -0.221), 0.018, 0.006, False),
        Segment(f"{side}_hip", (0, 0, -0.03), (0, 0, -0.245), 0.045, 0.1),
        Segment(f"{side}_knee", o, (0, 0, -0.246), 0.029, 0.0465, False),
        Segment(f"{side}_ankle", (-0.02, 0, -0.02), (0.105, outward, -0.022), 0.018, 0.0145, False),
    )


SEGMENTS = (
    Segment("pelvis", (0, -0.045, 0.01), (0, 0.045, 0.01), 0.06, 0.142),
    Segment("waist", (0, -0.043, 0.03), (0, 0.043, 0.03), 0.058, 0.139),
    Segment("chest", (0, -0.06, 0.06), (0, 0.06, 0.06), 0.055, 0.216),
    Segment("neck", (0.005, 0, 0.07), (0.005, 0, 0.135), 0.046, 0.081, False),
    *_limb_segments("left"),
    *_limb_segments("right"),
)
TRUNK = ("pelvis", "waist", "chest", "neck")
# What a surface meets: the shanks of somebody who sits may be drawn back under the seat.
_EVERYTHING, _ABOVE_KNEES = 1, 2
_SITTING = (*TRUNK, "left_hip", "right_hip")
FLOOR = 0  # its number among the geometries: the first to be added

# Radians that each bend may reach, by the end of its coordinate's name; our assumptions.
_LIMITS = {
    "shoulder_flexion": (-1.0, 3.0),
    "shoulder_abduction": (-0.5, 2.6),
    "elbow_flexion": (0.0, 2.5),
    "forearm_rotation": (-1.5, 1.5),
    "hip_flexion": (-0.4, 2.1),
    "hip_abduction": (-0.5, 0.9),
    "knee_flexion": (0.0, 2.4),
    "ankle_extension": (-0.5, 1.3),
    "waist_flexion": (-0.5, 1.5),
    "waist_left": (-0.7, 0.7),
    "neck_flexion": (-0.9, 0.9),
}
# N m / rad of a tense joint for a body of 70 kg; our assumptions, which tone scales (see falling.Drive).
_STIFFNESS = {
    "shoulder_flexion": 60.0,
    "shoulder_abduction": 60.0,
    "elbow_flexion": 40.0,
    "forearm_rotation": 20.0,
    "hip_flexion": 400.0,
    "hip_abduction": 400.0,
    "knee_flexion": 400.0,
    "ankle_extension": 150.0,
    "waist_flexion": 400.0,
    "waist_left": 400.0,
    "neck_flexion": 40.0,
}
_MOVABLE = tuple(joint for joint in JOINTS if joint.bends)


def _kind(coordinate: str) -> str:
    return coordinate.removeprefix("left_").removeprefix("right_")


@dataclass(frozen=True)
class Surroundings:
    """What a falling body can hit.

    Attributes
    ----------
    contact_s : float
        How softly floor and flesh meet: the time that a contact takes to stop the body.
    friction, foot_friction : float
        Of the body and of the feet on the floor.
    boxes : ndarray of shape (n, 6)
        Lower and upper corners of what else is in the way.
    """

    contact_s: float
    friction: float
    foot_friction: float
    boxes: FloatArray


def lowest_above(body: Body, pose: Pose, low: FloatArray, high: FloatArray) -> float:
    """How high the lowest point of trunk and thighs is above the rectangle from ``low`` to ``high`` on the ground.

    In meters above the floor, at the first moment of a pose; infinite if nothing is above the rectangle.
    """
    bottom = np.inf
    for segment in SEGMENTS:
        if segment.joint in _SITTING:
            girth = body.girth if segment.fleshy else 1.0
            ends = body.stature * np.array([1.0, girth, 1.0]) * np.array([segment.start, segment.end])
            along = np.linspace(0.0, 1.0, 9)[:, None]
            axis = (1 - along) * ends[0] + along * ends[1]
            points = pose.positions[segment.joint][0] + axis @ pose.frames[segment.joint][0].T
            inside = ((points[:, :2] > low) & (points[:, :2] < high)).all(axis=1)
            heights = points[inside, 2] - body.stature * segment.radius * girth
            bottom = min(bottom, float(heights.min(initial=np.inf)))
    return bottom


def engine() -> ModuleType:
    """The physics engine, imported when it is needed."""
    return require("mujoco", extra="simulation", purpose="Simulating falls")


def bend_name(joint: Joint, bend: Bend) -> str:
    """What the engine calls a bend, as joint and as actuator."""
    return f"{joint.name} {bend.coordinate}"


# In the order of the body's BENDS; the engine numbers its joints by depth.
BEND_NAMES = tuple(bend_name(joint, bend) for joint in _MOVABLE for bend in joint.bends)


def build(body: Body, around: Surroundings) -> Any:
    """The engine's model of a body in its surroundings."""
    mujoco = engine()
    mass = _BODY_MASS_INDEX * body.girth * body.stature**2
    spec = mujoco.MjSpec()
    spec.compiler.degree = False
    spec.option.timestep = STEP_S
    spec.option.integrator = mujoco.mjtIntegrator.mjINT_IMPLICITFAST
    world = spec.worldbody
    world.add_geom(
        name="floor", type=mujoco.mjtGeom.mjGEOM_PLANE, size=[20, 20, 0.1], contype=_EVERYTHING, conaffinity=0
    )
    for number, box in enumerate(around.boxes):
        world.add_geom(
            name=f"box {number}",
            type=mujoco.mjtGeom.mjGEOM_BOX,
            pos=(box[:3] + box[3:]) / 2,
            size=np.maximum(box[3:] - box[:3], 0.01) / 2,
            contype=_ABOVE_KNEES,
            conaffinity=0,
        )
    parts = {"pelvis": world.add_body(name="pelvis")}
    parts["pelvis"].add_freejoint()
    for joint in _MOVABLE:
        parts[joint.name] = part = parts[joint.parent].add_body(
            name=joint.name, pos=[body.stature * value for value in joint.offset]
        )
        for bend in joint.bends:
            kind = _kind(bend.coordinate)
            sign, share = np.sign(bend.share), abs(bend.share)
            name = bend_name(joint, bend)
            hinge = part.add_joint(
                name=name,
                type=mujoco.mjtJoint.mjJNT_HINGE,
                axis=[sign * (axis == bend.axis) for axis in "xyz"],
                limited=True,
                range=[share * limit for limit in _LIMITS[kind]],
                solref_limit=[0.04, 1.0],
                armature=0.01,
            )
            stiffness = _STIFFNESS[kind] * mass / 70
            hinge.damping[0] = 0.02 * stiffness
            actuator = spec.add_actuator(name=name, target=name, trntype=mujoco.mjtTrn.mjTRN_JOINT)
            actuator.set_to_position(kp=stiffness, kv=0.12 * stiffness)
    for number, segment in enumerate(SEGMENTS):
        width = body.stature * np.array([1.0, body.girth if segment.fleshy else 1.0, 1.0])
        parts[segment.joint].add_geom(
            name=f"{segment.joint} {number}",
            type=mujoco.mjtGeom.mjGEOM_CAPSULE,
            fromto=[*(width * segment.start), *(width * segment.end)],
            size=[body.stature * segment.radius * (body.girth if segment.fleshy else 1.0), 0, 0],
            mass=mass * segment.mass,
            contype=0,
            conaffinity=_EVERYTHING
            if "knee" in segment.joint or "ankle" in segment.joint
            else _EVERYTHING | _ABOVE_KNEES,
            friction=[around.foot_friction if "ankle" in segment.joint else around.friction, 0.005, 0.001],
            solref=[around.contact_s * (1.0 if segment.fleshy else _BONY), 1.0],
            solimp=[0.9, 0.95, 0.01, 0.5, 2],
            priority=1,
        )
    return spec.compile()
