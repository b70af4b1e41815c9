"""Alarms: every way through the machine, and properties that hold whatever happens to evidence, clock and people."""

import itertools
import json
import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import example, given, settings, strategies as st

from common import (
    AlarmEvidence,
    AlarmPhase,
    AlarmPolicy,
    AlarmTracker,
    AlarmTransition,
    alarm_times,
    score_events,
)
from common.alarms.terms import OPEN
from common.errors import InvalidInputError

BOTH = ("wearable", "camera")
QUIET, SUSPECTED, CONFIRMED, NOTIFIED, ESCALATED, ACKNOWLEDGED, RESOLVED = AlarmPhase


class Story:
    """A tracker with a clock that ticks by itself, and the log of what it did."""

    def __init__(self, policy: AlarmPolicy | None = None) -> None:
        self.tracker = AlarmTracker(policy)
        self.now = 1000.0
        self.log: list[AlarmTransition] = []
        self.see(0.0)

    def see(self, p: float | None, *, seconds: int = 1, lying: bool | None = False, heard=BOTH) -> "Story":
        """The same evidence every second."""
        for _ in range(seconds):
            self.log += self.tracker.observe(self.now, AlarmEvidence(p, lying, heard))
            self.now += 1
        return self

    def wait(self, seconds: int) -> "Story":
        """Silence, with a tick every second."""
        for _ in range(seconds):
            self.log += self.tracker.tick(self.now)
            self.now += 1
        return self

    def staff(self, present: bool) -> "Story":
        self.log += self.tracker.set_staff(self.now, present=present)
        return self

    def acknowledge(self, event: int | None = None) -> "Story":
        self.log += self.tracker.acknowledge(self.now, event or self.tracker.event, by="Kim")
        return self

    def resolve(self, event: int | None = None) -> "Story":
        self.log += self.tracker.resolve(self.now, event or self.tracker.event)
        return self

    def path(self) -> list[str]:
        return [transition.after for transition in self.log if transition.subject == "fall"]

    def times(self, phase: AlarmPhase) -> list[float]:
        return [transition.time_s - 1001 for transition in self.log if transition.after is phase]


