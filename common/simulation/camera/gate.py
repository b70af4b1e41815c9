"""A motion gate: has the picture changed since the last one, judged by blocks of its pixels."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from common.validation import FloatArray

COLUMNS = 80  # of the small picture of the whole view
_BLOCK = 4  # pixels of it: 32 of the full frame
_BRIGHTNESSES, _QUANTILE = 6, 0.75  # groups of blocks of similar brightness, and the noise of a group

# Chosen on rooms of seeds up to 50: in 20,000 pairs of pictures of motionless rooms no block came above 0.8 of this.
_SIGMAS = 9.0
_LEAST = 2.0  # grey levels; a change that nobody would see opens nothing


class MotionGate:
    """Compares each picture with the one before.

    The noise is estimated from the two pictures alone, as nobody tells a camera how dark it is.

    Examples
    --------
    >>> gate, picture = MotionGate(), np.full((60, 80, 3), 100, np.uint8)
    >>> brighter = picture.copy()
    >>> brighter[20:30, 40:50] += 30
    >>> [gate.differs(each) for each in (picture, picture, brighter, brighter)]
    [False, False, True, False]
    """

    def __init__(self) -> None:
        self._last: FloatArray | None = None

    def differs(self, picture: npt.NDArray[np.uint8]) -> bool:
        """Whether a picture ``(rows, columns, 3)`` differs from the last one beyond noise; the first does not."""
        grey = picture.mean(axis=2)
        last, self._last = self._last, grey
        return last is not None and largest_change(last, grey) > 1.0


def largest_change(first: FloatArray, second: FloatArray) -> float:
    """The largest change of a block of two grey pictures ``(rows, columns)``, in units of the gate's threshold."""
    rows, columns = (side // _BLOCK for side in first.shape)
    blocks = _blocks(second - first, rows, columns)
    # Within a block the mean cancels, so that its deviation is noise even where the light has changed. It is about the
    # same wherever the picture is as bright; a quantile passes over the few blocks in which something moves.
    deviation, order = blocks.std(axis=1, ddof=1), np.argsort(_blocks(first, rows, columns).mean(axis=1))
    noise = np.empty(len(blocks))
    for alike in np.array_split(order, _BRIGHTNESSES):
        noise[alike] = np.quantile(deviation[alike], _QUANTILE) / _BLOCK
    return float((np.abs(blocks.mean(axis=1)) / np.maximum(_SIGMAS * noise, _LEAST)).max())


def _blocks(picture: FloatArray, rows: int, columns: int) -> FloatArray:
    """The pixels of each block ``(n_blocks, pixels)``."""
    whole = picture[: rows * _BLOCK, : columns * _BLOCK]
    return whole.reshape(rows, _BLOCK, columns, _BLOCK).swapaxes(1, 2).reshape(rows * columns, _BLOCK**2)
