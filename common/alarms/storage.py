"""Policy and state of an alarm as JSON; every field is checked when it is read back."""

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
# A state takes about 1 kB.
MAX_JSON_BYTES = 65_536


def write(policy: AlarmPolicy, state: AlarmState) -> str:
    """Policy and state as JSON."""
    values = {**state._asdict(), "evidence": asdict(state.evidence)}
    return json.dumps({"format": FORMAT, "policy": policy.to_dict(), "state": values}, allow_nan=False)


def read(text: str | bytes) -> tuple[AlarmPolicy, AlarmState]:
    """Policy and state from the text of :func:`write`; any other text is an InvalidInputError."""
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
            f"text is not the state of an AlarmTracker ({error}): pass what to_json returned, or start a new tracker "
            "and tell the staff that earlier alarms are lost"
        ) from error


def _read_state(values: dict[str, Any], policy: AlarmPolicy) -> AlarmState:
    """The state in ``values``, every field checked: an impossible state could keep an alarm from ever being raised."""
    expected = set(AlarmState._fields)
    if set(values) != expected:
        raise ValueError(f"its state lacks or adds {', '.join(sorted(set(values) ^ expected))}")
    clock = None if values["clock_s"] is None else check_clock(values["clock_s"])
    elapsed = check_number(values["elapsed_s"], "elapsed_s", at_least=0)

    def check_elapsed(value: Any, name: str) -> float:
        time_s = check_number(value, name, at_least=0)
        if time_s > elapsed:
            raise ValueError(f"{name} is in the future")
        return time_s

    def check_boolean(name: str) -> bool:
        if not isinstance(values[name], bool):
            raise ValueError(f"{name} is {values[name]!r}")
        return values[name] is True

    def check_span(name: str) -> Span | None:
        if values[name] is None:
            return None
        start, last = (check_elapsed(time_s, name) for time_s in values[name])
        if start > last:
            raise ValueError(f"{name} ends before it starts")
        return Span(start, last)

    heard = tuple(check_elapsed(time_s, "heard_s") for time_s in values["heard_s"])
    if len(heard) != (0 if clock is None else len(policy.sensors)) or not set(values["silent"]) <= set(policy.sensors):
        raise ValueError("its sensors are not those of its policy")
    phase = AlarmPhase(values["phase"])
    event = check_integer(values["event"], "event", at_least=0 if phase is AlarmPhase.QUIET else 1)
    return AlarmState(
        clock_s=clock,
        elapsed_s=elapsed,
        phase=phase,
        phase_since_s=check_elapsed(values["phase_since_s"], "phase_since_s"),
        event=event,
        suspected_s=check_elapsed(values["suspected_s"], "suspected_s"),
        is_escalated=check_boolean("is_escalated"),
        is_held_back=check_boolean("is_held_back"),
        staff_present=check_boolean("staff_present"),
        high=check_span("high"),
        sure=check_span("sure"),
        calm=check_span("calm"),
        still=check_span("still"),
        heard_s=heard,
        silent=tuple(values["silent"]),
        evidence=AlarmEvidence(**{**values["evidence"], "heard": tuple(values["evidence"]["heard"])}),
    )
