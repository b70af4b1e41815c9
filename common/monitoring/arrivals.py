"""Recorded reports in the order in which they arrive, cut at the ticks of a clock."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import TypeAlias

from common.alarms.clock import check_clock
from common.monitoring.reports import Report
from common.validation import check_number

# When it was measured, by which sensor, and what it says.
TimedReport: TypeAlias = tuple[float, str, Report]


def ticks_with_reports(
    reports: Iterable[TimedReport], until_s: float, period_s: float
) -> Iterator[tuple[float, list[TimedReport]]]:
    """Each tick at a multiple of the period, from the first report on, with the reports that arrive before it."""
    until, period = check_clock(until_s), check_number(period_s, "period_s", above=0)
    arriving = iter(reports)
    first = next(arriving, None)
    if first is not None:
        start = math.ceil(check_clock(first[0]) / period)
        ticks = [number * period for number in range(start, math.floor(until / period + 1e-9) + 1)]
        yield from arrivals_by_tick(chain([first], arriving), ticks)


def arrivals_by_tick(
    reports: Iterable[TimedReport], ticks: Sequence[float]
) -> Iterator[tuple[float, list[TimedReport]]]:
    """Each tick with the reports that arrive before it: up to the next whose time is later than the tick."""
    arriving = iter(reports)
    following = next(arriving, None)
    for now_s in ticks:
        arrived = []
        while following is not None and following[0] <= now_s:
            arrived.append(following)
            following = next(arriving, None)
        yield now_s, arrived
