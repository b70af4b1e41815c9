"""Choose the threshold of an alarm so that its rate of false alarms stays below a given limit."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from common.errors import InvalidInputError
from common.evaluation.event_score import EventScore, check_movement
from common.evaluation.events import check_decisions, rising_edges, score_events
from common.evaluation.rates import poisson_upper_bound
from common.validation import FloatArray, as_float_array, check_event_times, check_finite, check_number

# From 0.999999 down to 0.001 in steps of 0.1 in log-odds, since differences near 1 matter most.
PROBABILITIES = expit(np.round(np.arange(13.8, -6.9, -0.1), 1))


@dataclass(frozen=True, eq=False)
class MonitoredDay:
    """Decisions and falls on one clock during some monitored time.

    Parameters
    ----------
    times_s, scores : array-like of shape (n_decisions,)
        Time of each decision, in order, and its score, such as a fused probability; NaN where there was no decision.
    impacts_s : array-like of shape (n_falls,)
        Impacts of the falls on the same clock; may be empty.
    monitored_s : float
        Time in seconds during which the resident was monitored by at least one sensor.
    movement_s : float, optional
        The part of it in which the resident moved.

    Raises
    ------
    InvalidInputError
        If times run backwards or are not finite, a score is infinite, lengths differ, or monitored time is negative.

    Examples
    --------
    >>> day = MonitoredDay([10, 20, 30, 90], [0.1, 0.9, 0.2, 0.8], impacts_s=[19.0], monitored_s=3600)
    >>> score = day.score(threshold=0.7)
    >>> score.delays_s, score.n_false_alarms
    ((1.0,), 1)
    """

    times_s: FloatArray
    scores: FloatArray
    impacts_s: FloatArray
    monitored_s: float
    movement_s: float | None = None

    def __post_init__(self) -> None:
        times, scores = check_decisions(self.times_s, self.scores)
        object.__setattr__(self, "times_s", times)
        object.__setattr__(self, "scores", scores)
        object.__setattr__(self, "impacts_s", check_event_times(self.impacts_s, "impacts_s"))
        check_number(self.monitored_s, "monitored_s", at_least=0)
        check_movement(self.movement_s, self.monitored_s)

    def score(self, threshold: float) -> EventScore:
        """Score the day at one threshold, by the definitions of :mod:`common.evaluation.events`."""
        alarms = rising_edges(self.times_s, self.scores, threshold)
        return score_events(alarms, self.impacts_s, monitored_s=self.monitored_s, movement_s=self.movement_s)


@dataclass(frozen=True)
class OperatingPoint:
    """A threshold and its score on the days on which it was chosen; made by :func:`choose_threshold`.

    Attributes
    ----------
    threshold : float
    max_false_alarms_per_day : float or None
        The requested limit, if it is one per resident-day.
    score : EventScore
        All days together at the threshold. The sensitivity to quote is that of other days.
    max_false_alarms_per_movement_hour : float or None
        The requested limit, if it is one per hour of movement.

    Raises
    ------
    InvalidInputError
        If the score has a bound above its limit.

    Examples
    --------
    >>> quiet = EventScore(n_falls=1, delays_s=(2.0,), n_false_alarms=0, monitored_s=30 * 86_400)
    >>> point = OperatingPoint(0.7, max_false_alarms_per_day=0.5, score=quiet)
    >>> round(point.bound_per_day, 4)  # no false alarm in 30 days: at most 3 / 30 a day
    0.0999
    """

    threshold: float
    max_false_alarms_per_day: float | None
    score: EventScore
    max_false_alarms_per_movement_hour: float | None = None

    def __post_init__(self) -> None:
        check_number(self.threshold, "threshold")
        limit = self._limit
        if limit.bound(self.score) > limit.value:
            raise InvalidInputError(
                f"score has a bound of {limit.bound(self.score):.3f} false alarms {limit.per}, "
                f"above {limit.argument} = {limit.value:g}"
            )

    @property
    def bound_per_day(self) -> float:
        """The one-sided 95% Poisson bound of the false alarms per resident-day."""
        return self.score.false_alarm_bound

    def __str__(self) -> str:
        limit = self._limit
        return (
            f"threshold {self.threshold:.6g}: at most {limit.bound(self.score):.3f} false alarms per {limit.unit} "
            f"(one-sided 95% Poisson bound from {self.score.n_false_alarms} in {limit.exposure(self.score):,.1f} "
            f"held-out {limit.units}, which assumes independent {limit.units}); asked for {limit.value:g}"
        )

    @property
    def _limit(self) -> _Limit:
        return _the_limit(self.max_false_alarms_per_day, self.max_false_alarms_per_movement_hour)


def choose_threshold(
    days: Iterable[MonitoredDay],
    *,
    max_false_alarms_per_day: float | None = None,
    max_false_alarms_per_movement_hour: float | None = None,
    candidates: npt.ArrayLike | None = None,
) -> OperatingPoint:
    """The most sensitive threshold whose rate of false alarms is, with 95% confidence, at most the limit.

    Candidates are tried from the highest down, and the search ends at the first whose bound exceeds the limit. Testing
    in an order that is fixed in advance keeps the 95% confidence, although the threshold is chosen on the same days.
    The bound holds for days like these and assumes that they are independent; they must be held out from all training.

    Parameters
    ----------
    days : iterable of MonitoredDay
        Held-out days. Even without any false alarm, 3 / limit of them, or of hours of movement, are needed.
    max_false_alarms_per_day, max_false_alarms_per_movement_hour : float
        The limit: one of the two. Days of rest make the first easy to keep; the second needs ``movement_s`` of all
        days.
    candidates : array-like of shape (n_candidates,), optional
        Thresholds; by default 207 probabilities from 0.999999 to 0.001. For other scores, such as a peak in g, pass
        some that were not chosen by looking at these days.

    Returns
    -------
    OperatingPoint
        The one with the highest sensitivity among those that pass; of several, the lowest threshold.

    Raises
    ------
    InvalidInputError
        If not even the highest candidate passes; the message says how many days would be needed. Also without a limit,
        or with both.

    References
    ----------
    A. N. Angelopoulos, S. Bates, E. J. Candès, M. I. Jordan and L. Lei, "Learn then test: calibrating predictive
    algorithms to achieve risk control", arXiv 2110.01052, 2021 (fixed sequence testing).

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> times = np.arange(0.0, 86_400.0, 10)
    >>> days = []
    >>> for day in range(10):
    ...     scores = rng.beta(1, 60, size=times.size)
    ...     scores[4_000:4_003] = 0.9  # a fall
    ...     days.append(MonitoredDay(times, scores, impacts_s=[40_000.0], monitored_s=86_400, movement_s=10_800))
    >>> print(choose_threshold(days, max_false_alarms_per_day=0.5))  # doctest: +ELLIPSIS
    threshold 0.1...: at most 0.300 false alarms per resident-day (one-sided 95% Poisson bound from 0 in 10.0
    held-out days, which assumes independent days); asked for 0.5
    >>> print(choose_threshold(days, max_false_alarms_per_movement_hour=0.2))  # doctest: +ELLIPSIS
    threshold 0.1...: at most 0.1... false alarms per hour of movement (one-sided 95% Poisson bound from ... in 30.0
    held-out hours, which assumes independent hours); asked for 0.2
    """
    days = list(days)
    if not all(isinstance(day, MonitoredDay) for day in days):
        raise InvalidInputError(
            "days must hold MonitoredDay objects: MonitoredDay(times_s, scores, impacts_s, monitored_s)"
        )
    limit = _the_limit(max_false_alarms_per_day, max_false_alarms_per_movement_hour)
    if limit.unit == "hour of movement" and any(day.movement_s is None for day in days):
        raise InvalidInputError(
            f"{limit.argument} needs movement_s of every day, and one has none: see common.evaluation.movement"
        )
    passed = []
    for threshold in _descending_thresholds(candidates):
        score = sum((day.score(threshold) for day in days), EventScore(0, (), 0, 0.0))
        if limit.bound(score) > limit.value:
            break
        passed.append(OperatingPoint(threshold, max_false_alarms_per_day, score, max_false_alarms_per_movement_hour))
    if not passed:
        raise InvalidInputError(_why_none_passed(threshold, score, limit))
    # max() keeps the first of equals, and reversed() puts the lowest threshold first.
    return max(reversed(passed), key=lambda point: point.score.n_detected)


@dataclass(frozen=True)
class _Limit:
    """A limit of the false alarms in a unit of time, and how to measure against it."""

    argument: str
    value: float
    unit: str
    units: str
    per: str
    bound: Callable[[EventScore], float]
    exposure: Callable[[EventScore], float]


def _the_limit(per_day: float | None, per_movement_hour: float | None) -> _Limit:
    if (per_day is None) == (per_movement_hour is None):
        raise InvalidInputError(
            "max_false_alarms_per_day and max_false_alarms_per_movement_hour: pass one of the two limits"
        )
    if per_day is not None:
        argument = "max_false_alarms_per_day"
        value = check_number(per_day, argument, above=0)
        units = ("resident-day", "days", "a day")
        return _Limit(argument, value, *units, lambda score: score.false_alarm_bound, lambda score: score.resident_days)
    argument = "max_false_alarms_per_movement_hour"
    return _Limit(
        argument,
        check_number(per_movement_hour, argument, above=0),
        *("hour of movement", "hours", "an hour of movement"),
        lambda score: score.false_alarm_bound_per_movement_hour,
        lambda score: score.movement_hours,
    )


def _descending_thresholds(candidates: npt.ArrayLike | None) -> list[float]:
    if candidates is None:
        return list(map(float, PROBABILITIES))
    values: Any = np.unique(as_float_array(candidates, "candidates"))
    if values.size == 0:
        raise InvalidInputError("candidates is empty: name at least one threshold")
    check_finite(values, "candidates", ("entry",))
    return [float(value) for value in values[::-1]]


def _why_none_passed(threshold: float, score: EventScore, limit: _Limit) -> str:
    needed = poisson_upper_bound(0, 1) / limit.value
    exposure = limit.exposure(score)
    watched = 0.0 if math.isnan(exposure) else exposure
    reason = (
        f"{score.n_false_alarms} false alarms in {watched:.1f} {limit.units} already at threshold {threshold:.6g} "
        f"bound the rate only by {limit.bound(score):.3g} {limit.per}"
    )
    if watched < needed:
        return (
            f"days: {reason}; a limit of {limit.value:g} needs {needed:.1f} held-out {limit.units} "
            "even without a false alarm"
        )
    return f"{limit.argument} is {limit.value:g}, but {reason}: improve the detector, or allow more"
