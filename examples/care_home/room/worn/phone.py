"""A phone as a worn sensor: messages of one room's phone, each taken once and put on the room's clock."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable

from common import InvalidInputError
from common.validation import FloatArray
from examples.care_home.room.worn.device_clock import DeviceClock
from examples.care_home.room.worn.phone_message import read_message
from examples.care_home.room.worn.slots import SampleSlots

logger = logging.getLogger(__name__)

_DELAY_S = 1.5  # the app pushes once a second at the least
_REMEMBERED = 64  # numbers of messages, which a network may swap


class Phone:
    """Takes what a phone pushes. Several threads may call it.

    A message counts once: its number is remembered, and a session that was left behind does not come again, since its
    times lie before those that are known.

    Parameters
    ----------
    rate_hz : float
        Of the model.
    now : callable
        Seconds since the sensors were switched on.
    name : str
        For the log, such as ``"room 12: phone"``.
    """

    def __init__(self, rate_hz: float, now: Callable[[], float], name: str) -> None:
        self.description = "a phone that pushes its samples"
        self.counts: Counter[str] = Counter()  # of what was taken and refused
        self._now, self._name = now, name
        self._slots = SampleSlots(rate_hz, delay_s=_DELAY_S, name=name)
        self._clock = DeviceClock(name)
        self._lock = threading.Lock()
        self._device = self._session = ""
        self._numbers: list[int] = []
        self._newest_s = 0.0

    def take(self, content: bytes) -> None:
        """Take a message.

        Raises
        ------
        InvalidInputError
            If it is no message of the app, one that came before, or one of another phone.
        """
        try:
            message = read_message(content)
        except InvalidInputError:
            self.refuse("no messages")
            raise
        with self._lock:
            if self._device not in ("", message.device):
                self.refuse("of another phone")
                raise InvalidInputError("another phone is this room's: start the room again to change it")
            is_new = message.session != self._session
            if is_new and len(message.times_s) and float(message.times_s.min()) <= self._newest_s:
                self.refuse("replayed")
                raise InvalidInputError("a message of an earlier recording")
            known = [] if is_new else self._numbers
            if message.number in known or (known and message.number < max(known) - _REMEMBERED):
                self.refuse("replayed")
                raise InvalidInputError(f"message {message.number} has come before")
            self._device, self._session = message.device, message.session
            self._numbers = [*known, message.number][-_REMEMBERED:]
            self.counts["taken"] += 1
            if len(message.times_s):
                self._newest_s = float(message.times_s.max())
                self._slots.put(self._clock.to_room(message.times_s, self._now()), message.samples)

    def refuse(self, reason: str) -> None:
        """Count a message that was refused; the first of each kind, and then every hundredth, is a line of the log."""
        self.counts[reason] += 1
        if self.counts[reason] % 100 == 1:
            logger.warning("%s: messages refused: %d %s", self._name, self.counts[reason], reason)

    def until(self, time_s: float) -> FloatArray:
        """Samples up to this time, as long ago as messages may take."""
        return self._slots.until(time_s)

    def close(self) -> None:
        """Nothing is open here."""
