"""Every transition of the alarm, one scenario at a time."""

import numpy as np
import pytest

from common import (
    AlarmEvidence,
    AlarmPhase,
    AlarmPolicy,
    AlarmTracker,
    alarm_times,
    score_events,
)
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


class TestPhases:
    def test_from_quiet_to_quiet(self):
        scenario = Scenario().observe(0.95, seconds=200).acknowledge().observe(0.1, upright=True, seconds=40)
        assert scenario.phases() == [*list(AlarmPhase)[1:], QUIET]
        assert scenario.times(SUSPECTED) == [0]
        assert scenario.times(CONFIRMED) == scenario.times(NOTIFIED) == [5]
        assert scenario.times(ESCALATED) == [125]
        assert scenario.times(ACKNOWLEDGED) == [200]
        # The word that somebody is up comes a second after the acknowledgement.
        assert scenario.times(RESOLVED) == [230]
        assert scenario.tracker.all_is_well

    def test_a_flash_is_suspected_and_withdrawn(self):
        scenario = Scenario().observe(0.95, seconds=2).observe(0.1, seconds=10)
        assert scenario.phases() == [SUSPECTED, QUIET]
        assert scenario.log[-1].reason == "withdrawn: calm for 5 s"

    def test_lying_still_confirms_what_the_probability_alone_would_not(self):
        scenario = Scenario().observe(0.6, seconds=2).observe(0.1, lying=True, seconds=20)
        assert scenario.phases() == [SUSPECTED, CONFIRMED, NOTIFIED]
        assert scenario.times(CONFIRMED) == [2 + 15]
        assert "lying still for 15 s after the impact" in scenario.log[1].reason

    def test_lying_still_before_the_impact_does_not_count(self):
        scenario = Scenario().observe(0.1, lying=True, seconds=3600).observe(0.6, lying=True, seconds=10)
        assert scenario.phases() == [SUSPECTED]

    def test_lying_still_alone_is_sleep(self):
        assert Scenario().observe(0.1, lying=True, seconds=7200).phases() == []

    def test_moving_after_the_impact_withdraws(self):
        scenario = (
            Scenario()
            .observe(0.6, seconds=2)
            .observe(0.1, lying=True, seconds=10)
            .observe(0.1, lying=False, seconds=10)
        )
        assert scenario.phases() == [SUSPECTED, QUIET]

    def test_doubt_that_lasts_is_confirmed(self):
        scenario = Scenario().observe(0.6, seconds=100)
        assert scenario.times(CONFIRMED) == [60]
        assert "not withdrawn for 60 s" in scenario.log[1].reason

    def test_a_suspicion_followed_by_silence_is_confirmed(self):
        """Both sensors broke, even in the middle of calming down: nobody knows that the person is well."""
        for calm in (0, 1, 4):
            scenario = Scenario().observe(0.95).observe(0.1, seconds=calm).wait(100)
            assert scenario.phases() == [SUSPECTED, CONFIRMED, NOTIFIED]
            assert scenario.tracker.silent_sensors == BOTH

    def test_calming_down_in_time_is_not_doubt(self):
        assert Scenario().observe(0.6, seconds=58).observe(0.1, seconds=10).phases() == [SUSPECTED, QUIET]

    def test_lying_still_before_and_after_a_gap_is_not_lying_still_throughout(self):
        scenario = (
            Scenario()
            .observe(0.6, lying=True, seconds=5)
            .observe(0.6, lying=None, seconds=25)
            .observe(0.6, lying=True, seconds=2)
        )
        assert scenario.phases() == [SUSPECTED]

    def test_debounce(self):
        policy = AlarmPolicy(debounce_s=3)
        assert Scenario(policy).observe(0.9, seconds=3).observe(0.1, seconds=3).phases() == []
        assert Scenario(policy).observe(0.9, seconds=4).phases() == [SUSPECTED]

    def test_hysteresis_by_time(self):
        """A probability that flickers is one suspicion, and in the end a confirmed one."""
        scenario = Scenario()
        for _ in range(20):
            scenario.observe(0.6, seconds=2).observe(0.4, seconds=2)
        assert scenario.phases() == [SUSPECTED, CONFIRMED, NOTIFIED]

    def test_an_alarm_waits_for_an_acknowledgement_for_ever(self):
        scenario = Scenario().observe(0.95, seconds=10).observe(0.0, seconds=20_000)
        assert scenario.phases() == [SUSPECTED, CONFIRMED, NOTIFIED, ESCALATED]
        assert scenario.tracker.is_open

    def test_an_acknowledged_fall_is_not_over_by_itself(self):
        """Whoever lies on the floor is calm, too; only staff or a camera know that the person is up."""
        for evidence in ({"lying": None, "heard": ("wearable",)}, {"lying": False}, {"upright": False}):
            scenario = Scenario().observe(0.95, seconds=10).acknowledge().observe(0.05, seconds=1000, **evidence)
            assert scenario.phases()[-1] == ACKNOWLEDGED
            assert scenario.observe(0.05, seconds=900, **evidence).phases()[4:] == [ESCALATED]
            assert scenario.log[-1].subject == "sound"
            assert scenario.resolve().phases()[5:] == [ACKNOWLEDGED, RESOLVED, QUIET]

    def test_seen_upright_for_a_moment_is_not_up(self):
        scenario = Scenario().observe(0.95, seconds=10).acknowledge()
        scenario.observe(0.1, upright=True, seconds=20).observe(0.1, upright=False)
        assert scenario.observe(0.1, upright=True, seconds=30).phases()[-1] == ACKNOWLEDGED
        assert scenario.observe(0.1, upright=True, seconds=2).phases()[-2:] == [RESOLVED, QUIET]

    def test_acknowledged_but_left_lying(self):
        scenario = Scenario().observe(0.95, seconds=10).acknowledge().observe(0.1, lying=True, seconds=700)
        assert scenario.phases() == [SUSPECTED, CONFIRMED, NOTIFIED, ACKNOWLEDGED, ESCALATED]
        assert "acknowledged, but lying still for 600 s" in [t for t in scenario.log if t.subject == "fall"][-1].reason
        assert scenario.acknowledge().observe(0.1, lying=True, seconds=700).phases().count(ESCALATED) == 1

    def test_a_long_lie_is_escalated_at_once(self):
        policy = AlarmPolicy(escalate_s=3600, long_lie_s=300)
        scenario = Scenario(policy).observe(0.95, lying=True, seconds=400)
        assert scenario.times(ESCALATED) == [300]
        assert "lying still" in [t for t in scenario.log if t.subject == "fall"][-1].reason

    @pytest.mark.parametrize("answered", ["resolved", "acknowledged", "not at all"])
    def test_the_next_fall_is_a_new_one_whatever_became_of_the_first(self, answered):
        scenario = Scenario().observe(0.95, seconds=10)
        if answered == "resolved":
            scenario.resolve()
        elif answered == "acknowledged":
            scenario.acknowledge()
        scenario.observe(0.1, seconds=10).observe(0.95, seconds=10)
        assert [t.event for t in scenario.log if t.after is NOTIFIED] == [1, 2]
        assert scenario.times(NOTIFIED) == [5, 25]
        assert scenario.tracker.phase is NOTIFIED
        first = {"resolved": {}, "acknowledged": {1: ACKNOWLEDGED}, "not at all": {1: NOTIFIED}}[answered]
        assert scenario.tracker.phases == {**first, 2: NOTIFIED}

    def test_a_flicker_after_the_message_is_the_same_fall(self):
        scenario = Scenario().observe(0.95, seconds=10).acknowledge()
        for _ in range(50):
            scenario.observe(0.95, seconds=3).observe(0.3, seconds=4)
        assert scenario.tracker.event == 1

    def test_lying_there_is_not_the_calm_before_another_fall(self):
        scenario = Scenario().observe(0.95, seconds=10).acknowledge().observe(0.1, lying=True, seconds=60)
        assert scenario.observe(0.95, lying=True, seconds=60).tracker.event == 1

    def test_both_falls_are_over_when_the_person_is_seen_upright(self):
        scenario = Scenario().observe(0.95, seconds=10).acknowledge().observe(0.1, seconds=10).observe(0.95, seconds=10)
        scenario.acknowledge().observe(0.1, upright=True, seconds=40)
        assert [t.event for t in scenario.log if t.after is RESOLVED] == [1, 2]
        assert scenario.tracker.all_is_well

    def test_resolved_by_hand_while_the_evidence_is_still_high(self):
        scenario = Scenario().observe(0.95, seconds=10).resolve().observe(0.95, seconds=25)
        assert scenario.phases()[3:] == [ACKNOWLEDGED, RESOLVED]
        assert scenario.observe(0.95, seconds=10).phases()[5:] == [QUIET, SUSPECTED, CONFIRMED, NOTIFIED]