class TestTheWay:
    def test_from_quiet_to_quiet(self):
        story = Story().see(0.95, seconds=200).acknowledge().see(0.1, seconds=40)
        assert story.path() == [*list(AlarmPhase)[1:], QUIET]
        assert story.times(SUSPECTED) == [0]
        assert story.times(CONFIRMED) == story.times(NOTIFIED) == [5]
        assert story.times(ESCALATED) == [125]
        assert story.times(ACKNOWLEDGED) == [200]
        assert story.times(RESOLVED) == [230]
        assert story.tracker.all_is_well

    def test_a_flash_is_suspected_and_withdrawn(self):
        story = Story().see(0.95, seconds=2).see(0.1, seconds=10)
        assert story.path() == [SUSPECTED, QUIET]
        assert story.log[-1].reason == "withdrawn: calm for 5 s"

    def test_lying_still_confirms_what_the_probability_alone_would_not(self):
        story = Story().see(0.6, seconds=2).see(0.1, lying=True, seconds=20)
        assert story.path() == [SUSPECTED, CONFIRMED, NOTIFIED]
        assert story.times(CONFIRMED) == [2 + 15]
        assert "lying still for 15 s after the impact" in story.log[1].reason

    def test_lying_still_before_the_impact_does_not_count(self):
        story = Story().see(0.1, lying=True, seconds=3600).see(0.6, lying=True, seconds=10)
        assert story.path() == [SUSPECTED]

    def test_lying_still_alone_is_sleep(self):
        assert Story().see(0.1, lying=True, seconds=7200).path() == []

    def test_moving_after_the_impact_withdraws(self):
        story = Story().see(0.6, seconds=2).see(0.1, lying=True, seconds=10).see(0.1, lying=False, seconds=10)
        assert story.path() == [SUSPECTED, QUIET]

    def test_doubt_that_lasts_is_confirmed(self):
        story = Story().see(0.6, seconds=100)
        assert story.times(CONFIRMED) == [60]
        assert "not withdrawn for 60 s" in story.log[1].reason

    def test_a_suspicion_followed_by_silence_is_confirmed(self):
        """Both sensors broke, even in the middle of calming down: nobody knows that the person is well."""
        for calm in (0, 1, 4):
            story = Story().see(0.95).see(0.1, seconds=calm).wait(100)
            assert story.path() == [SUSPECTED, CONFIRMED, NOTIFIED]
            assert story.tracker.silent_sensors == BOTH

    def test_calming_down_in_time_is_not_doubt(self):
        assert Story().see(0.6, seconds=58).see(0.1, seconds=10).path() == [SUSPECTED, QUIET]

    def test_lying_still_before_and_after_a_gap_is_not_lying_still_throughout(self):
        story = Story().see(0.6, lying=True, seconds=5).see(0.6, lying=None, seconds=25).see(0.6, lying=True, seconds=2)
        assert story.path() == [SUSPECTED]

    def test_debounce(self):
        policy = AlarmPolicy(debounce_s=3)
        assert Story(policy).see(0.9, seconds=3).see(0.1, seconds=3).path() == []
        assert Story(policy).see(0.9, seconds=4).path() == [SUSPECTED]

    def test_hysteresis_by_time(self):
        """A probability that flickers is one suspicion, and in the end a confirmed one."""
        story = Story()
        for _ in range(20):
            story.see(0.6, seconds=2).see(0.4, seconds=2)
        assert story.path() == [SUSPECTED, CONFIRMED, NOTIFIED]

    def test_an_alarm_waits_for_an_acknowledgement_for_ever(self):
        story = Story().see(0.95, seconds=10).see(0.0, seconds=20_000)
        assert story.path() == [SUSPECTED, CONFIRMED, NOTIFIED, ESCALATED]
        assert story.tracker.is_open

    def test_after_an_attended_fall_watching_starts_again(self):
        story = Story().see(0.95, seconds=10).acknowledge().see(0.95, seconds=1900)
        assert story.path()[3:6] == [ACKNOWLEDGED, RESOLVED, QUIET]
        assert story.path()[6:] == [SUSPECTED, CONFIRMED, NOTIFIED]
        assert story.tracker.event == 2

    def test_acknowledged_but_left_lying(self):
        story = Story().see(0.95, seconds=10).acknowledge().see(0.1, lying=True, seconds=700)
        assert story.path() == [SUSPECTED, CONFIRMED, NOTIFIED, ACKNOWLEDGED, ESCALATED]
        assert "acknowledged, but lying still for 600 s" in story.log[-1].reason
        assert story.acknowledge().see(0.1, lying=True, seconds=700).path().count(ESCALATED) == 1

    def test_a_long_lie_is_escalated_at_once(self):
        policy = AlarmPolicy(escalate_s=3600, long_lie_s=300)
        story = Story(policy).see(0.95, lying=True, seconds=400)
        assert story.times(ESCALATED) == [300]
        assert "lying still" in story.log[-1].reason

    def test_the_next_fall_after_a_resolved_one_is_a_new_one(self):
        story = Story().see(0.95, seconds=10).acknowledge().see(0.1, seconds=40).see(0.95, seconds=10)
        assert [t.event for t in story.log if t.after is NOTIFIED] == [1, 2]

    def test_resolved_by_hand_while_the_evidence_is_still_high(self):
        story = Story().see(0.95, seconds=10).resolve().see(0.95, seconds=25)
        assert story.path()[3:] == [ACKNOWLEDGED, RESOLVED]
        assert story.see(0.95, seconds=10).path()[5:] == [QUIET, SUSPECTED, CONFIRMED, NOTIFIED]


