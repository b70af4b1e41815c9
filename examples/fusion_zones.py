"""The zones that staff draw round beds and sofas in a camera's picture, once, when it is hung up."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from scipy.spatial import ConvexHull

from common import Zone
from common.simulation.rooms.camera import HEIGHT, WIDTH
from common.simulation.rooms.furniture import Furniture
from common.simulation.rooms.room import Room
from common.validation import FloatArray

_DRAWN_WITHIN_PX = 8.0  # how exactly people place the corners of an outline (our assumption)
_LYING_M = 0.2  # above the seat: what somebody who lies on it takes up
_NEAREST_M = 0.3  # from the camera; what is nearer or behind it cannot be seen
_LEAST_POINTS = 30  # of the grid in view; of less nobody would draw an outline
_STEPS = 25  # along each side of a seat, of which a part may be behind the camera


def draw_zones(room: Room, *, seed: int) -> tuple[Zone, ...]:
    """Outlines of all beds and sofas in view, each corner some pixels off; names do not say what they enclose."""
    rng = np.random.default_rng([seed, 97])
    zones = []
    for piece in room.furniture:
        if piece.kind not in ("bed", "sofa"):
            continue
        pixels, depth = room.camera.project(_points(piece))
        pixels = pixels[depth > _NEAREST_M]
        is_in_view = ((pixels > 0) & (pixels < [WIDTH, HEIGHT])).all(axis=1)
        if is_in_view.sum() < _LEAST_POINTS:
            continue
        corners = pixels[ConvexHull(pixels).vertices]
        corners = corners + rng.uniform(-_DRAWN_WITHIN_PX, _DRAWN_WITHIN_PX, corners.shape)
        zones.append(Zone(f"zone {len(zones) + 1}", corners.tolist()))
    return tuple(zones)


def _points(piece: Furniture) -> FloatArray:
    """A grid over the seat, and one as high above it as somebody who lies on it."""
    (x1, y1), (x2, y2) = piece.footprint()
    sides = np.linspace(x1, x2, _STEPS), np.linspace(y1, y2, _STEPS), [piece.seat, piece.seat + _LYING_M]
    return np.stack(np.meshgrid(*sides), axis=-1).reshape(-1, 3)


def save_zones(zones: tuple[Zone, ...], path: Path) -> None:
    """Write zones to an ``.npz`` file."""
    np.savez_compressed(path, **{zone.name: np.array(zone.outline) for zone in zones})


def load_zones(path: Path) -> tuple[Zone, ...]:
    """Read what :func:`save_zones` wrote."""
    with np.load(path) as arrays:
        return tuple(Zone(name, corners.tolist()) for name, corners in arrays.items())
