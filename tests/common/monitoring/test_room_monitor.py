"""The monitor of a room: the same live and at once; what it tells the alarm of sensors that work, and of those not."""

import math
import random
import sys
import threading

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from common import (
    AlarmPhase,
    AlarmPolicy,
    AlarmTracker,
    FusionClassifier,
    HeldImpacts,
    InvalidInputError,
    RecentFrames,
    RoomMonitor,
    WornReport,
    stream_evidence,
)
from tests.common.fusion.readings import sensors as readings
from tests.common.monitoring.made_up import two_sensors
from tests.common.monitoring.test_recent_frames import GONE, SAME, seen

SENSORS = {"worn": HeldImpacts(), "camera": RecentFrames()}
POLICY = AlarmPolicy(confirm_s=2, sensors=("worn", "camera"))
WORN = AlarmPolicy(confirm_s=2, sensors=("worn",))
CAMERA = AlarmPolicy(confirm_s=2, resolve_s=5, sensors=("camera",))


@pytest.fixture(scope="module")
def fusion():
    X, y, _ = readings(600, seed=0)
    return FusionClassifier().fit(pd.DataFrame(X, columns=["worn", "camera"]), y)


class LargestOf:
    """Instead of a fusion: the largest probability, without the arithmetic of one."""

    n_features_in_ = 2

    def __init__(self):
        self.rows = []

    def predict_proba(self, X):
        self.rows.append(X[0].tolist())
        p = np.nanmax(X, axis=1)
        return np.stack([1 - p, p], axis=1)


def both(fusion=None):
    return RoomMonitor(fusion or LargestOf(), POLICY, sensors=SENSORS)


def by_hand(monitor, reports, until, *, draw=None):
    """Hear each report at the tick before which it arrives, within a tick in a random order; then tick."""
    log = []
    for now in range(until + 1):
        arrived = [heard for heard in reports if now - 1 < heard[0] <= now]
        if draw is not None:
            draw.shuffle(arrived)
        for time_s, sensor, report in arrived:
            monitor.hear(sensor, time_s, report)
        log += monitor.tick(now)
    return tuple(log)


def end_of(reports):
    return math.ceil(max((t for t, _, _ in reports), default=0.0)) + 30


@pytest.mark.promise("A recording that is replayed gives the alarms that it gave live, in whatever order reports came")
@settings(max_examples=60, deadline=None)
@given(two_sensors(), st.randoms(use_true_random=False))
def test_live_and_at_once_are_equal_to_the_bit(fusion, reports, draw):
    until = end_of(reports)
    at_once, live, shuffled = both(fusion), both(fusion), both(fusion)
    log = at_once.replay(reports, until)
    assert repr(by_hand(live, reports, until)) == repr(log)
    assert repr(by_hand(shuffled, reports, until, draw=draw)) == repr(log)
    assert live.tracker.to_json() == at_once.tracker.to_json() == shuffled.tracker.to_json()
    assert repr(live.evidence(until)) == repr(at_once.evidence(until)) == repr(shuffled.evidence(until))


@settings(max_examples=60, deadline=None)
@given(two_sensors())
def test_evidence_for_the_fusion_is_that_of_the_monitor(reports):
    until = end_of(reports)
    table = stream_evidence(SENSORS, reports, np.arange(until + 1))
    monitor = both()
    for now in range(until + 1):
        for time_s, sensor, report in reports:
            if now - 1 < time_s <= now:
                monitor.hear(sensor, time_s, report)
        monitor.tick(now)
        assert repr(monitor.evidence(now)) == repr(table.loc[now].to_dict())


@settings(max_examples=60, deadline=None)
@given(two_sensors(), st.integers(0, 100), st.booleans())
def test_at_a_restart_alarms_go_on_and_evidence_starts_empty(tmp_path_factory, reports, cut, in_words):
    until = end_of(reports)
    cut = min(cut, until)
    before = both()
    before.replay([heard for heard in reports if heard[0] <= cut], cut)
    if in_words:
        tracker = AlarmTracker.from_json(before.tracker.to_json())
    else:
        path = tmp_path_factory.mktemp("room") / "room.json"
        before.tracker.save(path)
        tracker = AlarmTracker.load(path)
    after = RoomMonitor.resume(LargestOf(), tracker, sensors=SENSORS)
    assert all(map(math.isnan, after.evidence(cut).values()))
    assert after.tracker.phases == before.tracker.phases
    assert after.tracker.outbox == before.tracker.outbox
    is_open = after.tracker.is_open
    later = [heard for heard in reports if heard[0] > cut]
    after.replay(later, until, since_s=cut)
    assert after.tracker.is_open >= is_open  # nobody has acknowledged it
    # Evidence of later reports alone, so that a fresh monitor knows the same.
    assert repr(after.evidence(until)) == repr(replayed(later, until, cut).evidence(until))


