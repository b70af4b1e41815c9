"""Choose the threshold of an alarm so that its rate of false alarms stays below a given limit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from common.errors import InvalidInputError
from common.evaluation.events import EventScore, check_decisions, rising_edges, score_events
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
    """

    times_s: FloatArray
    scores: FloatArray
    impacts_s: FloatArray
    monitored_s: float

    def __post_init__(self) -> None:
        times, scores = check_decisions(self.times_s, self.scores)
        object.__setattr__(self, "times_s", times)
        object.__setattr__(self, "scores", scores)
        object.__setattr__(self, "impacts_s", check_event_times(self.impacts_s, "impacts_s"))
        check_number(self.monitored_s, "monitored_s", at_least=0)

    def score(self, threshold: float) -> EventScore:
        """Score the day at one threshold, by the definitions of :mod:`common.evaluation.events`."""
        alarms = rising_edges(self.times_s, self.scores, threshold)
        return score_events(alarms, self.impacts_s, monitored_s=self.monitored_s)


@dataclass(frozen=True)
class OperatingPoint:
    """A threshold and its score on the days on which it was chosen; made by :func:`choose_threshold`.

    Attributes
    ----------
    threshold : float
    max_false_alarms_per_day : float
        The requested limit.
    score : EventScore
        All days together at the threshold. The sensitivity to quote is that of other days.
    """

    threshold: float
    max_false_alarms_per_day: float
    score: EventScore

    def __post_init__(self) -> None:
        check_number(self.threshold, "threshold")
        check_number(self.max_false_alarms_per_day, "max_false_alarms_per_day", above=0)
        if self.bound_per_day > self.max_false_alarms_per_day:
            raise InvalidInputError(
                f"score has a bound of {self.bound_per_day:.3f} false alarms a day, "
                f"above max_false_alarms_per_day = {self.max_false_alarms_per_day:g}"
            )

    @property
    def bound_per_day(self) -> float:
        """The one-sided 95% Poisson bound of the false alarms per resident-day."""
        return self.score.false_alarm_bound

    def __str__(self) -> str:
        return (
            f"threshold {self.threshold:.6g}: at most {self.bound_per_day:.3f} false alarms per resident-day "
            f"(one-sided 95% Poisson bound from {self.score.n_false_alarms} in {self.score.resident_days:,.1f} "
            f"held-out days, which assumes independent days); asked for {self.max_false_alarms_per_day:g}"
        )


def choose_threshold(
    days: Iterable[MonitoredDay], *, max_false_alarms_per_day: float, candidates: npt.ArrayLike | None = None
) -> OperatingPoint:
    """The most sensitive threshold whose rate of false alarms is, with 95% confidence, at most the limit.

    Candidates are tried from the highest down, and the search ends at the first whose bound exceeds the limit. Testing
    in an order that is fixed in advance keeps the 95% confidence, although the threshold is chosen on the same days.
    The bound holds for days like these and assumes that they are independent; they must be held out from all training.

    Parameters
    ----------
    days : iterable of MonitoredDay
        Held-out days. Even without any false alarm, 3 / ``max_false_alarms_per_day`` of them are needed.
    max_false_alarms_per_day : float
        The limit.
    candidates : array-like, optional
        Thresholds; by default 207 probabilities from 0.999999 to 0.001. For other scores, such as a peak in g, pass
        some that were not chosen by looking at these days.

    Returns
    -------
    OperatingPoint
        The one with the highest sensitivity among those that pass; of several, the lowest threshold.

    Raises
    ------
    InvalidInputError
        If not even the highest candidate passes; the message says how many days would be needed.

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
    ...     days.append(MonitoredDay(times, scores, impacts_s=[40_000.0], monitored_s=86_400))
    >>> print(choose_threshold(days, max_false_alarms_per_day=0.5))  # doctest: +ELLIPSIS
    threshold 0.1...: at most 0.300 false alarms per resident-day (one-sided 95% Poisson bound from 0 in 10.0
    held-out days, which assumes independent days); asked for 0.5
    """
    days = list(days)
    if not all(isinstance(day, MonitoredDay) for day in days):
        raise InvalidInputError(
            "days must hold MonitoredDay objects: MonitoredDay(times_s, scores, impacts_s, monitored_s)"
        )
    check_number(max_false_alarms_per_day, "max_false_alarms_per_day", above=0)
    passed = []
    for threshold in _descending_thresholds(candidates):
        score = sum((day.score(threshold) for day in days), EventScore(0, (), 0, 0.0))
        if score.false_alarm_bound > max_false_alarms_per_day:
            break
        passed.append(OperatingPoint(threshold, max_false_alarms_per_day, score))
    if not passed:
        raise InvalidInputError(_why_none_passed(threshold, score, max_false_alarms_per_day))
    # max() keeps the first of equals, and reversed() puts the lowest threshold first.
    return max(reversed(passed), key=lambda point: point.score.n_detected)


def _descending_thresholds(candidates: npt.ArrayLike | None) -> list[float]:
    if candidates is None:
        return list(map(float, PROBABILITIES))
    values: Any = np.unique(as_float_array(candidates, "candidates"))
    if values.size == 0:
        raise InvalidInputError("candidates is empty: name at least one threshold")
    check_finite(values, "candidates", ("entry",))
    return [float(value) for value in values[::-1]]


def _why_none_passed(threshold: float, score: EventScore, limit: float) -> str:
    needed = poisson_upper_bound(0, 1) / limit
    reason = (
        f"{score.n_false_alarms} false alarms in {score.resident_days:.1f} days already at threshold {threshold:.6g} "
        f"bound the rate only by {score.false_alarm_bound:.3g} a day"
    )
    if score.resident_days < needed:
        return f"days: {reason}; a limit of {limit:g} needs {needed:.1f} held-out days even without a false alarm"
    return f"max_false_alarms_per_day is {limit:g}, but {reason}: improve the detector, or allow more"
