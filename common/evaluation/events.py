"""Alarms and falls on one clock → sensitivity per event, false alarms per day and per hour of movement, delay.

A detector decides about once a second, and counting decisions makes it look better than it is: at one decision a
second, a specificity of 99% means 864 wrong decisions a day. So events are scored, by these definitions:

- A *fall* is given by the time of its impact. It is *detected* if an alarm is raised in [impact − 1 s, impact + 10 s];
  the *delay* is the time from the impact to the first such alarm. One alarm may detect two falls that are close.
- Alarms within 30 s are one: an alarm absorbs those that follow within 30 s of *it*, not of one another. (Otherwise a
  detector that flickers all day would raise a single alarm that is always right.)
- A merged alarm of which no member lies in the window of a fall is one *false alarm*.
- A *resident-day* is 24 hours of monitored time, with a sensor present.
- An *hour of movement* is 3600 seconds of monitored time in each of which the standard deviation of the acceleration's
  magnitude is above 0.1 g. A day of rest proves nothing, so false alarms are reported per hour of movement, too.
- All ends are included, and times are compared to the microsecond: 1.1 s − 1 s is not quite 0.1 s in binary numbers.

Confirmations are scored by a separate call with a larger ``after_s``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.evaluation.event_score import EventScore as EventScore, check_movement
from common.validation import BoolArray, FloatArray, as_float_array, check_event_times, check_number

MERGE_S = 30.0
BEFORE_S = 1.0
AFTER_S = 10.0
# Far below the period of any sensor, and above the rounding of seconds since 1970, which are exact to 0.24 µs.
_TOLERANCE_S = 1e-6


def score_events(
    alarms_s: npt.ArrayLike,
    impacts_s: npt.ArrayLike,
    *,
    monitored_s: float,
    movement_s: float | None = None,
    before_s: float = BEFORE_S,
    after_s: float = AFTER_S,
    merge_s: float = MERGE_S,
) -> EventScore:
    """Score alarms against falls on one clock, by the definitions of this module.

    Parameters
    ----------
    alarms_s : array-like of shape (n_alarms,)
        Times in seconds at which the detector became suspicious, such as from :func:`alarm_times` or a tracker.
    impacts_s : array-like of shape (n_falls,)
        Times of the falls' impacts in seconds, on the same clock.
    monitored_s : float
        Time in seconds during which the resident was monitored by at least one sensor.
    movement_s : float, optional
        The part of it in which the resident moved, such as from :func:`common.evaluation.movement.moving_seconds`.
    before_s, after_s : float
        A fall is detected from ``impact − before_s`` to ``impact + after_s``, both included, with a tolerance of one
        microsecond for rounding. For confirmations, which take longer, use a larger ``after_s``.
    merge_s : float
        Alarms up to this long after the first of them, with the same tolerance, are one.

    Returns
    -------
    EventScore

    Raises
    ------
    InvalidInputError
        For NaN, infinity, negative durations, or times that are not a list of numbers.

    Examples
    --------
    >>> score = score_events([50.0, 60.0, 100.0], impacts_s=[98.0], monitored_s=3600)
    >>> score.n_detected, score.delays_s, score.n_false_alarms  # the alarms at 50 and 60 s count once
    (1, (2.0,), 1)
    """
    alarms = np.sort(check_event_times(alarms_s, "alarms_s"))
    impacts = np.sort(check_event_times(impacts_s, "impacts_s"))
    for value, name in [(before_s, "before_s"), (after_s, "after_s"), (merge_s, "merge_s")]:
        check_number(value, name, at_least=0)

    starts, ends = impacts - before_s - _TOLERANCE_S, impacts + after_s + _TOLERANCE_S

    # Alarms first to last - 1 lie in the window of a fall.
    first = np.searchsorted(alarms, starts)
    last = np.searchsorted(alarms, ends, side="right")
    detected = first < last
    delays = np.clip(alarms[first[detected]] - impacts[detected], -before_s, after_s)

    # An alarm lies in a window if more windows have started than ended before it.
    started = np.searchsorted(starts, alarms, side="right")
    ended = np.searchsorted(ends, alarms)
    return EventScore(
        n_falls=len(impacts),
        delays_s=tuple(delays.tolist()),
        n_false_alarms=_count_false(alarms, started > ended, merge_s),
        monitored_s=check_number(monitored_s, "monitored_s", at_least=0),
        movement_s=check_movement(movement_s, monitored_s),
    )


def alarm_times(times_s: npt.ArrayLike, scores: npt.ArrayLike, *, threshold: float) -> FloatArray:
    """When a detector raises an alarm: decisions at or above ``threshold`` that follow one below it.

    A NaN, where no sensor was present, counts as below every threshold, so a high score after it raises a new alarm.

    Parameters
    ----------
    times_s, scores : array-like of shape (n_decisions,)
        Times in seconds, in order, and scores such as fused probabilities.
    threshold : float

    Returns
    -------
    ndarray of shape (n_alarms,)
        Times in seconds.

    Raises
    ------
    InvalidInputError
        If times run backwards or are not finite, a score is infinite, or the lengths differ.

    Examples
    --------
    >>> alarm_times([0, 1, 2, 3, 4, 5], [0.1, 0.7, 0.9, 0.2, np.nan, 0.7], threshold=0.7)
    array([1., 5.])
    """
    times, values = check_decisions(times_s, scores)
    return rising_edges(times, values, check_number(threshold, "threshold"))


def check_decisions(times_s: Any, scores: Any) -> tuple[FloatArray, FloatArray]:
    """Times in order, and a score for each of them; scores may be NaN."""
    times = check_event_times(times_s, "times_s")
    backwards = np.flatnonzero(np.diff(times) < 0)
    if len(backwards):
        raise InvalidInputError(f"times_s runs backwards at entry {backwards[0] + 1}: pass decisions in order of time")
    values = as_float_array(scores, "scores")
    if values.shape != times.shape:
        raise InvalidInputError(f"scores has shape {values.shape} and times_s {times.shape}: pass one score a decision")
    if np.isinf(values).any():
        raise InvalidInputError(
            f"scores is infinite at entry {int(np.argmax(np.isinf(values)))}: pass NaN for no decision"
        )
    return times, values


def rising_edges(times: FloatArray, values: FloatArray, threshold: float) -> FloatArray:
    """:func:`alarm_times` of decisions that are checked already."""
    above = values >= threshold
    return np.asarray(times[above & ~np.append(False, above[:-1])])


def _count_false(alarms: FloatArray, is_true: BoolArray, merge_s: float) -> int:
    """Merge sorted alarms, and count the merged ones of which no member is true."""
    n_false = start = 0
    while start < len(alarms):
        stop = int(np.searchsorted(alarms, alarms[start] + merge_s + _TOLERANCE_S, side="right"))
        n_false += not is_true[start:stop].any()
        start = stop
    return n_false
