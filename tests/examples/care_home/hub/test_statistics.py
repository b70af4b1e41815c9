"""What staff read of their home: answers, false alarms by time watched, and what thresholds would have done."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from examples.care_home.hub.alarms import Alarm
from examples.care_home.hub.hub import Hub
from examples.care_home.hub.log import Log
from examples.care_home.hub.statistics import statistics_of, threshold_effects
from tests.examples.care_home.hub.rooms import Clock, FakeRoom

ALARM = Alarm("12-a#1", "12", "12-a", 1, 1000.0, 0.0, 0.6, (), "confirmed")


def test_false_alarms_are_counted_per_day_and_per_hour_of_movement() -> None:
    false = replace(ALARM, verdict="false alarm", acknowledged_at_s=1020.0)
    helped = replace(ALARM, verdict="helped", acknowledged_at_s=1040.0)
    found = statistics_of([false, helped, ALARM], 2 * 86_400, 4 * 3600, 5.0)
    assert (found.n_alarms, found.n_helped, found.n_false, found.n_unsaid) == (3, 1, 1, 1)
    assert (found.false_per_day, found.false_per_moving_hour, found.median_answer_s) == (0.5, 0.25, 30.0)


def test_too_little_time_gives_no_rate() -> None:
    found = statistics_of([replace(ALARM, verdict="false alarm")], 60, 1, 0)
    assert (found.false_per_day, found.false_per_moving_hour, found.median_answer_s) == (None, None, None)


def test_a_higher_threshold_leaves_out_alarms_that_were_raised_below_it() -> None:
    alarms = [
        replace(ALARM, probability=0.6, verdict="false alarm"),
        replace(ALARM, probability=0.9, verdict="helped"),
        replace(ALARM, probability=0.7, verdict="helped"),
        ALARM,
    ]
    effects = threshold_effects(alarms, [0.5, 0.65, 0.8])
    assert [(effect.n_helped, effect.n_false) for effect in effects] == [(2, 1), (2, 0), (1, 0)]


def test_watched_time_is_summed_over_rooms_and_restarts(tmp_path: Path) -> None:
    clock, rooms = Clock(), (FakeRoom(), FakeRoom("13", "13-a"))
    hub = Hub(Log(tmp_path / "log.db"), now=clock)
    for second in range(5):
        for room in rooms:
            hub.exchange(room.post(watched_s=float(second), moving_s=second / 2))
    hub.exchange(rooms[0].post(watched_s=1.0, moving_s=1.0))  # that room has started again
    assert hub.watched.totals() == pytest.approx((9.0, 5.0, 0.0))
    hub.close()
    hub = Hub(Log(tmp_path / "log.db"), now=clock)
    hub.exchange(rooms[0].post(watched_s=1000.0))
    assert hub.watched.totals() == pytest.approx((9.0, 5.0, 0.0)), "counted before the restart"
