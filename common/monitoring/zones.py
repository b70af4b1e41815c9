"""Zones that staff drew in the picture, round a bed or a sofa: who lies there has not fallen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from common.errors import InvalidInputError
from common.monitoring.boxes import Box
from common.monitoring.reports import check_box

# Of the area of a person's box: somebody on the floor before a bed reaches out of the zone.
_INSIDE = 0.9


@dataclass(frozen=True)
class Zone:
    """A place where people normally lie.

    Parameters
    ----------
    name : str
        For those who draw it.
    box : Box
        In pixels of the full frame.

    Examples
    --------
    >>> zones = [Zone("bed", Box(0, 0, 200, 100))]
    >>> is_in_zone(Box(20, 40, 100, 50), zones), is_in_zone(Box(150, 40, 100, 50), zones)
    (True, False)
    """

    name: str
    box: Box

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name:
            raise InvalidInputError(f"name is {self.name!r}; give the zone a name, such as 'bed'")
        check_box(self.box, "box of a zone")


def is_in_zone(box: Box, zones: Iterable[Zone]) -> bool:
    """Whether at least nine tenths of a box lie inside one of the zones."""
    return any(_shared_area(box, zone.box) / (box.w * box.h) >= _INSIDE for zone in zones)


def _shared_area(one: Box, other: Box) -> float:
    across = min(one.x + one.w, other.x + other.w) - max(one.x, other.x)
    down = min(one.y + one.h, other.y + other.h) - max(one.y, other.y)
    return max(across, 0.0) * max(down, 0.0)
