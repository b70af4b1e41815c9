"""What a detector says of a frame: boxes with scores; and how boxes are compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.monitoring.boxes import Box
from common.validation import FloatArray

Image = npt.NDArray[np.uint8]  # (height, width, 3), RGB
Point: TypeAlias = tuple[float, float]  # x, y in pixels

_MOST = 0.6  # of the smaller box


@dataclass(frozen=True)
class Detection:
    """A person in a frame.

    Attributes
    ----------
    box : Box
        In pixels of the frame; parts outside the frame have been cut off.
    score : float
        From 0 to 1; what it means is up to the detector.
    hips, top : (float, float) or None
        The center of the hips, and the point above it on the circle around the whole body, if the detector knows them.
        A person who stands has ``top`` straight above ``hips``.

    Examples
    --------
    >>> Detection(Box(100, 80, 60, 170), score=0.9, hips=(130.0, 170.0), top=(130.0, 70.0)).score
    0.9
    """

    box: Box
    score: float
    hips: Point | None = None
    top: Point | None = None


# A detector is any function of a frame; the boxes may come as Detections or as rows (x, y, w, h, score).
Detector: TypeAlias = Callable[[Image], "Sequence[Detection] | Sequence[Sequence[float]] | FloatArray"]


def as_detections(found: Any, frame: Image, detector: str) -> list[Detection]:
    """The answer of any detector as detections inside the frame; boxes outside it are dropped.

    Raises
    ------
    InvalidInputError
        If the answer holds anything but Detections or rows ``(x, y, w, h, score)``.

    Examples
    --------
    >>> as_detections([(-10, 20, 30, 40, 0.9)], np.zeros((48, 64, 3), np.uint8), "mine")
    [Detection(box=Box(x=0.0, y=20.0, w=20.0, h=28.0), score=0.9, hips=None, top=None)]
    """
    if not isinstance(found, Iterable):
        raise _wrong_answer(detector, found)
    detections = (_as_detection(row, detector) for row in found)
    inside = ((clip(detection.box, frame.shape[1], frame.shape[0]), detection) for detection in detections)
    return [Detection(box, float(detection.score), detection.hips, detection.top) for box, detection in inside if box]


def clip(box: Box, width: int, height: int) -> Box | None:
    """The part of a box inside the frame; None if that is smaller than two pixels in either direction."""
    left, right = max(float(box.x), 0.0), min(float(box.x + box.w), width)
    top, bottom = max(float(box.y), 0.0), min(float(box.y + box.h), height)
    return Box(left, top, right - left, bottom - top) if min(right - left, bottom - top) >= 2 else None


def intersection_over_union(first: Sequence[Box], second: Sequence[Box]) -> FloatArray:
    """The overlap of every box of ``first`` with every one of ``second``, from 0 to 1.

    Examples
    --------
    >>> intersection_over_union([Box(0, 0, 2, 2)], [Box(0, 0, 2, 2), Box(1, 0, 2, 2), Box(5, 5, 1, 1)]).round(2)
    array([[1.  , 0.33, 0.  ]])
    """
    a, b = _edges(first)[:, None], _edges(second)[None]
    sides = np.minimum(a[..., 2:], b[..., 2:]) - np.maximum(a[..., :2], b[..., :2])
    shared = sides.clip(0).prod(axis=-1)
    areas = (a[..., 2:] - a[..., :2]).prod(axis=-1) + (b[..., 2:] - b[..., :2]).prod(axis=-1)
    return np.asarray(shared / np.maximum(areas - shared, 1e-9))


def shares_most(first: Box, second: Box) -> bool:
    """Whether most of the smaller of two boxes lies in the other: then they are one person, or a part of one."""
    width = min(first.x + first.w, second.x + second.w) - max(first.x, second.x)
    height = min(first.y + first.h, second.y + second.h) - max(first.y, second.y)
    return min(width, height) > 0 and width * height > _MOST * min(first.w * first.h, second.w * second.h)


def suppress(detections: Sequence[Detection]) -> list[Detection]:
    """The surest detection of each person (greedy non-maximum suppression)."""
    kept: list[Detection] = []
    for detection in sorted(detections, key=lambda each: -each.score):
        if not any(shares_most(detection.box, other.box) for other in kept):
            kept.append(detection)
    return kept


def center(box: Box) -> Point:
    """The middle of a box."""
    return box.x + box.w / 2, box.y + box.h / 2


def _edges(boxes: Sequence[Box]) -> FloatArray:
    """Left, top, right and bottom edge of each box, ``(n, 4)``."""
    return np.array([(box.x, box.y, box.x + box.w, box.y + box.h) for box in boxes], np.float64).reshape(-1, 4)


def _as_detection(row: Any, detector: str) -> Detection:
    if isinstance(row, Detection):
        numbers = (row.box.x, row.box.y, row.box.w, row.box.h, row.score)
    else:
        try:
            numbers = tuple(float(number) for number in row)  # type: ignore[assignment]  # counted below
        except (TypeError, ValueError) as error:
            raise _wrong_answer(detector, row) from error
    if len(numbers) != 5 or not np.isfinite(numbers).all() or min(numbers[2:4]) < 0 or not 0 <= numbers[4] <= 1:
        raise _wrong_answer(detector, row)
    return row if isinstance(row, Detection) else Detection(Box(*numbers[:4]), numbers[4])


def _wrong_answer(detector: str, answer: Any) -> InvalidInputError:
    return InvalidInputError(
        f"the detector {detector} answered {str(answer)[:80]!r}; it must return a list of fall.people.Detection, or "
        "rows (x, y, w, h, score) with the box in pixels and a score from 0 to 1"
    )
