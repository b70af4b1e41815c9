"""The order of times: evidence of a sensor is asked for at or after its latest report."""

from __future__ import annotations

from typing import Any

from common.errors import InvalidInputError
from common.validation import check_number


def check_time(time_s: Any) -> float:
    """A finite time in seconds. It has no limit: the evidence of a room goes on when the clock has run into one."""
    return check_number(time_s, "time_s")


def check_not_before(time_s: Any, latest_s: float) -> float:
    """A time that is not before the latest report: of earlier times, reports may be forgotten already."""
    time = check_time(time_s)
    if time < latest_s:
        raise InvalidInputError(
            f"time_s is {time} s, but a report of {latest_s} s was heard: ask for evidence at that time or later"
        )
    return time
