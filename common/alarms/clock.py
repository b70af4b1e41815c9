"""The clock of an alarm: elapsed seconds that only grow, whatever the caller's clock does.

Elapsed time follows the *highest* clock heard. A reading below it is first taken for a packet that came late: it moves
no timer. If the readings stay below it and go on counting, the clock was set back (end of summer time, a corrected
clock): what they counted is then added, and timers go on as before. A clock that jumps ahead adds the whole jump:
alarms may then come too early, but never too late.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from common.errors import InvalidInputError
from common.validation import check_number

# 30,000 years: a larger value is not in seconds, and float64 would lose milliseconds.
MAX_CLOCK_S = 1e12


class Clock(NamedTuple):
    """What is known of the time.

    Attributes
    ----------
    now_s : float or None
        The caller's clock at the latest call; None before the first.
    highest_s : float
        The highest clock heard.
    elapsed_s : float
        The time of all timers.
    back_from_s, back_to_s : float or None
        The first and the latest reading since the clock last was at ``highest_s``; None while it is there.
    """

    now_s: float | None = None
    highest_s: float = 0.0
    elapsed_s: float = 0.0
    back_from_s: float | None = None
    back_to_s: float | None = None

    @property
    def is_late(self) -> bool:
        """Whether the latest reading came late, as far as can be told."""
        return self.back_from_s is not None


def check_clock(now_s: Any, name: str = "now_s") -> float:
    """A finite time in seconds, small enough for exact arithmetic."""
    now = check_number(now_s, name)
    if abs(now) > MAX_CLOCK_S:
        raise InvalidInputError(f"{name} is {now:g}; it must lie within {MAX_CLOCK_S:g} seconds: is it in nanoseconds?")
    return now


def advance(clock: Clock, now_s: float, *, set_back_after_s: float) -> tuple[Clock, float]:
    """The clock at its next reading, and by how many seconds it turns out to have been set back (else 0).

    A clock is set back if it counts ``set_back_after_s`` without reaching its highest reading.
    """
    if clock.now_s is None:
        return Clock(now_s=now_s, highest_s=now_s), 0.0
    if now_s >= clock.highest_s:
        elapsed = clock.elapsed_s + (now_s - clock.highest_s)
        return Clock(now_s=now_s, highest_s=now_s, elapsed_s=elapsed), 0.0
    first, last = clock.back_from_s, clock.back_to_s
    if first is None or last is None or now_s < first:
        first = last = now_s
    last = max(last, now_s)
    if last - first < set_back_after_s:
        return clock._replace(now_s=now_s, back_from_s=first, back_to_s=last), 0.0
    return Clock(now_s=now_s, highest_s=last, elapsed_s=clock.elapsed_s + (last - first)), clock.highest_s - first
