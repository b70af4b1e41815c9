"""The outline of a person in 24 × 24 points of black and white: all that may ever be seen of somebody, in an alarm."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from common.optional import require

SIDE = 24
N_DIGITS = SIDE * SIDE // 4  # hexadecimal
_ROUNDS = 3
_EDGE = 0.08  # of the picture: the person fills the middle, since it was cut around them
_MOST = 0.75  # of the points; an outline that fills its square is none


def silhouette(picture: npt.NDArray[np.uint8]) -> str | None:
    """The outline of the person in a picture, as 144 hexadecimal digits, row by row from the upper left; None if lost.

    The background is what resembles the edge of the picture (GrabCut). No grey level, no colour and no more than 576
    points are left of the picture.

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
    height, width = picture.shape[:2]
    x, y = round(_EDGE * width), round(_EDGE * height)
    mask = np.zeros((height, width), np.uint8)
    cv2.setRNGSeed(0)
    cv2.grabCut(
        np.ascontiguousarray(picture),
        mask,
        (x, y, width - 2 * x, height - 2 * y),
        np.zeros((1, 65)),
        np.zeros((1, 65)),
        _ROUNDS,
        cv2.GC_INIT_WITH_RECT,
    )
    person = _largest(cv2, (mask % 2).astype(np.uint8))  # GrabCut's marks of the foreground are odd
    points = cv2.resize(person.astype(np.float32), (SIDE, SIDE), interpolation=cv2.INTER_AREA) > 0.5
    if not 0.0 < points.mean() <= _MOST:
        return None
    return np.packbits(points.ravel()).tobytes().hex()


def _largest(cv2: object, mask: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """The largest part of the foreground: specks are no person."""
    n, parts, stats, _ = cv2.connectedComponentsWithStats(mask)  # type: ignore[attr-defined]
    if n < 2:
        return mask
    return np.asarray(parts == 1 + int(stats[1:, 4].argmax())).astype(np.uint8)
