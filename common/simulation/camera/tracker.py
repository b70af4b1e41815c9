"""Which boxes of successive frames are one person, judged by the boxes alone: so tracks swap where people cross."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from common.monitoring.boxes import Box

_MIN_OVERLAP = 0.2  # of squares; at a frame a second somebody who walks has gone half a square
_MAX_MISSED = 3  # frames without a box after which a track ends


@dataclass
class _Track:
    number: int
    box: Box
    n_missed: int = 0


class BoxTracker:
    """Greedy assignment by overlap, the largest first, as in simple trackers (Bochinski et al., AVSS 2017).

    Time does not count, frames do: while nothing changes, no frames are taken, and everybody is where they were.

    Examples
    --------
    >>> tracker = BoxTracker()
    >>> [tracker.update([Box(x, 0, 50, 100)]) for x in (0, 20, 400)]
    [[1], [1], [2]]
    """

    def __init__(self) -> None:
        self._tracks: list[_Track] = []
        self._n_begun = 0

    def update(self, boxes: Sequence[Box]) -> list[int]:
        """The number of the track, counted from 1, of each box of the next frame."""
        pairs = [
            (square_overlap(track.box, box), track, row) for track in self._tracks for row, box in enumerate(boxes)
        ]
        numbers, taken = [0] * len(boxes), set[int]()
        for overlap, track, row in sorted(pairs, key=lambda pair: -pair[0]):
            if overlap >= _MIN_OVERLAP and track.number not in taken and numbers[row] == 0:
                track.box, track.n_missed, numbers[row] = boxes[row], 0, track.number
                taken.add(track.number)
        for track in self._tracks:
            track.n_missed += track.number not in taken
        self._tracks = [track for track in self._tracks if track.n_missed <= _MAX_MISSED]
        for row, box in enumerate(boxes):
            if numbers[row] == 0:
                self._n_begun += 1
                numbers[row] = self._n_begun
                self._tracks.append(_Track(self._n_begun, box))
        return numbers


def square_overlap(first: Box, second: Box) -> float:
    """Intersection over union of the squares around two boxes; boxes themselves turn by 90° when somebody falls."""
    (x1, y1, side1), (x2, y2, side2) = (
        (box.x + box.w / 2, box.y + box.h / 2, max(box.w, box.h)) for box in (first, second)
    )
    width, height = ((side1 + side2) / 2 - abs(b - a) for a, b in ((x1, x2), (y1, y2)))
    shared = max(0.0, min(width, side1, side2)) * max(0.0, min(height, side1, side2))
    return shared / (side1**2 + side2**2 - shared)
