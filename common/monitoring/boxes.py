"""Boxes in the pixels of a camera frame, and the square crop around a person's box."""

from __future__ import annotations

from dataclasses import dataclass

# Empty space on each side of a crop, as a fraction of the longer side of the person's box.
MARGIN = 0.1


@dataclass(frozen=True)
class Box:
    """A person's bounding box in pixels of the full frame.

    Attributes
    ----------
    x, y : float
        Left edge and top edge; y grows downwards.
    w, h : float
        Width and height.

    Examples
    --------
    >>> box = Box(x=100, y=80, w=60, h=170)
    >>> box.h > box.w  # a standing person is taller than wide
    True
    """

    x: float
    y: float
    w: float
    h: float


def square_around(
    center: tuple[float, float], longest: float, frame: tuple[int, int], *, margin: float = MARGIN
) -> tuple[float, float, float]:
    """Left edge, top edge and side of the square crop around a box.

    The square leaves ``margin`` on each side of the box. Near an edge of the frame it is shifted inside. The margin
    shrinks before the square becomes larger than the frame; only a box longer than the frame's shorter side needs a
    square that extends beyond the frame.

    Parameters
    ----------
    center : (float, float)
        Center of the box, x and y in pixels.
    longest : float
        Longer side of the box in pixels.
    frame : (int, int)
        Width and height of the frame in pixels.
    margin : float
        Fraction of ``longest``.

    Examples
    --------
    >>> square_around((540, 200), 200, (720, 480), margin=0.25)
    (390.0, 50.0, 300.0)
    >>> square_around((20, 200), 200, (720, 480), margin=0.25)
    (0.0, 50.0, 300.0)
    """
    side = max(longest, min(longest * (1 + 2 * margin), *frame))
    return _start(center[0], side, frame[0]), _start(center[1], side, frame[1]), side


def _start(center: float, side: float, length: int) -> float:
    """Where a side around ``center`` starts: shifted into the frame, or centered on a frame that is too short."""
    if side > length:
        return (length - side) / 2
    return min(max(center - side / 2, 0.0), length - side)
