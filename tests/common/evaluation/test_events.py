"""Events: scores against a plain matcher."""

import math

import numpy as np
import pytest
from hypothesis import given, strategies as st

from common import (
    EventScore,
    alarm_times,
    poisson_interval,
    poisson_upper_bound,
    score_events,
)
from common.errors import InvalidInputError

DAY = 86_400.0
NAN = math.nan


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

    def test_without_falls_no_alarm_is_one(self):
        assert EventScore(0, (), 3, DAY).precision(falls_per_day=1) == 0

    def test_print_holds_what_was_measured(self):
        text = str(EventScore(4, (0.5, 1.5, 4.0), 2, DAY, movement_s=7_200.0))
        assert text.startswith("4 falls in 1.0 resident-days, 2.0 h of movement")
        lines = [" ".join(line.split()) for line in text.splitlines()]
        starts = ["event sensitivity 0.750", "false alarms per day 2.000", "false alarms per hour of movement 1.000"]
        assert all(any(line.startswith(start) for line in lines) for start in starts)
        assert sum(line.startswith("... at most (one-sided) ") for line in lines) == 2
        assert "median delay [s] 1.50" in lines

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


class TestEnds:
    """Windows include their ends, in tenths of a second, which binary numbers cannot hold."""

    @pytest.mark.parametrize("clock", [0, 86_400, 1_750_000_000])
    @pytest.mark.parametrize("offset", [-1, 10])
    def test_of_the_window(self, clock: int, offset: int) -> None:
        for tenth in range(0, 3_000, 7):
            impact, alarm = clock + tenth / 10, clock + (tenth + 10 * offset) / 10
            score = score_events([alarm], [impact], monitored_s=DAY)
            assert (score.n_detected, score.n_false_alarms) == (1, 0)
            assert -1 <= score.delays_s[0] <= 10

    def test_of_merging(self) -> None:
        for tenth in range(0, 3_000, 7):
            alarms = [tenth / 10, (tenth + 300) / 10]
            assert score_events(alarms, [], monitored_s=DAY).n_false_alarms == 1

    @pytest.mark.parametrize("alarm", [98.999, 110.001])
    def test_a_millisecond_outside(self, alarm: float) -> None:
        score = score_events([alarm], [100.0], monitored_s=DAY)
        assert (score.n_detected, score.n_false_alarms) == (0, 1)

    def test_other_windows(self) -> None:
        assert score_events([2.7], [3.0], monitored_s=DAY, before_s=0.3).n_detected == 1
        assert score_events([3.3], [3.0], monitored_s=DAY, after_s=0.3).n_detected == 1
        assert score_events([0.1, 0.4], [], monitored_s=DAY, merge_s=0.3).n_false_alarms == 1


class TestMovement:
    """False alarms per hour of movement, which a day of rest cannot dilute."""

    def test_rate_interval_and_bound(self) -> None:
        score = EventScore(0, (), 3, DAY, movement_s=5 * 3600)
        assert score.movement_hours == 5
        assert score.false_alarms_per_movement_hour == pytest.approx(0.6)
        assert score.false_alarm_interval_per_movement_hour == poisson_interval(3, 5)
        assert score.false_alarm_bound_per_movement_hour == poisson_upper_bound(3, 5)
        assert "1.0 resident-days, 5.0 h of movement" in str(score)

    def test_adds_up_from_an_empty_score(self) -> None:
        days = [score_events([10.0], [], monitored_s=DAY, movement_s=3600.0) for _ in range(3)]
        assert sum(days, EventScore(0, (), 0, 0.0)).movement_hours == 3
        assert sum(days).movement_hours == 3

    def test_unknown_for_one_day_is_unknown_for_all(self) -> None:
        total = score_events([], [], monitored_s=DAY, movement_s=3600.0) + score_events([], [], monitored_s=DAY)
        assert total.movement_s is None

    def test_unmeasured_prints_a_dash(self) -> None:
        score = EventScore(0, (), 3, DAY)
        assert math.isnan(score.false_alarms_per_movement_hour)
        assert score.false_alarm_bound_per_movement_hour == math.inf
        line = next(line for line in str(score).splitlines() if "hour of movement" in line)
        assert line.split()[-2:] == ["–", "–"]

    def test_nobody_moved(self) -> None:
        score = EventScore(0, (), 3, DAY, movement_s=0.0)
        assert math.isnan(score.false_alarms_per_movement_hour)
        assert math.isnan(score.false_alarm_interval_per_movement_hour.low)

    @pytest.mark.parametrize(("movement_s", "message"), [(DAY + 1, "more than monitored_s"), (-1, "movement_s is -1")])
    def test_refuses(self, movement_s: float, message: str) -> None:
        with pytest.raises(InvalidInputError, match=message):
            EventScore(0, (), 0, DAY, movement_s)
        with pytest.raises(InvalidInputError, match=message):
            score_events([], [], monitored_s=DAY, movement_s=movement_s)


class TestScoreItself:
    """What a score refuses, and how it prints."""

    @pytest.mark.parametrize(
        ("n", "text"), [(0, "0 falls in"), (1, "1 fall in"), (2, "2 falls in"), (1234, "1,234 fal")]
    )
    def test_falls_are_counted_in_words(self, n: int, text: str) -> None:
        assert str(EventScore(n, (), 0, DAY)).startswith(text)

    def test_adds_to_scores_alone(self) -> None:
        score = EventScore(1, (), 0, DAY)
        for add in (lambda: score + 1, lambda: 1 + score, lambda: score + None):
            with pytest.raises(TypeError):
                add()

    def test_somebody_who_always_moves(self) -> None:
        assert EventScore(0, (), 0, DAY, DAY).movement_hours == 24
        with pytest.raises(InvalidInputError, match="more than monitored_s"):
            EventScore(0, (), 0, DAY, DAY + 0.5)

    def test_a_day_of_which_nothing_is_known_adds_nothing(self) -> None:
        known, nothing = EventScore(0, (), 1, DAY, 3600.0), EventScore(0, (), 0, 0.0)
        assert (known + nothing).movement_s == (nothing + known).movement_s == 3600
        assert (nothing + nothing).movement_s is None

    def test_median_delay_prints_two_digits_or_a_dash(self) -> None:
        lines = [str(EventScore(2, delays, 0, DAY)).splitlines() for delays in ((1.0, 2.5), ())]
        assert [next(line.split()[-1] for line in text if "median" in line) for text in lines] == ["1.75", "–"]


def test_decisions_may_be_close_or_at_the_same_time() -> None:
    assert alarm_times([0, 0.1, 0.1, 0.2], [0, 1, 0, 1], threshold=0.5).tolist() == [0.1, 0.2]


def test_a_score_equal_to_the_threshold_is_an_alarm() -> None:
    assert alarm_times([0, 1], [0.5, 0.4], threshold=0.5).tolist() == [0]
