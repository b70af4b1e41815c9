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
    def test_of_another_fall_changes_nothing(self):
        scenario = Scenario().observe(0.95, seconds=10).acknowledge().observe(0.1, seconds=40).observe(0.95, seconds=10)
        before = len(scenario.log)
        scenario.acknowledge(1).resolve(1).acknowledge(3)
        assert len(scenario.log) == before
        assert scenario.tracker.phase is NOTIFIED

    def test_twice(self):
        scenario = Scenario().observe(0.95, seconds=10).acknowledge().acknowledge()
        assert scenario.phases().count(ACKNOWLEDGED) == 1

    def test_of_a_suspicion_there_is_nothing_to_acknowledge(self):
        assert Scenario().observe(0.95).acknowledge().phases() == [SUSPECTED]

    def test_who_is_in_the_log(self):
        assert Scenario().observe(0.95, seconds=10).acknowledge().log[-1].reason == "acknowledged by Kim"

    @pytest.mark.parametrize(("event", "by"), [(0, ""), (1.0, ""), (True, ""), (1, None)])
    def test_refuses(self, event, by):
        with pytest.raises(InvalidInputError, match=r"event is|by is"):
            AlarmTracker().acknowledge(0, event, by=by)


class TestArguments:
    def test_unknown_sensors_and_other_types(self):
        with pytest.raises(InvalidInputError, match="heard names doorbell, not found in the policy's sensors"):
            AlarmTracker().observe(0, AlarmEvidence(0.5, heard=("doorbell",)))
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
    lambda p, lying, heard: AlarmEvidence(p if heard else None, lying if heard else None, heard),
    st.sampled_from([None, 0.0, 0.4, 0.5, 0.7, 0.8, 0.99, 1.0]),
    st.sampled_from([None, False, False, True]),
    st.sampled_from([BOTH, BOTH, ("wearable",), ("camera",), ()]),
)


# (what, seconds before each time, how often, detail)
ACTIONS = st.one_of(
    st.tuples(st.just("observe"), STEPS, st.sampled_from([1, 1, 2, 7, 20]), EVIDENCE),
    st.tuples(st.just("tick"), STEPS, st.integers(1, 3), st.none()),
    st.tuples(st.sampled_from(["acknowledge", "resolve"]), STEPS, st.just(1), st.sampled_from([-1, 0, 0, 0, 1])),
    st.tuples(st.just("staff"), STEPS, st.just(1), st.booleans()),
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
    tracker, now, log = AlarmTracker(policy), 0.0, []
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
                case _:
                    log += getattr(tracker, what)(now, max(tracker.event + detail, 1))
    return tracker, log


class TestWhateverHappens:
    @settings(deadline=None, max_examples=150)
    @given(POLICIES, st.lists(ACTIONS, max_size=40))
    def test_no_confirmed_fall_is_dropped_and_no_alarm_comes_twice(self, policy, actions):
        tracker, log = play(policy, actions)
        falls = [t for t in log if t.subject == "fall"]

        for earlier, later in itertools.pairwise(falls):
            assert later.before == earlier.after
        for transition in falls:
            assert transition.after in FOLLOWS[AlarmPhase(transition.before)]
            assert transition.reason

        # Numbers count up, one for each suspicion; nothing of an earlier fall follows.
        assert [t.event for t in falls if t.after is SUSPECTED] == list(range(1, tracker.event + 1))
        assert [t.event for t in falls] == sorted(t.event for t in falls)

        for event in range(1, tracker.event + 1):
            path = [t.after for t in falls if t.event == event]
            counts = Counter(t.after for t in falls if t.event == event and t.after != t.before)
            assert all(counts[phase] <= 1 for phase in (SUSPECTED, CONFIRMED, NOTIFIED, ESCALATED))
            if CONFIRMED in path:
                acknowledged = ACKNOWLEDGED in path
                waiting = tracker.event == event and tracker.is_open
                assert acknowledged or waiting
                assert RESOLVED not in path or path.index(ACKNOWLEDGED) < path.index(RESOLVED)
            if NOTIFIED not in path and CONFIRMED in path:  # only staff on the spot keep a message back
                assert "notification held back: staff present" in [t.reason for t in falls if t.event == event]

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
        now = tracker._state.clock_s or 0.0
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

    @settings(deadline=None, max_examples=60)
    @given(st.lists(st.tuples(st.floats(0, 5), EVIDENCE), max_size=60))
    def test_no_open_alarm_is_closed_by_evidence(self, readings):
        tracker = Scenario().observe(0.99, seconds=10).tracker
        now = 2000.0
        for step, evidence in readings:
            now += step
            tracker.observe(now, evidence)
            assert tracker.phase in OPEN_PHASES
            assert tracker.event == 1
