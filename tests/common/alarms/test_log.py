"""Each line of the log: when, about what, from where to where, why, and on what evidence."""

import pytest

from common import AlarmEvidence, AlarmPolicy, AlarmTracker
from common.errors import InvalidInputError
from tests.common.alarms.scenario import BOTH, Scenario


def lines(log):
    return [str(transition) for transition in log]


@pytest.mark.parametrize("start", [0.0, 1.0, 100.0])
def test_a_life_of_an_alarm_line_by_line(start):
    tracker = AlarmTracker(AlarmPolicy(sensors=("worn",)), name="room")
    sure, calm = (AlarmEvidence(p, heard=("worn",)) for p in (0.95, 0.1))

    def feed(first, last, evidence):
        return [t for now in range(first, last) for t in tracker.observe(start + now, evidence)]

    log = feed(0, 16, sure)
    log += tracker.acknowledge(start + 16, 1, by="Kim")
    log += tracker.acknowledge(start + 16, 1)
    log += tracker.resolve(start + 17, 1, by="Kim")
    log += tracker.resolve(start + 17, 1)
    log += feed(18, 19, calm)
    log += tracker.set_in_service(start + 19, "worn", in_service=False, by="Lee")
    log += tracker.set_in_service(start + 20, "worn", in_service=True, by="Lee")
    log += tracker.tick(start + 40)
    log += feed(41, 42, calm)
    log += tracker.set_in_service(start + 42, "worn", in_service=False)
    log += tracker.set_in_service(start + 43, "worn", in_service=True)
    assert lines(log) == [
        f"{start + now:.1f} s  {line}"
        for now, line in [
            (0, "fall 1: quiet → suspected (probability at least 0.5)"),
            (5, "fall 1: suspected → confirmed (probability at least 0.8 for 5 s)"),
            (5, "fall 1: confirmed → notified (confirmed)"),
            (15, "sound 1: sounding → repeated (notified 10 s ago, nobody has answered)"),
            (16, "fall 1: notified → acknowledged (acknowledged by Kim)"),
            (16, "answer 1: acknowledged → without effect (fall 1 is acknowledged; no fall is waiting)"),
            (17, "fall 1: acknowledged → resolved (resolved by Kim)"),
            (17, "answer 1: resolved → without effect (fall 1 is resolved; no fall is waiting)"),
            (18, "fall 1: resolved → quiet (probability no longer high)"),
            (19, "sensor worn: heard → out of service (taken out of service by Lee)"),
            (20, "sensor worn: out of service → heard (back in service by Lee)"),
            (40, "sensor worn: heard → silent (not heard for 20 s)"),
            (41, "sensor worn: silent → heard (heard again)"),
            (42, "sensor worn: heard → out of service (taken out of service)"),
            (43, "sensor worn: out of service → heard (back in service)"),
        ]
    ]
    assert {t.evidence for t in log[:8]} == {sure}
    assert {t.evidence for t in log[8:]} == {calm}


def test_both_answers_at_once_and_without_a_name():
    scenario = Scenario().observe(0.95, seconds=10)
    log = scenario.tracker.resolve(scenario.now, 1)
    assert [(t.before, t.after, t.reason) for t in log] == [
        ("notified", "acknowledged", "acknowledged"),
        ("acknowledged", "resolved", "resolved"),
    ]
    scenario = Scenario().observe(0.95, seconds=10)
    assert [t.reason for t in scenario.tracker.resolve(scenario.now, 1, by="Lee")] == [
        "acknowledged by Lee",
        "resolved by Lee",
    ]
    scenario = Scenario().observe(0.95, seconds=10)
    assert [t.reason for t in scenario.tracker.acknowledge(scenario.now, 1)] == ["acknowledged"]


def test_an_answer_to_what_is_over_tells_what_waits():
    scenario = Scenario().observe(0.95, seconds=10).resolve().observe(0.1, seconds=10).observe(0.95, seconds=10)
    (answer,) = scenario.tracker.acknowledge(scenario.now, 1)
    assert str(answer).endswith("answer 1: quiet → without effect (fall 1 is over; waiting: 2)")
    assert answer.evidence.probability == 0.95


def test_a_clock_that_was_set_back_is_one_line():
    scenario = Scenario().observe(0.1, seconds=10)
    scenario.now -= 500
    scenario.observe(0.1, seconds=20)
    (line,) = lines(scenario.log)
    assert line == "521.0 s  clock: running → set back (set back by 499 s; timers go on as before)"


