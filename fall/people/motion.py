"""Find what moves before a still camera, by background subtraction that does not absorb the people it knows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from common.monitoring.boxes import Box
from common.optional import require
from common.validation import check_choice, check_number
from fall.people.detection import Detection, Image, clip

_WIDTH = 320  # pixels in which a frame is compared: people are large, and noise averages out
_SHADOW = 127  # OpenCV's mark of shadows
_FRAMES = 300  # that the background remembers
_CHANGE = 12  # grey levels between frames that count as movement
_SCORE = 0.55
_ROOM = 0.15  # around a known person, where nothing is learnt either


class MotionDetector:
    """Boxes of what differs from the background, for cameras that stand still.

    Parameters
    ----------
    method : {"mog2", "knn"}
        OpenCV's mixture of Gaussians or nearest neighbours.
    min_area : float
        Smallest part of the frame that counts as a person.
    min_movement : float
        Part of a box's foreground that must have changed since the last frame. What has left its place, such as a chair
        that was pushed, differs from the background too, but does not move.

    Raises
    ------
    InvalidInputError
        If the method is none of those, or a fraction is out of its range.
    MissingDependencyError
        If OpenCV is not installed.

    Notes
    -----
    The background is learnt except where :meth:`learn` is told that people are, so that somebody who lies still does
    not become part of it. Every score is 0.55, since motion does not tell people from what else moves: a tracker
    should ask for several in a row.

    References
    ----------
    Zivkovic and van der Heijden: Efficient adaptive density estimation per image pixel for the task of background
    subtraction. Pattern Recognition Letters 27(7), 2006.

    Examples
    --------
    >>> motion = MotionDetector()
    >>> for number in range(12):  # a white bar moves through a black picture
    ...     frame = np.zeros((120, 160, 3), np.uint8)
    ...     frame[40:80, 10 * number : 10 * number + 20] = 255
    ...     found = motion(frame)
    ...     motion.learn(frame, [detection.box for detection in found])
    >>> found[0].box.h, motion.foreground_in(found[0].box) > 0
    (40.0, True)
    >>> motion.reset()  # before another video
    """

    def __init__(self, method: str = "mog2", *, min_area: float = 0.002, min_movement: float = 0.02) -> None:
        self._method = check_choice(method, "method", ("mog2", "knn"))
        self._min_area = check_number(min_area, "min_area", above=0, below=1)
        self._min_movement = check_number(min_movement, "min_movement", at_least=0, below=1)
        self._cv2: Any = require("cv2", extra="video", purpose="finding people by motion")
        self.reset()

    def reset(self) -> None:
        """Forget the background, for another video."""
        self._shape: tuple[int, ...] = ()
        self._mask: npt.NDArray[np.uint8] | None = None
        self._previous: Image | None = None

    def __repr__(self) -> str:
        return f"MotionDetector({self._method!r}, min_area={self._min_area}, min_movement={self._min_movement})"

    def __call__(self, frame: Image) -> list[Detection]:
        """What differs from the background and moves, the largest first."""
        small, grey = self._reduced(frame)
        if frame.shape != self._shape:
            self._start(frame, small, grey)
            return []
        foreground = self._mask = self._foreground(small)
        moved = self._cv2.absdiff(grey, self._previous) > _CHANGE
        self._previous = grey
        n, _, stats, _ = self._cv2.connectedComponentsWithStats(foreground, connectivity=8)
        scale = frame.shape[1] / small.shape[1]
        found = []
        for left, top, width, height, area in sorted(stats[1:n].tolist(), key=lambda each: -each[-1]):
            window = slice(top, top + height), slice(left, left + width)
            movement = (moved[window] & (foreground[window] > 0)).sum() / area
            box = clip(Box(left * scale, top * scale, width * scale, height * scale), frame.shape[1], frame.shape[0])
            if area >= self._min_area * foreground.size and movement >= self._min_movement and box is not None:
                found.append(Detection(box, _SCORE))
        return found

    def foreground_in(self, box: Box) -> float:
        """How many pixels of the last frame, in a box, differ from the background, as a part of the whole frame."""
        if self._mask is None:
            return 0.0
        scale = self._mask.shape[1] / self._shape[1]
        top, bottom = round(box.y * scale), round((box.y + box.h) * scale)
        left, right = round(box.x * scale), round((box.x + box.w) * scale)
        return float(self._mask[max(0, top) : max(0, bottom), max(0, left) : max(0, right)].sum() / self._mask.size)

    def learn(self, frame: Image, people: Sequence[Box]) -> None:
        """Learn the background from a frame that was just asked about, except where people are."""
        small, _ = self._reduced(frame)
        background = self._subtractor.getBackgroundImage()
        scale = small.shape[1] / frame.shape[1]
        for box in people:
            room = _ROOM * max(box.w, box.h)
            top, bottom = (max(0, round(edge * scale)) for edge in (box.y - room, box.y + box.h + room))
            left, right = (max(0, round(edge * scale)) for edge in (box.x - room, box.x + box.w + room))
            small[top:bottom, left:right] = background[top:bottom, left:right]
        self._subtractor.apply(small, learningRate=-1)

    def _start(self, frame: Image, small: Image, grey: Image) -> None:
        create = {"mog2": self._cv2.createBackgroundSubtractorMOG2, "knn": self._cv2.createBackgroundSubtractorKNN}
        self._subtractor = create[self._method](history=_FRAMES, detectShadows=True)
        self._subtractor.apply(small, learningRate=1)
        self._previous, self._shape, self._mask = grey, frame.shape, None

    def _foreground(self, small: Image) -> npt.NDArray[np.uint8]:
        """1 where a picture differs from the background: without shadows and specks, parts of a body joined."""
        cv2 = self._cv2
        mask = (self._subtractor.apply(small, learningRate=0) > _SHADOW).astype(np.uint8)
        mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
        return np.asarray(cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((13, 9), np.uint8)))

    def _reduced(self, frame: Image) -> tuple[Image, Image]:
        """A small copy, in color and in grey."""
        scale = min(1.0, _WIDTH / frame.shape[1])
        size = max(1, round(frame.shape[1] * scale)), max(1, round(frame.shape[0] * scale))
        small = self._cv2.resize(frame, size, interpolation=self._cv2.INTER_AREA)
        if small is frame:
            small = frame.copy()
        return small, self._cv2.GaussianBlur(self._cv2.cvtColor(small, self._cv2.COLOR_RGB2GRAY), (5, 5), 0)
