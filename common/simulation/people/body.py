"""A body in motion: forward kinematics from coordinates to joints, and from joints to the surface.

A body is a tree of joints, see :mod:`common.simulation.people.anatomy`. Its state is a vector of ``COORDINATES``: where
it stands, how it is turned and tilted as a whole, and the angle of every joint.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from common.simulation.people.anatomy import BENDS, INDEX, JOINTS, PARTS
from common.validation import FloatArray


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
            How far each of ``BENDS`` is bent, in radians, in the sense of its coordinate.
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
        scale = self._radius_scale()
        radii = np.array([part.start_radius for part in PARTS] + [part.end_radius for part in PARTS])
        low = ends - np.tile(scale, 2)[:, None] * radii[:, None]
        return np.asarray(np.minimum(low[: len(PARTS)], low[len(PARTS) :]).T)

    def _radius_scale(self) -> FloatArray:
        """Meters ``(n_parts,)`` of a radius of 1 stature; girth widens fleshy parts only."""
        return np.asarray(self.stature * np.array([self.girth if part.garment in _FLESHY else 1.0 for part in PARTS]))

    def surface(self, pose: Pose) -> Cones:
        """The round cones that clothe the joints."""
        names = list(pose.positions)
        joints = [names.index(joint) for joint in _ENDS]
        positions = np.stack([pose.positions[name] for name in names])[joints]
        frames = np.stack([pose.frames[name] for name in names])[joints]
        offsets = self.stature * _END_OFFSETS * [1.0, self.girth, 1.0]
        points = positions + (frames @ offsets[:, None, :, None])[..., 0]
        start, end = points.swapaxes(0, 1).reshape(points.shape[1], 2, len(PARTS), 3).swapaxes(0, 1)
        scale = self._radius_scale()
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

_BEND_AXES = np.array(["xyz".index(bend.axis) for bend in BENDS])
_BEND_SHARES = np.array([bend.share for bend in BENDS])
_BEND_COORDINATES = [INDEX[bend.coordinate] for bend in BENDS]


def bend_angles(coordinates: FloatArray) -> FloatArray:
    """The angles ``(n, n_bends)`` of ``BENDS`` that coordinates ``(n, n_coordinates)`` stand for."""
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
