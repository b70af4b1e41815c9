"""From distances to a class: the nearest prototype, or a linear readout of all distances."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from common.compiled import compiled
from har.embedded.arithmetic import (
    LOG2_TABLE,
    UINT32_MAX,
    inverse_sqrt,
    log2_q11,
    saturate16,
    shift_right,
    wide,
)

UInt32Array = npt.NDArray[np.uint32]
Int32Array = npt.NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class LinearReadout:
    """Class scores as weighted sums of what the distances D_p (``uint32_t``) say.

    Features of prototype p, both ``int16_t``:

    - ``saturate16(log2_q11(max(D_p, 1)) − 32768)``: the logarithm, in units of 2**-11 about 2**16;
    - its share of the sum, in Q15: with ``d_p = D_p >> share_shift``, ``y, s = inverse_sqrt(max(Σ d, 1))`` and
      ``z = shift_right(y · y, 15)``, it is ``saturate16(shift_right(((d_p << 2 s) >> 16) · z, 14))``. The sum of all d
      fits ``uint32_t``.

    Scores are ``int32_t``: ``bias[k] + Σ_p log_weights[k, p] · log_p + Σ_p share_weights[k, p] · share_p``. They cannot
    overflow: the absolute weights of a class times 32,768, plus its absolute bias, stay below 2**31. The class is that
    of the largest score, the first of equals.

    Attributes
    ----------
    log_weights, share_weights : ndarray of int16 of shape (n_classes, n_prototypes)
    bias : ndarray of int32 of shape (n_classes,)
    share_shift : int
        The bits of the number of prototypes minus one.
    score_scale : float
        Log-odds = score · score_scale; for people, not for the decision.
    """

    log_weights: npt.NDArray[np.int16]
    share_weights: npt.NDArray[np.int16]
    bias: Int32Array
    share_shift: int
    score_scale: float

    def scores(self, distances: UInt32Array) -> Int32Array:
        """Scores ``(n, n_classes)`` of distances ``(n, n_prototypes)``."""
        out = np.empty((len(distances), len(self.bias)), dtype=np.int32)
        _scores(distances, self.log_weights, self.share_weights, self.bias, self.share_shift, LOG2_TABLE, out)
        return out


@dataclass(frozen=True, eq=False)
class Decisions:
    """What the recogniser says of windows, one entry each.

    Attributes
    ----------
    class_index : ndarray of int16 of shape (n,)
        Position in ``classes``; −1 where the distance reaches the rejection threshold.
    prototype : ndarray of int16 of shape (n,)
        The nearest one.
    distance : ndarray of uint32 of shape (n,)
        To it.
    """

    class_index: npt.NDArray[np.int16]
    prototype: npt.NDArray[np.int16]
    distance: UInt32Array


def decide_nearest(
    prototype: npt.NDArray[np.int16], distance: UInt32Array, class_indices: npt.NDArray[np.uint8], threshold: int
) -> Decisions:
    """The class of the nearest prototype; −1 where ``distance >= threshold``."""
    found = class_indices[prototype].astype(np.int16)
    return Decisions(np.where(distance >= threshold, np.int16(-1), found), prototype, distance)


def decide_by_readout(distances: UInt32Array, readout: LinearReadout, threshold: int) -> Decisions:
    """The class of the largest score; −1 where the distance to the nearest prototype is at least ``threshold``."""
    prototype = distances.argmin(axis=1).astype(np.int16)
    distance = distances[np.arange(len(distances)), prototype]
    found = readout.scores(distances).argmax(axis=1).astype(np.int16)
    return Decisions(np.where(distance >= threshold, np.int16(-1), found), prototype, distance)


def least_shift(n_prototypes: int) -> int:
    """The shift after which the sum of this many ``uint32_t`` fits ``uint32_t``."""
    shift = (n_prototypes - 1).bit_length()
    assert n_prototypes * (UINT32_MAX >> shift) <= UINT32_MAX
    return shift


@compiled
def _scores(
    distances: Any, log_weights: Any, share_weights: Any, bias: Any, share_shift: int, table: Any, out: Any
) -> None:
    for a in range(len(distances)):
        total = 0
        for distance in distances[a]:
            total += wide(distance) >> share_shift
        y, shift = inverse_sqrt(max(total, 1))
        inverse = shift_right(y * y, 15)
        for k in range(len(bias)):
            score = wide(bias[k])
            for p in range(distances.shape[1]):
                distance = wide(distances[a, p])
                logarithm = saturate16(log2_q11(max(distance, 1), table) - 32768)
                part = ((distance >> share_shift) << (2 * shift)) >> 16
                share = saturate16(shift_right(part * inverse, 14))
                score += wide(log_weights[k, p]) * logarithm + wide(share_weights[k, p]) * share
            out[a, k] = score
