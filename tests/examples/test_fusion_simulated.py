"""The fusion on simulated residents: from reports to alarms, from truth to scores, and a day from end to end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

import common
from common import Box, CameraReport, DayScenario, HeldImpacts, Person, RecentFrames, WornReport
from common.simulation.day_labels import FallTimes
from examples import fusion_alarms, fusion_decisions, fusion_energy
from examples.fusion_days import ObservedDay, truth_of
from examples.fusion_decisions import Result, fused, is_eventful
from examples.fusion_reports import AS_MEASURED, CameraReports, Observation, WornReports
from examples.fusion_truth import Truth
from examples.fusion_zones import draw_zones, load_zones, save_zones

N = 1200
FALL = FallTimes("Fall left", 599.0, 600.0, 660.0)
SECONDS = np.arange(1.0, N + 1)


@dataclass(frozen=True)
class Worn:
    """A worn sensor of which the tests say what it reports."""

    name: ClassVar[str] = "wearable"

    def evidence(self, zones: Any) -> HeldImpacts:
        return HeldImpacts()


@dataclass(frozen=True)
class Camera:
    """A camera of which the tests say what it reports."""

    name: ClassVar[str] = "camera"

    def evidence(self, zones: Any) -> RecentFrames:
        return RecentFrames(zones)


def camera_reports(probabilities: Any) -> CameraReports:
    """One person in every frame, who always moves a little."""
    box = Box(300.0, 200.0, 60.0, 160.0)
    return CameraReports.of(
        (time_s, CameraReport(True, (Person(box, float(p), 1),)))
        for time_s, p in zip(SECONDS.tolist(), probabilities, strict=True)
    )


def quiet_day(*, wearable: Any = None, camera: Any = None, gaps: Any = None) -> ObservedDay:
    """Twenty minutes without evidence but what is given; a fall at ten minutes."""
    worn = np.zeros(N) if wearable is None else wearable
    variants = {AS_MEASURED: WornReports(SECONDS, worn)}
    if gaps is not None:
        variants["gaps"] = WornReports(SECONDS, gaps)
    seen = camera_reports(np.zeros(N) if camera is None else camera)
    observations = {"wearable": Observation(variants), "camera": Observation({AS_MEASURED: seen})}
    moving = np.zeros(N, dtype=bool)
    moving[:300] = True
    return ObservedDay({"wearable": Worn(), "camera": Camera()}, observations, (), Truth((FALL,), moving))


def pulse(start: int, stop: int, height: float = 0.9) -> Any:
    values = np.zeros(N)
    values[start:stop] = height
    return values


def fitted() -> tuple[list[ObservedDay], common.FusionClassifier]:
    rng = np.random.default_rng(0)
    days = [
        quiet_day(wearable=pulse(600, 603) + 0.05 * rng.random(N), camera=pulse(601, 660) + 0.05 * rng.random(N))
        for _ in range(6)
    ]
    return days, fusion_decisions.fit(days)


def test_reports_come_back_from_disk_as_they_were(tmp_path: Path) -> None:
    people = (Person(Box(1.0, 2.0, 30.0, 40.0), 0.25, 3), Person(Box(5.0, 6.0, 70.0, 80.0), 0.5, 4))
    frames = [(1.0, CameraReport(True, people)), (11.0, CameraReport(False)), (12.5, CameraReport(True, people[1:]))]
    by_camera = CameraReports.of(frames)
    by_worn = WornReports(SECONDS[:2], np.array([0.5, np.nan]))
    Observation({AS_MEASURED: by_worn, "10% lost, ≤ 1 s": by_camera}).save(tmp_path / "day.npz")
    again = Observation.load(tmp_path / "day.npz")
    assert list(again.variants["10% lost, ≤ 1 s"]) == frames
    first, second = again.reports
    assert first == (1.0, WornReport(0.5))
    assert not second[1].is_working


def test_reports_of_some_seconds_only() -> None:
    used = np.zeros(N, dtype=bool)
    used[10:12] = True
    assert [time_s for time_s, _ in WornReports(SECONDS, np.zeros(N)).during(used)] == [11.0, 12.0]
    some = camera_reports(SECONDS / N).during(used)
    assert [report.people[0].probability for _, report in some] == [11 / N, 12 / N]


def test_outlines_are_drawn_round_furniture_within_some_pixels_and_kept(tmp_path: Path) -> None:
    room = common.simulate_resident(DayScenario(hours=0.5, start_hour=10, n_falls=0), seed=3).room
    zones = draw_zones(room, seed=3)
    assert zones
    assert draw_zones(room, seed=3) == zones
    other = draw_zones(room, seed=4)
    for one, again in zip(zones, other, strict=True):
        assert 0 < np.abs(np.subtract(one.outline, again.outline)).max() <= 16
    save_zones(zones, tmp_path / "zones.npz")
    assert load_zones(tmp_path / "zones.npz") == zones


def test_truth_comes_back_from_disk_as_it_was(tmp_path: Path) -> None:
    truth = quiet_day().truth
    truth.save(tmp_path / "truth.npz")
    again = Truth.load(tmp_path / "truth.npz")
    assert again.falls == truth.falls
    np.testing.assert_array_equal(again.is_moving, truth.is_moving)


def test_movement_is_measured_at_the_waist_wherever_the_sensor_is_worn() -> None:
    scenario = DayScenario(hours=0.25, start_hour=10, n_falls=1, sensor=common.InertialSensor("wrist"))
    wrist = truth_of(common.simulate_resident(scenario, seed=5))
    waist = truth_of(common.simulate_resident(replace(scenario, sensor=common.InertialSensor("waist")), seed=5))
    assert wrist.is_moving.any()
    np.testing.assert_array_equal(wrist.is_moving, waist.is_moving)


def test_a_fault_replaces_the_reports_of_the_sensors_that_have_it() -> None:
    day = quiet_day(gaps=np.full(N, np.nan))
    assert day.evidence_with("gaps")["wearable"].isna().all()
    assert (day.evidence_with("gaps")["camera"][1:] == 0).all()
    assert day.evidence["wearable"].notna().all()


def test_evidence_of_a_day_is_what_the_monitor_has() -> None:
    day = quiet_day(wearable=pulse(600, 603), camera=pulse(601, 660))
    _, fusion = fitted()
    policy = fusion_alarms.policy_for(("wearable", "camera"), 0.5)
    monitor = common.RoomMonitor(fusion, policy, sensors=day.sensor_evidence())
    reports: Iterator[Any] = day.reports()
    monitor.replay(reports, until_s=602.0)
    assert monitor.evidence(602.0) == day.evidence.iloc[601].to_dict()


def test_labels_of_a_fall() -> None:
    labels = quiet_day().truth.labels
    assert (labels[(SECONDS > 601) & (SECONDS <= 606)] == 1).all()
    assert (labels[(SECONDS > 607) & (SECONDS < 679)] == -1).all()
    assert (labels[(SECONDS < 599) | (SECONDS > 681)] == 0).all()


def test_a_second_alarm_for_somebody_on_the_floor_is_not_false() -> None:
    truth = quiet_day().truth
    score = truth.monitored(pulse(600, 604) + pulse(640, 650)).score(0.5)
    assert (score.n_detected, score.n_false_alarms) == (1, 0)
    assert truth.monitored(pulse(720, 724)).score(0.5).n_false_alarms == 1


def test_time_in_which_no_alarm_counts_is_not_monitored() -> None:
    truth = quiet_day().truth
    assert truth.monitored_s == N - truth.is_settled.sum() < N
    assert truth.movement_s == 300
    always = replace(truth, is_moving=np.ones(N, dtype=bool))
    assert always.movement_s == always.monitored_s


def test_rows_to_learn_from_are_those_in_which_evidence_changes() -> None:
    evidence = quiet_day(wearable=pulse(600, 603), gaps=None).evidence
    eventful = is_eventful(evidence)
    assert eventful[600:606].all()
    assert not eventful[100:590].any()
    assert not eventful[700:].any()
    evidence.loc[evidence.index[800:810], "camera"] = np.nan
    assert is_eventful(evidence)[[800, 810]].all()


def test_an_alarm_is_raised_answered_and_resolved() -> None:
    day = quiet_day(wearable=pulse(600, 612), camera=pulse(601, 660))
    _, fusion = fitted()
    log = fusion_alarms.run_monitor(day, fusion, fusion_alarms.policy_for(("wearable", "camera"), 0.5))
    phases = [str(transition.after) for transition in log if transition.subject == "fall"]
    assert phases[:4] == ["suspected", "confirmed", "notified", "acknowledged"]
    assert phases[-1] == "quiet"
    score = fusion_alarms.score_alarms(day.truth, log)
    assert (score.n_detected, score.n_false_alarms) == (1, 0)


def test_the_silence_of_all_sensors_is_reported_within_twenty_seconds() -> None:
    day = quiet_day()
    _, fusion = fitted()
    after_s = fusion_alarms.silence_of_all(day, fusion, fusion_alarms.policy_for(("wearable", "camera"), 0.5))
    assert set(after_s) == {"wearable", "camera"}
    assert all(0 < seconds <= 20 for seconds in after_s.values())


def test_too_few_hours_bound_nothing_and_the_reason_names_it() -> None:
    threshold, reason = fusion_decisions.choose_threshold([quiet_day().truth.monitored(pulse(600, 610))])
    assert 0 < threshold <= 0.9
    assert "too few hours" in reason


def test_a_rule_that_cannot_keep_the_limit_never_alarms() -> None:
    busy = replace(quiet_day().truth, is_moving=np.ones(N, dtype=bool))
    flicker = np.tile([1.0, 0.0], N // 2)
    threshold, reason = fusion_decisions.choose_threshold([busy.monitored(flicker)] * 60)
    assert threshold == np.inf
    assert "never alarms" in reason
    assert busy.monitored(flicker).score(threshold).n_detected == 0


def test_a_missing_sensor_is_nan_to_the_fusion_by_name() -> None:
    days, fusion = fitted()
    assert list(fusion.feature_names_in_) == ["wearable", "camera"]
    evidence = days[0].evidence
    both, without_camera = fused(fusion, evidence), fused(fusion, evidence[["wearable"]])
    assert both[602] > 0.9
    assert without_camera[602] > 0.5
    np.testing.assert_array_equal(without_camera, fused(fusion, evidence.assign(camera=np.nan)))
    np.testing.assert_array_equal(both, fused(fusion, evidence[["camera", "wearable"]]))
    assert np.isnan(fused(fusion, evidence.assign(wearable=np.nan, camera=np.nan))).all()


def test_equal_rows_are_fused_once_and_give_what_each_alone_gives() -> None:
    days, fusion = fitted()
    evidence = days[0].evidence.iloc[590:620]
    one_by_one = [fused(fusion, evidence.iloc[[number]])[0] for number in range(len(evidence))]
    np.testing.assert_allclose(fused(fusion, evidence), one_by_one, rtol=1e-12)


def test_a_camera_that_is_woken_sees_only_the_minute_after() -> None:
    days, fusion = fitted()
    woken = fusion_energy.cascade(days, days, fusion, 0.5)
    assert woken.rule.result.total.sensitivity == 1
    frames = woken.frames_per_day * N / 86_400
    assert 50 < frames < 150  # of 1200, for one fall


def test_a_camera_is_awake_while_the_worn_sensor_cannot_say() -> None:
    values = np.zeros(200)
    values[100] = np.nan
    awake = np.flatnonzero(fusion_energy._is_awake(values, 0.5))
    assert (awake[0], awake[-1]) == (100, 159)


def test_results_have_an_interval_over_residents() -> None:
    scores = [common.EventScore(10, (1.0,) * found, 1, 86_400.0, 10_800.0) for found in (10, 8, 6)]
    result = Result.of(scores)
    assert result.total.n_detected == 24
    assert result.intervals.sensitivity.low == pytest.approx(0.6)
