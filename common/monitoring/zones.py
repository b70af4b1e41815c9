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
    return any(_shared_fraction(box, zone.box) >= _INSIDE for zone in zones)


def _shared_fraction(box: Box, zone: Box) -> float:
    """The fraction of a box's area that lies in a zone, side by side: the area itself may underflow to zero."""
    across = min(box.x + box.w, zone.x + zone.w) - max(box.x, zone.x)
    down = min(box.y + box.h, zone.y + zone.h) - max(box.y, zone.y)
    return (max(across, 0.0) / box.w) * (max(down, 0.0) / box.h)
