"""The alarm as a pure state machine: state, policy and clock in, state and transitions out.

::

    quiet        → suspected
    suspected    → confirmed, or quiet (withdrawn)
    confirmed    → notified, acknowledged
    notified     → escalated, acknowledged
    escalated    → acknowledged
    acknowledged → resolved, escalated
    resolved     → quiet

A confirmed fall ends only after an acknowledgement. If the person is still lying down long after it, the alarm is
escalated once more, unless it has been escalated before.

Nothing here reads a clock, writes a file or sends a message. The caller supplies the time, and all timers run in
*elapsed* time: the sum of the caller's steps forward. A clock that is set back adds nothing to it, so timers neither
stop nor restart, and the step back is logged. A clock that jumps ahead adds the whole jump: alarms may then come too
early, but never too late.

A condition such as "probability high" has held for as long as it was *observed*: from the first to the latest reading
that confirmed it. It is forgotten after ``silence_s`` without such a reading. Missing readings never withdraw a
suspected fall.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from common.alarms.policy import AlarmPolicy
from common.alarms.terms import OPEN_PHASES, AlarmEvidence, AlarmPhase, AlarmTransition
from common.errors import InvalidInputError
from common.validation import check_number


class Span(NamedTuple):
    """The first and the latest time, in elapsed seconds, at which a condition was observed."""

    start_s: float
    last_s: float


class AlarmState(NamedTuple):
    """The complete state of the machine. Its fields are the keys of the stored state.

    Attributes
    ----------
    clock_s : float or None
        The caller's clock at the latest call; None before the first. All other times are elapsed seconds.
    elapsed_s : float
    phase, phase_since_s
        Phase of the latest fall, and when it was entered.
    event : int
        Number of the latest fall; 0 before the first.
    suspected_s : float
        When that fall was suspected.
    is_escalated, is_held_back : bool
        Whether that fall was ever escalated, and whether its notification is being held back for staff.
    staff_present : bool
    high, sure : Span or None
        The probability is at least ``suspect_probability``, or at least ``confirm_probability``.
    calm : Span or None
        The probability is below ``suspect_probability`` and nobody is lying still.
    still : Span or None
        Somebody is lying still.
    heard_s : tuple of float
        When each of the policy's sensors last reported.
    silent : tuple of str
        Sensors that are under a technical alarm.
    evidence : AlarmEvidence
        The latest.
    """

    clock_s: float | None = None
    elapsed_s: float = 0.0
    phase: AlarmPhase = AlarmPhase.QUIET
    phase_since_s: float = 0.0
    event: int = 0
    suspected_s: float = 0.0
    is_escalated: bool = False
    is_held_back: bool = False
    staff_present: bool = False
    high: Span | None = None
    sure: Span | None = None
    calm: Span | None = None
    still: Span | None = None
    heard_s: tuple[float, ...] = ()
    silent: tuple[str, ...] = ()
    evidence: AlarmEvidence = AlarmEvidence()


Log = list[AlarmTransition]

# 30,000 years: a larger value is not in seconds, and float64 would lose milliseconds.
MAX_CLOCK_S = 1e12


def check_clock(now_s: Any) -> float:
    """A finite time in seconds, small enough for exact arithmetic."""
    now = check_number(now_s, "now_s")
    if abs(now) > MAX_CLOCK_S:
        raise InvalidInputError(f"now_s is {now:g}; it must lie within {MAX_CLOCK_S:g} seconds: is it in nanoseconds?")
    return now


def observe(state: AlarmState, policy: AlarmPolicy, now_s: float, evidence: AlarmEvidence) -> tuple[AlarmState, Log]:
    """Process new evidence; evidence without sensors only lets time pass."""
    state, log = _advance_clock(state, policy, now_s)
    if evidence.probability is not None:  # a sensor that is on but gives no probability does not count as working
        state = _note_reporting_sensors(state, policy, evidence, log)
    if evidence.heard:
        state = _update_conditions(state, policy, evidence)
    return _run_transitions(state, policy, log), log


def set_staff(state: AlarmState, policy: AlarmPolicy, now_s: float, present: bool) -> tuple[AlarmState, Log]:
    """Staff arrive at the resident, or leave."""
    state, log = _advance_clock(state, policy, now_s)
    return _run_transitions(state._replace(staff_present=present), policy, log), log


def acknowledge(state: AlarmState, policy: AlarmPolicy, now_s: float, event: int, by: str) -> tuple[AlarmState, Log]:
    """Acknowledge fall number ``event``; without effect unless that fall is open."""
    state, log = _advance_clock(state, policy, now_s)
    state = _run_transitions(state, policy, log)
    if state.event == event and state.phase in OPEN_PHASES:
        state = _enter_phase(state, AlarmPhase.ACKNOWLEDGED, f"acknowledged{by and ' by ' + by}", log)
    return _run_transitions(state, policy, log), log


def resolve(state: AlarmState, policy: AlarmPolicy, now_s: float, event: int, by: str) -> tuple[AlarmState, Log]:
    """Resolve fall number ``event``, acknowledging it first if nobody has."""
    state, log = acknowledge(state, policy, now_s, event, by)
    if state.event == event and state.phase is AlarmPhase.ACKNOWLEDGED:
        state = _enter_phase(state, AlarmPhase.RESOLVED, f"resolved{by and ' by ' + by}", log)
    return _run_transitions(state, policy, log), log


def _advance_clock(state: AlarmState, policy: AlarmPolicy, now_s: float) -> tuple[AlarmState, Log]:
    """Advance the clock, drop outdated conditions, and log sensors that have become silent."""
    log: Log = []
    if state.clock_s is None:  # every sensor has silence_s from now on to report for the first time
        return state._replace(clock_s=now_s, heard_s=(0.0,) * len(policy.sensors)), log
    step = now_s - state.clock_s
    elapsed = state.elapsed_s + max(step, 0.0)

    def unless_outdated(span: Span | None) -> Span | None:
        return None if span is None or elapsed - span.last_s >= policy.silence_s else span

    state = state._replace(
        clock_s=now_s,
        elapsed_s=elapsed,
        high=unless_outdated(state.high),
        sure=unless_outdated(state.sure),
        calm=unless_outdated(state.calm),
        still=unless_outdated(state.still),
    )
    if step < 0:
        reason = f"set back by {-step:g} s; timers go on as before"
        log.append(AlarmTransition(now_s, 0, "clock", "running", "set back", reason, state.evidence))
    for name, last_heard_s in zip(policy.sensors, state.heard_s, strict=True):
        if elapsed - last_heard_s >= policy.silence_s and name not in state.silent:
            state = state._replace(silent=(*state.silent, name))
            reason = f"not heard for {elapsed - last_heard_s:g} s"
            log.append(AlarmTransition(now_s, 0, f"sensor {name}", "heard", "silent", reason, state.evidence))
    return state, log


def _note_reporting_sensors(state: AlarmState, policy: AlarmPolicy, evidence: AlarmEvidence, log: Log) -> AlarmState:
    """Record when each sensor last reported, and end the technical alarms of those that report again."""
    if len(evidence.heard) == len(policy.sensors) and not state.silent:  # the common case, once a second
        return state._replace(heard_s=(state.elapsed_s,) * len(policy.sensors))
    heard = tuple(
        state.elapsed_s if name in evidence.heard else last_heard_s
        for name, last_heard_s in zip(policy.sensors, state.heard_s, strict=True)
    )
    for name in state.silent:
        if name in evidence.heard:
            log.append(
                AlarmTransition(state.clock_s or 0.0, 0, f"sensor {name}", "silent", "heard", "heard again", evidence)
            )
    silent = tuple(name for name in state.silent if name not in evidence.heard)
    return state._replace(heard_s=heard, silent=silent)


def _update_conditions(state: AlarmState, policy: AlarmPolicy, evidence: AlarmEvidence) -> AlarmState:
    """Start, extend or end each condition that the evidence confirms or contradicts."""
    p, lying = evidence.probability, evidence.lying_still

    def update(span: Span | None, holds: bool | None) -> Span | None:
        if holds is None:  # the evidence says nothing about this condition
            return span
        return Span(state.elapsed_s if span is None else span.start_s, state.elapsed_s) if holds else None

    still = update(state.still, lying)
    return state._replace(
        high=update(state.high, None if p is None else p >= policy.suspect_probability),
        sure=update(state.sure, None if p is None else p >= policy.confirm_probability),
        still=still,
        calm=update(state.calm, None if p is None else p < policy.suspect_probability and still is None),
        evidence=evidence,
    )


def _run_transitions(state: AlarmState, policy: AlarmPolicy, log: Log) -> AlarmState:
    """Take transitions until no guard is satisfied."""
    while (transition := _next_transition(state, policy)) is not None:
        state = _enter_phase(state, *transition, log)
    return state


def _enter_phase(state: AlarmState, phase: AlarmPhase, reason: str, log: Log) -> AlarmState:
    event = state.event + (phase is AlarmPhase.SUSPECTED)
    log.append(AlarmTransition(state.clock_s or 0.0, event, "fall", state.phase, phase, reason, state.evidence))
    if phase is AlarmPhase.SUSPECTED:
        state = state._replace(event=event, suspected_s=state.elapsed_s, is_escalated=False, is_held_back=False)
    if phase is state.phase:  # held back for staff: the time since confirmation keeps running
        return state._replace(is_held_back=True)
    return state._replace(
        phase=phase,
        phase_since_s=state.elapsed_s,
        is_escalated=state.is_escalated or phase is AlarmPhase.ESCALATED,
    )


def _next_transition(state: AlarmState, policy: AlarmPolicy) -> tuple[AlarmPhase, str] | None:
    """The target of the first satisfied guard of the current phase, and the reason; None if there is none."""
    in_phase_s = state.elapsed_s - state.phase_since_s
    lying_s = _duration(state.still, since=state.suspected_s)
    long_lie = f"lying still for {lying_s:g} s" if lying_s >= policy.long_lie_s else None
    match state.phase:
        case AlarmPhase.QUIET:
            if state.high is not None and _duration(state.high) >= policy.debounce_s:
                return AlarmPhase.SUSPECTED, f"probability at least {policy.suspect_probability:g}"
        case AlarmPhase.SUSPECTED:
            if state.sure is not None and _duration(state.sure) >= policy.confirm_s:
                reason = f"probability at least {policy.confirm_probability:g} for {_duration(state.sure):g} s"
                return AlarmPhase.CONFIRMED, reason
            if lying_s >= policy.still_s:
                return AlarmPhase.CONFIRMED, f"lying still for {lying_s:g} s after the impact"
            if _duration(state.calm) >= policy.fade_s:
                return AlarmPhase.QUIET, f"withdrawn: calm for {_duration(state.calm):g} s"
            if in_phase_s >= policy.undecided_s and state.calm is None:
                return AlarmPhase.CONFIRMED, f"not withdrawn for {in_phase_s:g} s"
        case AlarmPhase.CONFIRMED:
            if not state.staff_present:
                return AlarmPhase.NOTIFIED, "staff left without acknowledging" if state.is_held_back else "confirmed"
            if long_lie or in_phase_s >= policy.suppress_s:
                return AlarmPhase.NOTIFIED, long_lie or f"staff present for {in_phase_s:g} s without acknowledging"
            if not state.is_held_back:
                return AlarmPhase.CONFIRMED, "notification held back: staff present"
        case AlarmPhase.NOTIFIED:
            if long_lie or in_phase_s >= policy.escalate_s:
                return AlarmPhase.ESCALATED, long_lie or f"not acknowledged for {in_phase_s:g} s"
        case AlarmPhase.ACKNOWLEDGED:
            if long_lie and not state.is_escalated:
                return AlarmPhase.ESCALATED, f"acknowledged, but {long_lie}"
            if _duration(state.calm, since=state.phase_since_s) >= policy.resolve_s:
                return AlarmPhase.RESOLVED, f"calm for {_duration(state.calm, since=state.phase_since_s):g} s"
            if in_phase_s >= policy.attend_s:
                return AlarmPhase.RESOLVED, f"acknowledged {in_phase_s:g} s ago: watching again"
        case AlarmPhase.RESOLVED:
            if state.high is None:
                return AlarmPhase.QUIET, "probability no longer high"
            if in_phase_s >= policy.rearm_s:
                return AlarmPhase.QUIET, f"watching again after {in_phase_s:g} s"
    return None


def _duration(span: Span | None, *, since: float = 0.0) -> float:
    """Seconds for which a condition has been observed, counted from ``since`` at the earliest; 0 if it was not."""
    return 0.0 if span is None else max(span.last_s - max(span.start_s, since), 0.0)
