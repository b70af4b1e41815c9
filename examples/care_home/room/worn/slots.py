"""Samples as they arrive, put on the room's clock at the rate of the model; what is missing, late or odd is NaN."""

from __future__ import annotations

import logging
import threading

import numpy as np

from common.validation import FloatArray
from examples.care_home.room.worn.at_rest import GravityCheck

logger = logging.getLogger(__name__)

N_CHANNELS = 6
_AHEAD_S = 10.0  # later than this in the room's future is a clock that is wrong
_WATCHED_S = 4.0  # the length of the classifier's window
_LEAST_FILLED = 0.7  # of the slots; with fewer samples the classifier would judge mostly interpolated values
_MOST_PER_SLOT = 16.0  # 400 Hz at a model of 25 Hz: more is a backlog that arrives at once, or a fault


class SampleSlots:
    """The samples of one worn sensor. Several threads may call it.

    Each slot is the mean of the samples measured in it. One without any is NaN: the classifier interpolates up to
    200 ms, and does not judge over more. A sensor that is too slow, far too fast, or in other units gives NaN only, so
    that it is absent and a technical alarm follows; a line in the log says why, and another that it is over.

    Parameters
    ----------
    rate_hz : float
        Of the model.
    delay_s : float
        How long samples may take to arrive. The classifier sees them this much later.
    name : str
        For the log, such as ``"room 12: phone"``.

    Examples
    --------
    >>> slots = SampleSlots(4.0, delay_s=0.0, name="room 12: phone")
    >>> slots.put([0.1, 0.2, 0.6], [[1.0, 0, 0, 0, 0, 0], [2.0, 0, 0, 0, 0, 0], [0, 0, 1.0, 0, 0, 0]])
    >>> slots.until(1.0)[:, [0, 2]]
    array([[1.5, 0. ],
           [nan, nan],
           [0. , 1. ],
           [nan, nan]])
    """

    def __init__(self, rate_hz: float, *, delay_s: float, name: str) -> None:
        self.rate_hz, self.delay_s, self.name = rate_hz, delay_s, name
        self.n_late = self.n_ahead = self.n_invalid = 0
        self._lock = threading.Lock()
        self._n_given = 0
        size = round(rate_hz * (_AHEAD_S + delay_s)) + 1
        self._sums, self._counts = np.zeros((size, N_CHANNELS)), np.zeros((size, N_CHANNELS))
        self._n_samples = np.zeros(round(rate_hz * _WATCHED_S))  # of the slots given last
        self._gravity = GravityCheck(rate_hz)
        self._fault = ""

    @property
    def fault(self) -> str:
        """Why the samples are not used; empty if they are."""
        return self._fault

    def put(self, times_s: FloatArray | list[float], samples: FloatArray | list[list[float]]) -> None:
        """Take samples ``(n, 6)`` with their times on the room's clock; a channel that was not measured is NaN."""
        times, values = np.asarray(times_s, float), np.asarray(samples, float).reshape(-1, N_CHANNELS)
        with self._lock:
            is_time = np.isfinite(times)
            places = (
                np.where(is_time, np.floor(np.where(is_time, times, 0.0) * self.rate_hz + 1e-6), -1) - self._n_given
            )
            late, ahead = is_time & (places < 0), places >= len(self._sums)
            self.n_late += int(late.sum())
            self.n_ahead += int(ahead.sum())
            taken = is_time & ~late & ~ahead
            self.n_invalid += int((~is_time).sum() + np.isinf(values[taken]).any(axis=1).sum())
            rows, used = places[taken].astype(int), values[taken]
            known = np.isfinite(used)
            np.add.at(self._sums, rows, np.where(known, used, 0.0))
            np.add.at(self._counts, rows, known)

    def until(self, time_s: float) -> FloatArray:
        """The slots up to ``delay_s`` before this time that have not been given yet."""
        with self._lock:
            n = max(0, int(np.floor((time_s - self.delay_s) * self.rate_hz + 1e-6)) - self._n_given)
            given = np.full((n, N_CHANNELS), np.nan)
            counts = np.zeros((n, N_CHANNELS))
            n_kept = min(n, len(self._sums))
            counts[:n_kept] = self._counts[:n_kept]
            np.divide(self._sums[:n_kept], counts[:n_kept], out=given[:n_kept], where=counts[:n_kept] > 0)
            self._shift(n_kept)
            self._n_given += n
            self._watch(given, counts)
            if self._fault:
                given[:] = np.nan
            return given

    def _shift(self, n: int) -> None:
        for kept in (self._sums, self._counts):
            kept[: len(kept) - n] = kept[n:]
            kept[len(kept) - n :] = 0.0

    def _watch(self, given: FloatArray, counts: FloatArray) -> None:
        """Find out what is wrong with the sensor, if it sends at all."""
        if not len(given):
            return
        self._n_samples = np.concatenate([self._n_samples, counts.min(axis=1)])[-len(self._n_samples) :]
        self._gravity.take(given[:, :3])
        fault = self._pace() or self._gravity.fault
        if bool(fault) != bool(self._fault):  # not for each new figure in the reason
            if fault:
                logger.warning("%s: %s; the sensor counts as absent", self.name, fault)
            else:
                logger.warning("%s: its samples can be used again", self.name)
            self._fault = fault

    def _pace(self) -> str:
        """What is wrong with the number of samples; silence is not, since it is known without this."""
        sent = self._n_samples > 0
        per_second = self._n_samples.sum() / _WATCHED_S
        if (self._n_samples > _MOST_PER_SLOT).any():
            most = self._n_samples.max() * self.rate_hz
            return f"samples come at {most:.0f} a second, more than any sensor that is worn: many arrived at once"
        # The slots since the sensor was last silent for a second: it may only just have begun.
        since = len(sent) - _silent_slots(sent, round(self.rate_hz))
        is_long = since >= round(_WATCHED_S * self.rate_hz)
        if is_long and 0 < sent.mean() < _LEAST_FILLED:
            return f"samples come at {per_second:.1f} Hz, and the model needs {self.rate_hz:g} Hz"
        return ""


def _silent_slots(sent: np.ndarray, second: int) -> int:
    """After how many slots the latest silence of a second ended; 0 if there was none."""
    run = 0
    ended = 0
    for place, is_sent in enumerate(sent.tolist(), start=1):
        run = 0 if is_sent else run + 1
        if run >= second:
            ended = place
    return ended
