"""Samples at any times to samples on a regular clock, without aliasing where the clock is slower."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from common.errors import InvalidInputError
from common.validation import FloatArray

#: Of a sample's time: so near to a tick of the clock it is on it, and its value is left as it was measured.
_TOLERANCE = 1e-3
#: A clock slower than this share of the samples' rate needs a filter.
_SLOWER = 0.95
#: Ticks a sample; with more, nearly all is made up.
_MOST_TICKS, _FEW_TICKS = 100, 1_000_000


def on_clock(
    seconds: FloatArray, values: FloatArray, *, source_hz: float, rate_hz: float
) -> tuple[FloatArray, FloatArray]:
    """The times of the clock's ticks, from the first sample on, and the values then.

    Values are interpolated linearly between the samples on both sides, channel by channel over what was measured there;
    samples that are on the ticks stay as they are, to the bit. A slower clock takes them through
    :func:`scipy.signal.resample_poly`, which removes what is too fast for it.

    Parameters
    ----------
    seconds : ndarray of shape (n,)
        Increasing.
    values : ndarray of shape (n, n_channels)
        NaN where a channel was not measured; each channel was measured at least once.
    source_hz, rate_hz : float
        Samples a second that come in, and of the clock.
    """
    if rate_hz < _SLOWER * source_hz:
        return _slower(*on_clock(seconds, values, source_hz=source_hz, rate_hz=source_hz), source_hz, rate_hz)
    places = (seconds - seconds[0]) * rate_hz
    if places[-1] > _MOST_TICKS * len(places) + _FEW_TICKS:
        raise InvalidInputError(
            f"{len(places)} samples lie {seconds[-1] - seconds[0]:.4g} s apart: pass a smaller max_gap_s, at which "
            "recordings end"
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
    # Beyond its ends a stretch goes on along the line between them, so that an offset causes no edge.
    slow = resample_poly(values, ratio.numerator, ratio.denominator, axis=0, padtype="line")
    n = int(np.floor((ticks[-1] - ticks[0]) * rate_hz + _TOLERANCE)) + 1
    return ticks[0] + np.arange(n) / rate_hz, slow[:n]
