"""The tracker: acknowledgements, and properties that hold whatever happens to evidence, clock and people."""

import itertools
import math
from collections import Counter

import pytest
from hypothesis import example, given, settings, strategies as st

from common import (
    AlarmEvidence,
    AlarmPhase,
    AlarmPolicy,
    AlarmTracker,
    AlarmTransition,
)
from common.alarms.terms import OPEN_PHASES
from common.errors import InvalidInputError
from tests.common.alarms.scenario import (
    ACKNOWLEDGED,
    BOTH,
    CONFIRMED,
    ESCALATED,
    NOTIFIED,
    QUIET,
    RESOLVED,
    SUSPECTED,
    Scenario,
)


class TestAcknowledgement:
    def test_of_another_fall_changes_nothing_and_says_so(self):
        scenario = Scenario().observe(0.95, seconds=10).resolve().observe(0.1, seconds=40).observe(0.95, seconds=10)
        before = len(scenario.log)
        scenario.acknowledge(1).resolve(1)
        assert [str(t).split("  ")[1] for t in scenario.log[before:]] == [
            "answer 1: quiet → without effect (fall 1 is over; waiting: 2)"
        ] * 2
        assert scenario.tracker.phase is NOTIFIED

    @pytest.mark.parametrize("method", ["acknowledge", "resolve"])
    @pytest.mark.parametrize("event", [2, 3, 99])
    def test_of_a_fall_that_never_was_is_refused(self, method, event):
        scenario = Scenario().observe(0.95, seconds=10)
        with pytest.raises(InvalidInputError, match=rf"event is {event}, but there have been 1 falls; .* answer: 1"):
            getattr(scenario.tracker, method)(scenario.now, event)
        assert scenario.tracker.is_open

    def test_twice(self):
        scenario = Scenario().observe(0.95, seconds=10).acknowledge().acknowledge()
        assert scenario.phases().count(ACKNOWLEDGED) == 1
        assert scenario.log[-1].reason == "fall 1 is acknowledged; no fall is waiting"

    def test_of_a_suspicion_there_is_nothing_to_acknowledge(self):
        scenario = Scenario().observe(0.95).acknowledge()
        assert scenario.phases() == [SUSPECTED]
        assert scenario.log[-1].after == "without effect"

    def test_of_the_first_of_two_falls_leaves_the_second_open(self):
        scenario = Scenario().observe(0.95, seconds=10).observe(0.1, seconds=10).observe(0.95, seconds=10)
        scenario.acknowledge(1)
        assert scenario.tracker.phases == {1: ACKNOWLEDGED, 2: NOTIFIED}
        assert scenario.tracker.is_open
        assert not scenario.acknowledge(2).tracker.is_open

    def test_who_is_in_the_log(self):
        assert Scenario().observe(0.95, seconds=10).acknowledge().log[-1].reason == "acknowledged by Kim"

    @pytest.mark.parametrize(("event", "by"), [(0, ""), (1.0, ""), (True, ""), (1, None)])
    def test_refuses(self, event, by):
        with pytest.raises(InvalidInputError, match=r"event is|by is"):
            Scenario().observe(0.95, seconds=10).tracker.acknowledge(0, event, by=by)


def test_a_sensor_that_has_nothing_to_judge_may_be_alive():
    tracker = AlarmTracker()
    log = []
    for now in range(60):
        evidence = AlarmEvidence(0.9, heard=BOTH) if now == 0 else AlarmEvidence()
        log += tracker.observe(now, evidence, alive=("camera",))
    assert [(t.time_s, t.subject) for t in log if t.subject.startswith("sensor")] == [(20.0, "sensor wearable")]
    # What it says of itself says nothing of the person: the suspected fall was not withdrawn.
    assert tracker.phase is AlarmPhase.SUSPECTED
    assert "confirmed" in [t.after for t in tracker.tick(60)]


class TestArguments:
    def test_unknown_sensors_and_other_types(self):
        with pytest.raises(InvalidInputError, match="heard names doorbell, not found in the policy's sensors"):
            AlarmTracker().observe(0, AlarmEvidence(0.5, heard=("doorbell",)))
        with pytest.raises(InvalidInputError, match="alive names doorbell, not found in the policy's sensors"):
            AlarmTracker().observe(0, AlarmEvidence(), alive=("doorbell",))
        with pytest.raises(InvalidInputError, match="alive is 'camera'; pass a tuple of names"):
            AlarmTracker().observe(0, AlarmEvidence(), alive="camera")
        with pytest.raises(InvalidInputError, match=r"evidence is 0.5; pass an AlarmEvidence"):
            AlarmTracker().observe(0, 0.5)
        with pytest.raises(InvalidInputError, match="present is 1"):
            AlarmTracker().set_staff(0, present=1)
        with pytest.raises(InvalidInputError, match="policy is 'strict'"):
            AlarmTracker("strict")

    @pytest.mark.parametrize("now", [math.nan, math.inf, "noon", None, True, 1.7e18])
    def test_no_time(self, now):
        with pytest.raises(InvalidInputError, match="now_s is"):
            AlarmTracker().tick(now)


