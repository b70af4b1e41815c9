"""The evidence of a room: order of arrival, wrong clocks, a clock that is set back, sensors out of service."""

import math

import pytest
from hypothesis import given, settings, strategies as st

from common import CameraReport, HeldImpacts, InvalidInputError, RecentFrames, WornReport
from common.monitoring.room_evidence import RoomEvidence
from tests.common.monitoring import oracle
from tests.common.monitoring.made_up import LYING, two_sensors
from tests.common.monitoring.test_recent_frames import SAME, seen

SENSORS = {"worn": HeldImpacts(), "camera": RecentFrames()}


def room(sensors=SENSORS):
    return RoomEvidence(sensors, silence_s=20.0)


@settings(max_examples=100, deadline=None)
@given(two_sensors(), st.randoms(use_true_random=False))
def test_against_the_definition_in_any_order_of_arrival(reports, draw):
    evidence = room()
    last = math.ceil(max((t for t, _, _ in reports), default=0.0))
    for now in range(last + 1):
        arrived = [heard for heard in reports if now - 1 < heard[0] <= now]
        draw.shuffle(arrived)
        for time_s, sensor, report in arrived:
            evidence.hear(sensor, time_s, report)
        working = evidence.tick(now)
        assert set(working) == {sensor for _, sensor, report in arrived if report.is_working}
        known = {name: [(t, r) for t, sensor, r in reports if sensor == name and t <= now] for name in SENSORS}
        expected = {
            "worn": oracle.held(known["worn"], now, 4.0),
            "camera": oracle.camera(known["camera"], now, SENSORS["camera"])[0],
        }
        assert repr(evidence.at(now)) == repr(expected)


def told(evidence, now, probability=0.9, *, sensor="worn", at=None):
    """The sensors that work after a report of ``at`` (by default of now) and a tick at ``now``."""
    evidence.hear(sensor, now if at is None else at, WornReport(probability))
    return evidence.tick(now)


def test_a_report_of_the_future_waits_for_its_time():
    evidence = room()
    assert told(evidence, 0, at=2) == ()
    assert math.isnan(evidence.at(0)["worn"])
    assert evidence.tick(1) == ()
    assert evidence.tick(2) == ("worn",)
    assert evidence.at(2)["worn"] == 0.9


@pytest.mark.parametrize("wrong", [-3600, -20, 20, 3600, 1e12 - 10])
def test_a_report_of_a_wrong_clock_is_no_sign_of_life_now_or_later(wrong):
    evidence = room()
    for now in range(10):
        assert told(evidence, now, at=now + wrong) == ()
        assert math.isnan(evidence.at(now)["worn"])
    assert evidence._waiting == []
    assert told(evidence, 10) == ("worn",)


def test_a_late_tick_changes_nothing():
    evidence = room()
    told(evidence, 10)
    assert evidence.tick(9) == ()
    assert evidence.at(9) == evidence.at(10)
    assert told(evidence, 9, 0.95, at=9.5) == ()
    assert evidence.at(9)["worn"] == 0.9
    assert evidence.tick(11) == ("worn",)
    assert evidence.at(11)["worn"] == 0.95


def test_a_report_of_the_future_is_kept_at_a_late_tick():
    evidence = room()
    evidence.tick(30)
    told(evidence, 11, at=32)
    assert evidence.tick(32) == ("worn",)


def test_after_a_pause_reports_are_taken_in_order_of_time():
    evidence = room()
    evidence.tick(0)
    for now in (18, 3, 2, 1):  # the frames that found somebody arrive last
        evidence.hear("camera", now, SAME if now == 18 else seen(0.875))
    evidence.tick(18)
    assert evidence.at(18)["camera"] == 0.875


def test_while_the_clock_goes_on_after_it_was_set_back_evidence_goes_on():
    evidence = room()
    for now in range(7200, 7204):
        evidence.hear("camera", now, seen(0.875))
        evidence.tick(now)
    heard = []
    for now in range(3600, 3615):
        evidence.hear("camera", now, CameraReport(False))
        evidence.hear("worn", now, WornReport(0.75 if now == 3609 else 0.25))
        heard.append(evidence.tick(now))
    # The clock counts for half of silence_s until it is certain that it was set back; what came then is not lost.
    assert heard[:10] == [()] * 10
    assert heard[10:] == [("worn", "camera")] * 5
    assert evidence.at(3614) == {"worn": 0.25, "camera": 0.875}
    assert evidence.sensors["camera"].lying_still(evidence.time(3614)) is True


def test_the_impact_just_before_a_set_back_became_certain_is_held():
    evidence = room()
    told(evidence, 7200, 0.1)
    for now in range(3600, 3611):
        told(evidence, now, 0.75 if now == 3609 else 0.25)
    assert evidence.at(3610)["worn"] == 0.75


def test_an_hour_ahead_forgets_what_can_no_longer_be_true():
    evidence = room()
    told(evidence, 0)
    evidence.hear("camera", 0, seen(0.875))
    assert evidence.tick(3600) == ()
    assert all(map(math.isnan, evidence.at(3600).values()))


def test_a_sensor_out_of_service_is_not_listened_to_and_forgets():
    evidence = room()
    for now in range(3):
        evidence.hear("camera", now, seen(0.875))
        evidence.hear("worn", now, WornReport(0.1))
        assert evidence.tick(now) == ("worn", "camera")
    evidence.hear("camera", 3, seen(0.875))
    evidence.hear("worn", 3, WornReport(0.1))
    assert evidence.tick(3, out_of_service=("camera",)) == ("worn",)
    assert evidence.tick(4) == ()
    assert math.isnan(evidence.at(4)["camera"])
    assert evidence.at(4)["worn"] == 0.1


