"""Whether somebody has just come down: whoever falls was up before, unlike a pet, or somebody who lies in bed.

The boxes of a track tell: their top sinks by a good part of their height within seconds.
"""

from __future__ import annotations

import math
from statistics import median
from typing import NamedTuple

from common.monitoring.boxes import Box

_SMOOTHED = 3  # boxes over which the present top is the median, since edges jump
# Somebody who falls moves so fast that a tracker begins a new track: it is the same person as a track that has just
# ended, less than a box's longer side away.
SAME_WITHIN_S = 4.0


class DropLimits(NamedTuple):
    """By which part of the tallest box its top must sink, and within how many seconds."""

    least: float
    within_s: float


class Descent(NamedTuple):
    """How a track's boxes moved up and down.

    Attributes
    ----------
    boxes : tuple of (float, Box)
        Time and box of the frames within ``within_s`` of the latest in which the track was found.
    is_down : bool
        Whether the person has come down, and may have lain there ever since.
    """

    boxes: tuple[tuple[float, Box], ...] = ()
    is_down: bool = False

    def found(self, time_s: float, box: Box, limits: DropLimits, *, may_lie: bool) -> Descent:
        """The descent after one more box of somebody who is judged as fallen, or not yet judged, or else is up."""
        boxes = (*(one for one in self.boxes if one[0] > time_s - limits.within_s), (time_s, box))
        return Descent(boxes, _drop([box for _, box in boxes]) >= limits.least or (self.is_down and may_lie))

    def distance(self, box: Box) -> float:
        """How far a box is from the latest one, in parts of the longer side."""
        _, last = self.boxes[-1]
        across = (box.x + box.w / 2) - (last.x + last.w / 2)
        down = (box.y + box.h) - (last.y + last.h)
        return math.hypot(across, down) / max(box.w, box.h, last.w, last.h)


def _drop(boxes: list[Box]) -> float:
    """How far the top has sunk from the highest of these boxes, in parts of the height of the tallest."""
    top = median(box.y for box in boxes[-_SMOOTHED:])
    return (top - min(box.y for box in boxes)) / max(box.h for box in boxes)