def test_suspicions_are_the_alarms_that_events_scores():
    """Peaks apart from one another: the tracker is suspicious when the plain threshold crossing is."""
    scores = np.zeros(600)
    scores[[50, 51, 200, 430]] = [0.6, 0.9, 0.5, 0.7]
    story = Story()
    for p in scores:
        story.see(p)
    suspicions = story.times(SUSPECTED)
    assert suspicions == alarm_times(np.arange(600), scores, threshold=0.5).tolist() == [50, 200, 430]
    assert score_events(suspicions, [199], monitored_s=600).delays_s == (1,)


class TestStaff:
    def test_notification_is_held_back_and_that_is_logged(self):
        story = Story().staff(True).see(0.95, seconds=60)
        assert story.path() == [SUSPECTED, CONFIRMED, CONFIRMED]
        assert story.log[-1].reason == "notification held back: staff present"
        assert story.tracker.is_open

    def test_they_acknowledge(self):
        assert Story().staff(True).see(0.95, seconds=60).acknowledge().path()[-1] == ACKNOWLEDGED

    def test_every_fall_is_logged_as_held_back(self):
        story = Story().staff(True).see(0.95, seconds=10).resolve().see(0.1).see(0.95, seconds=10)
        assert [t.event for t in story.log if "held back" in t.reason] == [1, 2]

    def test_they_leave_without_a_word(self):
        story = Story().staff(True).see(0.95, seconds=60).staff(False)
        assert story.path()[-1] == NOTIFIED
        assert story.log[-1].reason == "staff left without acknowledging"

    def test_a_forgotten_badge_holds_nothing_back_for_ever(self):
        story = Story().staff(True).see(0.95, seconds=2000)
        assert story.times(NOTIFIED) == [5 + 300]
        assert story.times(ESCALATED) == [5 + 300 + 120]

    def test_a_long_lie_is_not_held_back(self):
        story = Story(AlarmPolicy(suppress_s=3600)).staff(True).see(0.95, lying=True, seconds=700)
        assert story.times(NOTIFIED) == story.times(ESCALATED) == [600]


class TestSensors:
    def test_both_gone_is_a_technical_alarm_within_30_s(self):
        story = Story().see(0.1, seconds=10).wait(30)
        silent = [(t.subject, t.after, t.event) for t in story.log]
        assert silent == [("sensor wearable", "silent", 0), ("sensor camera", "silent", 0)]
        assert all(t.time_s - 1010 <= 30 for t in story.log)
        assert not story.tracker.all_is_well
        assert story.tracker.phase is QUIET

    def test_one_gone_and_back(self):
        story = Story().see(0.1, seconds=25, heard=("wearable",)).see(0.1)
        assert [str(t).split("  ")[1] for t in story.log] == [
            "sensor camera: heard → silent (not heard for 20 s)",
            "sensor camera: silent → heard (heard again)",
        ]
        assert story.tracker.all_is_well

    def test_never_heard_at_all(self):
        tracker = AlarmTracker()
        assert not tracker.all_is_well
        tracker.tick(0)
        assert not tracker.all_is_well
        assert [t.after for t in tracker.tick(20)] == ["silent", "silent"]

    def test_nobody_called_for_an_hour(self):
        """Even if both are heard at once again: the log says that an hour was not watched."""
        story = Story()
        story.now += 3600
        story.see(0.1)
        assert [t.after for t in story.log] == ["silent", "silent", "heard", "heard"]

    def test_a_probability_that_rests_on_no_sensor_is_refused(self):
        with pytest.raises(InvalidInputError, match=r"heard is empty although .* the base rate, not news"):
            AlarmEvidence(0.01)

    @pytest.mark.parametrize("lying", [None, False])
    def test_a_sensor_that_is_on_but_tells_no_probability_is_silent(self, lying):
        story = Story().see(None, lying=lying, seconds=100)
        assert [t.after for t in story.log] == ["silent", "silent"]
        assert not story.tracker.all_is_well


