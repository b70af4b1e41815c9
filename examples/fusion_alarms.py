"""From scores to alarms that staff answer: the tracker on a simulated day, with simulated staff."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

import common
from common import AlarmEvidence, AlarmPhase, AlarmPolicy, AlarmTracker, AlarmTransition, EventScore
from common.validation import FloatArray
from examples.fusion_days import ObservedDay

_ANSWER_S = 90.0  # from a message to its acknowledgement
_CARE_S = 60.0  # from when the resident is up to when staff leave


def track_alarms(
    day: ObservedDay, scores: FloatArray, policy: AlarmPolicy, *, dead_from_s: float = np.inf
) -> list[AlarmTransition]:
    """The alarms of one day, second by second, with staff who answer every message and come.

    A camera that sees nobody still reports; from ``dead_from_s`` on, no sensor does.
    """
    tracker = AlarmTracker(policy)
    sensors = tuple(day.observations)
    log: list[AlarmTransition] = []
    answer_s = done_s = np.inf
    for second, p in zip(day.seconds, scores, strict=True):
        is_heard = second < dead_from_s and not np.isnan(p)
        transitions = tracker.observe(second, AlarmEvidence(float(p), heard=sensors) if is_heard else AlarmEvidence())
        if second >= answer_s:
            transitions += tracker.acknowledge(second, tracker.event)
            answer_s, done_s = np.inf, max(second, _up_s(day, second)) + _CARE_S
        if second >= done_s:
            transitions += tracker.resolve(second, tracker.event)
            done_s = np.inf
        if any(transition.after == AlarmPhase.NOTIFIED for transition in transitions):
            answer_s = second + _ANSWER_S
        log += transitions
    return log


def _up_s(day: ObservedDay, second: float) -> float:
    """When a resident who lies on the floor is helped up; the current time if nobody does."""
    return max((fall.up_s for fall in day.labels.falls if fall.impact_s <= second < fall.up_s), default=second)


def score_alarms(day: ObservedDay, log: Sequence[AlarmTransition]) -> EventScore:
    """The suspicions raised, counted as in :mod:`common.evaluation.events`."""
    times = [transition.time_s for transition in log if transition.after == AlarmPhase.SUSPECTED]
    counted = [time for time in times if not day.is_settled[min(int(time) - 1, len(day.seconds) - 1)]]
    return common.score_events(counted, day.labels.impacts_s, monitored_s=float(len(day.seconds)))