def test_each_way_to_confirm_escalate_and_end_is_told():
    doubt = Scenario().observe(0.6, seconds=70)
    assert "not withdrawn for 60 s" in lines(doubt.log)[1]
    late = Scenario().observe(0.95, seconds=200)
    assert [t.reason for t in late.log if t.after == "escalated"] == ["not acknowledged for 120 s"]
    badge = Scenario().staff(True).observe(0.95, seconds=400)
    assert [t.reason for t in badge.log if t.after == "notified"] == ["staff present for 300 s without acknowledging"]
    forgotten = Scenario().observe(0.95, seconds=10).acknowledge().observe(0.1, seconds=1900)
    assert [t.reason for t in forgotten.log if t.after == "escalated"] == ["acknowledged 1800 s ago, but not resolved"]
    high = Scenario().observe(0.95, seconds=10).resolve().observe(0.95, seconds=40)
    assert "watching again after 30 s" in [t.reason for t in high.log]
    seen = Scenario().observe(0.95, seconds=10).acknowledge().observe(0.1, upright=True, seconds=40)
    assert "seen upright for 30 s" in [t.reason for t in seen.log]


class TestArguments:
    """Wrong ones are named, and change nothing."""

    @pytest.mark.parametrize(
        ("call", "message"),
        [
            (lambda t: t.set_in_service(0, "doorbell", in_service=False), "^sensor is 'doorbell'"),
            (lambda t: t.set_in_service(0, "camera", in_service=0), "^in_service is 0"),
            (lambda t: t.set_in_service(0, "camera", in_service=False, by=3), "^by is 3"),
            (lambda t: t.set_in_service("noon", "camera", in_service=False), "^now_s is 'noon'"),
            (lambda t: t.set_staff("noon", present=True), "^now_s is 'noon'"),
            (lambda t: t.observe("noon", AlarmEvidence()), "^now_s is 'noon'"),
            (lambda t: t.acknowledge("noon", 1), "^now_s is 'noon'"),
            (lambda t: t.acknowledge(0, 0), "^event is 0"),
            (lambda t: t.resolve(0, "1"), "^event is '1'"),
            (lambda t: t.resolve(0, 1, by=None), "^by is None"),
            (
                lambda t: t.observe(0, AlarmEvidence(0.5, heard=("b", "a"))),
                r"^heard names a, b, .*\(wearable, camera\)",
            ),
        ],
    )
    def test_are_named(self, call, message):
        tracker = Scenario().observe(0.95, seconds=10).tracker
        before = tracker.to_json()
        with pytest.raises(InvalidInputError, match=message):
            call(tracker)
        assert tracker.to_json() == before

    @pytest.mark.parametrize("name", ["", "a\nb", "x" * 201, 3])
    def test_names_of_trackers(self, name):
        with pytest.raises(InvalidInputError, match=r"^name is"):
            AlarmTracker(name=name)

    def test_a_fall_that_never_was_tells_what_waits(self):
        with pytest.raises(InvalidInputError, match=r"^event is 1, but there have been 0 falls; .* answer: none"):
            AlarmTracker().acknowledge(0, 1)
        two = Scenario().observe(0.95, seconds=10).observe(0.1, seconds=10).observe(0.95, seconds=10)
        with pytest.raises(InvalidInputError, match=r"answer: 1, 2$"):
            two.tracker.acknowledge(two.now, 3)


def test_a_sensor_back_in_service_has_the_whole_silence_to_report_and_the_other_does_not():
    tracker = AlarmTracker()
    tracker.observe(0, AlarmEvidence(0.1, heard=BOTH))
    tracker.set_in_service(5, "wearable", in_service=False)
    tracker.set_in_service(15, "wearable", in_service=True)
    assert [(t.time_s, t.subject) for now in range(16, 40) for t in tracker.tick(now)] == [
        (20, "sensor camera"),
        (35, "sensor wearable"),
    ]


def test_who_lies_after_the_second_fall_does_not_lie_because_of_the_first():
    scenario = Scenario(AlarmPolicy(still_s=1, long_lie_s=1)).observe(0.95, seconds=10).observe(0.1, seconds=10)
    scenario.observe(0.95, seconds=10)
    assert "escalated" not in scenario.phases()
    scenario.observe(0.95, lying=True, seconds=3)
    assert [t.event for t in scenario.log if t.after == "escalated"] == [2]
