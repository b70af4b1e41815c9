"""A room: walls, furniture, and its camera."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np
import numpy.typing as npt

from common.simulation.rooms import furniture as pieces
from common.simulation.rooms.camera import Camera
from common.simulation.rooms.furniture import Box, Furniture
from common.simulation.rooms.textures import Texture, random_color, shade, table
from common.validation import FloatArray

_TRIES = 100


@dataclass(frozen=True)
class Room:
    """A rectangular room from the origin to ``size`` (3,) in meters, with all that does not move."""

    size: FloatArray
    floor: Texture
    walls: Texture
    ceiling: Texture
    furniture: tuple[Furniture, ...]
    fittings: tuple[Box, ...]  # doors, windows, pictures, rugs
    camera: Camera

    @classmethod
    def random(cls, rng: np.random.Generator) -> Room:
        """A random bed-sitting room, 3.4 to 5.8 m a side, with a bed, a sofa, chairs, a table, a cabinet."""
        size = np.array([rng.uniform(3.6, 5.8), rng.uniform(3.4, 5.4), rng.uniform(2.4, 2.8)])
        walls = random_color(rng, saturation=0.25, brightness=(0.45, 0.8))
        camera = _random_camera(size, rng)
        return cls(
            size=size,
            floor=_random_floor(rng),
            walls=_random_walls(walls, rng),
            ceiling=Texture((0.75, 0.75, 0.73)),
            furniture=_furnish(size, camera, rng),
            fittings=_random_fittings(size, rng),
            camera=camera,
        )

    @cached_property
    def boxes(self) -> tuple[Box, ...]:
        """All boxes of furniture and fittings."""
        return tuple(box for piece in self.furniture for box in piece.boxes) + self.fittings

    @cached_property
    def box_corners(self) -> FloatArray:
        """Lower and upper corners of all boxes ``(n_boxes, 6)``."""
        return np.array([box.low + box.high for box in self.boxes])

    @cached_property
    def box_bounds(self) -> FloatArray:
        """Where in the frame each box may appear: :meth:`Camera.bounds` ``(n_boxes, 4)``."""
        corners = [list(product(*zip(box.low, box.high, strict=True))) for box in self.boxes]
        return self.camera.bounds(np.array(corners))

    @cached_property
    def surfaces(self) -> npt.NDArray[np.void]:
        """The textures of floor, walls, ceiling and boxes, as :func:`table`."""
        return table([self.floor, self.walls, self.ceiling, *(box.texture for box in self.boxes)])

    @cached_property
    def opaque(self) -> FloatArray:
        """Corners ``(n, 6)`` of the boxes large enough to hide a person or to cast a shadow."""
        large = [
            box.low + box.high
            for piece in self.furniture
            for box in piece.boxes
            if sorted(np.subtract(box.high, box.low))[1] > 0.25  # not legs, cups and edges
        ]
        return np.array(large).reshape(-1, 6)

    def free_spot(self, rng: np.random.Generator) -> tuple[float, float]:
        """A random place to stand on the floor in view of the camera; any place if none is found."""
        x, y, _ = self.free_path(0.0, rng)
        return x, y

    def free_path(self, length_m: float, rng: np.random.Generator) -> tuple[float, float, float]:
        """A :meth:`free_spot`, and a direction in radians in which ``length_m`` of floor is free and in view."""
        spots = rng.uniform(0.3, self.size[:2] - 0.3, (_TRIES, 2))
        direction = rng.uniform(-np.pi, np.pi, _TRIES)
        person = np.concatenate([np.tile(spots[:, None], (1, 3, 1)), np.tile([[0.0], [0.9], [1.6]], (_TRIES, 1, 1))], 2)
        forward = np.stack([np.cos(direction), np.sin(direction), np.zeros(_TRIES)], axis=1)
        path = person[:, :1] + [0.0, 0.0, 0.15] + np.linspace(0.0, length_m, 6)[:, None] * forward[:, None]
        good = self._are_free(np.concatenate([person, path], axis=1), gap=0.2)
        good &= (self.camera.sees(person).mean(axis=1) > 0.6) & (self.camera.sees(path).mean(axis=1) > 0.8)
        best = int(np.argmax(good))
        return float(spots[best, 0]), float(spots[best, 1]), float(direction[best])

    def is_free(self, points: FloatArray, *, ignoring: Furniture | None = None, gap: float = 0.0) -> bool:
        """Whether all points ``(n, 3)`` lie inside the walls and beside or above the furniture."""
        return bool(self._are_free(points[None], ignoring=ignoring, gap=gap)[0])

    def _are_free(
        self, points: FloatArray, *, ignoring: Furniture | None = None, gap: float = 0.0
    ) -> npt.NDArray[np.bool_]:
        """:meth:`is_free` of each group of points ``(n_groups, n, 3)``."""
        ground = points[..., :2]
        free = ((ground >= gap) & (ground <= self.size[:2] - gap)).all(axis=(1, 2))
        for piece in self.furniture:
            if piece is not ignoring:
                low, high = piece.footprint(gap)
                inside = ((ground > low) & (ground < high)).all(axis=-1) & (points[..., 2] < piece.height)
                free &= ~inside.any(axis=1)
        return np.asarray(free)


def _random_camera(size: FloatArray, rng: np.random.Generator) -> Camera:
    """In a corner or high on a wall, looking at the floor somewhere beyond the middle of the room."""
    across = 0.12 if rng.random() < 0.6 else rng.uniform(0.2, 0.8) * size[1]
    position = np.array([0.12, across, min(rng.uniform(1.8, 2.5), size[2] - 0.1)])
    target = np.array([rng.uniform(0.5, 0.7) * size[0], rng.uniform(0.4, 0.6) * size[1], rng.uniform(0.4, 0.9)])
    return Camera.looking(position, target, view_degrees=rng.uniform(66, 86), roll_degrees=rng.normal(0, 1))


def _random_floor(rng: np.random.Generator) -> Texture:
    kind = str(rng.choice(["planks", "planks", "tiles", "checks", "speckles", "plain"]))
    if kind == "planks":
        wood = shade((0.45, 0.29, 0.15), rng.uniform(0.3, 1.1))
        return Texture(wood, shade(wood, 0.6), kind, rng.uniform(0.08, 0.16))
    color = random_color(rng, saturation=0.3, brightness=(0.08, 0.35))
    scale = {"tiles": rng.uniform(0.25, 0.5), "checks": rng.uniform(0.25, 0.5)}.get(kind, 0.03)
    return Texture(color, shade(color, rng.uniform(0.65, 0.9)), kind, float(scale))


def _random_walls(color: tuple[float, float, float], rng: np.random.Generator) -> Texture:
    kind = str(rng.choice(["plain", "plain", "plain", "plain", "stripes", "speckles"]))
    scale = rng.uniform(0.1, 0.5) if kind == "stripes" else 0.05
    return Texture(color, shade(color, rng.uniform(0.8, 0.95)), kind, float(scale))


def _furnish(size: FloatArray, camera: Camera, rng: np.random.Generator) -> tuple[Furniture, ...]:
    """Furniture along the walls, tables and chairs where there is room; nothing right in front of the camera."""
    makers = [pieces.bed, pieces.sofa, pieces.chair, pieces.cabinet, pieces.table, pieces.chair]
    room: list[Furniture] = []
    for make in makers:
        piece = make(rng)
        for _ in range(_TRIES):
            candidate = _against_wall(piece, size, rng)
            if piece.kind in ("chair", "table") and rng.random() < 0.5:
                candidate = _standing_free(piece, size, rng)
            if _fits(candidate, room, size, camera):
                room.append(candidate)
                break
    return tuple(room)


def _against_wall(piece: Furniture, size: FloatArray, rng: np.random.Generator) -> Furniture:
    """With its back to one of the four walls."""
    turns = int(rng.integers(4))
    along_wall = size[1] if turns % 2 == 0 else size[0]
    place = rng.uniform(piece.width / 2, max(piece.width / 2 + 0.01, along_wall - piece.width / 2))
    near = piece.depth / 2 + 0.02
    x, y = [(near, place), (place, near), (size[0] - near, place), (place, size[1] - near)][turns]
    return piece.placed(float(x), float(y), turns)


def _standing_free(piece: Furniture, size: FloatArray, rng: np.random.Generator) -> Furniture:
    return piece.placed(rng.uniform(0.6, size[0] - 0.6), rng.uniform(0.6, size[1] - 0.6), int(rng.integers(4)))


def _fits(piece: Furniture, others: list[Furniture], size: FloatArray, camera: Camera) -> bool:
    low, high = piece.footprint(0.05 if piece.kind in ("chair", "table") else 0.15)
    if (low < -0.15).any() or (high > size[:2] + 0.15).any():
        return False
    gap = np.maximum(np.maximum(low - camera.position[:2], camera.position[:2] - high), 0.0)
    clear = 1.3 if piece.height > 0.9 else 0.7  # high pieces near the camera would hide the room
    if np.hypot(*gap) < clear:
        return False
    footprints = [other.footprint() for other in others]
    return not any(((low < other[1]) & (high > other[0])).all() for other in footprints)


def _random_fittings(size: FloatArray, rng: np.random.Generator) -> tuple[Box, ...]:
    """Skirting boards, a door, a window with curtains, pictures, perhaps a rug: thin boxes on walls and floor."""
    x, y, top = (float(part) for part in size)
    wood = Texture(shade((0.5, 0.36, 0.22), rng.uniform(0.4, 1.8)), (0.2, 0.15, 0.1), "panels", 0.45)
    door, window = rng.uniform(0.3, y - 1.3), rng.uniform(0.3, x - 1.8)
    white = Texture((0.7, 0.7, 0.7))
    day = Texture((0.9, 0.95, 1.0), glow=float(rng.choice([0.05, 0.5, 1.0])))
    curtain = random_color(rng, saturation=0.6, brightness=(0.15, 0.7))
    cloth = Texture(curtain, shade(curtain, 0.75), "stripes", rng.uniform(0.08, 0.2))
    fittings = [
        Box((x - 0.03, door, 0), (x, door + 0.9, 2.05), wood),
        Box((window, y - 0.02, 0.9), (window + 1.2, y, 2.1), day),
        Box((window - 0.3, y - 0.06, 0.1), (window + 0.15, y - 0.02, 2.25), cloth),
        Box((window + 1.05, y - 0.06, 0.1), (window + 1.5, y - 0.02, 2.25), cloth),
        Box((0, y - 0.015, 0), (x, y, 0.08), white),
        Box((x - 0.015, 0, 0), (x, y, 0.08), white),
        Box((0, 0, 0), (x, 0.015, 0.08), white),
    ]
    for _ in range(rng.integers(0, 4)):
        left, up, side = rng.uniform(0.2, y - 0.9), rng.uniform(1.2, 1.6), rng.uniform(0.25, 0.7)
        first, second = (random_color(rng, saturation=0.7, brightness=(0.1, 0.6)) for _ in range(2))
        picture = Texture(first, second, "plaid", 0.2)
        fittings.append(Box((x - 0.02, left, up), (x, left + side, min(up + 0.5, top)), picture))
    if rng.random() < 0.35:
        middle, half = size[:2] * rng.uniform(0.35, 0.65, 2), rng.uniform(0.5, 1.1, 2)
        colors = [random_color(rng, saturation=0.6, brightness=(0.05, 0.3)) for _ in range(2)]
        pattern = str(rng.choice(["plain", "plain", "stripes", "speckles"]))
        low, high = np.maximum(middle - half, 0.02), np.minimum(middle + half, size[:2] - 0.02)
        rug = Texture(colors[0], colors[1], pattern, rng.uniform(0.06, 0.4))
        fittings.append(Box((float(low[0]), float(low[1]), 0.0), (float(high[0]), float(high[1]), 0.01), rug))
    return tuple(fittings)