def replayed(reports, until, since):
    monitor = both()
    monitor.replay(reports, until, since_s=since)
    return monitor


def worn_only(*probabilities):
    monitor = RoomMonitor(None, WORN, sensors={"worn": HeldImpacts()})
    log = monitor.replay([(s, "worn", WornReport(p)) for s, p in enumerate(probabilities)], len(probabilities) - 1)
    return monitor, log


def technical(log):
    return [(t.time_s, t.subject, t.after) for t in log if t.subject.startswith("sensor")]


def camera_only(*frames):
    monitor = RoomMonitor(None, CAMERA, sensors={"camera": RecentFrames()})
    log = monitor.replay([(s, "camera", frame) for s, frame in enumerate(frames)], len(frames) - 1)
    return monitor, log


class TestWhoWorks:
    def test_a_camera_of_an_empty_room_works(self):
        monitor, log = camera_only(*[seen(0.125)] * 5, *[GONE] * 5, *[SAME] * 200)
        assert math.isnan(monitor.evidence(209)["camera"])
        assert log == ()
        assert monitor.tracker.all_is_well

    def test_a_worn_sensor_that_measures_nothing_does_not(self):
        _, log = worn_only(*[0.1] * 5, *[math.nan] * 19)
        assert technical(log) == []
        monitor, log = worn_only(*[0.1] * 5, *[math.nan] * 30, 0.1)
        assert technical(log) == [(24.0, "sensor worn", "silent"), (35.0, "sensor worn", "heard")]
        assert monitor.tracker.silent_sensors == ()

    def test_both_missing_raise_technical_alarms_within_silence_s(self):
        monitor = both()
        log = monitor.replay([], 60)
        assert technical(log) == [(20.0, "sensor worn", "silent"), (20.0, "sensor camera", "silent")]
        assert not monitor.tracker.all_is_well

    def test_what_a_silent_camera_said_does_not_keep_it_alive(self):
        reports = [(s, "camera", seen(0.125)) for s in range(5)] + [(s, "worn", WornReport(0.1)) for s in range(5, 60)]
        assert technical(both().replay(reports, 59))[-1] == (24.0, "sensor camera", "silent")

    def test_a_sensor_out_of_service_neither_alarms_nor_is_missed(self):
        monitor = both()
        monitor.replay([(s, name, r) for s in range(5) for name, r in (("worn", WornReport(0.1)), ("camera", SAME))], 4)
        monitor.tracker.set_in_service(4, "worn", in_service=False, by="Kim")
        log = []
        for now in range(5, 60):
            monitor.hear("worn", now, WornReport(0.99))
            monitor.hear("camera", now, SAME)
            log += monitor.tick(now)
        assert log == []
        log = monitor.tracker.set_in_service(60, "worn", in_service=True)
        assert [t.after for t in log] == ["heard"]
        assert monitor.tick(60) == ()
        monitor.hear("worn", 61, WornReport(0.99))
        assert [t.after for t in monitor.tick(61)] == [AlarmPhase.SUSPECTED]


