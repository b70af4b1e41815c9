"""Samples of a faster worn sensor at the rate of the models, as they come."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import signal

from common import InvalidInputError, Zone
from common.validation import FloatArray
from examples.care_home.room.readings import Reading, Sensors

_TAPS_A_SAMPLE = 10  # of the slower rate: the filter delays by half as many


class Decimator:
    """Takes every ``factor``-th sample behind a filter that lets nothing through that the slower rate cannot hold.

    Parameters
    ----------
    factor : int
    n_channels : int

    Examples
    --------
    >>> Decimator(2, n_channels=6).push(np.ones((50, 6))).shape
    (25, 6)
    """

    def __init__(self, factor: int, *, n_channels: int) -> None:
        self._factor = factor
        self._taps = np.ones(1) if factor == 1 else signal.firwin(_TAPS_A_SAMPLE * factor + 1, 0.8 / factor)
        self._state = np.zeros((len(self._taps) - 1, n_channels))
        self._n_heard = 0

    def push(self, samples: FloatArray) -> FloatArray:
        """The slower samples that these complete; NaN makes as many NaN as the filter is long."""
        if len(samples) == 0:
            return samples
        if not self._n_heard:
            # As if the first sample had been there before: a filter that begins at zero would invent a movement.
            self._state = signal.lfilter_zi(self._taps, 1.0)[:, None] * samples[0]
        filtered, self._state = signal.lfilter(self._taps, 1.0, samples, axis=0, zi=self._state)
        begin = -self._n_heard % self._factor
        self._n_heard += len(samples)
        return np.ascontiguousarray(filtered[begin :: self._factor])


class DecimatedSensors:
    """Sensors whose worn one is faster than the models."""

    def __init__(self, sensors: Sensors, factor: int, *, n_channels: int = 6) -> None:
        self._sensors, self._decimator = sensors, Decimator(factor, n_channels=n_channels)

    @property
    def zones(self) -> tuple[Zone, ...]:
        """Where people normally lie."""
        return self._sensors.zones

    def until(self, time_s: float) -> Reading:
        """What came up to this time, at the rate of the models."""
        reading = self._sensors.until(time_s)
        return replace(reading, samples=self._decimator.push(reading.samples))


def decimation_factor(rate_hz: float, model_hz: float) -> int:
    """How many samples of a sensor make one of the models.

    Raises
    ------
    InvalidInputError
        If that is no whole number.
    """
    factor = round(rate_hz / model_hz)
    if factor < 1 or abs(rate_hz - factor * model_hz) > 1e-9:
        raise InvalidInputError(f"rate_hz is {rate_hz:g}; give a multiple of the models' {model_hz:g} Hz")
    return factor