def test_two_rooms_share_nothing():
    shared = RecentFrames()
    first, second = room({"left": shared, "right": shared}), room({"left": shared})
    for now in range(3):
        first.hear("left", now, seen(0.875))
        first.tick(now)
    second.tick(2)
    assert first.at(2)["left"] == 0.875
    assert math.isnan(first.at(2)["right"])
    assert math.isnan(second.at(2)["left"])


def test_mistakes():
    evidence = room()
    with pytest.raises(InvalidInputError, match="sensor is 'door'; it must be one of 'worn', 'camera'"):
        evidence.hear("door", 0, WornReport(0.1))
    with pytest.raises(InvalidInputError, match=r"report of sensor 'camera' is WornReport.*it must be a CameraReport"):
        evidence.hear("camera", 0, WornReport(0.1))
    with pytest.raises(InvalidInputError, match="report of sensor 'worn' is Box"):
        evidence.hear("worn", 0, LYING)
    for time_s in (math.nan, math.inf, "now", 1e15):
        with pytest.raises(InvalidInputError, match="time_s is"):
            evidence.hear("worn", time_s, WornReport(0.1))
    for sensors in ({}, [HeldImpacts()], {"worn": 4.0}, {1: HeldImpacts()}):
        with pytest.raises(InvalidInputError, match="sensors"):
            room(sensors)


def ticks_with(evidence, ticks, reports, impact=0.9):
    """At how many ticks a worn sensor's evidence is its impact; reports are (arrival, time, probability)."""
    n_high = 0
    for tick, now in enumerate(ticks):
        for arrival, time_s, probability in reports:
            if arrival == tick:
                evidence.hear("worn", time_s, WornReport(probability))
        evidence.tick(now)
        n_high += evidence.at(now)["worn"] == impact
    return n_high


class TestNoImpactIsLostOnItsWay:
    """On time, it is held for the four ticks of ``hold_s``; and for half of them at least in any other case."""

    @pytest.mark.parametrize("delay", range(20))
    def test_late(self, delay):
        calm = [(second, second, 0.1) for second in range(60)]
        n_high = ticks_with(room(), range(60), [*calm, (5 + delay, 5, 0.9)])
        assert n_high == (3 if delay == 1 else 4)

    @pytest.mark.parametrize("delay", [1, 5, 6, 15, 19])
    def test_repeated_it_is_one_impact(self, delay):
        calm = [(second, second, 0.1) for second in range(60)]
        assert ticks_with(room(), range(60), [*calm, (5, 5, 0.9), (5 + delay, 5, 0.9)]) == 4
        late_twice = [*calm, (12, 5, 0.9), (13, 5, 0.9), (12 + delay, 5, 0.9)]
        assert ticks_with(room(), range(60), late_twice) == 4

    @pytest.mark.parametrize("pause", [2, 5, 15, 40, 86400])
    @pytest.mark.parametrize("after", [0.5, 1, 2])
    def test_the_ticks_paused(self, pause, after):
        ticks = [0, 1, *range(1 + pause, 20 + pause)]
        assert ticks_with(room(), ticks, [(2, 1 + after, 0.9)]) >= 3

    @pytest.mark.parametrize("back", [1, 3, 5, 8, 10, 12, 15, 19, 20, 25, 3600, 86400])
    @pytest.mark.parametrize("after", range(12))
    def test_the_clock_was_set_back(self, back, after):
        ticks = [second if second < 30 else second - back for second in range(60)]
        reports = [(n, now, 0.9 if n == 30 + after else 0.1) for n, now in enumerate(ticks)]
        assert ticks_with(room(), ticks, reports) >= 3

    @pytest.mark.parametrize("back", [15, 3600])
    def test_just_before_the_clock_was_set_back(self, back):
        ticks = [second if second < 30 else second - back for second in range(60)]
        reports = [(n, now, 0.9 if n == 29 else 0.1) for n, now in enumerate(ticks)]
        # Eleven ticks until it is certain, at which nothing is observed, and then hold_s.
        assert ticks_with(room(), ticks, reports) == 1 + 10 + 4

    def test_what_has_been_used_is_forgotten(self):
        evidence = room()
        for now in range(1000):
            told(evidence, now, now / 1000)
        assert len(evidence._used) == 20


def test_evidence_goes_on_when_the_clock_ran_into_its_limit_and_came_back():
    evidence = room()
    for now in (0, 1e12 - 100, *range(1, 30), 1e12 - 100, *range(30, 60)):
        told(evidence, now)
    assert evidence.at(60)["worn"] == 0.9


@pytest.mark.parametrize("silence_s", [None, math.nan, 0, -1, "20"])
def test_a_silence_that_is_none(silence_s):
    with pytest.raises(InvalidInputError, match="silence_s is"):
        RoomEvidence(SENSORS, silence_s=silence_s)


@pytest.mark.parametrize("sensor", [[], {}, None, 1])
def test_a_sensor_that_is_no_name(sensor):
    with pytest.raises(InvalidInputError, match=r"sensor is .*; it must be one of 'worn', 'camera'"):
        room().hear(sensor, 0, WornReport(0.1))