def test_suspicions_are_the_alarms_that_events_scores():
    """Peaks apart from one another: the tracker is suspicious when the plain threshold crossing is."""
    scores = np.zeros(600)
    scores[[50, 51, 200, 430]] = [0.6, 0.9, 0.5, 0.7]
    scenario = Scenario()
    for p in scores:
        scenario.observe(p)
    suspicions = scenario.times(SUSPECTED)
    assert suspicions == alarm_times(np.arange(600), scores, threshold=0.5).tolist() == [50, 200, 430]
    assert score_events(suspicions, [199], monitored_s=600).delays_s == (1,)


class TestStaff:
    def test_notification_is_held_back_and_that_is_logged(self):
        scenario = Scenario().staff(True).observe(0.95, seconds=60)
        assert scenario.phases() == [SUSPECTED, CONFIRMED, CONFIRMED]
        assert scenario.log[-1].reason == "notification held back: staff present"
        assert scenario.tracker.is_open

    def test_they_acknowledge(self):
        assert Scenario().staff(True).observe(0.95, seconds=60).acknowledge().phases()[-1] == ACKNOWLEDGED

    def test_every_fall_is_logged_as_held_back(self):
        scenario = Scenario().staff(True).observe(0.95, seconds=10).resolve().observe(0.1).observe(0.95, seconds=10)
        assert [t.event for t in scenario.log if "held back" in t.reason] == [1, 2]

    def test_they_leave_without_a_word(self):
        scenario = Scenario().staff(True).observe(0.95, seconds=60).staff(False)
        assert scenario.phases()[-1] == NOTIFIED
        assert scenario.log[-1].reason == "staff left without acknowledging"

    def test_a_forgotten_badge_holds_nothing_back_for_ever(self):
        scenario = Scenario().staff(True).observe(0.95, seconds=2000)
        assert scenario.times(NOTIFIED) == [5 + 300]
        assert scenario.times(ESCALATED) == [5 + 300 + 120]

    def test_a_long_lie_is_not_held_back(self):
        scenario = Scenario(AlarmPolicy(suppress_s=3600)).staff(True).observe(0.95, lying=True, seconds=700)
        assert scenario.times(NOTIFIED) == scenario.times(ESCALATED) == [600]


