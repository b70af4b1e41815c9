"""Events: Poisson intervals against tables, scores against a plain matcher, thresholds that keep their bound."""

import math

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy import stats

from common import (
    EventScore,
    MonitoredDay,
    alarm_times,
    choose_threshold,
    poisson_interval,
    poisson_upper_bound,
    precision_at,
    score_events,
)
from common.errors import InvalidInputError

DAY = 86_400.0
NAN = math.nan


class TestPoisson:
    # The usual table of exact 95% limits, as in E. S. Pearson and H. O. Hartley, Biometrika Tables, table 40.
    @pytest.mark.parametrize(
        ("count", "low", "high"), [(0, 0.000, 3.689), (1, 0.0253, 5.572), (5, 1.623, 11.668), (10, 4.795, 18.390)]
    )
    def test_published(self, count, low, high):
        interval = poisson_interval(count, 1)
        assert interval.low == pytest.approx(low, abs=5e-4)
        assert interval.high == pytest.approx(high, abs=5e-4)

    @given(st.integers(0, 2000), st.floats(1e-3, 1e4))
    def test_the_bounds_invert_scipy_s_distribution(self, count, exposure):
        interval = poisson_interval(count, exposure)
        assert stats.poisson.cdf(count, interval.high * exposure) == pytest.approx(0.025)
        if count:
            assert stats.poisson.sf(count - 1, interval.low * exposure) == pytest.approx(0.025)
        bound = poisson_upper_bound(count, exposure)
        assert stats.poisson.cdf(count, bound * exposure) == pytest.approx(0.05)

    def test_rule_of_three(self):
        assert poisson_upper_bound(0, 100) == pytest.approx(0.03, rel=0.002)

    def test_without_exposure(self):
        assert math.isnan(poisson_interval(0, 0).low)
        assert poisson_upper_bound(3, 0) == math.inf

    @pytest.mark.parametrize(("count", "exposure"), [(-1, 1), (1.5, 1), (True, 1), (1, -1), (1, NAN), (1, "day")])
    @pytest.mark.parametrize("function", [poisson_interval, poisson_upper_bound])
    def test_refuses(self, function, count, exposure):
        with pytest.raises(InvalidInputError, match=r"count|exposure"):
            function(count, exposure)

    def test_precision(self):
        assert precision_at(0.9, 0.9, falls_per_day=1) == pytest.approx(0.5)
        assert precision_at(0.9, 0.0, falls_per_day=0.01) == 1
        assert math.isnan(precision_at(0.9, 0.0, falls_per_day=0))


def plain_score(alarms, impacts, before, after, merge):
    """The terms of DESIGN section 2, alarm by alarm and fall by fall."""
    delays = []
    for impact in sorted(impacts):
        for alarm in sorted(alarms):
            if impact - before <= alarm <= impact + after:
                delays.append(alarm - impact)
                break
    merged: list[list[float]] = []
    for alarm in sorted(alarms):
        if merged and alarm <= merged[-1][0] + merge:
            merged[-1].append(alarm)
        else:
            merged.append([alarm])
    false = [
        group
        for group in merged
        if not any(impact - before <= alarm <= impact + after for alarm in group for impact in impacts)
    ]
    return tuple(delays), len(false)


