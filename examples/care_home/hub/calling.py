"""Who is called when nobody answers: pure functions of the alarms and the elapsed time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from common import InvalidInputError
from common.validation import check_number
from examples.care_home.hub.alarms import Alarm, Home
from examples.care_home.hub.entries import Called


@dataclass(frozen=True)
class CallPolicy:
    """Times in seconds, to be agreed with those who come.

    Parameters
    ----------
    steps : tuple of (float, str)
        After how long without an acknowledgement whom to call; the first at once.
    repeat_s : float
        How often an alarm that waits sounds again.
    silence_s : float
        A room that has not been heard for this long is a technical alarm. With the second between two looks, and the
        second between two words, staff see it within 20 s.

    Examples
    --------
    >>> CallPolicy().steps[1]
    (30.0, 'second carer')
    """

    steps: tuple[tuple[float, str], ...] = (
        (0.0, "first carer"),
        (30.0, "second carer"),
        (60.0, "third carer"),
        (120.0, "nurse in charge"),
    )
    repeat_s: float = 10.0
    silence_s: float = 15.0

    def __post_init__(self) -> None:
        check_number(self.repeat_s, "repeat_s", above=0)
        check_number(self.silence_s, "silence_s", above=0)
        times = [check_number(after_s, "steps: time", at_least=0) for after_s, _ in self.steps]
        if not times or times[0] != 0 or times != sorted(times):
            raise InvalidInputError(f"steps is {self.steps!r}; give times that grow from 0, so that somebody is called")


def calls_due(home: Home, elapsed_s: float, policy: CallPolicy) -> Iterator[Called]:
    """Everybody who has to be called by now and was not."""
    for alarm in home.active.values():
        if alarm.is_waiting:
            waited_s = elapsed_s - alarm.waits_since_s
            for step, (after_s, whom) in enumerate(policy.steps, start=1):
                if step > alarm.steps_called and (waited_s >= after_s or alarm.is_urgent):
                    yield Called(alarm.id, alarm.room, step, whom)


def sounds_due(home: Home, elapsed_s: float, sounded_s: Mapping[str, float], policy: CallPolicy) -> list[Alarm]:
    """Alarms that have to sound now, given when each last did."""
    return [
        alarm
        for alarm in home.active.values()
        if alarm.is_waiting and elapsed_s - sounded_s.get(alarm.id, -policy.repeat_s) >= policy.repeat_s
    ]
