"""The body: lengths of segments, axes of joints, and forward kinematics.

A body is a tree of joints. Its state is a vector of :data:`COORDINATES`: where it stands, how it is turned and
tilted as a whole, and the angle of every joint. The body frame has x forward, y left, z up; all coordinates
zero is upright with hanging arms. Lengths are parts of the stature after Drillis & Contini (1966), as tabulated in
Winter, *Biomechanics and Motor Control of Human Movement* (4th ed., 2009), figure 4.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from common.validation import FloatArray

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


@dataclass(frozen=True)
class Cones:
    """The surface of a body at ``n`` moments: round cones, all lengths in meters.

    ``start`` and ``end`` are ``(n, n_parts, 3)``, the radii ``(n_parts,)``.
    """

    start: FloatArray
    end: FloatArray
    start_radius: FloatArray
    end_radius: FloatArray
    garments: tuple[str, ...]

    def at(self, moment: int) -> FloatArray:
        """One moment as a table ``(n_parts, 8)``: start, end, and the radius at each."""
        ends = [self.start[moment], self.end[moment]]
        return np.concatenate([*ends, self.start_radius[:, None], self.end_radius[:, None]], axis=1)


@dataclass(frozen=True)
class Pose:
    """A body at ``n`` moments: joint positions ``(n, 3)`` in meters and joint frames ``(n, 3, 3)``, by joint name."""

    positions: dict[str, FloatArray]
    frames: dict[str, FloatArray]


@dataclass(frozen=True)
class Body:
    """Stature in meters, and ``girth``: thickness relative to an average body."""

    stature: float
    girth: float = 1.0

    @classmethod
    def random(cls, rng: np.random.Generator) -> Body:
        """A random adult: 1.50 to 1.92 m, slim to stout."""
        return cls(stature=float(np.clip(rng.normal(1.69, 0.09), 1.5, 1.92)), girth=rng.uniform(0.88, 1.3))

    def pose(self, coordinates: FloatArray) -> Pose:
        """Forward kinematics of coordinates ``(n, n_coordinates)``, resting on the support.

        The lowest point of trunk and legs touches the support, or of the trunk alone if the body is limp; limbs and
        head that would sink into it lie on it.
        """
        turns = _bend_rotations(_BEND_SHARES[:, None] * coordinates[:, _BEND_COORDINATES].T)
        pose = self._chain(np.zeros((len(coordinates), 3)), _pelvis_frame(coordinates), turns)
        return self._place_on_support(pose.positions, pose.frames, coordinates)

    def pose_of_bends(self, pelvis: FloatArray, frame: FloatArray, angles: FloatArray) -> Pose:
        """Forward kinematics of a body that hangs from its pelvis, wherever that is.

        Parameters
        ----------
        pelvis : ndarray of shape (n, 3)
            Its place in meters.
        frame : ndarray of shape (n, 3, 3)
            Its frame.
        angles : ndarray of shape (n, n_bends)
            How far each of :data:`BENDS` is bent, in radians, in the sense of its coordinate.
        """
        return self._chain(pelvis, frame, _bend_rotations(np.sign(_BEND_SHARES)[:, None] * angles.T))

    def _chain(self, pelvis: FloatArray, frame: FloatArray, rotations: FloatArray) -> Pose:
        positions, frames = {"pelvis": pelvis}, {"pelvis": frame}
        turns = iter(rotations)
        for joint in JOINTS:
            frame = frames[joint.parent]
            positions[joint.name] = positions[joint.parent] + frame @ (self.stature * np.array(joint.offset))
            for _ in joint.bends:
                frame = frame @ next(turns)
            frames[joint.name] = frame
        return Pose(positions, frames)

    def _place_on_support(self, positions: dict[str, FloatArray], frames: dict[str, FloatArray], q: FloatArray) -> Pose:
        bottom = self._lowest_points(positions, frames)
        trunk, any_part = (bottom[:, parts].min(axis=1) for parts in (_TRUNK, _CARRYING))
        support, limp = q[:, INDEX["support"]], q[:, INDEX["limp"]]
        shift = -(positions["left_ankle"] + positions["right_ankle"]) / 2
        shift[:, :2] += q[:, [INDEX["x"], INDEX["y"]]]
        shift[:, 2] = support - (limp * trunk + (1 - limp) * any_part)
        ground = support + 0.02 * self.stature
        placed: dict[str, FloatArray] = {}
        for name, position in positions.items():
            placed[name] = position + shift
            placed[name][:, 2] = np.maximum(placed[name][:, 2], ground)
        return Pose(placed, frames)

    def _lowest_points(self, positions: dict[str, FloatArray], frames: dict[str, FloatArray]) -> FloatArray:
        """The height ``(n, n_parts)`` of the lowest point of every part: of :meth:`surface` no more than is needed."""
        names = list(positions)
        joints = [names.index(joint) for joint in _ENDS]
        heights = np.stack([positions[name][:, 2] for name in names])[joints]
        upward = np.stack([frames[name][:, 2] for name in names])[joints]
        offsets = self.stature * _END_OFFSETS * [1.0, self.girth, 1.0]
        ends = heights + (upward @ offsets[:, :, None])[..., 0]
        scale = self.stature * np.array([self.girth if part.garment in _FLESHY else 1.0 for part in PARTS])
        radii = np.array([part.start_radius for part in PARTS] + [part.end_radius for part in PARTS])
        low = ends - np.tile(scale, 2)[:, None] * radii[:, None]
        return np.asarray(np.minimum(low[: len(PARTS)], low[len(PARTS) :]).T)

    def surface(self, pose: Pose) -> Cones:
        """The round cones that clothe the joints."""
        names = list(pose.positions)
        joints = [names.index(joint) for joint in _ENDS]
        positions = np.stack([pose.positions[name] for name in names])[joints]
        frames = np.stack([pose.frames[name] for name in names])[joints]
        offsets = self.stature * _END_OFFSETS * [1.0, self.girth, 1.0]
        points = positions + (frames @ offsets[:, None, :, None])[..., 0]
        start, end = points.swapaxes(0, 1).reshape(points.shape[1], 2, len(PARTS), 3).swapaxes(0, 1)
        scale = self.stature * np.array([self.girth if part.garment in _FLESHY else 1.0 for part in PARTS])
        return Cones(
            start=start,
            end=end,
            start_radius=scale * [part.start_radius for part in PARTS],
            end_radius=scale * [part.end_radius for part in PARTS],
            garments=tuple(part.garment for part in PARTS),
        )


# Parts that can carry the body's weight, and parts that grow with its girth.
_TRUNK = [part.garment == "top" or part.end == "right_hip" for part in PARTS]
_CARRYING = [part.garment in ("top", "trousers", "shank", "shoes") for part in PARTS]
_FLESHY = ("top", "trousers", "sleeve")

# Of all starts, then of all ends of the parts: the joint, and the place in its frame.
_ENDS = [part.start for part in PARTS] + [part.end for part in PARTS]
_END_OFFSETS = np.array([part.start_offset for part in PARTS] + [part.end_offset for part in PARTS])

# All bends, parents' before children's.
BENDS = tuple(bend for joint in JOINTS for bend in joint.bends)
_BEND_AXES = np.array(["xyz".index(bend.axis) for bend in BENDS])
_BEND_SHARES = np.array([bend.share for bend in BENDS])
_BEND_COORDINATES = [INDEX[bend.coordinate] for bend in BENDS]


def bend_angles(coordinates: FloatArray) -> FloatArray:
    """The angles ``(n, n_bends)`` of :data:`BENDS` that coordinates ``(n, n_coordinates)`` stand for."""
    return np.asarray(np.abs(_BEND_SHARES) * coordinates[:, _BEND_COORDINATES])


def _bend_rotations(angles: FloatArray) -> FloatArray:
    """The rotation ``(n_bends, n, 3, 3)`` of every bend of every joint about its axis, by angles ``(n_bends, n)``."""
    bend, fixed = np.arange(len(BENDS)), _BEND_AXES
    first, second = (fixed + 1) % 3, (fixed + 2) % 3
    matrices = np.zeros((*angles.shape, 3, 3))
    matrices[bend, :, fixed, fixed] = 1.0
    matrices[bend, :, first, first] = matrices[bend, :, second, second] = np.cos(angles)
    matrices[bend, :, second, first] = sine = np.sin(angles)
    matrices[bend, :, first, second] = -sine
    return matrices


def _pelvis_frame(q: FloatArray) -> FloatArray:
    """The frame of the pelvis: heading, then tilt about a horizontal axis, then roll about the long axis."""
    forward, left = q[:, INDEX["tilt_forward"]], q[:, INDEX["tilt_left"]]
    toward = np.arctan2(left, forward)
    tilt = rotation("z", toward) @ rotation("y", np.hypot(forward, left)) @ rotation("z", -toward)
    return rotation("z", q[:, INDEX["heading"]]) @ tilt @ rotation("z", q[:, INDEX["roll"]])


def rotation(axis: str, angle: FloatArray) -> FloatArray:
    """Rotation matrices ``(n, 3, 3)`` about one axis, by angles ``(n,)`` in radians, right-handed."""
    fixed = "xyz".index(axis)
    first, second = (fixed + 1) % 3, (fixed + 2) % 3
    matrices = np.zeros((len(angle), 3, 3))
    matrices[:, fixed, fixed] = 1.0
    matrices[:, first, first] = matrices[:, second, second] = np.cos(angle)
    matrices[:, second, first] = sine = np.sin(angle)
    matrices[:, first, second] = -sine
    return matrices
