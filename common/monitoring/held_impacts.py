"""The evidence of a worn sensor over time: the impact of a fall is brief, so its probability is held for a while."""

from __future__ import annotations

import math
from bisect import insort
from typing import ClassVar

from common.monitoring.reports import WornReport, check_report
from common.monitoring.times import check_not_before, check_time
from common.validation import check_number


class HeldImpacts:
    """The largest probability of the last ``hold_s`` seconds; NaN if the sensor could not judge in them.

    Reports may come late, twice, and in any order: the evidence is the same. One that is older than ``hold_s`` is
    without effect.

    Parameters
    ----------
    hold_s : float
        In seconds.

    Raises
    ------
    InvalidInputError
        If ``hold_s`` is not above 0.

    Examples
    --------
    >>> evidence = HeldImpacts(hold_s=4)
    >>> for second, probability in enumerate([0.1, 0.9, 0.2, 0.1, 0.1, 0.1]):
    ...     evidence.hear(second, WornReport(probability))
    ...     print(evidence.at(second), end=" ")
    0.1 0.9 0.9 0.9 0.9 0.2

    The same settings for another resident:

    >>> evidence.fresh().at(5)
    nan
    """

    report_type: ClassVar[type[WornReport]] = WornReport

    def __init__(self, hold_s: float = 4.0) -> None:
        self.hold_s = check_number(hold_s, "hold_s", above=0)
        self._reports: list[tuple[float, float]] = []  # time and probability, in order of time
        self._latest_s = -math.inf

    def fresh(self) -> HeldImpacts:
        """One with the same settings that has heard nothing."""
        return HeldImpacts(self.hold_s)

    def hear(self, time_s: float, report: WornReport) -> None:
        """Take a report of the moment ``time_s``."""
        check_report(report, self.report_type, "report")
        heard_s = check_time(time_s)
        self._latest_s = max(self._latest_s, heard_s)
        if report.is_working:
            insort(self._reports, (heard_s, report.probability))
        while self._reports and self._reports[0][0] <= self._latest_s - self.hold_s:
            del self._reports[0]

    def at(self, time_s: float) -> float:
        """The probability of a fall at ``time_s``, which must not lie before the latest report."""
        start_s = check_not_before(time_s, self._latest_s) - self.hold_s
        return max((probability for heard_s, probability in self._reports if heard_s > start_s), default=math.nan)
