"""Recorded reports in the order in which they arrive, cut at the ticks of a clock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeAlias

from common.alarms.clock import check_clock
from common.errors import InvalidInputError
from common.monitoring.reports import Report
from common.validation import check_number

# When it was measured, by which sensor, and what it says.
TimedReport: TypeAlias = tuple[float, str, Report]

# Four months of seconds: more are a mistake in the clock.
_MOST_TICKS = 10_000_000


def tick_times(since_s: float, until_s: float, period_s: float) -> Iterator[float]:
    """Times from ``since_s`` on, every ``period_s``, up to ``until_s``."""
    since, until, period = (
        check_clock(since_s, "since_s"),
        check_clock(until_s, "until_s"),
        check_number(period_s, "period_s", above=0),
    )
    n_periods = (until - since) / period
    if not 0 <= n_periods < _MOST_TICKS:
        raise InvalidInputError(
            f"until_s is {until:g} s: that is {n_periods:.3g} periods after since_s, which is {since:g} s; "
            "give the times at which the recording begins and ends"
        )
    # A little more for rounding: the last period is complete although 0.3 / 0.1 is below 3.
    return (since + number * period for number in range(int(n_periods + 1e-6) + 1))


def arrivals_by_tick(
    reports: Iterable[TimedReport], ticks: Iterable[float]
) -> Iterator[tuple[float, list[TimedReport]]]:
    """Each tick with the reports that arrive before it: up to the next whose time is later than the tick."""
    if not isinstance(reports, Iterable):
        raise InvalidInputError(f"reports is {reports!r}; pass (time_s, sensor, report) in the order of arrival")
    arriving = map(_check_timed, reports)
    following = next(arriving, None)
    for now_s in ticks:
        arrived = []
        while following is not None and following[0] <= now_s:
            arrived.append(following)
            following = next(arriving, None)
        yield now_s, arrived


def _check_timed(timed: Any) -> TimedReport:
    """A report with a time: one at no time at all would keep back all that arrive after it."""
    if not isinstance(timed, Sequence) or isinstance(timed, str) or len(timed) != 3:
        raise InvalidInputError(f"reports has {timed!r}; each must be (time_s, sensor, report)")
    time_s, sensor, report = timed
    return check_clock(time_s, f"time_s of a report of sensor {sensor!r}"), sensor, report
