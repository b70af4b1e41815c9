"""The alarm as a pure state machine: state, policy and clock in, state and transitions out.

Every fall has a phase of its own::

    suspected    → confirmed, or quiet (withdrawn)
    confirmed    → notified, acknowledged
    notified     → escalated, acknowledged
    escalated    → acknowledged
    acknowledged → resolved, escalated
    resolved     → quiet

A confirmed fall ends only after an acknowledgement, and an acknowledgement is not help: the fall is resolved by the
word of staff, or once a camera has seen the person upright. If neither comes, or the person is still lying long after
the fall, it is escalated again. Once the evidence has been calm, the next high probability is another fall with its own
number and message, whatever has become of the earlier ones.

Nothing here reads a clock, writes a file or sends a message. The caller supplies the time; :mod:`common.alarms.clock`
makes elapsed time of it, in which all timers run. :mod:`common.alarms.conditions` says for how long what was observed.
Missing readings never withdraw a suspected fall.
"""

from __future__ import annotations

from typing import NamedTuple

from common.alarms import clock as clocks
from common.alarms.clock import Clock
from common.alarms.conditions import Conditions, duration
from common.alarms.policy import AlarmPolicy
from common.alarms.sensors import Sensors, note_reports, note_silence, put_in_service
from common.alarms.terms import AlarmEvidence, AlarmPhase, AlarmTransition


class Fall(NamedTuple):
    """A fall that is not over.

    Attributes
    ----------
    event : int
        Its number, from 1.
    phase : AlarmPhase
    phase_since_s, suspected_s, sounded_s : float
        When it entered its phase, was suspected, and last made a sound, in elapsed seconds.
    is_escalated, is_held_back : bool
        Whether it was ever escalated, and whether its notification is being held back for staff.
    was_calm : bool
        Whether the evidence has been calm since it was confirmed, so that the next high probability is another fall.
    """

    event: int
    phase: AlarmPhase
    phase_since_s: float
    suspected_s: float
    sounded_s: float = 0.0
    is_escalated: bool = False
    is_held_back: bool = False
    was_calm: bool = False


class AlarmState(NamedTuple):
    """The complete state of the machine.

    Attributes
    ----------
    clock : Clock
    conditions : Conditions
        What holds now, and since when.
    sensors : Sensors
        What is known of each sensor of the policy.
    falls : tuple of Fall
        Falls that are not over, the latest last.
    event : int
        Number of the latest fall; 0 before the first.
    staff_present : bool
    evidence : AlarmEvidence
        The latest.
    """

    clock: Clock = Clock()
    conditions: Conditions = Conditions()
    sensors: Sensors = Sensors()
    falls: tuple[Fall, ...] = ()
    event: int = 0
    staff_present: bool = False
    evidence: AlarmEvidence = AlarmEvidence()


Log = list[AlarmTransition]
# While a fall is being decided, a high probability belongs to it.
_UNDECIDED = (AlarmPhase.SUSPECTED, AlarmPhase.CONFIRMED)


def observe(
    state: AlarmState, policy: AlarmPolicy, now_s: float, evidence: AlarmEvidence, alive: tuple[str, ...] = ()
) -> tuple[AlarmState, Log]:
    """Process new evidence; without sensors it only lets time pass. Those ``alive`` work, whatever the evidence."""
    state, log = advance_clock(state, policy, now_s)
    # A sensor that is on but gives no probability does not count as working, unless it says so.
    working = alive if evidence.probability is None else (*evidence.heard, *alive)
    if working:
        sensors, notes = note_reports(state.sensors, policy, state.clock, evidence, working)
        state = state._replace(sensors=sensors)
        log += notes
    # What comes only from sensors that are out of service is not used: somebody is working on them.
    if evidence.heard and not set(evidence.heard) <= set(state.sensors.out_of_service):
        conditions = state.conditions.with_evidence(policy, state.clock.elapsed_s, evidence, state.clock.is_late)
        state = state._replace(conditions=conditions, evidence=evidence)
    return run_transitions(state, policy, log), log


def set_staff(state: AlarmState, policy: AlarmPolicy, now_s: float, present: bool) -> tuple[AlarmState, Log]:
    """Staff arrive at the resident, or leave."""
    state, log = advance_clock(state, policy, now_s)
    return run_transitions(state._replace(staff_present=present), policy, log), log