class TestFalls:
    def test_the_worn_sensor_alone(self):
        _, log = worn_only(0.1, 0.1, 0.9, 0.9, 0.2, 0.2)
        assert [(t.time_s, t.after) for t in log] == [(2, "suspected"), (4, "confirmed"), (4, "notified")]

    def test_missing_samples_withdraw_nothing(self):
        monitor, _ = worn_only(0.1, 0.6, *[math.nan] * 15)
        assert monitor.tracker.phase is AlarmPhase.SUSPECTED

    def test_whoever_lies_still_is_confirmed_by_the_camera_alone(self):
        lying = [seen(0.625)] * 5
        _, log = camera_only(*[seen(0.125)] * 5, *lying, *[SAME] * 30)
        reasons = [t.reason for t in log if t.after == "confirmed"]
        assert reasons == ["lying still for 15 s after the impact"]

    @pytest.mark.parametrize(("helped", "is_over"), [(seen(0.125, 0.125), True), (seen(0.625, 0.125), False)])
    def test_an_acknowledged_fall_is_over_once_everybody_in_view_is_upright(self, helped, is_over):
        monitor, _ = camera_only(*[seen(0.125)] * 5, *[seen(0.875)] * 10)
        monitor.tracker.acknowledge(14, 1, by="Kim")
        log = monitor.replay([(s, "camera", helped) for s in range(15, 30)], 30, since_s=15)
        assert ([t.reason for t in log if t.after == "resolved"] == ["seen upright for 5 s"]) == is_over
        assert (monitor.tracker.phase is AlarmPhase.ACKNOWLEDGED) != is_over


class TestFusing:
    def test_it_is_asked_only_when_the_evidence_has_changed(self):
        fusion = LargestOf()
        monitor = both(fusion)
        reports = [(s, "worn", WornReport(0.1 if s < 50 else 0.2)) for s in range(100)]
        monitor.replay(reports, 99)
        assert [row[0] for row in fusion.rows] == [0.1, 0.2]

    def test_columns_go_by_name(self, fusion):
        reports = [(1, "worn", WornReport(0.75)), *((s, "camera", seen(0.125)) for s in (0, 1))]
        swapped = {"camera": RecentFrames(), "worn": HeldImpacts()}
        monitors = [RoomMonitor(fusion, POLICY, sensors=sensors) for sensors in (SENSORS, swapped)]
        for monitor in monitors:
            monitor.replay(reports, 1)
        row = pd.DataFrame([[0.75, 0.125]], columns=["worn", "camera"])
        expected = fusion.predict_proba(row)[0, 1]
        assert {monitor.tracker._state.evidence.probability for monitor in monitors} == {expected}

    def test_a_fusion_fitted_on_a_frame_is_asked_without_warnings(self, fusion, recwarn):
        both(fusion).replay([(s, "worn", WornReport(s / 10)) for s in range(5)], 5)
        assert list(recwarn) == []


