"""The zones that staff draw round beds and sofas in a camera's picture, once, when it is hung up."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from common import Box, Zone
from common.simulation.rooms.camera import HEIGHT, WIDTH
from common.simulation.rooms.room import Room

_DRAWN_WITHIN_PX = 8.0  # how exactly people drag the edges of a rectangle (our assumption)
# From the seat of a piece of furniture, in meters: what a person who lies or sits on it covers in the picture.
_BELOW_M, _ABOVE_M = 0.15, 0.45
_SMALLEST_PX = 4.0


def draw_zones(room: Room, *, seed: int) -> tuple[Zone, ...]:
    """Rectangles round all beds and sofas in view, each edge some pixels off; names do not say what they enclose."""
    rng = np.random.default_rng([seed, 97])
    zones = []
    for piece in room.furniture:
        if piece.kind not in ("bed", "sofa"):
            continue
        (x1, y1), (x2, y2) = piece.footprint()
        heights = (piece.seat - _BELOW_M, piece.seat + _ABOVE_M)
        corners = np.array([[(x, y, z) for x in (x1, x2) for y in (y1, y2) for z in heights]])
        edges = room.camera.bounds(corners)[0] + rng.uniform(-_DRAWN_WITHIN_PX, _DRAWN_WITHIN_PX, 4)
        left, top, right, bottom = np.clip(edges, 0, [WIDTH, HEIGHT, WIDTH, HEIGHT]).tolist()
        if right - left >= _SMALLEST_PX and bottom - top >= _SMALLEST_PX:
            zones.append(Zone(f"zone {len(zones) + 1}", Box(left, top, right - left, bottom - top)))
    return tuple(zones)


def save_zones(zones: tuple[Zone, ...], path: Path) -> None:
    """Write zones to an ``.npz`` file."""
    boxes = np.array([(zone.box.x, zone.box.y, zone.box.w, zone.box.h) for zone in zones], dtype=np.float64)
    np.savez_compressed(path, names=np.array([zone.name for zone in zones], dtype=str), boxes=boxes.reshape(-1, 4))


def load_zones(path: Path) -> tuple[Zone, ...]:
    """Read what :func:`save_zones` wrote."""
    with np.load(path) as arrays:
        pairs = zip(arrays["names"].tolist(), arrays["boxes"].tolist(), strict=True)
        return tuple(Zone(name, Box(*box)) for name, box in pairs)
