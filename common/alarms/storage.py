"""An alarm's policy and state as JSON, and back with every field checked."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from common.alarms.machine import AlarmState, Span, check_clock
from common.alarms.policy import AlarmPolicy
from common.alarms.terms import AlarmEvidence, AlarmPhase
from common.errors import InvalidInputError
from common.validation import check_integer, check_number

FORMAT = 1
# A state has about 1 kB; whatever is much longer was not written here.
MAX_JSON_BYTES = 65_536


def write(policy: AlarmPolicy, state: AlarmState) -> str:
    """Policy and state as JSON."""
    values = {**state._asdict(), "evidence": asdict(state.evidence)}
    return json.dumps({"format": FORMAT, "policy": policy.to_dict(), "state": values}, allow_nan=False)


def read(text: str | bytes) -> tuple[AlarmPolicy, AlarmState]:
    """What :func:`write` wrote; anything else is an :class:`~common.errors.InvalidInputError`."""
    try:
        if len(text) > MAX_JSON_BYTES:
            raise ValueError(f"{len(text):,} bytes")
        content = json.loads(text)
        if not isinstance(content, dict) or content.get("format") != FORMAT:
            raise ValueError(f"its format is not {FORMAT}")
        policy = AlarmPolicy.from_dict(content["policy"])
        return policy, _read_state(content["state"], policy)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise InvalidInputError(
            f"text is no state of an AlarmTracker ({error}): pass what to_json returned, or start a new tracker "
            "and tell the staff that earlier alarms are lost"
        ) from error


def _read_state(values: dict[str, Any], policy: AlarmPolicy) -> AlarmState:
    """The state in ``values``, every field checked: a machine in an impossible state could stay silent."""
    expected = set(AlarmState._fields)
    if set(values) != expected:
        raise ValueError(f"its state lacks or adds {', '.join(sorted(set(values) ^ expected))}")
    clock = None if values["clock_s"] is None else check_clock(values["clock_s"])
    elapsed = check_number(values["elapsed_s"], "elapsed_s", at_least=0)

    def past(value: Any, name: str) -> float:
        moment = check_number(value, name, at_least=0)
        if moment > elapsed:
            raise ValueError(f"{name} is in the future")
        return moment

    def flag(name: str) -> bool:
        if not isinstance(values[name], bool):
            raise ValueError(f"{name} is {values[name]!r}")
        return values[name] is True

    def span(name: str) -> Span | None:
        if values[name] is None:
            return None
        start, last = (past(moment, name) for moment in values[name])
        if start > last:
            raise ValueError(f"{name} ends before it starts")
        return Span(start, last)

    heard = tuple(past(moment, "heard_s") for moment in values["heard_s"])
    if len(heard) != (0 if clock is None else len(policy.sensors)) or not set(values["silent"]) <= set(policy.sensors):
        raise ValueError("its sensors are not those of its policy")
    phase = AlarmPhase(values["phase"])
    event = check_integer(values["event"], "event", at_least=0 if phase is AlarmPhase.QUIET else 1)
    return AlarmState(
        clock_s=clock,
        elapsed_s=elapsed,
        phase=phase,
        phase_since_s=past(values["phase_since_s"], "phase_since_s"),
        event=event,
        suspected_s=past(values["suspected_s"], "suspected_s"),
        is_escalated=flag("is_escalated"),
        is_held_back=flag("is_held_back"),
        staff_present=flag("staff_present"),
        high=span("high"),
        sure=span("sure"),
        calm=span("calm"),
        still=span("still"),
        heard_s=heard,
        silent=tuple(values["silent"]),
        evidence=AlarmEvidence(**{**values["evidence"], "heard": tuple(values["evidence"]["heard"])}),
    )