class TestClock:
    def test_set_back_stops_no_timer_and_is_noted(self):
        story = Story().see(0.95, seconds=10)
        story.now -= 7200
        story.see(0.95, seconds=130)
        assert story.path()[-1] == ESCALATED
        (note,) = [t for t in story.log if t.subject == "clock"]
        assert note.after == "set back"
        assert "set back by 7199 s" in note.reason
        escalated, notified = story.log[-1], next(t for t in story.log if t.after is NOTIFIED)
        # The clock's own second between the two readings is lost with the jump.
        assert (escalated.time_s + 7200) - notified.time_s == 120 + 1

    def test_a_jump_ahead_escalates_early_rather_than_never(self):
        story = Story().see(0.95, seconds=10)
        story.now += 86_400
        assert story.see(0.95).path()[-1] == ESCALATED

    def test_a_jump_ahead_is_no_evidence(self):
        """One high reading before and one after a gap are not a probability that stayed high."""
        story = Story().see(0.95)
        story.now += 30
        story.see(0.95, seconds=2)
        assert story.path() == [SUSPECTED]

        story = Story(AlarmPolicy(debounce_s=10)).see(0.95)
        story.now += 30
        assert story.see(0.95, seconds=10).path() == []

    @pytest.mark.parametrize("now", [math.nan, math.inf, "noon", None, True, 1.7e18])
    def test_no_time(self, now):
        with pytest.raises(InvalidInputError, match="now_s is"):
            AlarmTracker().tick(now)


class TestAcknowledgement:
    def test_of_another_fall_changes_nothing(self):
        story = Story().see(0.95, seconds=10).acknowledge().see(0.1, seconds=40).see(0.95, seconds=10)
        before = len(story.log)
        story.acknowledge(1).resolve(1).acknowledge(3)
        assert len(story.log) == before
        assert story.tracker.phase is NOTIFIED

    def test_twice(self):
        story = Story().see(0.95, seconds=10).acknowledge().acknowledge()
        assert story.path().count(ACKNOWLEDGED) == 1

    def test_of_a_suspicion_there_is_nothing_to_acknowledge(self):
        assert Story().see(0.95).acknowledge().path() == [SUSPECTED]

    def test_who_is_in_the_log(self):
        assert Story().see(0.95, seconds=10).acknowledge().log[-1].reason == "acknowledged by Kim"

    @pytest.mark.parametrize(("event", "by"), [(0, ""), (1.0, ""), (True, ""), (1, None)])
    def test_refuses(self, event, by):
        with pytest.raises(InvalidInputError, match=r"event is|by is"):
            AlarmTracker().acknowledge(0, event, by=by)


class TestReboot:
    def test_nothing_is_lost(self):
        story = Story().staff(True).see(0.95, lying=True, seconds=10)
        again = AlarmTracker.from_json(story.tracker.to_json())
        assert again.to_json() == story.tracker.to_json()
        assert again.is_open
        # Down for ten minutes: both sensors were silent, and what was held back is told and escalated.
        assert [t.after for t in again.tick(story.now + 600)] == ["silent", "silent", NOTIFIED]
        assert [t.after for t in again.tick(story.now + 800)] == [ESCALATED]

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "null",
            "[]",
            "{}",
            "0",
            b"\xff",
            '{"format": 2}',
            "[" * 60_000,
            "9" * 70_000,
            '{"format": 1, "policy": 3}',
        ],
        ids=lambda text: str(text[:12]),
    )
    def test_other_texts_are_refused(self, text):
        with pytest.raises(InvalidInputError, match="text is no state of an AlarmTracker"):
            AlarmTracker.from_json(text)

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("phase", "asleep"),
            ("event", -1),
            ("event", 0),
            ("event", True),
            ("elapsed_s", -1),
            ("elapsed_s", None),
            ("clock_s", "noon"),
            ("clock_s", 1e300),
            ("phase_since_s", 1e9),
            ("suspected_s", "soon"),
            ("staff_present", "yes"),
            ("is_escalated", 1),
            ("high", [5.0, 1.0]),
            ("high", [1.0]),
            ("sure", [0.0, 1e9]),
            ("heard_s", []),
            ("heard_s", [1.0, "x"]),
            ("silent", ["doorbell"]),
            ("evidence", {}),
            ("evidence", {"probability": 7, "lying_still": None, "heard": ["camera"]}),
            ("more", 1),
        ],
    )
    def test_damaged_states_are_refused(self, field, value):
        content = json.loads(Story().see(0.95, seconds=10).tracker.to_json())
        content["state"][field] = value
        with pytest.raises(InvalidInputError, match="text is no state of an AlarmTracker"):
            AlarmTracker.from_json(json.dumps(content))

    def test_a_damaged_policy_is_refused(self):
        content = json.loads(AlarmTracker().to_json())
        del content["policy"]["fade_s"]
        with pytest.raises(InvalidInputError, match="fade_s"):
            AlarmTracker.from_json(json.dumps(content))


