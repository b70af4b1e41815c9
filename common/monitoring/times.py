"""The order of times: evidence is asked for at or after the latest report."""

from __future__ import annotations

from common.errors import InvalidInputError


def check_not_before(time_s: float, latest_s: float) -> None:
    """Refuse to tell what was known before the latest report: older ones may be forgotten already."""
    if time_s < latest_s:
        raise InvalidInputError(
            f"time_s is {time_s} s, but a report of {latest_s} s was heard: ask for evidence at that time or later"
        )
