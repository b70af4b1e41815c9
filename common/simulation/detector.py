"""A simulated person detector: a slightly inaccurate box around the visible parts of a person."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from common.simulation.people.body import Cones
from common.simulation.rooms.camera import HEIGHT, WIDTH, PixelBox
from common.simulation.rooms.room import Room
from common.validation import FloatArray

_MIN_VISIBLE = 0.4  # part of the body; people of whom less is visible are missed
_MIN_PIXELS = 24.0
_EDGE_NOISE = 0.025  # of the box's width and height


def detect(room: Room, cones: Cones, moment: int, rng: np.random.Generator) -> PixelBox | None:
    """The person's box in the full frame, or None if too little of the person is visible."""
    camera = room.camera
    centers = np.concatenate([cones.start[moment], (cones.start[moment] + cones.end[moment]) / 2, cones.end[moment]])
    radii = np.concatenate([cones.start_radius, (cones.start_radius + cones.end_radius) / 2, cones.end_radius])
    pixels, depth = camera.project(centers)
    inside = ((pixels > 0) & (pixels < [WIDTH, HEIGHT])).all(axis=1) & (depth > 0.3)
    visible = inside & ~_hidden(centers, camera.position, room.opaque)
    if visible.mean() < _MIN_VISIBLE:
        return None
    reach = (camera.focal_px * radii / depth)[:, None]
    box = np.concatenate([(pixels - reach)[visible].min(axis=0), (pixels + reach)[visible].max(axis=0)])
    return _perturb_edges(box, rng)


def _hidden(points: FloatArray, camera: FloatArray, boxes: FloatArray) -> npt.NDArray[np.bool_]:
    """Which points ``(n, 3)`` are hidden from a camera's position by boxes ``(m, 6)`` in between."""
    inverse = 1 / (camera - points + 1e-9)
    faces = (boxes.reshape(-1, 2, 1, 3) - points) * inverse  # (m, 2, n, 3): 0 at the point, 1 at the camera
    enter, leave = faces.min(axis=1).max(axis=-1), faces.max(axis=1).min(axis=-1)
    # A thousandth of slack, so that a point on a face is not hidden by its own box.
    return np.asarray(((enter < leave) & (leave > 1e-3) & (enter < 1 - 1e-3)).any(axis=0))


def _perturb_edges(box: FloatArray, rng: np.random.Generator) -> PixelBox | None:
    """The box with random errors of its edges, kept within the frame."""
    size = np.tile(box[2:] - box[:2], 2)
    # One box in twenty is far off.
    spread = _EDGE_NOISE * (3.0 if rng.random() < 0.05 else 1.0)
    left, top, right, bottom = np.clip(box + spread * size * rng.standard_normal(4), 0, [WIDTH, HEIGHT] * 2)
    found = PixelBox(float(left), float(top), float(right - left), float(bottom - top))
    return found if min(found.w, found.h) >= _MIN_PIXELS else None
