"""Bounds on the difference between a DTW distance in float32 and the same distance in float64.

There are two sources of error. Let u = 2⁻²⁴.

*Arithmetic.* All terms are positive. From its local cost to the end of a path of at most 2n − 1 cells, a term is
rounded at most 2n + channels + 2 times: the squared distance is off by a factor of 1 ± γ with γ = (2n + channels + 4) u
(Higham, *Accuracy and Stability of Numerical Algorithms*, 2002, section 3.1). Lower bounds may be sums of 16 · channels
terms (:mod:`har.dtw.search.bounds`): γ = (2n + 16 channels + 4) u covers everything.

*Inputs.* Along a path, the distance is the Euclidean norm of the differences. Rounding a sample x changes its
difference by at most u ‖x‖, so it changes the distance by at most √(2n − 1) u (norm of the query + norm of the
reference), where the *norm* of a window is the largest Euclidean norm of any of its samples. DTW ignores a common
offset; subtracting the centre of the data before rounding makes these norms small. Outlines are rounded once more,
which moves their distances by at most √(n · channels) u (norm of the query + norm of the reference).

*Integers.* A search may round windows to whole numbers instead. Each value moves by at most one half, and the distance
by at most √((2n − 1) · channels) for both windows together. Costs of samples are then exact before they are rounded to
float32, once.

Numbers that underflow in float32 or float64 are covered by a constant, the *floor*. The norm of windows that float32
cannot hold, or whose squares float64 cannot hold, is set to infinity: the bound is then infinite, too. Windows whose
squared distances may overflow are refused before they are searched.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from common.compiled import compiled
from common.errors import InvalidInputError
from common.validation import Float64Array, FloatArray

_U = 2.0**-24
#: In units: squares of larger numbers, and their sums, may overflow in float32.
_MAX_NORM = 2.0**50
#: Squares of larger numbers may overflow in float64.
_MAX_VALUE = 1e150

_ADVICE = "too large: their squares overflow. Scale X, such as by har.preprocessing.ScaleChannels"


@dataclass(frozen=True)
class Rounding:
    """The float64 distance is within d (1 ± relative) ± (floor + per_norm · sum of both norms) of a float32 distance d.

    All distances and norms are in units of 1 / ``scale``.
    """

    relative: float
    per_norm: float
    floor: float

    @classmethod
    def of(cls, n_timesteps: int, n_channels: int, scale: float, *, integers: bool = False) -> Rounding:
        """The bounds for windows of this shape and scale, and of whole numbers if ``integers``."""
        path = 2 * n_timesteps - 1
        gamma = (path + 16 * n_channels + 5) * _U
        if gamma > 0.1:  # for windows of about a million samples, float32 tells nothing
            return cls(0.0, 1.0, np.inf)
        # One per cent more covers second-order terms, and the rounding of float64 and of these bounds.
        floor = 4 * np.sqrt(path * (n_channels + 1)) * (2.0**-63 + scale * 2.0**-511)
        if integers:
            floor += 1.01 * np.sqrt(path * n_channels)
        return cls(1.01 * gamma, 1.01 * _U * (np.sqrt(path) + np.sqrt(n_timesteps * n_channels)), floor)


def centre_and_scale(X: FloatArray) -> tuple[Float64Array, float]:
    """The centre of windows ``(n, n_timesteps, n_channels)``, and the power of two that scales them to about one.

    Both are medians, so that single spikes do not determine the scale of everything else.
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
    """Write a flat window, centred and scaled, to ``out`` in float32; returns its norm, infinity if it may overflow."""
    n_channels = len(centre)
    norm, largest = 0.0, 0.0
    for at in range(0, len(window), n_channels):
        squares = 0.0
        for c in range(n_channels):
            value = (window[at + c] - centre[c]) * scale
            squares += value * value
            largest = max(largest, abs(window[at + c]))
            out[at + c] = value
        norm = max(norm, np.sqrt(squares))
    if norm <= _MAX_NORM and largest <= _MAX_VALUE:
        return norm
    out[:] = 0.0
    return np.inf


def check_squares(windows: FloatArray, dtype: npt.DTypeLike) -> None:
    """Refuse training windows whose squared distances, with any channel weights, may not fit in ``dtype``."""
    _, n_timesteps, n_channels = windows.shape
    low, high = float(windows.min()), float(windows.max())
    spread = high - low  # a common offset does not matter for distances
    # A path has fewer than 2 n_timesteps cells, a weight is n_channels at most, and two distances are added.
    bound = spread * spread * 4 * n_timesteps * n_channels**2
    if not max(bound, -low * n_channels, high * n_channels) <= float(np.finfo(dtype).max):
        raise InvalidInputError(f"X holds numbers from {low:g} to {high:g}, which is {_ADVICE}")


def check_no_overflow(results: npt.NDArray[Any]) -> None:
    """Refuse distances or scores of which any is infinite or NaN."""
    if not np.isfinite(results).all():
        row = int(np.argmin(np.isfinite(results).reshape(len(results), -1).all(axis=1)))
        raise InvalidInputError(f"X holds numbers in window {row} that are {_ADVICE}")
