"""Squares that overflow: distances are then infinite, and which window is nearest is unknown."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.validation import FloatArray

_ADVICE = "too large: their squares overflow. Scale X, such as by har.preprocessing.ScaleChannels"


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
