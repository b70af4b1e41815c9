"""From reports to alarms that staff answer: the room's monitor on a simulated day, as it would run live."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

import common
from common import AlarmPhase, AlarmPolicy, AlarmTransition, EventScore, RoomMonitor
from common.evaluation.events import BEFORE_S
from common.monitoring.fusing import Fusion
from examples.fusion_days import ObservedDay
from examples.fusion_truth import Truth

_ANSWER_S = 90.0  # from a message to its acknowledgement
_CARE_S = 60.0  # from when the resident is up to when staff leave
_TOLD_WITHIN_S = 60.0  # of the impact


@dataclass
class _Staff:
    """Staff who answer every message, come, and leave when the resident is up."""

    truth: Truth
    answer_s: dict[int, float]
    done_s: dict[int, float]

    def act(self, monitor: RoomMonitor, second: float) -> list[AlarmTransition]:
        """What they answer in this second."""
        log: list[AlarmTransition] = []
        for event in [event for event, due_s in self.answer_s.items() if second >= due_s]:
            log += monitor.tracker.acknowledge(second, event)
            del self.answer_s[event]
            self.done_s[event] = max(second, self._up_s(second)) + _CARE_S
        for event in [event for event, due_s in self.done_s.items() if second >= due_s]:
            log += monitor.tracker.resolve(second, event)
            del self.done_s[event]
        return log

    def hear(self, log: Sequence[AlarmTransition], second: float) -> None:
        """Take note of messages."""
        self.answer_s |= {t.event: second + _ANSWER_S for t in log if t.after == AlarmPhase.NOTIFIED}

    def _up_s(self, second: float) -> float:
        """When a resident who lies on the floor is helped up; the current time if nobody does."""
        return max((fall.up_s for fall in self.truth.falls if fall.impact_s <= second < fall.up_s), default=second)


def run_monitor(
    day: ObservedDay, fusion: Fusion, policy: AlarmPolicy, *, silent_from_s: float = np.inf, until_s: float = np.inf
) -> list[AlarmTransition]:
    """The log of the room's monitor on one day, second by second; from ``silent_from_s`` on, no sensor reports."""
    monitor = RoomMonitor(fusion, policy, sensors=day.sensor_evidence(), name="simulated resident")
    staff = _Staff(day.truth, {}, {})
    log: list[AlarmTransition] = []
    reports = day.reports()
    following = next(reports, None)
    for second in day.seconds[day.seconds <= until_s].tolist():
        while following is not None and following[0] <= second:
            time_s, sensor, report = following
            if time_s < silent_from_s:
                monitor.hear(sensor, time_s, report)
            following = next(reports, None)
        transitions = [*monitor.tick(second), *staff.act(monitor, second)]
        staff.hear(transitions, second)
        log += transitions
    return log


def score_alarms(truth: Truth, log: Sequence[AlarmTransition]) -> EventScore:
    """The score of the suspicions raised, by the definitions of :mod:`common.evaluation.events`."""
    times = [transition.time_s for transition in log if transition.after == AlarmPhase.SUSPECTED]
    settled = truth.is_settled
    counted = [time for time in times if not settled[min(int(time) - 1, len(settled) - 1)]]
    return common.score_events(counted, truth.impacts_s, monitored_s=truth.monitored_s, movement_s=truth.movement_s)


def n_told(truth: Truth, log: Sequence[AlarmTransition]) -> int:
    """Of how many falls staff got a message within a minute."""
    told = np.array([transition.time_s for transition in log if transition.after == AlarmPhase.NOTIFIED])
    return sum(
        bool(((told >= fall.impact_s - BEFORE_S) & (told <= fall.impact_s + _TOLD_WITHIN_S)).any())
        for fall in truth.falls
    )


def policy_for(sensors: Sequence[str], threshold: float) -> AlarmPolicy:
    """The default policy for these sensors, with the fusion's threshold for a suspicion and for its confirmation.

    The threshold keeps false alarms rare already. A higher one for the confirmation would withdraw falls that were
    found, since an impact that only the worn sensor felt is no more probable later than at once.
    """
    suspect = min(threshold, 1.0)
    return AlarmPolicy(sensors=tuple(sensors), suspect_probability=suspect, confirm_probability=suspect)


def silence_of_all(day: ObservedDay, fusion: Fusion, policy: AlarmPolicy) -> dict[str, float]:
    """How many seconds after all sensors fail, halfway through a day, each technical alarm comes, by sensor."""
    failed_s = len(day.seconds) // 2
    log = run_monitor(day, fusion, policy, silent_from_s=failed_s, until_s=failed_s + 120.0)
    return {
        transition.subject.removeprefix("sensor "): transition.time_s - failed_s
        for transition in log
        if transition.subject.startswith("sensor") and transition.after == "silent" and transition.time_s > failed_s
    }
