"""The alarm as a pure state machine: state, policy and clock in, state and transitions out.

::

    quiet → suspected → confirmed → notified → escalated → acknowledged → resolved → quiet

A suspicion may be withdrawn. What is confirmed ends by an acknowledgement only, which may come as soon as it is
confirmed. A person who lies on although somebody acknowledged is escalated once more, if that has not happened yet.

Nothing here reads a clock, writes a file or rings a bell. The time is the caller's; all timers run in *elapsed* time,
the sum of the steps forward that the caller's clock made. A clock that is set back takes no time, so timers neither
stop nor start again, and it is noted. A clock that jumps ahead takes the time that it says: alarms may come too early
then, never too late.

A condition such as "probability high" lasts as long as it was *observed*: from the first to the last reading that
confirmed it. It is forgotten when it was not observed for ``silence_s``. Silence withdraws no suspicion.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from common.alarms.policy import AlarmPolicy
from common.alarms.terms import OPEN, AlarmEvidence, AlarmPhase, AlarmTransition
from common.errors import InvalidInputError
from common.validation import check_number


class Span(NamedTuple):
    """The first and the latest moment, in elapsed time, at which a condition was observed."""

    start_s: float
    last_s: float


class AlarmState(NamedTuple):
    """All that the machine remembers; times are in elapsed time but for ``clock_s``."""

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

# 30,000 years either way: beyond, seconds are no longer told apart.
MAX_CLOCK_S = 1e12


def check_clock(now_s: Any) -> float:
    """A time that the machine can reckon with."""
    now = check_number(now_s, "now_s")
    if abs(now) > MAX_CLOCK_S:
        raise InvalidInputError(f"now_s is {now:g}; it must lie within {MAX_CLOCK_S:g} seconds: is it in nanoseconds?")
    return now


def observe(state: AlarmState, policy: AlarmPolicy, now_s: float, evidence: AlarmEvidence) -> tuple[AlarmState, Log]:
    """Take time and evidence in; evidence without sensors is a tick."""
    state, log = _pass_time(state, policy, now_s)
    if evidence.probability is not None:  # a sensor that is on but tells nothing watches nobody
        state = _hear(state, policy, evidence, log)
    if evidence.heard:
        state = _learn(state, policy, evidence)
    return _settle(state, policy, log), log


def set_staff(state: AlarmState, policy: AlarmPolicy, now_s: float, present: bool) -> tuple[AlarmState, Log]:
    """Staff come to the resident, or leave."""
    state, log = _pass_time(state, policy, now_s)
    return _settle(state._replace(staff_present=present), policy, log), log


def acknowledge(state: AlarmState, policy: AlarmPolicy, now_s: float, event: int, by: str) -> tuple[AlarmState, Log]:
    """Somebody takes over fall number ``event``; nothing happens if that is not the open one."""
    state, log = _pass_time(state, policy, now_s)
    state = _settle(state, policy, log)
    if state.event == event and state.phase in OPEN:
        state = _enter(state, AlarmPhase.ACKNOWLEDGED, f"acknowledged{by and ' by ' + by}", log)
    return _settle(state, policy, log), log


def resolve(state: AlarmState, policy: AlarmPolicy, now_s: float, event: int, by: str) -> tuple[AlarmState, Log]:
    """Somebody declares fall number ``event`` over, which acknowledges it too."""
    state, log = acknowledge(state, policy, now_s, event, by)
    if state.event == event and state.phase is AlarmPhase.ACKNOWLEDGED:
        state = _enter(state, AlarmPhase.RESOLVED, f"resolved{by and ' by ' + by}", log)
    return _settle(state, policy, log), log


def _pass_time(state: AlarmState, policy: AlarmPolicy, now_s: float) -> tuple[AlarmState, Log]:
    """Move the clock, forget what is too old, and report the sensors that fell silent in the meantime."""
    log: Log = []
    if state.clock_s is None:  # the sensors have the time from now on to make themselves heard
        return state._replace(clock_s=now_s, heard_s=(0.0,) * len(policy.sensors)), log
    step = now_s - state.clock_s
    elapsed = state.elapsed_s + max(step, 0.0)

    def fresh(span: Span | None) -> Span | None:
        return None if span is None or elapsed - span.last_s >= policy.silence_s else span

    state = state._replace(
        clock_s=now_s,
        elapsed_s=elapsed,
        high=fresh(state.high),
        sure=fresh(state.sure),
        calm=fresh(state.calm),
        still=fresh(state.still),
    )
    if step < 0:
        reason = f"set back by {-step:g} s; timers go on as before"
        log.append(AlarmTransition(now_s, 0, "clock", "running", "set back", reason, state.evidence))
    for name, heard in zip(policy.sensors, state.heard_s, strict=True):
        if elapsed - heard >= policy.silence_s and name not in state.silent:
            state = state._replace(silent=(*state.silent, name))
            reason = f"not heard for {elapsed - heard:g} s"
            log.append(AlarmTransition(now_s, 0, f"sensor {name}", "heard", "silent", reason, state.evidence))
    return state, log


def _hear(state: AlarmState, policy: AlarmPolicy, evidence: AlarmEvidence, log: Log) -> AlarmState:
    """Note which sensors are alive."""
    if len(evidence.heard) == len(policy.sensors) and not state.silent:  # the common case, once a second
        return state._replace(heard_s=(state.elapsed_s,) * len(policy.sensors))
    heard = tuple(
        state.elapsed_s if name in evidence.heard else before
        for name, before in zip(policy.sensors, state.heard_s, strict=True)
    )
    for name in state.silent:
        if name in evidence.heard:
            log.append(
                AlarmTransition(state.clock_s or 0.0, 0, f"sensor {name}", "silent", "heard", "heard again", evidence)
            )
    silent = tuple(name for name in state.silent if name not in evidence.heard)
    return state._replace(heard_s=heard, silent=silent)


def _learn(state: AlarmState, policy: AlarmPolicy, evidence: AlarmEvidence) -> AlarmState:
    """Prolong or end the conditions that the evidence speaks about."""
    p, lying = evidence.probability, evidence.lying_still

    def observed(span: Span | None, holds: bool | None) -> Span | None:
        if holds is None:
            return span
        return Span(state.elapsed_s if span is None else span.start_s, state.elapsed_s) if holds else None

    still = observed(state.still, lying)
    return state._replace(
        high=observed(state.high, None if p is None else p >= policy.suspect_probability),
        sure=observed(state.sure, None if p is None else p >= policy.confirm_probability),
        still=still,
        calm=observed(state.calm, None if p is None else p < policy.suspect_probability and still is None),
        evidence=evidence,
    )


def _settle(state: AlarmState, policy: AlarmPolicy, log: Log) -> AlarmState:
    """Go through all phases that are due."""
    while (due := _due(state, policy)) is not None:
        state = _enter(state, *due, log)
    return state


def _enter(state: AlarmState, phase: AlarmPhase, reason: str, log: Log) -> AlarmState:
    event = state.event + (phase is AlarmPhase.SUSPECTED)
    log.append(AlarmTransition(state.clock_s or 0.0, event, "fall", state.phase, phase, reason, state.evidence))
    if phase is AlarmPhase.SUSPECTED:
        state = state._replace(event=event, suspected_s=state.elapsed_s, is_escalated=False, is_held_back=False)
    if phase is state.phase:  # held back by staff: it stays confirmed since when it was
        return state._replace(is_held_back=True)
    return state._replace(
        phase=phase,
        phase_since_s=state.elapsed_s,
        is_escalated=state.is_escalated or phase is AlarmPhase.ESCALATED,
    )


def _due(state: AlarmState, policy: AlarmPolicy) -> tuple[AlarmPhase, str] | None:
    """The phase that comes next and why, or None if the machine stays where it is."""
    waited = state.elapsed_s - state.phase_since_s
    lain = _length(state.still, since=state.suspected_s)
    long_lie = f"lying still for {lain:g} s" if lain >= policy.long_lie_s else None
    match state.phase:
        case AlarmPhase.QUIET:
            if state.high is not None and _length(state.high) >= policy.debounce_s:
                return AlarmPhase.SUSPECTED, f"probability at least {policy.suspect_probability:g}"
        case AlarmPhase.SUSPECTED:
            if state.sure is not None and _length(state.sure) >= policy.confirm_s:
                reason = f"probability at least {policy.confirm_probability:g} for {_length(state.sure):g} s"
                return AlarmPhase.CONFIRMED, reason
            if lain >= policy.still_s:
                return AlarmPhase.CONFIRMED, f"lying still for {lain:g} s after the impact"
            if _length(state.calm) >= policy.fade_s:
                return AlarmPhase.QUIET, f"withdrawn: calm for {_length(state.calm):g} s"
            if waited >= policy.undecided_s and state.calm is None:
                return AlarmPhase.CONFIRMED, f"not withdrawn for {waited:g} s"
        case AlarmPhase.CONFIRMED:
            if not state.staff_present:
                return AlarmPhase.NOTIFIED, "staff left without acknowledging" if state.is_held_back else "confirmed"
            if long_lie or waited >= policy.suppress_s:
                return AlarmPhase.NOTIFIED, long_lie or f"staff present for {waited:g} s without acknowledging"
            if not state.is_held_back:
                return AlarmPhase.CONFIRMED, "notification held back: staff present"
        case AlarmPhase.NOTIFIED:
            if long_lie or waited >= policy.escalate_s:
                return AlarmPhase.ESCALATED, long_lie or f"not acknowledged for {waited:g} s"
        case AlarmPhase.ACKNOWLEDGED:
            if long_lie and not state.is_escalated:
                return AlarmPhase.ESCALATED, f"acknowledged, but {long_lie}"
            if _length(state.calm, since=state.phase_since_s) >= policy.resolve_s:
                return AlarmPhase.RESOLVED, f"calm for {_length(state.calm, since=state.phase_since_s):g} s"
            if waited >= policy.attend_s:
                return AlarmPhase.RESOLVED, f"acknowledged {waited:g} s ago: watching again"
        case AlarmPhase.RESOLVED:
            if state.high is None:
                return AlarmPhase.QUIET, "probability no longer high"
            if waited >= policy.rearm_s:
                return AlarmPhase.QUIET, f"watching again after {waited:g} s"
    return None


def _length(span: Span | None, *, since: float = 0.0) -> float:
    """How long a condition was observed, in seconds; 0 if it was not."""
    return 0.0 if span is None else max(span.last_s - max(span.start_s, since), 0.0)
