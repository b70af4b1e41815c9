"""The result of scoring alarms against falls; days add up."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from common.errors import InvalidInputError
from common.evaluation.intervals import UNDEFINED, Interval, wilson
from common.evaluation.rates import (
    SECONDS_PER_DAY,
    SECONDS_PER_HOUR,
    poisson_interval,
    poisson_upper_bound,
    precision_at,
)
from common.tables import ABSENT, ratio, text_table
from common.validation import check_integer, check_number


@dataclass(frozen=True)
class EventScore:
    """Detected falls, missed falls and false alarms; made by :func:`common.score_events`, and ``+`` adds up days.

    Attributes
    ----------
    n_falls : int
    delays_s : tuple of float
        Time from the impact to the first alarm, for every *detected* fall; from −1 to 10 by default.
    n_false_alarms : int
    monitored_s : float
        Monitored time in resident-seconds.
    movement_s : float or None
        The part of it in which the resident moved; None if it was not measured, and then for the sum as well.

    Raises
    ------
    InvalidInputError
        If a count or a time is negative, there are more delays than falls, or more movement than monitored time.

    Examples
    --------
    >>> from common import score_events
    >>> monday = score_events([100.0, 5000.0], [98.5], monitored_s=86_400, movement_s=10_800)
    >>> tuesday = score_events([], [700.0], monitored_s=86_400, movement_s=7_200)
    >>> print(monday + tuesday)
    2 falls in 2.0 resident-days, 5.0 h of movement
    <BLANKLINE>
    measure                            value          95%
    ---------------------------------  -----  -----------
    event sensitivity                  0.500  0.095–0.905
    false alarms per day               0.500  0.013–2.786
    ... at most (one-sided)            2.372
    false alarms per hour of movement  0.200  0.005–1.114
    ... at most (one-sided)            0.949
    median delay [s]                    1.50
    <BLANKLINE>
    Intervals assume independent falls and days.

    One fall of two was detected, 1.5 s after its impact, in two days with five hours of movement:

    >>> both = monday + tuesday
    >>> both.n_detected, both.sensitivity, both.resident_days, both.movement_hours, both.median_delay_s
    (1, 0.5, 2.0, 5.0, 1.5)
    >>> both.false_alarms_per_day, both.false_alarms_per_movement_hour
    (0.5, 0.2)
    >>> print(both.sensitivity_interval, both.false_alarm_interval, both.false_alarm_interval_per_movement_hour)
    0.095–0.905 0.013–2.786 0.005–1.114
    >>> round(both.false_alarm_bound, 3), round(both.false_alarm_bound_per_movement_hour, 3)
    (2.372, 0.949)

    If the resident falls once in ten days, one alarm in eleven is a fall:

    >>> round(both.precision(falls_per_day=0.1), 3)
    0.091
    """

    n_falls: int
    delays_s: tuple[float, ...]
    n_false_alarms: int
    monitored_s: float
    movement_s: float | None = None

    def __post_init__(self) -> None:
        check_integer(self.n_falls, "n_falls", at_least=0)
        check_integer(self.n_false_alarms, "n_false_alarms", at_least=0)
        check_number(self.monitored_s, "monitored_s", at_least=0)
        check_movement(self.movement_s, self.monitored_s)
        object.__setattr__(self, "delays_s", tuple(check_number(delay, "delays_s") for delay in self.delays_s))
        if self.n_detected > self.n_falls:
            raise InvalidInputError(
                f"delays_s has {self.n_detected} entries but n_falls is {self.n_falls}: one entry per detected fall"
            )

    def __add__(self, other: EventScore) -> EventScore:
        if not isinstance(other, EventScore):
            return NotImplemented
        return EventScore(
            self.n_falls + other.n_falls,
            self.delays_s + other.delays_s,
            self.n_false_alarms + other.n_false_alarms,
            self.monitored_s + other.monitored_s,
            _sum_of_movement(self, other),
        )

    def __radd__(self, other: int) -> EventScore:
        """``sum(scores)`` starts from 0."""
        return self if other == 0 else NotImplemented

    @property
    def n_detected(self) -> int:
        """Number of detected falls."""
        return len(self.delays_s)

    @property
    def sensitivity(self) -> float:
        """Fraction of falls that were detected; NaN without falls."""
        return self.n_detected / self.n_falls if self.n_falls else math.nan

    @property
    def sensitivity_interval(self) -> Interval:
        """Wilson's 95% interval; it assumes independent falls, which several falls of one person are not."""
        return wilson(self.n_detected, self.n_falls)

    @property
    def resident_days(self) -> float:
        """Monitored time in units of 24 hours."""
        return self.monitored_s / SECONDS_PER_DAY

    @property
    def false_alarms_per_day(self) -> float:
        """False alarms per resident-day; NaN if nobody was monitored."""
        return self.n_false_alarms / self.resident_days if self.monitored_s else math.nan

    @property
    def false_alarm_interval(self) -> Interval:
        """Exact Poisson 95% interval of the false alarms per resident-day; it assumes independent days."""
        return poisson_interval(self.n_false_alarms, self.resident_days)

    @property
    def false_alarm_bound(self) -> float:
        """One-sided 95% upper bound of the false alarms per resident-day; it assumes independent days."""
        return poisson_upper_bound(self.n_false_alarms, self.resident_days)

    @property
    def movement_hours(self) -> float:
        """Time in which the resident moved, in hours; NaN if it was not measured."""
        return math.nan if self.movement_s is None else self.movement_s / SECONDS_PER_HOUR

    @property
    def false_alarms_per_movement_hour(self) -> float:
        """False alarms per hour of movement; NaN if it was not measured, or nobody moved."""
        return self.n_false_alarms / self.movement_hours if self.movement_s else math.nan

    @property
    def false_alarm_interval_per_movement_hour(self) -> Interval:
        """Exact Poisson 95% interval of the false alarms per hour of movement; it assumes independent hours."""
        return poisson_interval(self.n_false_alarms, self.movement_hours) if self.movement_s else UNDEFINED

    @property
    def false_alarm_bound_per_movement_hour(self) -> float:
        """One-sided 95% upper bound of the false alarms per hour of movement; infinite if it was not measured."""
        return poisson_upper_bound(self.n_false_alarms, self.movement_hours) if self.movement_s else math.inf

    @property
    def median_delay_s(self) -> float:
        """Median delay of the detected falls in seconds; NaN if there are none."""
        return float(np.median(self.delays_s)) if self.delays_s else math.nan

    def precision(self, falls_per_day: float) -> float:
        """The fraction of alarms that are falls, by :func:`common.precision_at`."""
        sensitivity = self.sensitivity if self.n_falls else 0.0
        return precision_at(sensitivity, self.false_alarms_per_day, falls_per_day=falls_per_day)

    def __str__(self) -> str:
        delay = ABSENT if math.isnan(self.median_delay_s) else f"{self.median_delay_s:.2f}"
        per_hour, interval = self.false_alarms_per_movement_hour, self.false_alarm_interval_per_movement_hour
        rows = [
            ["event sensitivity", ratio(self.sensitivity), str(self.sensitivity_interval)],
            ["false alarms per day", ratio(self.false_alarms_per_day), str(self.false_alarm_interval)],
            ["... at most (one-sided)", _bound(self.false_alarm_bound), ""],
            ["false alarms per hour of movement", ratio(per_hour), str(interval)],
            ["... at most (one-sided)", _bound(self.false_alarm_bound_per_movement_hour), ""],
            ["median delay [s]", delay, ""],
        ]
        falls = f"{self.n_falls:,} fall{'s' * (self.n_falls != 1)}"
        movement = "" if self.movement_s is None else f", {self.movement_hours:,.1f} h of movement"
        return (
            f"{falls} in {self.resident_days:,.1f} resident-days{movement}\n\n"
            f"{text_table(['measure', 'value', '95%'], rows)}\n\nIntervals assume independent falls and days."
        )


def check_movement(movement_s: float | None, monitored_s: float) -> float | None:
    """Seconds of movement: None, or from 0 to the monitored time."""
    if movement_s is None:
        return None
    movement = check_number(movement_s, "movement_s", at_least=0)
    if movement > monitored_s + 1e-6:
        raise InvalidInputError(
            f"movement_s is {movement:g}, more than monitored_s = {monitored_s:g}: count monitored time only"
        )
    return movement


def _sum_of_movement(one: EventScore, other: EventScore) -> float | None:
    """None if the movement of any monitored time is unknown; a score of no time at all adds nothing."""
    parts = [score.movement_s for score in (one, other) if score.monitored_s or score.movement_s is not None]
    return None if not parts or None in parts else sum(part for part in parts if part is not None)


def _bound(value: float) -> str:
    return ABSENT if math.isinf(value) else f"{value:.3f}"
