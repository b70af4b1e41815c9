"""Samples in, decisions out: the windows of a stream, by hop or about impacts."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from har.embedded.decisions import Decisions
from har.embedded.recognizer import Hop, ImpactTrigger, IntegerRecognizer, check_counts


class IntegerStream:
    """The last window of counts, and when the next one is decided.

    It holds a ring of ``length`` samples and a few integers, and belongs to one thread.
    """

    def __init__(self, recognizer: IntegerRecognizer) -> None:
        self.recognizer = recognizer
        self._ring = np.zeros((recognizer.length, recognizer.n_inputs), dtype=np.int16)
        self._next = 0  # where the next sample is written: the oldest one, once the ring is full
        schedule, length = recognizer.schedule, recognizer.length
        self._due = HopClock(schedule, length) if isinstance(schedule, Hop) else ImpactClock(schedule, length)

    def push(self, counts: npt.ArrayLike) -> Decisions | None:
        """Take one sample ``(n_inputs,)``; the decision about the window that ends with it, if one is due.

        Raises
        ------
        InvalidInputError
            Unless it is a sample of integers of ``int16_t``; the stream is then unchanged.
        """
        sample = check_counts(np.asarray(counts)[None], "counts", (self.recognizer.n_inputs,))[0]
        self._ring[self._next] = sample
        self._next = (self._next + 1) % len(self._ring)
        if not self._due.after(sample):
            return None
        return self.recognizer.decide(np.roll(self._ring, -self._next, axis=0)[None])


class HopClock:
    """Counts down the samples to the next window."""

    def __init__(self, schedule: Hop, length: int) -> None:
        self._step = schedule.step
        self._missing = length

    def after(self, sample: npt.NDArray[np.int16]) -> bool:
        """Whether a window ends with this sample."""
        self._missing -= 1
        if self._missing:
            return False
        self._missing = self._step
        return True


class ImpactClock:
    """Waits for impacts, and for the end of the window about each; see :class:`ImpactTrigger`."""

    def __init__(self, schedule: ImpactTrigger, length: int) -> None:
        self._schedule = schedule
        self._missing = length  # samples until the ring is full
        self._energy = 0  # of the impact being waited for
        self._waiting = 0  # samples still to come after it

    def after(self, sample: npt.NDArray[np.int16]) -> bool:
        """Whether a window ends with this sample."""
        energy = sum(int(sample[channel]) ** 2 for channel in self._schedule.channels)
        self._missing = max(self._missing - 1, 0)
        if energy >= self._schedule.threshold and energy > self._energy:
            self._energy, self._waiting = energy, self._schedule.after
        elif self._waiting > 0:
            self._waiting -= 1
        if self._energy == 0 or self._waiting > 0 or self._missing > 0:
            return False
        self._energy = 0
        return True