class TestSounds:
    def test_repeated_until_somebody_answers(self):
        scenario = Scenario().observe(0.95, seconds=36)
        sounds = [t.time_s - 1001 for t in scenario.log if t.subject == "sound"]
        assert sounds == [15, 25, 35]
        scenario.acknowledge().observe(0.95, seconds=60)
        assert sum(t.subject == "sound" for t in scenario.log) == 3

    def test_a_long_gap_is_made_up_by_one_sound(self):
        scenario = Scenario().observe(0.95, seconds=10)
        scenario.now += 95
        scenario.observe(0.95)
        assert sum(t.subject == "sound" for t in scenario.log) == 1

    def test_each_fall_has_its_own(self):
        scenario = Scenario().observe(0.95, seconds=10).observe(0.1, seconds=10).observe(0.95, seconds=20)
        assert {t.event for t in scenario.log if t.subject == "sound"} == {1, 2}


class TestService:
    def test_out_of_service_raises_no_technical_alarm_and_back_it_has_its_time(self):
        scenario = Scenario().observe(0.1, seconds=5)
        scenario.log += scenario.tracker.set_in_service(scenario.now, "wearable", in_service=False, by="Kim")
        scenario.observe(0.1, seconds=600, heard=("camera",))
        assert [str(t).split("  ")[1] for t in scenario.log] == [
            "sensor wearable: heard → out of service (taken out of service by Kim)"
        ]
        assert scenario.tracker.sensors_out_of_service == ("wearable",)
        assert not scenario.tracker.all_is_well
        scenario.log += scenario.tracker.set_in_service(scenario.now, "wearable", in_service=True)
        scenario.observe(0.1, seconds=25, heard=("camera",))
        assert [t.after for t in scenario.log] == ["out of service", "heard", "silent"]
        assert scenario.observe(0.1).tracker.all_is_well

    def test_a_silent_sensor_that_is_taken_out_is_no_longer_silent(self):
        scenario = Scenario().observe(0.1, seconds=30, heard=("camera",))
        scenario.log += scenario.tracker.set_in_service(scenario.now, "wearable", in_service=False)
        assert scenario.tracker.silent_sensors == ()
        assert scenario.log[-1].before == "silent"
        assert scenario.tracker.set_in_service(scenario.now, "wearable", in_service=False) == ()

    def test_what_it_says_meanwhile_is_not_used(self):
        scenario = Scenario().observe(0.1, seconds=5)
        scenario.tracker.set_in_service(scenario.now, "wearable", in_service=False)
        assert scenario.observe(0.99, seconds=60, heard=("wearable",)).phases() == []
        assert scenario.observe(0.99, seconds=10, heard=BOTH).phases() == [SUSPECTED, CONFIRMED, NOTIFIED]

    def test_an_open_alarm_stays_open(self):
        scenario = Scenario().observe(0.95, seconds=10)
        for sensor in BOTH:
            scenario.tracker.set_in_service(scenario.now, sensor, in_service=False)
        again = AlarmTracker.from_json(scenario.tracker.to_json())
        assert again.is_open
        assert again.sensors_out_of_service == BOTH
        assert [t.after for t in again.tick(scenario.now + 130)] == [ESCALATED]


