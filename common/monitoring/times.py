"""The order of times: evidence of a sensor is asked for at or after its latest report."""

from __future__ import annotations

from typing import Any

from common.alarms.clock import check_clock
from common.errors import InvalidInputError


def check_not_before(time_s: Any, latest_s: float) -> float:
    """A time that is not before the latest report: of earlier times, reports may be forgotten already."""
    time = check_clock(time_s)
    if time < latest_s:
        raise InvalidInputError(
            f"time_s is {time} s, but a report of {latest_s} s was heard: ask for evidence at that time or later"
        )
    return time