STEPS = st.sampled_from([0, 0.2, 1, 1, 1, 1, 3, 10, 19, 40, 130, 4000, 1e9, -0.5, -60, -1e9])


EVIDENCE = st.builds(
    lambda p, lying, upright, heard: AlarmEvidence(
        p if heard else None,
        lying if heard else None,
        heard,
        upright if heard and not lying else None,
    ),
    st.sampled_from([None, 0.0, 0.4, 0.5, 0.7, 0.8, 0.99, 1.0]),
    st.sampled_from([None, False, False, True]),
    st.sampled_from([None, None, False, True]),
    st.sampled_from([BOTH, BOTH, ("wearable",), ("camera",), ()]),
)


# (what, seconds before each time, how often, detail)
ACTIONS = st.one_of(
    st.tuples(st.just("observe"), STEPS, st.sampled_from([1, 1, 2, 7, 20]), EVIDENCE),
    st.tuples(st.just("tick"), STEPS, st.integers(1, 3), st.none()),
    st.tuples(st.sampled_from(["acknowledge", "resolve"]), STEPS, st.just(1), st.sampled_from([-1, 0, 0, 0, 1])),
    st.tuples(st.just("staff"), STEPS, st.just(1), st.booleans()),
    st.tuples(st.just("service"), STEPS, st.just(1), st.tuples(st.sampled_from(BOTH), st.booleans())),
)


POLICIES = st.builds(
    AlarmPolicy,
    debounce_s=st.sampled_from([0, 2]),
    confirm_s=st.sampled_from([0, 5]),
    undecided_s=st.sampled_from([10, 60]),
    long_lie_s=st.sampled_from([15, 600]),
    attend_s=st.sampled_from([5, 1800]),
    silence_s=st.sampled_from([2, 20]),
)


FOLLOWS = {
    QUIET: {SUSPECTED},
    SUSPECTED: {QUIET, CONFIRMED},
    CONFIRMED: {CONFIRMED, NOTIFIED, ACKNOWLEDGED},
    NOTIFIED: {ESCALATED, ACKNOWLEDGED},
    ESCALATED: {ACKNOWLEDGED},
    ACKNOWLEDGED: {ESCALATED, RESOLVED},
    RESOLVED: {QUIET},
}


def play(policy: AlarmPolicy, actions: list, *, reboots: bool = False) -> tuple[AlarmTracker, list[AlarmTransition]]:
    tracker, now, log = AlarmTracker(policy, name="room 12"), 0.0, []
    for what, step, times, detail in actions:
        for _ in range(times):
            now += step
            if reboots:
                tracker = AlarmTracker.from_json(tracker.to_json())
            match what:
                case "observe":
                    log += tracker.observe(now, detail)
                case "tick":
                    log += tracker.tick(now)
                case "staff":
                    log += tracker.set_staff(now, present=detail)
                case "service":
                    log += tracker.set_in_service(now, detail[0], in_service=detail[1])
                case _ if tracker.event:
                    log += getattr(tracker, what)(now, min(max(tracker.event + detail, 1), tracker.event))
    return tracker, log


