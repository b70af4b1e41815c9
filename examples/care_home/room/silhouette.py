"""The outline of a person in 24 × 24 points of black and white: all that may ever be seen of somebody, in an alarm."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from common import Box
from common.monitoring.boxes import MARGIN
from common.optional import require

SIDE = 24
N_DIGITS = SIDE * SIDE // 4  # hexadecimal
_ROUNDS = 3
_ROOM = 1.05  # around the box, outside of which nobody is
_CORE = 0.5  # of the ellipse within the box, inside of which somebody surely is


def silhouette(picture: npt.NDArray[np.uint8], box: Box) -> str:
    """The outline of the person in a picture, as 144 hexadecimal digits, row by row from the upper left.

    Outside the box is background, its middle is the person, and what lies between belongs to whichever it resembles
    (GrabCut). No grey level, no colour and no more than 576 points are left of the picture.

    Parameters
    ----------
    picture : ndarray of uint8, shape (height, width, 3)
        The square that was cut around the person.
    box : Box
        Around the person, in pixels of the whole frame.

    References
    ----------
    Rother, Kolmogorov and Blake: "GrabCut": interactive foreground extraction using iterated graph cuts. ACM
    Transactions on Graphics 23(3), 2004.

    Raises
    ------
    MissingDependencyError
        If OpenCV is not installed.
    """
    cv2 = require("cv2", extra="video", purpose="drawing the outline of a person")
    mask = _guess(cv2, picture.shape[:2], box)
    cv2.setRNGSeed(0)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(np.ascontiguousarray(picture), mask, None, *models, _ROUNDS, cv2.GC_INIT_WITH_MASK)
    person = _largest(cv2, (mask % 2).astype(np.uint8))  # GrabCut's marks of the foreground are odd
    points = cv2.resize(person.astype(np.float32), (SIDE, SIDE), interpolation=cv2.INTER_AREA) > 0.5
    return np.packbits(points.ravel()).tobytes().hex()


def _guess(cv2: Any, shape: tuple[int, ...], box: Box) -> npt.NDArray[np.uint8]:
    """What is sure and what is probable before a pixel was looked at: the person fills the middle of the square."""
    height, width = shape
    side = max(box.w, box.h) * (1 + 2 * MARGIN)
    rows, columns = np.mgrid[:height, :width]
    across = (columns + 0.5 - width / 2) / (box.w / side * width / 2)
    down = (rows + 0.5 - height / 2) / (box.h / side * height / 2)
    distance = np.hypot(across, down)
    mask = np.full((height, width), cv2.GC_BGD, np.uint8)
    mask[(np.abs(across) <= _ROOM) & (np.abs(down) <= _ROOM)] = cv2.GC_PR_BGD
    mask[distance <= 1] = cv2.GC_PR_FGD
    mask[distance <= _CORE] = cv2.GC_FGD
    return mask


def _largest(cv2: Any, mask: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """The largest part of the foreground: specks are no person."""
    _, parts, stats, _ = cv2.connectedComponentsWithStats(mask)
    return np.asarray(parts == 1 + int(stats[1:, 4].argmax())).astype(np.uint8)
