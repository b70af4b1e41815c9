"""When a device measured, on the room's clock, whatever its own clock says and however long its messages travel."""

from __future__ import annotations

import logging

import numpy as np

from common.validation import FloatArray

logger = logging.getLogger(__name__)

_SET_BY_S = 5.0  # a clock that differs by more has been set; less is a message that took long
_SURE_AFTER_S = 10.0
_DRIFT = 5e-4  # faster than any quartz


class DeviceClock:
    """The difference between two clocks, from the messages that travelled fastest.

    A message cannot arrive before its last sample was measured, so the smallest lag so far is the nearest to the true
    difference. It may grow by the drift of a clock. If the device's clock is set forward, the lag falls at once. If it
    is set back, all messages seem to come late: after ten seconds this is believed, and until then they are late.

    Examples
    --------
    >>> clock = DeviceClock("room 12: phone")
    >>> clock.to_room(np.array([3600.0, 3600.5]), arrived_s=10.0)
    array([ 9.5, 10. ])
    >>> clock.to_room(np.array([3601.0, 3601.5]), arrived_s=13.0).round(1)  # this one took two seconds longer
    array([10.5, 11. ])
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._lag_s: float | None = None
        self._arrived_s = 0.0
        self._late_since_s: float | None = None

    def to_room(self, device_s: FloatArray, arrived_s: float) -> FloatArray:
        """Times of the samples of one message on the room's clock."""
        lag_s = arrived_s - float(device_s.max())
        if self._lag_s is None:
            self._lag_s = lag_s
        elif lag_s < self._lag_s - _SET_BY_S:
            self._set(lag_s)
        elif lag_s <= self._lag_s + _SET_BY_S:
            slower_s = self._lag_s + _DRIFT * max(0.0, arrived_s - self._arrived_s)
            self._lag_s, self._late_since_s = min(lag_s, slower_s), None
        elif self._late_since_s is None:
            self._late_since_s = arrived_s
        elif arrived_s - self._late_since_s >= _SURE_AFTER_S:
            self._set(lag_s)
        self._arrived_s = arrived_s
        return np.asarray(device_s + self._lag_s)

    def _set(self, lag_s: float) -> None:
        assert self._lag_s is not None
        logger.warning("%s: its clock was set by %.0f s", self._name, self._lag_s - lag_s)
        self._lag_s, self._late_since_s = lag_s, None
