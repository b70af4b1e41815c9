"""Intervals of alarms over residents, since falls and false alarms of one person resemble each other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from common.errors import InvalidInputError
from common.evaluation.event_score import EventScore
from common.evaluation.intervals import UNDEFINED, Interval, bootstrap_by_group, clopper_pearson, is_constant
from common.evaluation.rates import SECONDS_PER_DAY, SECONDS_PER_HOUR
from common.validation import FloatArray


@dataclass(frozen=True)
class ResidentIntervals:
    """95% intervals over residents; NaN to NaN where one does not apply.

    Attributes
    ----------
    sensitivity : Interval
        Falls found.
    false_alarms_per_day, false_alarms_per_movement_hour : Interval
    """

    sensitivity: Interval
    false_alarms_per_day: Interval
    false_alarms_per_movement_hour: Interval


def intervals_by_resident(scores: Iterable[EventScore]) -> ResidentIntervals:
    """Intervals of an alarm's sensitivity and rates, from one score per resident.

    They are bootstrapped: each resample draws whole residents. Where all resamples are equal, the bootstrap's interval
    has no width and would claim certainty. Then the sensitivity gets Clopper and Pearson's exact interval of the
    residents whose falls were all found, if all falls were found or none; otherwise it is undefined. Rates of false
    alarms get the exact Poisson interval, which assumes that false alarms come independently.

    Parameters
    ----------
    scores : iterable of EventScore
        One for each resident, with all days of that resident.

    Returns
    -------
    ResidentIntervals

    Examples
    --------
    >>> def resident(found, false_alarms):
    ...     return EventScore(10, (1.0,) * found, false_alarms, monitored_s=86_400, movement_s=10_800)
    >>> intervals = intervals_by_resident([resident(10, 0), resident(10, 1), resident(8, 0), resident(9, 2)])
    >>> print(intervals.sensitivity, intervals.false_alarms_per_movement_hour)
    0.850–1.000 0.000–0.500
    >>> print(intervals_by_resident([resident(10, 0)] * 30).sensitivity)
    0.884–1.000
    """
    residents = list(scores)
    if not residents or not all(isinstance(score, EventScore) for score in residents):
        raise InvalidInputError("scores must hold at least one EventScore: one per resident")
    counts = np.array([_counts(score) for score in residents])
    sensitivity, per_day, per_hour = bootstrap_by_group(counts, _measures)
    total = sum(residents, EventScore(0, (), 0, 0.0))
    if total.n_falls and total.n_detected in (0, total.n_falls):
        fell = [score for score in residents if score.n_falls]
        sensitivity = clopper_pearson(sum(score.n_detected == score.n_falls for score in fell), len(fell))
    elif is_constant(sensitivity):
        sensitivity = UNDEFINED
    # One resident without false alarms has an exact interval as well, where a bootstrap has none.
    if total.n_false_alarms == 0 or is_constant(per_day):
        per_day = total.false_alarm_interval
    if total.n_false_alarms == 0 or is_constant(per_hour):
        per_hour = total.false_alarm_interval_per_movement_hour
    return ResidentIntervals(sensitivity, per_day, per_hour)


def _counts(score: EventScore) -> tuple[float, ...]:
    movement_s = np.nan if score.movement_s is None else score.movement_s
    return score.n_detected, score.n_falls, score.n_false_alarms, score.monitored_s, movement_s


def _measures(counts: FloatArray) -> FloatArray:
    """Sensitivity and both rates ``(n_resamples, 3)`` of summed counts; NaN without falls or time."""
    found, falls, false_alarms, monitored_s, movement_s = counts.T
    with np.errstate(invalid="ignore", divide="ignore"):
        per_day = false_alarms / (monitored_s / SECONDS_PER_DAY)
        per_hour = false_alarms / (movement_s / SECONDS_PER_HOUR)
        measures = np.stack([found / falls, per_day, per_hour], axis=1)
    return np.where(np.isinf(measures), np.nan, measures)