class TestWhateverHappens:
    @pytest.mark.promise("No confirmed fall is dropped, and no alarm is raised twice")
    @settings(deadline=None, max_examples=150)
    @given(POLICIES, st.lists(ACTIONS, max_size=40))
    def test_no_confirmed_fall_is_dropped_and_no_alarm_comes_twice(self, policy, actions):
        tracker, log = play(policy, actions)
        falls = [t for t in log if t.subject == "fall"]

        # Numbers count up, one for each suspicion.
        assert [t.event for t in falls if t.after is SUSPECTED] == list(range(1, tracker.event + 1))
        for transition in falls:
            assert transition.after in FOLLOWS[AlarmPhase(transition.before)]
            assert transition.reason

        for event in range(1, tracker.event + 1):
            of_fall = [t for t in falls if t.event == event]
            for earlier, later in itertools.pairwise(of_fall):
                assert later.before == earlier.after
            path = [t.after for t in of_fall]
            counts = Counter(t.after for t in of_fall if t.after != t.before)
            assert all(counts[phase] <= 1 for phase in (SUSPECTED, CONFIRMED, NOTIFIED))
            # Once unanswered, and once after each acknowledgement that was not followed by help.
            assert counts[ESCALATED] <= 1 + counts[ACKNOWLEDGED]
            if CONFIRMED in path:
                acknowledged = ACKNOWLEDGED in path
                waiting = tracker.phases.get(event) in OPEN_PHASES
                assert acknowledged or waiting
                assert RESOLVED not in path or path.index(ACKNOWLEDGED) < path.index(RESOLVED)
                # Over by a word or by sight, never by calm.
                ends = [t.reason for t in of_fall if t.after is RESOLVED]
                assert all(reason.startswith(("resolved", "seen upright")) for reason in ends)
                assert event in tracker.phases or ends
            if NOTIFIED not in path and CONFIRMED in path:  # only staff on the spot keep a message back
                assert "notification held back: staff present" in [t.reason for t in of_fall]

        # Every word that people must hear is in the outbox, once, until it is confirmed; sounds and sensors the newest.
        told = [t for t in falls if t.after in (NOTIFIED, ESCALATED, ACKNOWLEDGED, RESOLVED)]
        assert [m.transition for m in tracker.outbox if m.transition.subject == "fall"] == told
        assert len({message.id for message in tracker.outbox}) == len(tracker.outbox)

    @settings(deadline=None, max_examples=60)
    @given(POLICIES, st.lists(ACTIONS, max_size=30))
    def test_the_same_input_gives_the_same_transitions_with_a_reboot_before_every_step(self, policy, actions):
        once, log = play(policy, actions)
        again, same_log = play(policy, actions)
        rebooted, rebooted_log = play(policy, actions, reboots=True)
        assert log == same_log == rebooted_log
        assert once.to_json() == again.to_json() == rebooted.to_json()

    @settings(deadline=None, max_examples=60)
    @given(POLICIES, st.lists(ACTIONS, max_size=30))
    @example(AlarmPolicy(), [("observe", 1, 1, AlarmEvidence(0.99, True, BOTH)), ("tick", -1e9, 3, None)])
    def test_from_anywhere_silence_ends_in_technical_alarms_and_a_fall_in_a_message(self, policy, actions):
        tracker, _ = play(policy, actions)
        now = max(tracker._state.clock.now_s or 0.0, tracker._state.clock.highest_s)
        for sensor in tracker.sensors_out_of_service:
            tracker.set_in_service(now, sensor, in_service=True)
        for second in range(math.ceil(policy.silence_s) + 2):  # sums of fractions of seconds may round to a tick more
            tracker.tick(now + second)
        assert set(tracker.silent_sensors) == set(BOTH)
        assert not tracker.all_is_well

        now += policy.silence_s + 2
        fall = AlarmEvidence(1.0, True, BOTH)
        log = []
        for second in range(1, 3000):
            log += tracker.observe(now + second, fall)
            if tracker.is_open and not tracker._state.staff_present:
                break
        # Whatever state it was in, somebody lying there with certainty is an open alarm within the longest timer.
        assert tracker.is_open

    @settings(deadline=None, max_examples=60)
    @given(POLICIES, STEPS, st.lists(STEPS, min_size=1, max_size=60))
    def test_one_fall_that_nobody_answers_is_one_alarm(self, policy, first, steps):
        """However the clock jumps: evidence that stays high is one event."""
        tracker, now = AlarmTracker(policy), first
        log = list(tracker.observe(now, AlarmEvidence(0.99, None, BOTH)))
        for step in steps:
            now += step
            log += tracker.observe(now, AlarmEvidence(0.99, None, BOTH))
        assert tracker.event <= 1
        assert sum(t.after is NOTIFIED for t in log) <= 1

    @pytest.mark.promise("Only people close an alarm, never a sensor")
    @settings(deadline=None, max_examples=60)
    @given(st.lists(st.tuples(st.floats(0, 5), EVIDENCE), max_size=60))
    def test_no_open_alarm_is_closed_by_evidence(self, readings):
        tracker = Scenario().observe(0.99, seconds=10).tracker
        now = 2000.0
        for step, evidence in readings:
            now += step
            tracker.observe(now, evidence)
            assert tracker.phases[1] in OPEN_PHASES
