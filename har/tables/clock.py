"""Resamples irregular samples to a regular clock, without aliasing if the clock is slower."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from common.errors import InvalidInputError
from common.validation import FloatArray

#: In ticks. A sample this near to a tick of the clock is on it, and keeps its value.
_TOLERANCE = 1e-3
#: A clock slower than this share of the samples' rate needs a filter.
_SLOWER = 0.95
#: The most ticks are this many per sample, plus a few; with more, nearly all values would be invented.
_MOST_TICKS, _FEW_TICKS = 100, 1_000_000


def on_clock(
    seconds: FloatArray, values: FloatArray, *, source_hz: float, rate_hz: float
) -> tuple[FloatArray, FloatArray]:
    """The times of the clock's ticks, beginning with the first sample, and the values at these times.

    Each channel is interpolated linearly between its measurements on both sides; samples on the ticks stay unchanged,
    bit for bit. For a slower clock, :func:`scipy.signal.resample_poly` removes frequencies above half its rate.

    Parameters
    ----------
    seconds : ndarray of shape (n,)
        Increasing.
    values : ndarray of shape (n, n_channels)
        NaN where a channel was not measured; each channel was measured at least once.
    source_hz, rate_hz : float
        Samples per second of the source, and of the clock.
    """
    if rate_hz < _SLOWER * source_hz:
        return _slower(*on_clock(seconds, values, source_hz=source_hz, rate_hz=source_hz), source_hz, rate_hz)
    places = (seconds - seconds[0]) * rate_hz
    if places[-1] > _MOST_TICKS * len(places) + _FEW_TICKS:
        raise InvalidInputError(
            f"{len(places)} samples span {seconds[-1] - seconds[0]:.4g} s: pass a smaller max_gap_s, so that "
            "recordings end at long gaps"
        )
    ticks = np.arange(float(np.floor(places[-1] + _TOLERANCE)) + 1)
    start = seconds[0] + ticks / rate_hz
    if len(ticks) == len(places) and np.all(np.abs(places - ticks) <= _TOLERANCE) and np.isfinite(values).all():
        return start, values
    columns = []
    for channel in values.T:
        measured = np.isfinite(channel)
        columns.append(np.interp(ticks, places[measured], channel[measured]))
    return start, np.stack(columns, axis=1)


def _slower(ticks: FloatArray, values: FloatArray, source_hz: float, rate_hz: float) -> tuple[FloatArray, FloatArray]:
    from scipy.signal import resample_poly

    if len(ticks) < 2:
        return ticks, values
    ratio = Fraction(rate_hz / source_hz).limit_denominator(1000)
    if ratio.numerator < 1:
        raise InvalidInputError(
            f"rate_hz is {rate_hz:g}, less than a thousandth of the samples' {source_hz:g}: raise it"
        )
    # padtype="line" extends the signal along the line between its ends, so that an offset causes no edge.
    slow = resample_poly(values, ratio.numerator, ratio.denominator, axis=0, padtype="line")
    n = int(np.floor((ticks[-1] - ticks[0]) * rate_hz + _TOLERANCE)) + 1
    return ticks[0] + np.arange(n) / rate_hz, slow[:n]
