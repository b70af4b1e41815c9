"""Resampling and low-pass filtering, without shifting the signal in time."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import lru_cache
from typing import Any, Literal

import numpy as np

from common.errors import InvalidInputError
from common.validation import FloatArray, check_integer, check_number
from har.preprocessing.base import WindowTransformer


class Resample(WindowTransformer):
    """Change the sampling rate, with an anti-aliasing filter (polyphase, :func:`scipy.signal.resample_poly`).

    Sample k of the result is at k / ``target_hz`` seconds: ceil(n_timesteps · target_hz / rate_hz) samples.
    The cost of DTW is proportional to the square of the rate.

    Parameters
    ----------
    rate_hz : float, default 50
        Samples per second in X.
    target_hz : float, default 25
        Samples per second in the result; 1/100 to 100 times ``rate_hz``.

    Attributes
    ----------
    n_features_in_ : int
        Timesteps × channels.

    Examples
    --------
    >>> Resample(rate_hz=50, target_hz=12.5).fit_transform(np.zeros((1, 128, 6))).shape
    (1, 32, 6)
    """

    def __init__(self, *, rate_hz: float = 50.0, target_hz: float = 25.0) -> None:
        self.rate_hz = rate_hz
        self.target_hz = target_hz

    def _apply(self, windows: FloatArray) -> FloatArray:
        from scipy.signal import resample_poly

        rate_hz = check_number(self.rate_hz, "rate_hz", above=0)
        target_hz = check_number(self.target_hz, "target_hz", above=0)
        if not 0.01 <= target_hz / rate_hz <= 100:
            raise InvalidInputError(
                f"target_hz is {target_hz:g} and rate_hz {rate_hz:g}; the rate may change by a factor of 100 at most"
            )
        ratio = Fraction(target_hz / rate_hz).limit_denominator(1000)
        # A window is extended along the line through its first and last sample, so that an offset or a drift causes
        # no edge. A single sample gives no line.
        padding: Literal["line", "mean"] = "line" if windows.shape[1] > 1 else "mean"
        signals = windows.astype(np.float64, copy=False)
        up, down = ratio.numerator, ratio.denominator
        if up == down:
            return signals.copy()
        window: Any = resampling_filter(max(up, down))  # SciPy's stubs know no array here
        return np.asarray(resample_poly(signals, up, down, axis=1, window=window, padtype=padding))


class LowPass(WindowTransformer):
    """Remove frequencies above ``cutoff_hz``: a Butterworth filter, run forward and backward to avoid delay.

    Parameters
    ----------
    rate_hz : float, default 50
        Samples per second.
    cutoff_hz : float, default 10
        Where the amplitude falls to one half, as the filter runs twice; from ``rate_hz`` / 10 000 to below
        ``rate_hz`` / 2.
    order : int, default 4
        Order of the Butterworth filter, 1 to 8; running it twice doubles the order.

    Attributes
    ----------
    n_features_in_ : int
        Timesteps × channels.

    Examples
    --------
    >>> t = np.arange(128) / 50
    >>> slow, fast = np.sin(2 * np.pi * t), np.sin(2 * np.pi * 20 * t)
    >>> smooth = LowPass(rate_hz=50, cutoff_hz=5).fit_transform([slow + fast])
    >>> bool(np.abs(smooth - slow)[:, 20:-20].max() < 0.01)
    True
    """

    def __init__(self, *, rate_hz: float = 50.0, cutoff_hz: float = 10.0, order: int = 4) -> None:
        self.rate_hz = rate_hz
        self.cutoff_hz = cutoff_hz
        self.order = order

    def _apply(self, windows: FloatArray) -> FloatArray:
        return low_pass(windows, rate_hz=self.rate_hz, cutoff_hz=self.cutoff_hz, order=self.order)


def low_pass(windows: FloatArray, *, rate_hz: float, cutoff_hz: float, order: int) -> FloatArray:
    """:class:`LowPass` as a function."""
    from scipy.signal import sosfiltfilt

    rate_hz = check_number(rate_hz, "rate_hz", above=0)
    # At much lower cutoffs, the poles are so close to one that rounding destroys the filter's initial state.
    cutoff_hz = check_number(cutoff_hz, "cutoff_hz", at_least=rate_hz / 10_000, below=rate_hz / 2)
    sections = _low_pass_sections(check_integer(order, "order", at_most=8), cutoff_hz, rate_hz)
    # The signal is mirrored at its ends, over three periods of the cutoff. SciPy's default, the odd extension, keeps
    # the first and the last sample: as an estimate of gravity on MotionSense (2.56 s, 0.3 Hz), its error is 0.48 g
    # r.m.s. instead of 0.30 g.
    padding = min(windows.shape[1] - 1, math.ceil(3 * rate_hz / cutoff_hz))
    return np.asarray(sosfiltfilt(sections, windows, axis=1, padtype="even", padlen=padding))


# Designing a filter takes longer than filtering a window with it, and streams filter one window at a time.
@lru_cache(maxsize=16)
def _low_pass_sections(order: int, cutoff_hz: float, rate_hz: float) -> FloatArray:
    from scipy.signal import butter

    return np.asarray(butter(order, cutoff_hz, fs=rate_hz, output="sos"))  # SciPy filters with writable arrays only


@lru_cache(maxsize=16)
def resampling_filter(factor: int) -> FloatArray:
    """The filter that :func:`scipy.signal.resample_poly` designs by default at every call."""
    from scipy.signal import firwin

    coefficients = np.asarray(firwin(2 * 10 * factor + 1, 1 / factor, window=("kaiser", 5.0)))
    coefficients.flags.writeable = False
    return coefficients