class TestThreads:
    def test_reports_and_ticks_of_several_threads_lose_nothing(self):
        before = sys.getswitchinterval()
        sys.setswitchinterval(1e-5)
        try:
            monitor = RoomMonitor(None, WORN, sensors={"worn": HeldImpacts(hold_s=1000)})
            monitor.tick(0)
            largest = []

            def hear(seed):
                draw = random.Random(seed)
                values = [draw.random() * 0.4 for _ in range(200)]
                largest.append(max(values))
                for n, value in enumerate(values):
                    monitor.hear("worn", n / 20, WornReport(value))
                    monitor.tick(n / 20)

            threads = [threading.Thread(target=hear, args=(seed,)) for seed in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            monitor.tick(10)
            assert monitor.evidence(10)["worn"] == max(largest)
        finally:
            sys.setswitchinterval(before)


class TestMistakes:
    @pytest.mark.parametrize(
        ("fusion", "policy", "sensors", "message"),
        [
            (None, POLICY, SENSORS, "fusion is None, but there are 2 sensors"),
            ("mean", POLICY, SENSORS, "fusion is 'mean'; pass a fitted common.FusionClassifier"),
            (FusionClassifier(), POLICY, SENSORS, "fusion is not fitted, but there are 2"),
            (None, POLICY, {"worn": HeldImpacts()}, "policy names sensors worn, camera, but sensors are worn"),
            (LargestOf(), CAMERA, SENSORS, "policy names sensors camera, but sensors are worn, camera"),
            (LargestOf(), "strict", SENSORS, "policy is 'strict'; pass an AlarmPolicy"),
            (None, WORN, {"worn": "accelerometer"}, "pass HeldImpacts or RecentFrames by name"),
        ],
    )
    def test_at_the_start(self, fusion, policy, sensors, message):
        with pytest.raises(InvalidInputError, match=message):
            RoomMonitor(fusion, policy, sensors=sensors)

    def test_a_fusion_of_other_sensors(self, fusion):
        policy = AlarmPolicy(sensors=("waist", "camera"))
        sensors = {"waist": HeldImpacts(), "camera": RecentFrames()}
        with pytest.raises(InvalidInputError, match="fitted on sensors worn, camera, but sensors are waist, camera"):
            RoomMonitor(fusion, policy, sensors=sensors)

    def test_a_fusion_of_another_number_of_sensors(self, fitted_on_an_array):
        with pytest.raises(InvalidInputError, match="fusion was fitted on 2 sensors, but there are 1"):
            RoomMonitor(fitted_on_an_array, WORN, sensors={"worn": HeldImpacts()})

    def test_while_it_runs(self):
        monitor = both()
        with pytest.raises(InvalidInputError, match="sensor is 'door'"):
            monitor.hear("door", 0, WornReport(0.1))
        with pytest.raises(InvalidInputError, match="it must be a CameraReport"):
            monitor.hear("camera", 0, WornReport(0.1))
        with pytest.raises(InvalidInputError, match="now_s is nan"):
            monitor.tick(math.nan)
        with pytest.raises(InvalidInputError, match="tracker is None; pass an AlarmTracker"):
            RoomMonitor.resume(LargestOf(), None, sensors=SENSORS)
        with pytest.raises(InvalidInputError, match="until_s is -1 s: that is -1 periods after since_s"):
            monitor.replay([], -1)
        with pytest.raises(InvalidInputError, match=r"until_s is 1.7e\+09 s"):
            monitor.replay([], 1.7e9)
        with pytest.raises(InvalidInputError, match="period_s is 0"):
            monitor.replay([], 1, period_s=0)


@pytest.fixture(scope="module")
def fitted_on_an_array():
    X, y, _ = readings(600, seed=0)
    return FusionClassifier().fit(X, y)


def test_ticks_are_at_multiples_of_the_period():
    times = []

    class Recorder(RoomMonitor):
        def tick(self, now_s):
            times.append(now_s)
            return super().tick(now_s)

    Recorder(None, WORN, sensors={"worn": HeldImpacts()}).replay([], 0.3, 0.1)
    assert times == pytest.approx([0, 0.1, 0.2, 0.3])


class TestClocks:
    def test_a_clock_that_is_set_back_stops_no_alarm_and_loses_nobody(self):
        monitor = RoomMonitor(None, CAMERA, sensors={"camera": RecentFrames()})
        log = monitor.replay([(s, "camera", seen(0.625)) for s in range(7200, 7205)], 7204, since_s=7200)
        log += monitor.replay([(s, "camera", SAME) for s in range(3600, 3700)], 3699, since_s=3600)
        assert [t.after for t in log if t.subject == "clock"] == ["set back"]
        assert technical(log) == []
        assert [t.after for t in log if t.subject == "fall"] == ["suspected", "confirmed", "notified"]
        assert monitor.evidence(3699)["camera"] == 0.625

    @pytest.mark.parametrize("seed", range(10))
    def test_no_order_of_calls_and_no_clock_breaks_it(self, seed):
        draw = random.Random(seed)
        monitor, now, most_waiting = both(), 0.0, 0
        for _ in range(500):
            now += draw.choice([0, 0.5, 1, 1, 1, 2, -1, -5, 30] + ([-3600, 3600, 1e6, -1e6] if seed % 2 else []))
            for _ in range(draw.randrange(4)):
                at = now + draw.choice([0, -0.25, -1, -3, -15, 2, 100])
                worn = WornReport(draw.choice([0.0, 0.5, 0.99, math.nan]))
                frame = draw.choice([SAME, GONE, seen(0.125), seen(0.875), seen(0.25, 0.75), seen(0.5, moved=False)])
                monitor.hear(*draw.choice([("worn", at, worn), ("camera", at, frame)]))
            if draw.random() < 0.05:
                sensor, is_in = draw.choice(["worn", "camera"]), draw.random() < 0.5
                monitor.tracker.set_in_service(now, sensor, in_service=is_in)
            if draw.random() < 0.02:
                tracker = AlarmTracker.from_json(monitor.tracker.to_json())
                monitor = RoomMonitor.resume(LargestOf(), tracker, sensors=SENSORS)
            monitor.tick(now)
            assert all(math.isnan(p) or 0 <= p <= 1 for p in monitor.evidence(now).values())
            most_waiting = max(most_waiting, len(monitor._evidence._waiting))
        assert most_waiting < 200
