"""Readings of sensors (NaN where absent), samples of a stream, and times of samples and of events."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.validation.arrays import FloatArray, as_float_array, check_finite, check_not_empty
from common.validation.missing import as_array


def check_sensors(value: Any, name: str = "X") -> FloatArray:
    """One number per sensor, float64 ``(n, n_sensors)``: NaN where a sensor is absent, infinity is refused."""
    array = as_float_array(value, name).astype(np.float64, copy=False)
    if array.ndim != 2:
        raise InvalidInputError(
            f"{name} has {array.ndim} dimension{'s' if array.ndim != 1 else ''}; it is (n, n_sensors). "
            "Reshape your data: a single row is x[None], a single sensor x[:, None]"
        )
    check_not_empty(array, name, "Pass at least one row and one sensor")
    _check_no_infinity(array, name, ("row", "sensor"), "pass NaN where a sensor is absent")
    return array


def check_probabilities(value: Any, name: str = "X") -> FloatArray:
    """:func:`check_sensors` for probabilities: every value must be NaN or lie from 0 to 1.

    Parameters
    ----------
    value : array-like of shape (n, n_sensors)
    name : str
        Of the argument, for the message.

    Returns
    -------
    ndarray of float64, shape (n, n_sensors)

    Raises
    ------
    InvalidInputError
        If a value is infinite or does not lie from 0 to 1; the message names its row and its sensor.

    Examples
    --------
    >>> check_probabilities([[0.2, float("nan")]])
    array([[0.2, nan]])
    """
    array = check_sensors(value, name)
    outside = (array < 0) | (array > 1)  # False for NaN
    if outside.any():
        row, sensor = np.argwhere(outside)[0]
        raise InvalidInputError(
            f"{name} is {array[row, sensor]:g} at row {row}, sensor {sensor}; a probability lies from 0 to 1. "
            "Pass predict_proba(...)[:, 1] of each sensor, not its score or its label"
        )
    return array


def check_samples(value: Any, name: str, *, n_channels: int) -> npt.NDArray[np.float64]:
    """Consecutive samples of a stream as ``(n_samples, n_channels)``, possibly none; NaN where nothing was measured.

    A one-dimensional input is one sample of several channels, or several samples of a single channel.
    """
    samples = _as_numbers(value, name)
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
    _check_no_infinity(samples, name, ("sample", "channel"), "pass NaN where nothing was measured")
    return np.ascontiguousarray(samples)


def check_event_times(value: Any, name: str) -> npt.NDArray[np.float64]:
    """Times of events in seconds: finite, in one dimension and any order; there may be none."""
    times = _as_numbers(value, name)
    if times.ndim != 1:
        raise InvalidInputError(f"{name} has shape {times.shape}; pass a list of times in seconds")
    check_finite(times, name, ("entry",))
    return times


def check_sample_times(
    value: Any,
    name: str,
    *,
    n: int,
    after: float | None = None,
    longest_step: float = np.inf,
    increasing: bool = True,
) -> npt.NDArray[np.float64]:
    """Times of ``n`` samples in seconds: finite, each later than the one before, the first later than ``after``.

    Unless they must be ``increasing``, they may come in any order.
    """
    times = _as_numbers(value, name)
    if times.shape != (n,):
        raise InvalidInputError(f"{name} has shape {times.shape}; it must be ({n},), a time for each sample")
    if not np.isfinite(times).all():
        index = int(np.argmin(np.isfinite(times)))
        raise InvalidInputError(f"{name} is {times[index]} at sample {index}: leave out samples without a time")
    if not increasing:
        return times
    with np.errstate(over="ignore"):
        steps = np.diff(times, prepend=np.nan if after is None else after)
    refused = (steps <= 0) | (steps > longest_step)
    if refused.any():
        index = int(np.argmax(refused))
        before = times[index - 1] if index else after
        raise InvalidInputError(
            f"{name} goes from {before} s to {times[index]} s at sample {index}: times must increase, by "
            f"{longest_step:g} s at most. Pass seconds, and a tolerance_s if samples come late or twice; if the clock "
            "was set, reset() and begin a new stream"
        )
    return times


def _check_no_infinity(array: FloatArray, name: str, axes: tuple[str, str], advice: str) -> None:
    infinite = np.isinf(array)
    if infinite.any():
        row, column = np.argwhere(infinite)[0]
        raise InvalidInputError(
            f"{name} contains infinity at {axes[0]} {row}, {axes[1]} {column} "
            f"({int(infinite.sum())} such values in all): {advice}"
        )


def _as_numbers(value: Any, name: str) -> npt.NDArray[np.float64]:
    """Numbers only: NumPy would convert "1.5" too, but text points to a mistake in the caller."""
    array = as_float_array(value, name)
    if array is not value and _holds_text(value):
        raise InvalidInputError(f"{name} holds text; pass numbers, and times in seconds")
    return array.astype(np.float64, copy=False)


def _holds_text(value: Any) -> bool:
    array = as_array(value)
    if array.dtype != object:
        return array.dtype.kind in "USV"
    return any(isinstance(entry, (str, bytes)) for entry in array.ravel().tolist())
