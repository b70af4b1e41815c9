"""Intervals over residents against all resamples, and where a bootstrap would claim certainty."""

import itertools
import math

import numpy as np
import pytest

from common import EventScore
from common.errors import InvalidInputError
from common.evaluation.by_resident import intervals_by_resident
from common.evaluation.intervals import clopper_pearson
from common.evaluation.rates import poisson_interval

DAY, HOUR = 86_400.0, 3_600.0


def resident(found: int, of: int, false_alarms: int, *, hours: float | None = 3.0) -> EventScore:
    movement_s = None if hours is None else hours * HOUR
    return EventScore(of, (1.0,) * found, false_alarms, DAY, movement_s)


RESIDENTS = [resident(9, 10, 0), resident(4, 8, 3, hours=1.5), resident(10, 10, 1, hours=5.0), resident(2, 6, 0)]


def test_close_to_the_percentiles_of_all_resamples() -> None:
    resamples = [sum(drawn) for drawn in itertools.product(RESIDENTS, repeat=len(RESIDENTS))]
    intervals = intervals_by_resident(RESIDENTS)
    for interval, values in [
        (intervals.sensitivity, [score.sensitivity for score in resamples]),
        (intervals.false_alarms_per_day, [score.false_alarms_per_day for score in resamples]),
        (intervals.false_alarms_per_movement_hour, [score.false_alarms_per_movement_hour for score in resamples]),
    ]:
        low, high = np.percentile(values, [2.5, 97.5])
        assert interval.low == pytest.approx(low, abs=0.05)
        assert interval.high == pytest.approx(high, abs=0.05)


def test_the_order_of_residents_matters_little_and_the_same_residents_give_the_same() -> None:
    assert intervals_by_resident(RESIDENTS) == intervals_by_resident(RESIDENTS)


def test_nobody_missed_is_exact_on_the_residents_who_fell() -> None:
    scores = [resident(10, 10, 1), resident(3, 3, 2), resident(0, 0, 5)]
    assert intervals_by_resident(scores).sensitivity == clopper_pearson(2, 2)


def test_residents_with_alarms_and_no_movement_leave_the_rate_undefined_not_infinite() -> None:
    scores = [resident(4, 5, 2, hours=0.0), resident(5, 5, 1, hours=0.0), resident(3, 5, 1, hours=2.0)]
    interval = intervals_by_resident(scores).false_alarms_per_movement_hour
    assert not math.isinf(interval.high)
    assert not math.isinf(interval.low)


def test_nobody_found_is_exact_as_well() -> None:
    assert intervals_by_resident([resident(0, 5, 1), resident(0, 2, 2)]).sensitivity == clopper_pearson(0, 2)


def test_no_false_alarm_is_exact_in_time() -> None:
    intervals = intervals_by_resident([resident(4, 5, 0), resident(5, 5, 0, hours=1.0)])
    assert intervals.false_alarms_per_day == poisson_interval(0, 2)
    assert intervals.false_alarms_per_movement_hour == poisson_interval(0, 4)


def test_residents_who_are_all_alike_leave_no_interval_of_zero_width() -> None:
    intervals = intervals_by_resident([resident(4, 5, 1)] * 3)
    assert math.isnan(intervals.sensitivity.low)
    assert intervals.false_alarms_per_day == poisson_interval(3, 3)
    assert intervals.false_alarms_per_movement_hour == poisson_interval(3, 9)


def test_without_falls_or_movement_there_is_no_interval() -> None:
    intervals = intervals_by_resident([resident(0, 0, 1, hours=None), resident(0, 0, 2, hours=None)])
    assert math.isnan(intervals.sensitivity.low)
    assert math.isnan(intervals.false_alarms_per_movement_hour.low)
    assert 1 in intervals.false_alarms_per_day


@pytest.mark.parametrize("scores", [[], [0.5]])
def test_refuses(scores) -> None:
    with pytest.raises(InvalidInputError, match="scores must hold at least one EventScore"):
        intervals_by_resident(scores)


def test_one_resident_without_false_alarms_has_an_exact_interval_and_otherwise_none() -> None:
    quiet, noisy = intervals_by_resident([resident(3, 5, 0)]), intervals_by_resident([resident(3, 5, 1)])
    assert quiet.false_alarms_per_day == poisson_interval(0, 1)
    assert quiet.false_alarms_per_movement_hour == poisson_interval(0, 3)
    assert math.isnan(noisy.false_alarms_per_day.low)
    assert math.isnan(noisy.false_alarms_per_movement_hour.low)


def test_a_single_false_alarm_among_several_residents_is_bootstrapped() -> None:
    intervals = intervals_by_resident([resident(3, 5, alarms) for alarms in (1, 0, 0, 0)])
    # Nobody can be drawn four times with probability above 2.5%, and the one with the alarm three times cannot either.
    assert (intervals.false_alarms_per_day.low, intervals.false_alarms_per_day.high) == (0, 0.75)
    assert intervals.false_alarms_per_movement_hour.high == pytest.approx(0.25)
