"""What can be said of a picture before anybody is looked for in it: whether it shows anything, and whether it moved."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image

_LEAST_SIDE = 64  # of fewer pixels a person is a blot
_SMALL = (80, 60)
_CHANGE, _LEAST_CHANGED = 12.0, 4  # grey levels, and pixels of the small picture
_CONTRAST = 2.0  # standard deviation in grey levels: less is a covered lens, or the dark

Picture = npt.NDArray[np.uint8]


class PictureCheck:
    """Looks at the pictures of one camera in turn.

    Examples
    --------
    >>> check = PictureCheck()
    >>> check.fault(np.zeros((1, 1, 3), np.uint8))
    'its pictures have 1 x 1 pixels, too few to see a person'
    >>> check.fault(np.full((480, 640, 3), 127, np.uint8))
    'its pictures are all of one colour: the lens is covered, or it is dark'
    """

    def __init__(self) -> None:
        self._small: npt.NDArray[np.float64] | None = None

    def fault(self, picture: Picture) -> str:
        """Why nobody could be seen in this picture; empty if somebody could."""
        height, width = picture.shape[:2]
        if min(height, width) < _LEAST_SIDE:
            return f"its pictures have {width} x {height} pixels, too few to see a person"
        if float(_reduced(picture).std()) < _CONTRAST:
            return "its pictures are all of one colour: the lens is covered, or it is dark"
        return ""

    def moved(self, picture: Picture) -> bool:
        """Whether it differs from the one before."""
        small, before = _reduced(picture), self._small
        self._small = small
        return before is None or int((np.abs(small - before) > _CHANGE).sum()) >= _LEAST_CHANGED


def _reduced(picture: Picture) -> npt.NDArray[np.float64]:
    """A small grey copy, in which noise averages out."""
    return np.asarray(Image.fromarray(picture).convert("L").resize(_SMALL, Image.Resampling.BOX), np.float64)
