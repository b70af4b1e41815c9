"""Zones that staff drew in the picture, round what people lie on: who lies on a bed has not fallen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from common.errors import InvalidInputError
from common.monitoring.boxes import Box
from common.monitoring.reports import check_box
from common.validation import check_number

_LEAST_CORNERS = 3
_ROUNDING = 1e-9  # of where a corner lies between the outermost ones


@dataclass(frozen=True)
class Zone:
    """A place where people normally lie.

    Draw the outline of the mattress or the seat. A wider one, such as a rectangle round a bed that stands askew, holds
    floor as well, and whoever falls there is not found.

    Parameters
    ----------
    name : str
        For those who draw it.
    outline : sequence of (float, float), or Box
        Corners in order around it, in pixels of the full frame; they may lie outside the frame. Kept as a tuple. Where
        an outline encloses a place twice, as if it was drawn around more than once, that place is outside.

    Raises
    ------
    InvalidInputError
        If the name is empty, or the outline has fewer than three corners, one that is not finite, or no area.

    Examples
    --------
    >>> zones = [Zone("bed", [(0, 80), (120, 0), (200, 40), (80, 120)]), Zone("sofa", Box(300, 0, 100, 60))]
    >>> is_in_zone(Box(40, 30, 100, 60), zones), is_in_zone(Box(0, 0, 60, 40), zones)
    (True, False)
    """

    name: str
    outline: tuple[tuple[float, float], ...]

    def __init__(self, name: str, outline: Box | Iterable[tuple[float, float]]) -> None:
        if not isinstance(name, str) or not name:
            raise InvalidInputError(f"name is {name!r}; give the zone a name, such as 'bed'")
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "outline", _corners(outline))


def is_in_zone(box: Box, zones: Iterable[Zone]) -> bool:
    """Whether the center of a box lies in one of the zones: where a person is, however well the edges are found."""
    x, y = box.x + box.w / 2, box.y + box.h / 2
    return any(_is_inside(x, y, zone.outline) for zone in zones)


def _is_inside(x: float, y: float, corners: tuple[tuple[float, float], ...]) -> bool:
    """Whether a ray to the right crosses the edges an odd number of times."""
    is_inside = False
    x1, y1 = corners[-1]
    for x2, y2 in corners:
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) / (y2 - y1) * (x2 - x1):
            is_inside = not is_inside
        x1, y1 = x2, y2
    return is_inside


def _corners(outline: Any) -> tuple[tuple[float, float], ...]:
    if isinstance(outline, Box):
        outline = _corners_of_box(outline)
    try:
        corners = tuple((x, y) for x, y in outline)
    except (TypeError, ValueError) as error:
        raise InvalidInputError(
            f"outline is {outline!r}; pass the corners [(x, y), …] of the zone in pixels, or a Box"
        ) from error
    if len(corners) < _LEAST_CORNERS:
        raise InvalidInputError(f"outline has {len(corners)} corners; a zone needs at least {_LEAST_CORNERS}")
    checked = tuple(
        (check_number(x, f"x of corner {place} of the outline"), check_number(y, f"y of corner {place} of the outline"))
        for place, (x, y) in enumerate(corners)
    )
    if _are_in_line(checked):
        raise InvalidInputError("outline has all its corners on one line; give those around the bed or the seat")
    return checked


def _corners_of_box(outline: Box) -> tuple[tuple[float, float], ...]:
    box = check_box(outline, "outline of a zone")
    right, bottom = box.x + box.w, box.y + box.h
    return (box.x, box.y), (right, box.y), (right, bottom), (box.x, bottom)


def _are_in_line(corners: tuple[tuple[float, float], ...]) -> bool:
    """Whether all corners lie on a diagonal of the rectangle around them, or this has no width or no height."""
    xs, ys = zip(*corners, strict=True)
    left, top = min(xs), min(ys)
    width, height = max(xs) - left, max(ys) - top
    if width == 0 or height == 0:
        return True
    parts = [((x - left) / width, (y - top) / height) for x, y in corners]
    return all(abs(x - y) < _ROUNDING for x, y in parts) or all(abs(x + y - 1) < _ROUNDING for x, y in parts)