def set_service(
    state: AlarmState, policy: AlarmPolicy, now_s: float, sensor: str, in_service: bool, by: str
) -> tuple[AlarmState, Log]:
    """Staff take a sensor out of service, or back."""
    state, log = advance_clock(state, policy, now_s)
    sensors, notes = put_in_service(state.sensors, policy, state.clock, sensor, in_service, by, state.evidence)
    log += notes
    return run_transitions(state._replace(sensors=sensors), policy, log), log


def advance_clock(state: AlarmState, policy: AlarmPolicy, now_s: float) -> tuple[AlarmState, Log]:
    """Let time pass: drop outdated conditions, and log sensors that have become silent."""
    log: Log = []
    is_first = state.clock.now_s is None
    clock, set_back_s = clocks.advance(state.clock, now_s, set_back_after_s=policy.silence_s / 2)
    if set_back_s > 0:
        reason = f"set back by {set_back_s:g} s; timers go on as before"
        log.append(AlarmTransition(now_s, 0, "clock", "running", "set back", reason, state.evidence))
    if is_first:  # every sensor has silence_s from now on to report for the first time
        state = state._replace(sensors=Sensors(heard_s=(0.0,) * len(policy.sensors)))
    sensors, notes = note_silence(state.sensors, policy, clock, state.evidence)
    log += notes
    conditions = state.conditions.without_outdated(clock.elapsed_s, policy.silence_s)
    return state._replace(clock=clock, sensors=sensors, conditions=conditions), log


def run_transitions(state: AlarmState, policy: AlarmPolicy, log: Log) -> AlarmState:
    """Take the transitions of every fall until no guard is satisfied."""
    state = _note_calm(state, policy)
    is_settled = False
    while not is_settled:
        is_settled = True
        for fall in state.falls:
            transition = _next_transition(state, policy, fall)
            if transition is not None:
                state = enter_phase(state, fall, *transition, log)
                is_settled = False
        if _is_new_fall(state, policy):
            event = state.event + 1
            fall = Fall(event, AlarmPhase.QUIET, state.clock.elapsed_s, state.clock.elapsed_s)
            state = state._replace(event=event, falls=(*state.falls, fall))
            reason = f"probability at least {policy.suspect_probability:g}"
            state = enter_phase(state, fall, AlarmPhase.SUSPECTED, reason, log)
            is_settled = False
    return _repeat_sounds(state, policy, log)


def enter_phase(state: AlarmState, fall: Fall, phase: AlarmPhase, reason: str, log: Log) -> AlarmState:
    """The state after a fall has entered a phase, which is logged; a fall that is over is forgotten."""
    log.append(_transition(state, fall.event, "fall", fall.phase, phase, reason))
    elapsed = state.clock.elapsed_s
    if phase is fall.phase:  # held back for staff: the time since confirmation keeps running
        changed = fall._replace(is_held_back=True)
    else:
        changed = fall._replace(
            phase=phase,
            phase_since_s=elapsed,
            sounded_s=elapsed,
            is_escalated=fall.is_escalated or phase is AlarmPhase.ESCALATED,
            was_calm=fall.was_calm and phase is not AlarmPhase.CONFIRMED,
        )
    # Only the latest resolved fall is kept, until the next one may be suspected.
    is_over = phase is AlarmPhase.QUIET or (phase is AlarmPhase.RESOLVED and fall.event < state.falls[-1].event)
    kept = (changed if one.event == fall.event else one for one in state.falls)
    return state._replace(falls=tuple(one for one in kept if not (is_over and one.event == fall.event)))


def _note_calm(state: AlarmState, policy: AlarmPolicy) -> AlarmState:
    if not state.falls or state.falls[-1].was_calm or state.falls[-1].phase in _UNDECIDED:
        return state
    latest = state.falls[-1]
    calm_s = duration(state.conditions.calm, since=latest.suspected_s)
    return state._replace(falls=(*state.falls[:-1], latest._replace(was_calm=calm_s >= policy.fade_s)))


def _is_new_fall(state: AlarmState, policy: AlarmPolicy) -> bool:
    """Whether a probability that is high now belongs to no fall so far."""
    high = state.conditions.high
    if high is None or duration(high) < policy.debounce_s:
        return False
    if not state.falls:
        return True
    latest = state.falls[-1]
    return latest.phase not in _UNDECIDED and latest.was_calm


