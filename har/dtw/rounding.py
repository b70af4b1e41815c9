"""How far a float32 DTW distance can be from the float64 one.

Two errors add up. Let u = 2⁻²⁴.

*Arithmetic.* All terms are positive, and on the way from a local cost to the end of a path of at most 2n − 1 cells a
term is rounded 2n + channels + 2 times at most: the squared distance is off by a factor of 1 ± γ,
γ = (2n + channels + 4) u (Higham, *Accuracy and Stability of Numerical Algorithms*, 2002, section 3.1).

*Inputs.* Along a path the distance is the Euclidean norm of the differences. Rounding a sample x moves them by u ‖x‖ at
most, so all of them together by √(2n − 1) u (reach of the query + reach of the reference), where a window's *reach* is
the largest norm of a sample. Offsets do not matter to DTW, so the centre of the data is taken off before: only what is
left is rounded.

Numbers that fall below the smallest of float32 or of float64 are covered by a floor. Windows that float32 cannot
hold, or whose squares float64 cannot, have an infinite reach: nothing is then concluded from float32.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from common.compiled import compiled
from common.validation import FloatArray

_U = 2.0**-24
#: Beyond this many units, squares and their sums come near the largest float32 number.
_FARTHEST = 2.0**50
#: Beyond this, squares come near the largest float64 number.
_LARGEST = 1e150


@dataclass(frozen=True)
class Rounding:
    """Bounds for distances ``d`` in units: the float64 distance is within d (1 ± relative) ± error of two reaches."""

    relative: float
    per_reach: float
    floor: float

    @classmethod
    def of(cls, n_timesteps: int, n_channels: int, scale: float) -> "Rounding":
        """The bounds for windows of this shape, of which 1 / ``scale`` is the unit."""
        path = 2 * n_timesteps - 1
        gamma = (path + n_channels + 5) * _U
        if gamma > 0.1:  # a window of a million samples
            return cls(0.0, 1.0, np.inf)
        # A hundredth more covers the second order, and the rounding of float64 and of these bounds.
        floor = 4 * np.sqrt(path * (n_channels + 1)) * (2.0**-63 + scale * 2.0**-511)
        return cls(1.01 * gamma, 1.01 * _U * np.sqrt(path), floor)


def typical_units(X: FloatArray) -> tuple[npt.NDArray[np.float64], float]:
    """The centre of windows ``(n, n_timesteps, n_channels)``, and the power of two that makes them about one.

    Medians, for single spikes should not set the unit of everything else.
    """
    centre = np.median(X.astype(np.float64), axis=(0, 1))
    with np.errstate(over="ignore"):
        sizes = np.abs(X - centre).max(axis=(1, 2))
    sizes = sizes[(sizes > 0) & np.isfinite(sizes)]
    if not len(sizes):
        return centre, 1.0
    return centre, float(np.ldexp(1.0, -np.clip(np.frexp(np.median(sizes))[1], -1_000, 1_000)))


@compiled
def standardise(window: Any, centre: Any, scale: float, out: Any) -> float:
    """``out`` becomes a flat window less the centre, in units, in float32; the window's reach is returned."""
    n_channels = len(centre)
    reach, largest = 0.0, 0.0
    for at in range(0, len(window), n_channels):
        squares = 0.0
        for c in range(n_channels):
            value = (window[at + c] - centre[c]) * scale
            squares += value * value
            largest = max(largest, abs(window[at + c]))
            out[at + c] = value
        reach = max(reach, np.sqrt(squares))
    if reach <= _FARTHEST and largest <= _LARGEST:
        return reach
    out[:] = 0.0
    return np.inf
