"""The fusion on simulated residents: what becomes of what the sensors say, and a day from end to end."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import common
import fall
from common import DayScenario, InertialSensor
from common.simulation.day import DayLabels, FallTimes
from common.simulation.routine import Routine
from examples import fusion_days, fusion_decisions
from examples.fusion_days import WatchedDay
from examples.fusion_decisions import Day, fused

N = 1200
FALL = FallTimes("Fall left", 599.0, 600.0, 660.0)


def quiet_day(**said: Any) -> Day:
    """Twenty minutes in which nothing is said but what is given; a fall at ten minutes."""
    nothing = {name: np.zeros(N) for name in WatchedDay.__dataclass_fields__}
    nothing["frames"] = np.ones(N)  # somebody moves all the time
    return Day(WatchedDay(**nothing | said), DayLabels((FALL,), Routine((), (), ())))


def pulse(start: int, stop: int, height: float = 0.9) -> Any:
    values = np.zeros(N)
    values[start:stop] = height
    return values


def test_what_the_wearable_says_is_remembered_for_four_seconds() -> None:
    said = np.zeros(N)
    said[600] = 0.9
    said[10:30] = np.nan
    remembered = quiet_day(wearable=said).evidence()[:, 0]
    np.testing.assert_array_equal(np.flatnonzero(remembered == 0.9), [600, 601, 602, 603])
    assert not np.isnan(remembered[:13]).any()
    assert np.isnan(remembered[13:30]).all()


def test_labels_of_a_fall() -> None:
    is_fall = quiet_day().is_fall
    seconds = quiet_day().seconds
    assert (is_fall[(seconds > 601) & (seconds <= 606)] == 1).all()
    assert (is_fall[(seconds > 607) & (seconds < 679)] == -1).all()
    assert (is_fall[(seconds < 599) | (seconds > 681)] == 0).all()


def test_what_is_said_of_somebody_on_the_floor_is_no_false_alarm() -> None:
    scores = pulse(600, 604) + pulse(640, 650)  # a second alarm while the first fall still lies there
    score = quiet_day().monitored(scores).score(0.5)
    assert (score.n_detected, score.n_false_alarms) == (1, 0)
    assert quiet_day().monitored(pulse(720, 724)).score(0.5).n_false_alarms == 1


def test_the_tracker_suspects_is_answered_and_watches_again() -> None:
    day = quiet_day()
    log = fusion_decisions.follow(day, pulse(600, 612), common.AlarmPolicy())
    assert [str(one.after) for one in log if one.event] == [
        "suspected", "confirmed", "notified", "acknowledged", "resolved", "quiet",
    ]  # fmt: skip
    score = fusion_decisions.score_tracker(day, log)
    assert (score.n_detected, score.n_false_alarms) == (1, 0)


def test_two_dead_sensors_are_reported_within_thirty_seconds() -> None:
    log = fusion_decisions.follow(quiet_day(), np.zeros(N), common.AlarmPolicy(), dead_from_s=300.0)
    silent = {one.subject: one.time_s for one in log if one.after == "silent"}
    assert set(silent) == {"sensor wearable", "sensor camera"}
    assert all(300 < time <= 330 for time in silent.values())


def test_too_few_days_bound_nothing_and_say_so() -> None:
    day = quiet_day()
    threshold, reason = fusion_decisions.threshold([day.monitored(pulse(600, 610))], limit=0.5)
    assert 0 < threshold <= 0.9
    assert "too few hours" in reason


def test_a_missing_sensor_is_nan_to_the_fusion() -> None:
    rng = np.random.default_rng(0)
    days = [
        quiet_day(wearable=pulse(600, 603) + 0.05 * rng.random(N), camera=pulse(601, 660) + 0.05 * rng.random(N))
        for _ in range(6)
    ]
    fusion = fusion_decisions.fit(days)
    X = days[0].evidence()
    both, one = fused(fusion, X), fused(fusion, X, without="camera")
    assert both[602] > 0.9
    assert one[602] > 0.5
    X[:] = np.nan
    assert np.isnan(fused(fusion, X)).all()


@pytest.mark.slow
def test_a_whole_day_from_motion_to_alarm(tmp_path: Path) -> None:
    """One day, streamed through both sensors; small classifiers, so what is asked of them is little."""
    sensor = InertialSensor("waist", rate_hz=25.0)
    learning = DayScenario(hours=2, start_hour=9, n_falls=12, sensor=sensor)
    wearable = fusion_days.train_wearable(learning, (801, 802, 803), jobs=1)
    scenario = replace(common.TRAIN_SCENARIO, n_residents=4, rate_hz=1.0, repetitions=1)
    frames = common.simulate_frames(scenario, seed=41)
    y = frames.table["label"].to_numpy()
    network = fall.CNNFallClassifier("separable_cnn", epochs=5, batch_size=32, validation_fraction=0, random_state=0)
    camera = fall.compress(network.fit(frames.images, y), "int8", frames.images, y)

    whole = DayScenario(sensor=sensor, camera_hz=0.5)
    options: dict[str, Any] = {"title": "day", "keep": tmp_path, "jobs": 1}
    (said,) = fusion_days.watch(whole, (831,), wearable, camera, **options)
    assert len(said.camera) == len(said.wearable) == 86_400
    day = Day(said, common.simulate_resident(whole, seed=831).labels)
    assert len(day.labels.falls) == 10
    alone = day.monitored(day.evidence()[:, 0]).score(0.9)
    assert alone.sensitivity >= 0.7
    assert alone.false_alarms_per_day <= 20
    # A tenth of the samples lost in short bursts is interpolated; in long ones the sensor is often absent.
    assert np.isnan(said.wearable_short).mean() < 0.001
    assert 0.05 < np.isnan(said.wearable_long).mean() < 0.9
    # What was watched is kept, and found again.
    assert len(list(tmp_path.rglob("831.npz"))) == 1
    (again,) = fusion_days.watch(whole, (831,), wearable, camera, **options)
    np.testing.assert_array_equal(again.camera, said.camera)
