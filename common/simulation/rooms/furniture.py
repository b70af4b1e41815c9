"""Furniture: boxes, and the height to sit or lie at."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from common.simulation.rooms.textures import Color, Texture, random_color, shade
from common.validation import FloatArray

Corner = tuple[float, float, float]


@dataclass(frozen=True)
class Box:
    """An axis-aligned box between two corners in meters."""

    low: Corner
    high: Corner
    texture: Texture


@dataclass(frozen=True)
class Furniture:
    """A piece in a room.

    Its own frame has the origin on the floor below its middle, the front towards +x, and y along its width.

    Attributes
    ----------
    kind : str
        "bed", "sofa", "chair", "table" or "cabinet".
    boxes : tuple of Box
        Its visible parts.
    depth, width, height : float
        Space it takes, in meters.
    seat : float
        Height to sit or lie at, 0 if there is none.
    x, y : float
        Its middle in the room, in meters.
    quarter_turns : int
        How often it is turned left by 90°.
    """

    kind: str
    boxes: tuple[Box, ...]
    depth: float
    width: float
    height: float
    seat: float = 0.0
    x: float = 0.0
    y: float = 0.0
    quarter_turns: int = 0

    @property
    def heading(self) -> float:
        """Direction of its front in radians."""
        return self.quarter_turns * np.pi / 2

    def to_room(self, along: float, across: float) -> tuple[float, float]:
        """Convert a point from the furniture's frame to the room's."""
        cos, sin = round(np.cos(self.heading)), round(np.sin(self.heading))
        return self.x + cos * along - sin * across, self.y + sin * along + cos * across

    def placed(self, x: float, y: float, quarter_turns: int) -> Furniture:
        """The same piece, moved from the origin to its place."""
        moved = replace(self, x=x, y=y, quarter_turns=quarter_turns)

        def move(box: Box) -> Box:
            (x0, y0), (x1, y1) = moved.to_room(*box.low[:2]), moved.to_room(*box.high[:2])
            low, high = (min(x0, x1), min(y0, y1), box.low[2]), (max(x0, x1), max(y0, y1), box.high[2])
            return replace(box, low=low, high=high)

        return replace(moved, boxes=tuple(move(box) for box in self.boxes))

    def footprint(self, gap: float = 0.0) -> FloatArray:
        """Lower and upper corner ``(2, 2)`` on the floor, widened by ``gap``."""
        depth, width = (self.depth, self.width) if self.quarter_turns % 2 == 0 else (self.width, self.depth)
        half = np.array([depth / 2 + gap, width / 2 + gap])
        center = np.array([self.x, self.y])
        return np.stack([center - half, center + half])


def bed(rng: np.random.Generator) -> Furniture:
    """A bed with its head end at +y: frame, mattress, cover, pillow."""
    depth, width, top = rng.uniform(0.9, 1.5), rng.uniform(2.0, 2.15), rng.uniform(0.42, 0.62)
    wood, sheet, cover = _wood(rng), _cloth(rng, bright=True), _cloth(rng, bright=True)
    half, end = depth / 2, width / 2
    head_end, foot_end = rng.uniform(0.75, 1.1), rng.uniform(0.4, 0.75)
    pieces = [
        Box((-half, -end, 0.12), (half, end, top - 0.16), wood),
        Box((-half, -end, top - 0.16), (half, end, top - 0.01), sheet),
        Box((-half - 0.01, -end, top - 0.2), (half + 0.01, rng.uniform(-0.2, 0.6), top), cover),
        Box((-0.3, end - 0.42, top - 0.01), (0.3, end - 0.04, top + 0.07), _cloth(rng, bright=True)),
        Box((-half, end, 0), (half, end + 0.05, head_end), wood),
        Box((-half, -end - 0.05, 0), (half, -end, foot_end), wood),
    ]
    return Furniture("bed", tuple(pieces), depth, width + 0.1, top, seat=top)


def sofa(rng: np.random.Generator) -> Furniture:
    """A sofa: seat, back, arms, perhaps cushions."""
    depth, width, seat = rng.uniform(0.85, 1.0), rng.uniform(2.0, 2.3), rng.uniform(0.38, 0.46)
    cloth = _cloth(rng)
    half, end, arm, back = depth / 2, width / 2, rng.uniform(0.08, 0.16), rng.uniform(0.72, 0.9)
    pieces = [
        Box((-half, -end, 0.06), (half, end, seat), cloth),
        Box((-half, -end, seat), (-half + 0.2, end, back), cloth),
        Box((-half, -end, seat), (half, -end + arm, seat + 0.2), cloth),
        Box((-half, end - arm, seat), (half, end, seat + 0.2), cloth),
    ]
    if rng.random() < 0.6:
        pieces.append(Box((-half + 0.2, end - arm - 0.4, seat), (-half + 0.32, end - arm, seat + 0.36), _cloth(rng)))
    return Furniture("sofa", tuple(pieces), depth, width, back, seat=seat)


def chair(rng: np.random.Generator) -> Furniture:
    """A chair with four legs, or an armchair."""
    seat, back = rng.uniform(0.42, 0.5), rng.uniform(0.8, 1.0)
    if rng.random() < 0.4:
        cloth = _cloth(rng)
        pieces = [
            Box((-0.38, -0.38, 0.05), (0.38, 0.38, seat), cloth),
            Box((-0.4, -0.38, seat), (-0.22, 0.38, back), cloth),
            Box((-0.38, -0.4, 0.05), (0.34, -0.28, seat + 0.2), cloth),
            Box((-0.38, 0.28, 0.05), (0.34, 0.4, seat + 0.2), cloth),
        ]
        return Furniture("chair", tuple(pieces), 0.8, 0.8, back, seat=seat)
    wood = _wood(rng)
    legs = [(x, y) for x in (-0.21, 0.17) for y in (-0.21, 0.17)]
    pieces = [Box((x, y, 0), (x + 0.04, y + 0.04, seat - 0.04), wood) for x, y in legs]
    pieces += [
        Box((-0.22, -0.22, seat - 0.04), (0.22, 0.22, seat), _cloth(rng) if rng.random() < 0.5 else wood),
        Box((-0.22, -0.22, seat + 0.2), (-0.18, 0.22, back), wood),
    ]
    return Furniture("chair", tuple(pieces), 0.46, 0.46, back, seat=seat)


def table(rng: np.random.Generator) -> Furniture:
    """A dining table or a low one, with a few things on it."""
    depth, width = rng.uniform(0.6, 0.9), rng.uniform(0.9, 1.5)
    top = rng.uniform(0.68, 0.76) if rng.random() < 0.6 else rng.uniform(0.38, 0.5)
    wood, half, end = _wood(rng), depth / 2, width / 2
    legs = [(x, y) for x in (-half + 0.03, half - 0.08) for y in (-end + 0.03, end - 0.08)]
    pieces = [Box((x, y, 0), (x + 0.05, y + 0.05, top - 0.04), wood) for x, y in legs]
    pieces.append(Box((-half, -end, top - 0.04), (half, end, top), wood))
    for _ in range(rng.integers(0, 4)):
        x, y, size = rng.uniform(-half + 0.1, half - 0.1), rng.uniform(-end + 0.1, end - 0.1), rng.uniform(0.03, 0.09)
        low, high = (x - size, y - size, top), (x + size, y + size, top + rng.uniform(0.03, 0.25))
        pieces.append(Box(low, high, Texture(random_color(rng, saturation=0.8, brightness=(0.1, 0.7)))))
    return Furniture("table", tuple(pieces), depth, width, top)


def cabinet(rng: np.random.Generator) -> Furniture:
    """A chest of drawers, a shelf or a wardrobe."""
    depth, width, height = rng.uniform(0.35, 0.6), rng.uniform(0.6, 1.4), rng.choice([0.8, 1.1, 1.9])
    wood = _wood(rng, pattern="panels")
    pieces = (Box((-depth / 2, -width / 2, 0), (depth / 2, width / 2, height), wood),)
    return Furniture("cabinet", pieces, depth, width, float(height))


def _wood(rng: np.random.Generator, pattern: str = "plain") -> Texture:
    """Wood, from pale to dark, or lacquered white."""
    brown: Color = (0.42, 0.25, 0.12)
    color = (0.7, 0.69, 0.66) if rng.random() < 0.25 else shade(brown, rng.uniform(0.2, 1.5))
    return Texture(color, shade(color, 0.6), pattern, rng.uniform(0.3, 0.5))


def _cloth(rng: np.random.Generator, *, bright: bool = False) -> Texture:
    """Upholstery and bed linen; ``bright`` for sheets."""
    color = random_color(rng, saturation=0.15 if bright else 0.45, brightness=(0.5, 0.8) if bright else (0.08, 0.5))
    pattern = str(rng.choice(["plain", "plain", "plain", "plain", "plain", "stripes", "plaid", "checks"]))
    second = shade(color, rng.uniform(0.4, 0.8))
    return Texture(color, second, pattern, rng.uniform(0.06, 0.25))
