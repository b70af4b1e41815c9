"""Draw docs/pictures/architecture.svg from the imports in the code: a box for each room, above those that it imports.

    python docs/building/rooms.py

An arrow that follows from others is left out, as are imports of ``common`` by ``har`` and ``fall``, which all rooms
need.
"""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import grimp

PICTURE = Path(__file__).parents[1] / "pictures" / "architecture.svg"
PACKAGES = ("har", "fall", "common")
COLORS = {"har": "#0072B2", "fall": "#D55E00", "common": "#009E73"}
# What every room needs tells nothing about any of them; plotting and evaluation draw each other's results on request.
EVERYWHERE = {"errors", "version", "moved", "optional", "tables", "validation", "backend", "progress", "compiled"}

Rooms = dict[str, set[str]]  # a room's name, and the names of those that it imports

WIDTH, BOX_HEIGHT, ROW_HEIGHT, GAP, MARGIN = 1080, 30, 64, 12, 16
CHARACTER = 7.6  # the width of one, roughly


@dataclass(frozen=True)
class Box:
    """A room on the canvas."""

    name: str
    x: float
    y: float
    width: float

    @property
    def centre(self) -> float:
        """Its horizontal centre."""
        return self.x + self.width / 2


def rooms_of(package: str) -> Rooms:
    """The rooms of a package and what each imports, read from the code."""
    graph = grimp.build_graph(*PACKAGES, exclude_type_checking_imports=True, cache_dir=None)
    found: Rooms = defaultdict(set)
    for module in graph.modules:
        inside = module.split(".")
        if inside[0] != package or len(inside) < 2 or inside[1] in EVERYWHERE:
            continue
        found[inside[1]] |= {
            other[1]
            for other in (name.split(".") for name in graph.find_modules_directly_imported_by(module))
            if other[0] == package and len(other) > 1 and other[1] not in EVERYWHERE and other[1] != inside[1]
        }
    return dict(found)


def reachable(rooms: Rooms, start: str) -> set[str]:
    """All rooms that a room imports, directly or through others."""
    seen: set[str] = set()
    todo = list(rooms[start])
    while todo:
        room = todo.pop()
        if room not in seen:
            seen.add(room)
            todo.extend(rooms[room])
    return seen


def layers(rooms: Rooms) -> list[list[str]]:
    """Rooms by height: each stands above all that it imports, except where two import each other."""
    below = {room: {other for other in reachable(rooms, room) if room not in reachable(rooms, other)} for room in rooms}
    height: dict[str, int] = {}
    for room in sorted(rooms, key=lambda room: (len(below[room]), room)):
        height[room] = 1 + max((height[other] for other in below[room]), default=-1)
    return [sorted(room for room in rooms if height[room] == level) for level in range(max(height.values()) + 1)]


def arrows(rooms: Rooms) -> list[tuple[str, str]]:
    """The imports that do not follow from others."""
    return sorted(
        (room, other)
        for room, imported in rooms.items()
        for other in imported
        if not any(
            other in reachable(rooms, third) and room not in reachable(rooms, third) and third != other
            for third in imported
        )
    )


def panel(package: str, left: float, top: float, width: float) -> tuple[list[str], float]:
    """The drawing of a package, and its height."""
    rooms = rooms_of(package)
    rows = layers(rooms)[::-1]
    height = 52 + ROW_HEIGHT * len(rows)
    boxes: dict[str, Box] = {}
    for level, row in enumerate(rows):
        widths = [CHARACTER * len(room) + 20 for room in row]
        x = left + (width - sum(widths) - GAP * (len(row) - 1)) / 2
        for room, box_width in zip(row, widths, strict=True):
            boxes[room] = Box(room, x, top + 44 + ROW_HEIGHT * level, box_width)
            x += box_width + GAP
    color = COLORS[package]
    parts = [
        f'<rect x="{left}" y="{top}" width="{width}" height="{height}" rx="10" fill="{color}" fill-opacity="0.07"/>',
        f'<text x="{left + 16}" y="{top + 28}" font-size="19" font-weight="bold" fill="{color}">{package}</text>',
    ]
    parts += [_arrow(boxes[room], boxes[other]) for room, other in arrows(rooms)]
    parts += [_box(box, color) for box in boxes.values()]
    return parts, height


def _arrow(start: Box, end: Box) -> str:
    """A curve from below one box to above another; between boxes of one row, which import each other, below both."""
    x1, y1, x2, y2 = start.centre, start.y + BOX_HEIGHT, end.centre, end.y
    bend = (y1 + y2) / 2
    if end.y <= start.y:
        y2, bend = end.y + BOX_HEIGHT, y1 + 22
    path = f"M{x1:.0f} {y1:.0f}C{x1:.0f} {bend:.0f} {x2:.0f} {bend:.0f} {x2:.0f} {y2:.0f}"
    return f'<path d="{path}" fill="none" stroke="#6B7280" stroke-opacity="0.55" marker-end="url(#tip)"/>'


def _box(box: Box, color: str) -> str:
    return (
        f'<rect x="{box.x:.0f}" y="{box.y:.0f}" width="{box.width:.0f}" height="{BOX_HEIGHT}" rx="6" fill="white" '
        f'stroke="{color}"/><text x="{box.centre:.0f}" y="{box.y + 20:.0f}" font-size="13" text-anchor="middle" '
        f'fill="#22262B">{box.name}</text>'
    )


def draw() -> str:
    """The picture as SVG."""
    half = (WIDTH - 3 * MARGIN) / 2
    har, har_height = panel("har", MARGIN, MARGIN, half)
    fall, fall_height = panel("fall", 2 * MARGIN + half, MARGIN, half)
    top = max(har_height, fall_height) + 2 * MARGIN
    common, common_height = panel("common", MARGIN, top, WIDTH - 2 * MARGIN)
    height = top + common_height + MARGIN
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif">',
            "<title>Rooms of har, fall and common, and what they import</title>",
            '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
            '<path d="M0 0L8 4L0 8z" fill="#6B7280"/></marker></defs>',
            f'<rect width="{WIDTH}" height="{height}" rx="10" fill="#FFFFFF"/>',
            *har,
            *fall,
            *common,
            "</svg>\n",
        ]
    )


if __name__ == "__main__":
    PICTURE.write_text(draw(), encoding="utf-8")