def _next_transition(state: AlarmState, policy: AlarmPolicy, fall: Fall) -> tuple[AlarmPhase, str] | None:
    """The target of the first satisfied guard of the fall's phase, and the reason; None if there is none."""
    conditions = state.conditions
    in_phase_s = state.clock.elapsed_s - fall.phase_since_s
    # Whoever lies there now lies there because of the latest fall.
    is_latest = fall is state.falls[-1]
    lying_s = duration(conditions.still, since=fall.suspected_s) if is_latest else 0.0
    long_lie = f"lying still for {lying_s:g} s" if lying_s >= policy.long_lie_s else None
    match fall.phase:
        case AlarmPhase.SUSPECTED:
            sure_s, calm_s = duration(conditions.sure), duration(conditions.calm, since=fall.suspected_s)
            if conditions.sure is not None and sure_s >= policy.confirm_s:
                reason = f"probability at least {policy.confirm_probability:g} for {sure_s:g} s"
                return AlarmPhase.CONFIRMED, reason
            if lying_s >= policy.still_s:
                return AlarmPhase.CONFIRMED, f"lying still for {lying_s:g} s after the impact"
            # After late packets a probability may be high and calm at once; what is high is suspected, not withdrawn.
            if conditions.high is None and calm_s >= policy.fade_s:
                return AlarmPhase.QUIET, f"withdrawn: calm for {calm_s:g} s"
            if in_phase_s >= policy.undecided_s and conditions.calm is None:
                return AlarmPhase.CONFIRMED, f"not withdrawn for {in_phase_s:g} s"
        case AlarmPhase.CONFIRMED:
            if not state.staff_present:
                return AlarmPhase.NOTIFIED, "staff left without acknowledging" if fall.is_held_back else "confirmed"
            if long_lie or in_phase_s >= policy.suppress_s:
                return AlarmPhase.NOTIFIED, long_lie or f"staff present for {in_phase_s:g} s without acknowledging"
            if not fall.is_held_back:
                return AlarmPhase.CONFIRMED, "notification held back: staff present"
        case AlarmPhase.NOTIFIED:
            if long_lie or in_phase_s >= policy.escalate_s:
                return AlarmPhase.ESCALATED, long_lie or f"not acknowledged for {in_phase_s:g} s"
        case AlarmPhase.ACKNOWLEDGED:
            upright_s = duration(conditions.upright, since=fall.phase_since_s)
            if upright_s >= policy.resolve_s:
                return AlarmPhase.RESOLVED, f"seen upright for {upright_s:g} s"
            if long_lie and not fall.is_escalated:
                return AlarmPhase.ESCALATED, f"acknowledged, but {long_lie}"
            if in_phase_s >= policy.attend_s:
                return AlarmPhase.ESCALATED, f"acknowledged {in_phase_s:g} s ago, but not resolved"
        case AlarmPhase.RESOLVED:
            if conditions.high is None or fall.was_calm:
                return AlarmPhase.QUIET, "probability no longer high"
            if in_phase_s >= policy.rearm_s:
                return AlarmPhase.QUIET, f"watching again after {in_phase_s:g} s"
    return None


def _repeat_sounds(state: AlarmState, policy: AlarmPolicy, log: Log) -> AlarmState:
    """Sound again for each fall whose message nobody has answered; a long gap is made up by one sound."""
    falls = list(state.falls)
    for number, fall in enumerate(falls):
        if fall.phase not in (AlarmPhase.NOTIFIED, AlarmPhase.ESCALATED):
            continue
        if state.clock.elapsed_s - fall.sounded_s >= policy.repeat_s:
            waiting_s = state.clock.elapsed_s - fall.phase_since_s
            reason = f"{fall.phase} {waiting_s:g} s ago, nobody has answered"
            log.append(_transition(state, fall.event, "sound", "sounding", "repeated", reason))
            falls[number] = fall._replace(sounded_s=state.clock.elapsed_s)
    return state._replace(falls=tuple(falls))


def _transition(state: AlarmState, event: int, subject: str, before: str, after: str, reason: str) -> AlarmTransition:
    return AlarmTransition(state.clock.now_s or 0.0, event, subject, before, after, reason, state.evidence)