class TestPolicy:
    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({"suspect_probability": 0}, "suspect_probability is 0; it must be above 0"),
            ({"confirm_probability": 1}, "confirm_probability is 1; it must be below 1"),
            ({"confirm_probability": 0.4}, "confirm_probability is 0.4, below suspect_probability 0.5"),
            ({"fade_s": 0}, "fade_s is 0; it must be above 0"),
            ({"debounce_s": -1}, "debounce_s is -1"),
            ({"silence_s": math.nan}, "silence_s is nan"),
            ({"escalate_s": "2 min"}, "escalate_s is '2 min'"),
            ({"long_lie_s": 10}, "long_lie_s is 10, below still_s 15"),
            ({"sensors": "wearable"}, "sensors is 'wearable'; pass a tuple"),
            ({"sensors": ()}, "name at least one sensor"),
            ({"sensors": ("a", "a")}, "each once"),
            ({"sensors": ("a", 1)}, "pass a tuple of names"),
        ],
    )
    def test_refuses(self, arguments, message):
        with pytest.raises(InvalidInputError, match=message):
            AlarmPolicy(**arguments)

    def test_round_trip(self):
        policy = AlarmPolicy(fade_s=7, sensors=("pocket",))
        assert AlarmPolicy.from_dict(json.loads(json.dumps(policy.to_dict()))) == policy


class TestEvidence:
    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ((1.2, None, BOTH), "probability is 1.2; it must be at most 1"),
            ((-0.1, None, BOTH), "probability is -0.1"),
            (("high", None, BOTH), "probability is 'high'"),
            ((0.5, 1, BOTH), "lying_still is 1; it must be True, False or None"),
            ((0.5, None, "wearable"), "heard is 'wearable'; pass a tuple"),
            ((0.5, None, None), "heard is None"),
        ],
    )
    def test_refuses(self, arguments, message):
        with pytest.raises(InvalidInputError, match=message):
            AlarmEvidence(*arguments)

    def test_numpy_and_nan_become_plain_values(self):
        evidence = AlarmEvidence(np.float32(0.5), np.bool_(True), ["camera", "camera"])
        assert evidence == AlarmEvidence(0.5, True, ("camera",))
        assert AlarmEvidence(math.nan, None, BOTH) == AlarmEvidence(None, None, BOTH)

    def test_unknown_sensors_and_other_types(self):
        with pytest.raises(InvalidInputError, match="heard names doorbell, not found in the policy's sensors"):
            AlarmTracker().observe(0, AlarmEvidence(0.5, heard=("doorbell",)))
        with pytest.raises(InvalidInputError, match=r"evidence is 0.5; pass an AlarmEvidence"):
            AlarmTracker().observe(0, 0.5)
        with pytest.raises(InvalidInputError, match="present is 1"):
            AlarmTracker().set_staff(0, present=1)
        with pytest.raises(InvalidInputError, match="policy is 'strict'"):
            AlarmTracker("strict")


# --- Whatever happens ------------------------------------------------------------------------------------------------

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
        tracker = Story().see(0.99, seconds=10).tracker
        now = 2000.0
        for step, evidence in readings:
            now += step
            tracker.observe(now, evidence)
            assert tracker.phase in OPEN
            assert tracker.event == 1