class TestSensors:
    def test_both_gone_is_a_technical_alarm_within_30_s(self):
        scenario = Scenario().observe(0.1, seconds=10).wait(30)
        silent = [(t.subject, t.after, t.event) for t in scenario.log]
        assert silent == [("sensor wearable", "silent", 0), ("sensor camera", "silent", 0)]
        assert all(t.time_s - 1010 <= 30 for t in scenario.log)
        assert not scenario.tracker.all_is_well
        assert scenario.tracker.phase is QUIET

    def test_one_gone_and_back(self):
        scenario = Scenario().observe(0.1, seconds=25, heard=("wearable",)).observe(0.1)
        assert [str(t).split("  ")[1] for t in scenario.log] == [
            "sensor camera: heard → silent (not heard for 20 s)",
            "sensor camera: silent → heard (heard again)",
        ]
        assert scenario.tracker.all_is_well

    def test_never_heard_at_all(self):
        tracker = AlarmTracker()
        assert not tracker.all_is_well
        tracker.tick(0)
        assert not tracker.all_is_well
        assert [t.after for t in tracker.tick(20)] == ["silent", "silent"]

    def test_nobody_called_for_an_hour(self):
        """Even if both are heard at once again: the log says that an hour was not watched."""
        scenario = Scenario()
        scenario.now += 3600
        scenario.observe(0.1)
        assert [t.after for t in scenario.log] == ["silent", "silent", "heard", "heard"]

    @pytest.mark.parametrize("lying", [None, False])
    def test_a_sensor_that_is_on_but_tells_no_probability_is_silent(self, lying):
        scenario = Scenario().observe(None, lying=lying, seconds=100)
        assert [t.after for t in scenario.log] == ["silent", "silent"]
        assert not scenario.tracker.all_is_well