class TestScore:
    # Whole and half seconds, so that times meet the ends of windows exactly.
    times = st.lists(st.integers(0, 400).map(lambda half: half / 2), max_size=25)

    @given(times, st.lists(st.integers(0, 400).map(lambda half: half / 2), max_size=6))
    def test_same_as_the_plain_matcher(self, alarms, impacts):
        score = score_events(alarms, impacts, monitored_s=DAY)
        assert (score.delays_s, score.n_false_alarms) == plain_score(alarms, impacts, 1, 10, 30)
        assert score.n_falls == len(impacts)

    @given(times, times, st.integers(0, 5), st.integers(0, 60), st.integers(0, 60))
    def test_same_with_other_windows(self, alarms, impacts, before, after, merge):
        score = score_events(alarms, impacts, monitored_s=DAY, before_s=before, after_s=after, merge_s=merge)
        assert (score.delays_s, score.n_false_alarms) == plain_score(alarms, impacts, before, after, merge)

    @pytest.mark.parametrize(
        ("alarm", "detected"), [(98.99, False), (99, True), (100, True), (110, True), (110.01, False)]
    )
    def test_the_window_includes_its_ends(self, alarm, detected):
        score = score_events([alarm], [100], monitored_s=DAY)
        assert score.n_detected == detected
        assert score.n_false_alarms == (not detected)

    def test_a_flickering_detector_is_not_one_alarm(self):
        """Alarms every 20 s find every fall, and are 2 160 false alarms a day rather than a single true one."""
        score = score_events(np.arange(0, DAY, 20), [40_000], monitored_s=DAY)
        assert score.n_detected == 1
        assert score.n_false_alarms == 2160 - 1

    def test_an_alarm_that_never_ends_detects_nothing(self):
        times = np.arange(DAY)
        alarms = alarm_times(times, np.ones(len(times)), threshold=0.5)
        score = score_events(alarms, [40_000], monitored_s=DAY)
        assert (score.n_detected, score.n_false_alarms) == (0, 1)

    def test_one_alarm_may_detect_two_falls(self):
        assert score_events([108], [99, 106], monitored_s=DAY).delays_s == (9, 2)

    def test_days_add_up(self):
        days = [score_events([10.0 * day], [10.0 * day - 1], monitored_s=DAY / 2) for day in range(4)]
        total = sum(days)
        assert total == EventScore(4, (1, 1, 1, 1), 0, 2 * DAY)
        assert total.resident_days == 2
        assert total.false_alarm_bound == pytest.approx(-math.log(0.05) / 2)
        assert total.median_delay_s == 1

    def test_864_false_windows_a_day(self):
        """The lecture's arithmetic: one decision a second, specificity 99%; 100 s apart, each is an alarm."""
        times = np.arange(DAY)
        score = score_events(alarm_times(times, times % 100 == 0, threshold=0.5), [], monitored_s=DAY)
        assert score.false_alarms_per_day == 864
        assert math.isnan(score.sensitivity)

    def test_nothing_at_all(self):
        score = score_events([], [], monitored_s=0)
        assert math.isnan(score.false_alarms_per_day)
        assert math.isnan(score.median_delay_s)
        assert math.isnan(score.precision(0.01))
        assert "0 falls in 0.0 resident-days" in str(score)

    def test_precision_where_falls_are_rare(self):
        score = EventScore(100, (1.0,) * 98, 15, 30 * DAY)
        assert score.precision(1.5 / 365) == pytest.approx(0.98 * 1.5 / 365 / (0.98 * 1.5 / 365 + 0.5))

    def test_print_says_what_is_assumed(self):
        assert "assume independent falls and days" in str(EventScore(1, (1.0,), 0, DAY))

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({"alarms_s": [1, NAN]}, "alarms_s contains NaN at entry 1"),
            ({"impacts_s": [math.inf]}, "impacts_s contains infinity at entry 0"),
            ({"alarms_s": [[1.0]]}, r"alarms_s has shape \(1, 1\); pass a list of times"),
            ({"alarms_s": 3.0}, r"alarms_s has shape \(\)"),
            ({"alarms_s": ["soon"]}, "alarms_s is not a rectangular array of numbers"),
            ({"monitored_s": -1}, "monitored_s is -1"),
            ({"after_s": -1}, "after_s is -1"),
            ({"merge_s": NAN}, "merge_s is nan"),
        ],
    )
    def test_refuses(self, arguments, message):
        with pytest.raises(InvalidInputError, match=message):
            score_events(**{"alarms_s": [], "impacts_s": [], "monitored_s": DAY, **arguments})

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ((1, (1.0, 2.0), 0, DAY), "delays_s has 2 entries but n_falls is 1"),
            ((1, (NAN,), 0, DAY), "delays_s is nan"),
            ((-1, (), 0, DAY), "n_falls is -1"),
            ((0, (), 0.5, DAY), "n_false_alarms is 0.5"),
        ],
    )
    def test_a_score_checks_itself(self, arguments, message):
        with pytest.raises(InvalidInputError, match=message):
            EventScore(*arguments)


class TestAlarmTimes:
    @given(st.lists(st.one_of(st.just(NAN), st.floats(0, 1)), max_size=50), st.floats(0.01, 0.99))
    def test_rising_edges(self, scores, threshold):
        expected = [
            float(i) for i, score in enumerate(scores) if score >= threshold and not (i and scores[i - 1] >= threshold)
        ]
        assert alarm_times(range(len(scores)), scores, threshold=threshold).tolist() == expected

    @pytest.mark.parametrize(
        ("times", "scores", "message"),
        [
            ([0, 2, 1], [0, 0, 0], "times_s runs backwards at entry 2"),
            ([0, 1], [0], r"scores has shape \(1,\) and times_s \(2,\)"),
            ([0, 1], [0, math.inf], "scores is infinite at entry 1"),
            ([0, NAN], [0, 1], "times_s contains NaN"),
        ],
    )
    def test_refuses(self, times, scores, message):
        with pytest.raises(InvalidInputError, match=message):
            alarm_times(times, scores, threshold=0.5)


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
            ({"candidates": [0.5, NAN]}, "candidates contains NaN"),
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
