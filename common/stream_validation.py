"""Checks of what arrives piece by piece: samples, of which some may be missing, and their times."""

from typing import Any

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.validation import as_float_array


def check_samples(value: Any, name: str, *, n_channels: int) -> npt.NDArray[np.float64]:
    """A piece of a stream as ``(n_samples, n_channels)``, none or more: NaN marks what was not measured.

    One dimension is one sample of several channels, or samples of the only one.
    """
    samples = _as_stream(value, name)
    shape = samples.shape
    if shape == (0,):
        return np.empty((0, n_channels))
    if samples.ndim == 1:
        samples = samples[:, None] if n_channels == 1 else samples[None]
    if samples.ndim != 2 or samples.shape[1] != n_channels:
        raise InvalidInputError(
            f"{name} has shape {shape}; it must be (n_samples, {n_channels}): "
            "the channels that the classifier was fitted on, in their order"
        )
    infinite = np.isinf(samples)
    if infinite.any():
        sample, channel = np.argwhere(infinite)[0]
        raise InvalidInputError(
            f"{name} contains infinity at sample {sample}, channel {channel}: use NaN for what was not measured"
        )
    return np.ascontiguousarray(samples)


def check_times(
    value: Any, name: str, *, n: int, after: float | None = None, longest_step: float = np.inf
) -> npt.NDArray[np.float64]:
    """Times of ``n`` samples in seconds: finite, each later than the one before, the first later than ``after``."""
    times = _as_stream(value, name)
    if times.shape != (n,):
        raise InvalidInputError(f"{name} has shape {times.shape}; it must be ({n},), a time for each sample")
    if not np.isfinite(times).all():
        index = int(np.argmin(np.isfinite(times)))
        raise InvalidInputError(f"{name} is {times[index]} at sample {index}: leave out samples without a time")
    with np.errstate(over="ignore"):
        steps = np.diff(times, prepend=np.nan if after is None else after)
    wrong = (steps <= 0) | (steps > longest_step)
    if wrong.any():
        index = int(np.argmax(wrong))
        before = times[index - 1] if index else after
        raise InvalidInputError(
            f"{name} goes from {before} s to {times[index]} s at sample {index}: times must increase, by "
            f"{longest_step:g} s at most. If the clock was set, reset() and begin a new stream"
        )
    return times


def _as_stream(value: Any, name: str) -> npt.NDArray[np.float64]:
    """Numbers as such: "1.5" and dates could be read as numbers, but come from a mistake further up."""
    array = as_float_array(value, name)
    if np.asarray(value).dtype.kind not in "biufO":
        raise InvalidInputError(f"{name} holds text or dates; pass numbers, and times in seconds")
    return array.astype(np.float64, copy=False)
