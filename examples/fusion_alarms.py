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
    tracker = AlarmTracker(policy, name="simulated resident")
    sensors = tuple(day.observations)
    log: list[AlarmTransition] = []
    answer_s: dict[int, float] = {}  # when staff answer each fall, and when they are done with it
    done_s: dict[int, float] = {}
    for second, p in zip(day.seconds, scores, strict=True):
        is_heard = second < dead_from_s and not np.isnan(p)
        transitions = tracker.observe(second, AlarmEvidence(float(p), heard=sensors) if is_heard else AlarmEvidence())
        for event in [event for event, due_s in answer_s.items() if second >= due_s]:
            transitions += tracker.acknowledge(second, event)
            del answer_s[event]
            done_s[event] = max(second, _up_s(day, second)) + _CARE_S
        for event in [event for event, due_s in done_s.items() if second >= due_s]:
            transitions += tracker.resolve(second, event)
            del done_s[event]
        answer_s |= {t.event: second + _ANSWER_S for t in transitions if t.after == AlarmPhase.NOTIFIED}
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
