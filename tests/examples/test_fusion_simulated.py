"""The fusion on simulated residents: from reports of a second to alarms, and a day from end to end."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import common
import fall
from common import DayScenario, InertialSensor
from common.simulation.day_labels import DayLabels, FallTimes
from common.simulation.scenes import Routine
from examples import fusion_alarms, fusion_decisions
from examples.fusion_camera import Camera
from examples.fusion_days import ObservedDay, observe_days
from examples.fusion_decisions import fused
from examples.fusion_sensors import Observations, Preparation
from examples.fusion_wearable import Wearable, hold_maximum

N = 1200
FALL = FallTimes("Fall left", 599.0, 600.0, 660.0)


def quiet_day(**evidence: Any) -> ObservedDay:
    """Twenty minutes without evidence but what is given; a fall at ten minutes."""
    values = {"wearable": np.zeros(N), "camera": np.zeros(N), **evidence}
    always = np.ones(N, dtype=bool)
    observations = {name: Observations(of_sensor, of_sensor, always) for name, of_sensor in values.items()}
    return ObservedDay(observations, DayLabels((FALL,), Routine((), (), ())))


def pulse(start: int, stop: int, height: float = 0.9) -> Any:
    values = np.zeros(N)
    values[start:stop] = height
    return values


def test_the_wearable_s_probability_is_held_for_four_seconds() -> None:
    probability = np.zeros(N)
    probability[600] = 0.9
    probability[10:30] = np.nan
    held = hold_maximum(probability)
    np.testing.assert_array_equal(np.flatnonzero(held == 0.9), [600, 601, 602, 603])
    assert not np.isnan(held[:13]).any()
    assert np.isnan(held[13:30]).all()


def test_observations_come_back_from_disk_as_they_were(tmp_path: Path) -> None:
    values = np.array([0.5, np.nan])
    observations = Observations(
        values, 2 * values, ~np.isnan(values), degraded={"gaps: ≤ 1 s": 3 * values}, series={"peak_g": 4 * values}
    )
    observations.save(tmp_path / "day.npz")
    again = Observations.load(tmp_path / "day.npz")
    np.testing.assert_array_equal(again.probability, observations.probability)
    np.testing.assert_array_equal(again.evidence, observations.evidence)
    np.testing.assert_array_equal(again.is_active, observations.is_active)
    for kind in ("degraded", "series"):
        np.testing.assert_equal(getattr(again, kind), getattr(observations, kind))


def test_a_fault_replaces_the_evidence_of_the_sensors_that_have_it() -> None:
    day = quiet_day()
    faulty = replace(day.observations["wearable"], degraded={"gaps": np.full(N, np.nan)})
    day = replace(day, observations={**day.observations, "wearable": faulty})
    assert day.evidence(fault="gaps")["wearable"].isna().all()
    assert (day.evidence(fault="gaps")["camera"] == 0).all()
    assert day.evidence().notna().all(axis=None)


def test_labels_of_a_fall() -> None:
    is_fall = quiet_day().is_fall
    seconds = quiet_day().seconds
    assert (is_fall[(seconds > 601) & (seconds <= 606)] == 1).all()
    assert (is_fall[(seconds > 607) & (seconds < 679)] == -1).all()
    assert (is_fall[(seconds < 599) | (seconds > 681)] == 0).all()


def test_a_second_alarm_for_somebody_on_the_floor_is_not_false() -> None:
    scores = pulse(600, 604) + pulse(640, 650)
    score = quiet_day().monitored(scores).score(0.5)
    assert (score.n_detected, score.n_false_alarms) == (1, 0)
    assert quiet_day().monitored(pulse(720, 724)).score(0.5).n_false_alarms == 1


def test_an_alarm_is_raised_answered_and_resolved() -> None:
    day = quiet_day()
    log = fusion_alarms.track_alarms(day, pulse(600, 612), common.AlarmPolicy())
    assert [str(transition.after) for transition in log if transition.subject == "fall"] == [
        "suspected", "confirmed", "notified", "acknowledged", "resolved", "quiet",
    ]  # fmt: skip
    score = fusion_alarms.score_alarms(day, log)
    assert (score.n_detected, score.n_false_alarms) == (1, 0)


def test_dead_sensors_are_reported_within_thirty_seconds() -> None:
    log = fusion_alarms.track_alarms(quiet_day(), np.zeros(N), common.AlarmPolicy(), dead_from_s=300.0)
    silent = {transition.subject: transition.time_s for transition in log if transition.after == "silent"}
    assert set(silent) == {"sensor wearable", "sensor camera"}
    assert all(300 < time <= 330 for time in silent.values())


def test_too_few_days_bound_nothing_and_the_reason_names_it() -> None:
    day = quiet_day()
    threshold, reason = fusion_decisions.choose_threshold([day.monitored(pulse(600, 610))], limit=0.5)
    assert 0 < threshold <= 0.9
    assert "too few hours" in reason


def test_a_missing_sensor_is_nan_to_the_fusion_by_name() -> None:
    rng = np.random.default_rng(0)
    days = [
        quiet_day(wearable=pulse(600, 603) + 0.05 * rng.random(N), camera=pulse(601, 660) + 0.05 * rng.random(N))
        for _ in range(6)
    ]
    fusion = fusion_decisions.fit(days)
    assert list(fusion.feature_names_in_) == ["wearable", "camera"]
    evidence = days[0].evidence()
    both, without_camera = fused(fusion, evidence), fused(fusion, evidence[["wearable"]])
    assert both[602] > 0.9
    assert without_camera[602] > 0.5
    np.testing.assert_array_equal(without_camera, fused(fusion, evidence.assign(camera=np.nan)))
    np.testing.assert_array_equal(both, fused(fusion, evidence[["camera", "wearable"]]))
    assert np.isnan(fused(fusion, evidence.assign(wearable=np.nan, camera=np.nan))).all()


@pytest.mark.slow
def test_a_whole_day_from_motion_to_evidence(tmp_path: Path) -> None:
    """One day, streamed through both sensors with small classifiers, of which little is asked."""
    worn = InertialSensor("waist", rate_hz=25.0)
    busy = DayScenario(hours=2, start_hour=9, n_falls=12, sensor=worn)
    frames = common.simulate_frames(replace(common.TRAIN_SCENARIO, n_residents=4, rate_hz=1.0, repetitions=1), seed=41)
    y = frames.table["label"].to_numpy()
    network = fall.CNNFallClassifier("separable_cnn", epochs=5, batch_size=32, validation_fraction=0, random_state=0)
    models = {"camera": fall.compress(network.fit(frames.images, y), "int8", frames.images, y)}
    preparation = Preparation(busy, (801, 802, 803), models)
    sensors = [sensor.prepare(preparation) for sensor in (Wearable, Camera)]

    whole = DayScenario(sensor=worn, camera_hz=0.5)
    options: dict[str, Any] = {"title": "day", "cache": tmp_path, "jobs": 1}
    (day,) = observe_days(whole, (831,), sensors, **options)
    assert day.evidence().shape == (86_400, 2)
    assert len(day.labels.falls) == 10
    alone = day.monitored(day.evidence()["wearable"].to_numpy()).score(0.9)
    assert alone.sensitivity >= 0.7
    assert alone.false_alarms_per_day <= 20
    # A tenth of the samples lost in short bursts is interpolated; in long ones the sensor is often absent.
    short, long = day.observations["wearable"].degraded.values()
    assert np.isnan(short).mean() < 0.001
    assert 0.01 < np.isnan(long).mean() < 0.9
    # What was observed is kept, and found again.
    files = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("831.npz")}
    assert len(files) == 2
    (again,) = observe_days(whole, (831,), sensors, **options)
    assert {path: path.stat().st_mtime_ns for path in files} == files
    np.testing.assert_array_equal(again.evidence(), day.evidence())
