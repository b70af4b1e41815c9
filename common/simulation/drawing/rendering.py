"""Rendering: rays through the pixels of a square of the frame, and the colors of the surfaces that they meet.

This module and those it imports are compiled by Numba: they are loaded when the first frame is drawn.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from common.simulation.drawing.shading import REACH, falling_light, mix
from common.simulation.drawing.tracing import camera_rays, look_at, trace
from common.simulation.people.body import Cones
from common.simulation.rooms.camera import CENTER
from common.simulation.rooms.light import Light
from common.simulation.rooms.room import Room
from common.simulation.rooms.textures import Texture, table
from common.validation import FloatArray, IntArray

_SMALL = ("shoes", "hair")  # garments too small to cast a visible shadow

Square = tuple[float, float, float]  # left and upper edge in pixels of the frame, and side


def draw(
    room: Room,
    square: Square,
    cones: Cones,
    moment: int,
    outfit: Mapping[str, Texture],
    light: Light,
    rng: np.random.Generator,
    *,
    size: int,
) -> npt.NDArray[np.uint8]:
    """What the room's camera shows in a square of its frame at one moment, as ``(size, size, 3)``."""
    camera, origin, walls = room.camera, tuple(room.camera.position), tuple(room.size)
    rays = camera_rays(camera.axes, camera.focal_px, CENTER, square, size)
    surfaces = np.concatenate([room.surfaces, table([outfit[garment] for garment in cones.garments])])

    body = cones.at(moment)
    ends, radii = body[:, :6].reshape(-1, 2, 3), body[:, 6:].max(axis=1)
    body_bounds = camera.bounds(np.concatenate([ends, ends]), np.concatenate([radii, REACH * radii]))
    windows = _windows(np.concatenate([room.box_bounds, body_bounds]), square, size)
    box_windows, body_windows, near = np.split(windows, [len(room.boxes), len(room.boxes) + len(body)])
    hits = trace(rays, origin, walls, room.box_corners, box_windows, body, body_windows)
    color, points, normals = look_at(rays, origin, hits, surfaces, room.box_corners, body)

    large = np.array([garment not in _SMALL for garment in cones.garments])
    direct, ambient = falling_light(
        points, normals, walls, tuple(light.position), room.opaque, body[large], near[large]
    )
    linear = mix(color, hits[1], surfaces, direct, ambient, light.direct, light.ambient)
    return develop(linear, light, rng)


def _windows(bounds: FloatArray, square: Square, size: int) -> IntArray:
    """First and last row and column ``(m, 4)`` of the picture within bounds ``(m, 4)`` in pixels of the frame."""
    left, top, side = square
    pixels = (bounds - [left, top, left, top]) * size / side
    edges = np.concatenate([np.floor(pixels[:, :2]), np.ceil(pixels[:, 2:])], axis=1)
    return np.asarray(np.clip(edges, 0, size)[:, [1, 3, 0, 2]], dtype=np.int64)


def develop(linear: npt.NDArray[np.float32], light: Light, rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """A sensor's picture of linear light ``(height, width, 3)``: exposure, noise, gamma, 8 bits."""
    exposed = np.float32(light.exposure) * linear
    if light.infrared:
        exposed = exposed.mean(axis=-1, keepdims=True)
    noise = rng.standard_normal(exposed.shape, dtype=np.float32)
    exposed += np.float32(light.noise) * (np.float32(0.25) + np.sqrt(np.minimum(exposed, 1))) * noise
    # A soft shoulder instead of clipping, as in cameras: highlights keep some detail.
    toned = 1 - np.exp(np.float32(-1.35) * np.maximum(exposed, np.float32(1e-6)))
    # A power by logarithm and exponential takes a third of the time.
    pixels = np.round(255 * np.exp(np.log(toned) / np.float32(2.2))).astype(np.uint8)
    return np.repeat(pixels, 3, axis=-1) if light.infrared else pixels
