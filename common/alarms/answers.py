"""What staff say of a fall: acknowledged, resolved. Every answer says whether it took effect."""

from __future__ import annotations

from common.alarms.machine import AlarmState, Fall, Log, advance_clock, enter_phase, run_transitions
from common.alarms.policy import AlarmPolicy
from common.alarms.terms import OPEN_PHASES, AlarmPhase, AlarmTransition


def acknowledge(state: AlarmState, policy: AlarmPolicy, now_s: float, event: int, by: str) -> tuple[AlarmState, Log]:
    """Acknowledge fall number ``event``; without effect unless that fall is open, which is logged."""
    state, log = advance_clock(state, policy, now_s)
    state = run_transitions(state, policy, log)
    fall = _find(state, event)
    if fall is not None and fall.phase in OPEN_PHASES:
        state = enter_phase(state, fall, AlarmPhase.ACKNOWLEDGED, f"acknowledged{by and ' by ' + by}", log)
    else:
        log.append(_without_effect(state, event, fall))
    return run_transitions(state, policy, log), log


def resolve(state: AlarmState, policy: AlarmPolicy, now_s: float, event: int, by: str) -> tuple[AlarmState, Log]:
    """Resolve fall number ``event``, acknowledging it first if nobody has."""
    state, log = advance_clock(state, policy, now_s)
    state = run_transitions(state, policy, log)
    fall, who = _find(state, event), by and f" by {by}"
    if fall is not None and fall.phase in OPEN_PHASES:
        state = enter_phase(state, fall, AlarmPhase.ACKNOWLEDGED, f"acknowledged{who}", log)
        fall = _find(state, event)
    if fall is not None and fall.phase is AlarmPhase.ACKNOWLEDGED:
        state = enter_phase(state, fall, AlarmPhase.RESOLVED, f"resolved{who}", log)
    else:
        log.append(_without_effect(state, event, fall))
    return run_transitions(state, policy, log), log


def _find(state: AlarmState, event: int) -> Fall | None:
    return next((fall for fall in state.falls if fall.event == event), None)


def _without_effect(state: AlarmState, event: int, fall: Fall | None) -> AlarmTransition:
    phase = AlarmPhase.QUIET if fall is None else fall.phase
    waiting = [str(one.event) for one in state.falls if one.phase in OPEN_PHASES]
    reason = f"fall {event} is {'over' if fall is None else phase}"
    reason += f"; waiting: {', '.join(waiting)}" if waiting else "; no fall is waiting"
    return AlarmTransition(state.clock.now_s or 0.0, event, "answer", phase, "without effect", reason, state.evidence)
