"""Annotations of YOLO: a text file beside each image, with a line for each object, in fractions of the frame.

What annotation programs and people write is read: byte order marks, blank lines, comments, a class of ``1.0``, a
confidence after the box, polygons instead of boxes, and numbers a little beyond the frame, which are cut.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from common.errors import InvalidInputError
from common.validation import encoding_by_mark, read_file_bytes

if TYPE_CHECKING:
    from fall.images import Box

_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"  # as a byte order mark reads
#: A frame of a thousand people has less.
_MAX_BYTES = 100_000
#: Decimals are rounded, often to six: what lies this little beyond the frame is not worth a word.
_ROUNDING = 1e-5
#: Further beyond the frame, numbers are no fractions, but pixels or percent.
_MOST_BEYOND = 0.05


@dataclass(frozen=True)
class LabeledBox:
    """An object: its class, and its box in fractions of the frame.

    Attributes
    ----------
    kind : int
        The number of the class.
    center_x, center_y, width, height : float
    was_cut : bool
        Whether it reached beyond the frame.
    """

    kind: int
    center_x: float
    center_y: float
    width: float
    height: float
    was_cut: bool = False

    def box(self, frame_width: int, frame_height: int) -> Box:
        """The box in pixels."""
        from fall.images import Box

        return Box(
            x=(self.center_x - self.width / 2) * frame_width,
            y=(self.center_y - self.height / 2) * frame_height,
            w=self.width * frame_width,
            h=self.height * frame_height,
        )


def read_boxes(file: Path) -> list[LabeledBox]:
    """The objects of an annotation; none if it is empty.

    Raises
    ------
    InvalidInputError
        If it cannot be read, or a line is in another format.
    """
    return parse_boxes(read_label_text(file))


def parse_boxes(text: str) -> list[LabeledBox]:
    """The objects of an annotation's text.

    Raises
    ------
    InvalidInputError
        Naming the first line in another format.

    Examples
    --------
    >>> parse_boxes("# anna\\n\\n1.0 0.5 0.5 0.2 0.4 0.97")
    [LabeledBox(kind=1, center_x=0.5, center_y=0.5, width=0.2, height=0.4, was_cut=False)]
    """
    boxes = []
    for number, line in enumerate(text.splitlines(), start=1):
        content = line.partition("#")[0].strip()
        if not content:
            continue
        try:
            boxes.append(_parse_line(content))
        except ValueError as error:
            raise InvalidInputError(
                f"line {number} says {content[:80]!r} ({error}); expected class, cx, cy, w, h in fractions of the frame"
            ) from error
    return boxes


def read_label_text(file: Path) -> str:
    """A small text file in the encoding of its byte order mark, or else in UTF-8.

    Raises
    ------
    InvalidInputError
        If it is not a regular file, or much larger than annotations are.
    """
    content = read_file_bytes(file, max_bytes=_MAX_BYTES)
    text = content.decode(encoding_by_mark(content) or "utf-8", errors="replace")
    return text.replace(_MARK, "")  # files put together have a mark at each beginning


def _parse_line(line: str) -> LabeledBox:
    words = line.split()
    kind, *numbers = map(float, words)
    if not (kind.is_integer() and 0 <= kind < 100_000):
        raise ValueError("the class is not a whole number")
    if not all(map(math.isfinite, numbers)):
        raise ValueError("a number is not finite")
    if len(numbers) == 5 and not -_MOST_BEYOND <= numbers[4] <= 1 + _MOST_BEYOND:
        raise ValueError("the confidence is not between 0 and 1")
    if len(numbers) in (4, 5):
        return _cut(int(kind), *numbers[:4])
    if len(numbers) == 6 and words[-1].isdecimal():  # as programs that follow people write it
        raise ValueError("it may be a triangle, or a box with a confidence and a track: remove the last two numbers")
    if len(numbers) >= 6 and len(numbers) % 2 == 0:
        return _around(int(kind), numbers[::2], numbers[1::2])
    raise ValueError(f"{len(numbers)} numbers after the class are neither a box nor a polygon")


def _around(kind: int, xs: list[float], ys: list[float]) -> LabeledBox:
    """The box around a polygon."""
    left, right, top, bottom = min(xs), max(xs), min(ys), max(ys)
    return _cut(kind, (left + right) / 2, (top + bottom) / 2, right - left, bottom - top)


def _cut(kind: int, center_x: float, center_y: float, width: float, height: float) -> LabeledBox:
    """The part of a box within the frame."""
    least, most = -_MOST_BEYOND, 1 + _MOST_BEYOND
    if not (0 < width <= most and 0 < height <= most and least <= center_x <= most and least <= center_y <= most):
        raise ValueError("a value is out of range")
    left, right = center_x - width / 2, center_x + width / 2
    top, bottom = center_y - height / 2, center_y + height / 2
    beyond = max(-left, -top, right - 1, bottom - 1)
    if beyond <= 0:
        return LabeledBox(kind, center_x, center_y, width, height)
    left, right, top, bottom = max(left, 0.0), min(right, 1.0), max(top, 0.0), min(bottom, 1.0)
    if left >= right or top >= bottom:
        raise ValueError("the box lies outside the frame")
    return LabeledBox(
        kind, (left + right) / 2, (top + bottom) / 2, right - left, bottom - top, was_cut=beyond > _ROUNDING
    )
