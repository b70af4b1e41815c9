"""Rendering: rays through the pixels of a part of the frame, and the colors of the surfaces that they meet.

This module and those it imports are compiled by Numba: they are loaded when the first frame is drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from common.simulation.drawing.figure import Figure
from common.simulation.drawing.shading import REACH, falling_light, mix
from common.simulation.drawing.tracing import camera_rays, look_at, trace
from common.simulation.rooms.camera import CENTER
from common.simulation.rooms.light import Light
from common.simulation.rooms.room import Room
from common.simulation.rooms.textures import table
from common.validation import FloatArray, IntArray


class Section(NamedTuple):
    """The part of the frame that a picture shows, and the picture's size.

    ``left`` and ``top`` are its upper left corner in pixels of the frame, ``step`` is how many of them a pixel of the
    picture is wide and high.
    """

    left: float
    top: float
    step: float
    rows: int
    columns: int


def draw(
    room: Room, figures: Sequence[Figure], light: Light, section: Section, rng: np.random.Generator
) -> npt.NDArray[np.uint8]:
    """What the room's camera shows in a section of its frame, as ``(rows, columns, 3)``."""
    camera, origin, walls = room.camera, tuple(room.camera.position), tuple(room.size)
    corner, shape = (section.left, section.top), (section.rows, section.columns)
    rays = camera_rays(camera.axes, camera.focal_px, CENTER, corner, section.step, *shape)
    surfaces = np.concatenate([room.surfaces, table([texture for figure in figures for texture in figure.textures])])

    bodies = np.concatenate([np.empty((0, 8)), *(figure.parts for figure in figures)])
    large = np.concatenate([np.empty(0, bool), *(figure.casts_shadow for figure in figures)])
    ends, radii = bodies[:, :6].reshape(-1, 2, 3), bodies[:, 6:].max(axis=1)
    body_bounds = camera.bounds(np.concatenate([ends, ends]), np.concatenate([radii, REACH * radii]))
    windows = _windows(np.concatenate([room.box_bounds, body_bounds]), section)
    box_windows, body_windows, near = np.split(windows, [len(room.boxes), len(room.boxes) + len(bodies)])
    hits = trace(rays, origin, walls, room.box_corners, box_windows, bodies, body_windows)
    color, points, normals = look_at(rays, origin, hits, surfaces, room.box_corners, bodies)

    arriving = falling_light(points, normals, walls, tuple(light.position), room.opaque, bodies[large], near[large])
    linear = mix(color, hits[1], surfaces, arriving, (light.direct, light.ambient), light.outdoors)
    return develop(linear, light, rng)


def _windows(bounds: FloatArray, section: Section) -> IntArray:
    """First and last row and column ``(m, 4)`` of the picture within bounds ``(m, 4)`` in pixels of the frame."""
    pixels = (bounds - [section.left, section.top] * 2) / section.step
    edges = np.concatenate([np.floor(pixels[:, :2]), np.ceil(pixels[:, 2:])], axis=1)
    inside = np.clip(edges, 0, [section.columns, section.rows] * 2)
    return np.asarray(inside[:, [1, 3, 0, 2]], dtype=np.int64)


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
