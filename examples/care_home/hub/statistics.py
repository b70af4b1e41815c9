"""How well the home is served: answers, false alarms, and what a higher threshold would have left out."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from examples.care_home.hub.alarms import Alarm

_HOUR_S, _DAY_S = 3600.0, 86_400.0


@dataclass(frozen=True)
class Statistics:
    """Of the alarms in the history.

    Attributes
    ----------
    n_alarms, n_helped, n_false, n_unsaid : int
        All; those in which somebody was helped; false ones; those of which staff have not said what they were.
    watched_days, moving_hours : float
        Over all residents.
    false_per_day, false_per_moving_hour : float or None
        None before there is enough to divide by.
    median_answer_s, slowest_tenth_s : float or None
        From an alarm to "on my way"; one answer in ten took longer than the second.
    energy_j : float
        Of all decisions of all sensors.
    """

    n_alarms: int
    n_helped: int
    n_false: int
    n_unsaid: int
    watched_days: float
    moving_hours: float
    false_per_day: float | None
    false_per_moving_hour: float | None
    median_answer_s: float | None
    slowest_tenth_s: float | None
    energy_j: float


def statistics_of(alarms: Sequence[Alarm], watched_s: float, moving_s: float, energy_j: float) -> Statistics:
    """The statistics of these alarms."""
    n_false = sum(alarm.verdict == "false alarm" for alarm in alarms)
    answers_s = sorted(
        alarm.acknowledged_at_s - alarm.raised_at_s for alarm in alarms if alarm.acknowledged_at_s is not None
    )
    return Statistics(
        len(alarms),
        sum(alarm.verdict == "helped" for alarm in alarms),
        n_false,
        sum(alarm.verdict is None for alarm in alarms),
        watched_s / _DAY_S,
        moving_s / _HOUR_S,
        n_false * _DAY_S / watched_s if watched_s >= _HOUR_S else None,
        n_false * _HOUR_S / moving_s if moving_s >= _HOUR_S / 6 else None,
        statistics.median(answers_s) if answers_s else None,
        answers_s[int(0.9 * len(answers_s))] if len(answers_s) >= 10 else None,
        energy_j,
    )


@dataclass(frozen=True)
class ThresholdEffect:
    """How many of the alarms so far would have been raised at a threshold."""

    threshold: float
    n_helped: int
    n_false: int


def threshold_effects(alarms: Iterable[Alarm], thresholds: Sequence[float]) -> list[ThresholdEffect]:
    """What thresholds above today's would have done, by the fused probability with which each alarm was raised.

    Nothing can be said of lower ones: what they would have raised was never judged by anybody.
    """
    judged = [(alarm.probability, alarm.verdict) for alarm in alarms if alarm.probability is not None]
    return [
        ThresholdEffect(
            threshold,
            sum(p >= threshold and verdict == "helped" for p, verdict in judged),
            sum(p >= threshold and verdict == "false alarm" for p, verdict in judged),
        )
        for threshold in thresholds
    ]
