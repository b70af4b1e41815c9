"""Ask a detector about turned pictures: it knows people upright best, and who lies is upright in one of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from common.monitoring.boxes import Box
from fall.people.detection import Detection, Image, Point, center


def detect_turned(
    detect: Callable[[Image], list[Detection]], frame: Image, quarter_turns: int, region: Box | None = None
) -> list[Detection]:
    """What a detector finds in a frame, or a region of it, turned counterclockwise; boxes are those of the frame.

    Examples
    --------
    >>> corner = lambda picture: [Detection(Box(0, 0, 10, 20), 1.0)]
    >>> frame = np.zeros((48, 64, 3), np.uint8)
    >>> [detect_turned(corner, frame, turns)[0].box for turns in (0, 1)]
    [Box(x=0, y=0, w=10, h=20), Box(x=44, y=0, w=20, h=10)]
    """
    left, top, right, bottom = (0, 0, frame.shape[1], frame.shape[0]) if region is None else _edges(region, frame)
    part = frame[top:bottom, left:right]
    height, width = part.shape[:2]

    def back(point: Point) -> Point:
        """A point of the turned part as one of the frame."""
        x, y = point
        x, y = ((x, y), (width - y, x), (width - x, height - y), (y, height - x))[quarter_turns % 4]
        return left + x, top + y

    def moved(found: Detection) -> Detection:
        x, y = zip(back((found.box.x, found.box.y)), back((found.box.x + found.box.w, found.box.y + found.box.h)),
                   strict=True)  # fmt: skip
        return replace(
            found,
            box=Box(min(x), min(y), max(x) - min(x), max(y) - min(y)),
            hips=None if found.hips is None else back(found.hips),
            top=None if found.top is None else back(found.top),
        )

    return [moved(found) for found in detect(np.ascontiguousarray(np.rot90(part, quarter_turns)))]


def surroundings(box: Box, sides: float = 2.0) -> Box:
    """The square around a box whose side is ``sides`` times its longer one."""
    (x, y), side = center(box), sides * max(box.w, box.h)
    return Box(x - side / 2, y - side / 2, side, side)


def _edges(region: Box, frame: Image) -> tuple[int, int, int, int]:
    """The whole pixels of a region inside the frame: left, top, right and bottom."""
    height, width = frame.shape[:2]
    left, top = min(max(0, int(region.x)), width - 1), min(max(0, int(region.y)), height - 1)
    right = max(left + 1, min(width, round(region.x + region.w)))
    return left, top, right, max(top + 1, min(height, round(region.y + region.h)))