class TestClock:
    def test_set_back_stops_no_timer_and_is_noted(self):
        scenario = Scenario().observe(0.95, seconds=10)
        scenario.now -= 7200
        scenario.observe(0.95, seconds=130)
        assert scenario.phases()[-1] == ESCALATED
        (note,) = [t for t in scenario.log if t.subject == "clock"]
        assert note.after == "set back"
        assert "set back by 7199 s" in note.reason
        escalated, notified = (next(t for t in scenario.log if t.after is phase) for phase in (ESCALATED, NOTIFIED))
        # The clock's own second between the two readings is lost with the jump.
        assert (escalated.time_s + 7200) - notified.time_s == 120 + 1

    def test_a_jump_ahead_escalates_early_rather_than_never(self):
        scenario = Scenario().observe(0.95, seconds=10)
        scenario.now += 86_400
        assert scenario.observe(0.95).phases()[-1] == ESCALATED

    @pytest.mark.parametrize("late", [[53.0], [59.9, 59.0, 40.0], [30.0, 31.0, 35.0, 39.9], [-1e9]])
    def test_packets_that_come_late_move_no_timer(self, late):
        tracker = AlarmTracker(AlarmPolicy(sensors=("wearable",)))
        wearable = ("wearable",)
        log = [t for second in range(60) for t in tracker.observe(second, AlarmEvidence(0.05, heard=wearable))]
        log += tracker.observe(60, AlarmEvidence(0.95, heard=wearable))
        log += [t for now in late for t in tracker.observe(now, AlarmEvidence(0.95, heard=wearable))]
        log += tracker.observe(61, AlarmEvidence(0.95, heard=wearable))
        assert [t.after for t in log] == [SUSPECTED]
        # Four more seconds, and the fall is confirmed as if nothing had come late.
        log = [t for now in range(62, 66) for t in tracker.observe(now, AlarmEvidence(0.95, heard=wearable))]
        assert [(t.time_s, t.after) for t in log] == [(65, CONFIRMED), (65, NOTIFIED)]

    def test_a_late_high_probability_amid_calm_suspects_one_fall(self):
        # A late reading contradicts nothing: the probability is then high and calm at once, for as long as it is so.
        policy = AlarmPolicy(sensors=("wearable",))
        tracker, wearable = AlarmTracker(policy), ("wearable",)
        for now in range(20):
            tracker.observe(now, AlarmEvidence(0.0, heard=wearable))
        log = tracker.observe(18.5, AlarmEvidence(0.7, heard=wearable))
        assert [(t.event, t.after) for t in log] == [(1, SUSPECTED)]
        assert tracker.observe(20, AlarmEvidence(0.0, heard=wearable)) == ()
        log = tracker.observe(30, AlarmEvidence(0.0, heard=wearable))
        assert [(t.event, t.after) for t in log] == [(1, QUIET)]

    def test_a_late_word_of_calm_does_not_contradict_what_came_later(self):
        tracker = AlarmTracker(AlarmPolicy(sensors=("wearable",)))
        wearable, log = ("wearable",), []
        for now in range(60, 66):
            log += tracker.observe(now, AlarmEvidence(0.95, heard=wearable))
            log += tracker.observe(now - 7, AlarmEvidence(0.05, heard=wearable))
        assert [t.after for t in log] == [SUSPECTED, CONFIRMED, NOTIFIED]

    def test_a_jump_ahead_is_no_evidence(self):
        """One high reading before and one after a gap are not a probability that stayed high."""
        scenario = Scenario().observe(0.95)
        scenario.now += 30
        scenario.observe(0.95, seconds=2)
        assert scenario.phases() == [SUSPECTED]

        scenario = Scenario(AlarmPolicy(debounce_s=10)).observe(0.95)
        scenario.now += 30
        assert scenario.observe(0.95, seconds=10).phases() == []
