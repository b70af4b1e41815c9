"""Thresholds that keep their bound."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy import stats

from common import (
    MonitoredDay,
    OperatingPoint,
    choose_threshold,
    poisson_upper_bound,
)
from common.errors import InvalidInputError

DAY = 86_400.0


def day(peaks: list[float], *, falls: int = 0, days: float = 1.0) -> MonitoredDay:
    """False peaks of given heights, a minute and more apart, then falls that score 0.7, 0.8 and 0.9 in turn."""
    heights = [*peaks, *(0.7 + 0.1 * (fall % 3) for fall in range(falls))]
    times = np.arange(2 * len(heights)) * 50.0
    scores = np.zeros(2 * len(heights))
    scores[1::2] = heights
    return MonitoredDay(times, scores, times[1::2][len(peaks) :], days * DAY)


class TestChooseThreshold:
    def test_by_hand(self):
        # 30 days: 8 false alarms give a bound of 14.43 / 30 = 0.481, 9 give 15.71 / 30 = 0.524.
        peaks = list(np.linspace(0.3, 0.6, 20))
        point = choose_threshold([day(peaks, falls=3), day([], days=29)], max_false_alarms_per_day=0.5)
        assert point.score.n_false_alarms == 8
        assert peaks[11] < point.threshold <= peaks[12]
        assert point.bound_per_day == pytest.approx(14.43 / 30, rel=1e-3)
        assert point.score.sensitivity == 1
        assert "which assumes independent days" in str(point)

    def test_the_most_sensitive_that_passes(self):
        quiet = choose_threshold([day([], falls=30, days=10)], max_false_alarms_per_day=1)
        assert quiet.score.sensitivity == 1
        noisy = choose_threshold([day([0.75] * 100, falls=30, days=10)], max_false_alarms_per_day=1)
        assert noisy.score.sensitivity == pytest.approx(2 / 3)
        assert 0.75 < noisy.threshold <= 0.8

    def test_strict_first_so_that_a_detector_stuck_on_is_not_chosen(self):
        """At 0.1 this one is on all day: one alarm. Only thresholds with nothing worse above them may pass."""
        times = np.arange(0, DAY, 50)
        flicker = MonitoredDay(times, np.where(np.arange(len(times)) % 2, 0.5, 0.2), [], DAY)
        point = choose_threshold([flicker, day([], days=9)], max_false_alarms_per_day=0.9)
        assert point.threshold > 0.5

    def test_own_candidates(self):
        watched = [day([2.0, 2.6, 3.1], falls=0, days=10)]
        assert choose_threshold(watched, max_false_alarms_per_day=0.5, candidates=[2.5, 3, 3.5]).threshold == 3

    @pytest.mark.promise("The bound on false alarms holds although the threshold was chosen")
    def test_the_bound_holds_although_the_threshold_was_chosen(self):
        """Peaks of uniform height, 3 a day: the true rate at threshold t is 3 (1 − t). 95% of choices must keep 0.5."""
        rng = np.random.default_rng(0)
        candidates = np.linspace(0, 1, 61)
        broken = 0
        for _ in range(300):
            peaks = rng.random(rng.poisson(3 * 30))
            point = choose_threshold(
                [day(peaks.tolist(), days=30)], max_false_alarms_per_day=0.5, candidates=candidates
            )
            broken += 3 * (1 - point.threshold) > 0.5
        assert broken <= stats.binom.ppf(0.999, 300, 0.05)

    def test_too_few_days_says_how_many_are_needed(self):
        with pytest.raises(
            InvalidInputError, match=r"a limit of 0.5 needs 6.0 held-out days even without a false alarm"
        ):
            choose_threshold([day([], falls=3, days=2)], max_false_alarms_per_day=0.5)

    def test_a_hopeless_detector(self):
        with pytest.raises(InvalidInputError, match="improve the detector, or allow more"):
            choose_threshold([day([1.0] * 50, days=10)], max_false_alarms_per_day=0.5)

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({"days": [None]}, "days must hold MonitoredDay"),
            ({"days": []}, "needs 6.0 held-out days"),
            ({"max_false_alarms_per_day": 0}, "max_false_alarms_per_day is 0"),
            ({"candidates": []}, "candidates is empty"),
            ({"candidates": [0.5, math.nan]}, "candidates contains NaN"),
        ],
    )
    def test_refuses(self, arguments, message):
        with pytest.raises(InvalidInputError, match=message):
            choose_threshold(**{"days": [day([], days=30)], "max_false_alarms_per_day": 0.5, **arguments})

    @settings(max_examples=20, deadline=None)
    @given(st.lists(st.floats(0, 1), max_size=40), st.integers(0, 5))
    def test_what_is_chosen_keeps_the_limit(self, peaks, falls):
        point = choose_threshold([day(peaks, falls=falls, days=100)], max_false_alarms_per_day=0.6)
        assert point.bound_per_day <= 0.6


class TestMovement:
    """The limit may be one per hour of movement."""

    def test_by_hand(self):
        # 30 hours: 8 false alarms give a bound of 14.43 / 30 = 0.481, 9 give 15.71 / 30 = 0.524.
        peaks = list(np.linspace(0.3, 0.6, 20))
        days = [moving(day(peaks, falls=3), hours=10), moving(day([], days=29), hours=20)]
        point = choose_threshold(days, max_false_alarms_per_movement_hour=0.5)
        assert point.score.n_false_alarms == 8
        assert point.score.false_alarm_bound_per_movement_hour == pytest.approx(14.43 / 30, rel=1e-3)
        assert point.max_false_alarms_per_day is None
        assert "per hour of movement (one-sided 95% Poisson bound from 8 in 30.0 held-out hours" in str(point)

    def test_hours_of_rest_do_not_help(self):
        days = [moving(day([], falls=3, days=300), hours=2)]
        with pytest.raises(InvalidInputError, match=r"a limit of 0.5 needs 6.0 held-out hours"):
            choose_threshold(days, max_false_alarms_per_movement_hour=0.5)

    def test_every_day_needs_its_movement(self):
        days = [moving(day([]), hours=20), day([])]
        with pytest.raises(InvalidInputError, match="needs movement_s of every day"):
            choose_threshold(days, max_false_alarms_per_movement_hour=0.5)

    @pytest.mark.parametrize(
        "limits", [{}, {"max_false_alarms_per_day": 1, "max_false_alarms_per_movement_hour": 1}], ids=["none", "both"]
    )
    def test_one_limit_is_needed(self, limits):
        with pytest.raises(InvalidInputError, match="pass one of the two limits"):
            choose_threshold([day([])], **limits)


def moving(monitored: MonitoredDay, *, hours: float) -> MonitoredDay:
    return replace(monitored, movement_s=3600.0 * hours)


class TestLimits:
    """What is just allowed."""

    def test_a_bound_equal_to_the_limit_passes(self):
        limit = poisson_upper_bound(0, 10)
        assert choose_threshold([day([], days=10)], max_false_alarms_per_day=limit).bound_per_day == limit

    def test_one_candidate_is_enough(self):
        assert choose_threshold([day([], days=30)], max_false_alarms_per_day=1, candidates=[0.5]).threshold == 0.5

    def test_the_limit_may_be_above_one(self):
        assert choose_threshold([day([], days=3)], max_false_alarms_per_day=1.5).max_false_alarms_per_day == 1.5

    def test_a_day_without_monitored_time_adds_nothing(self):
        nothing = MonitoredDay([], [], [], 0.0)
        point = choose_threshold([day([], days=30), nothing], max_false_alarms_per_day=0.5)
        assert point.score.resident_days == 30

    def test_days_are_added_without_a_second_more(self):
        assert choose_threshold([day([], days=10)] * 3, max_false_alarms_per_day=0.5).score.monitored_s == 30 * DAY

    def test_among_equally_sensitive_ones_the_lowest(self):
        found = choose_threshold([day([], falls=1, days=30)], max_false_alarms_per_day=0.5, candidates=[0.2, 0.4, 0.9])
        assert found.threshold == 0.2

    @pytest.mark.parametrize("limit", ["max_false_alarms_per_day", "max_false_alarms_per_movement_hour"])
    def test_a_hopeless_detector_is_told_with_the_limit_as_it_was_asked(self, limit):
        days = [moving(day([1.0] * 50, days=10), hours=100)]
        with pytest.raises(
            InvalidInputError, match=rf"^{limit} is 0\.5, but 50 false alarms in .* improve the detector"
        ):
            choose_threshold(days, **{limit: 0.5})

    def test_no_day_at_all_has_no_hour_of_movement(self):
        with pytest.raises(InvalidInputError, match=r"0 false alarms in 0\.0 hours .* needs 6\.0 held-out hours"):
            choose_threshold([], max_false_alarms_per_movement_hour=0.5)

    def test_a_point_cannot_be_made_that_breaks_its_limit(self):
        score = day([0.5] * 20, days=10).score(0.4)
        for limit in ({"max_false_alarms_per_day": 0.5}, {"max_false_alarms_per_movement_hour": 0.1}):
            with pytest.raises(InvalidInputError, match=rf"^score has a bound of .* above {next(iter(limit))} = 0"):
                OperatingPoint(
                    0.4,
                    limit.get("max_false_alarms_per_day"),
                    replace(score, movement_s=3600.0),
                    limit.get("max_false_alarms_per_movement_hour"),
                )
