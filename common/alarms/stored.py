"""An alarm as JSON; every field is checked when it is read back."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from common.alarms.clock import Clock, check_clock
from common.alarms.conditions import Conditions, Span
from common.alarms.machine import AlarmState, Fall
from common.alarms.messages import AlarmMessage
from common.alarms.policy import AlarmPolicy
from common.alarms.sensors import Sensors
from common.alarms.terms import AlarmEvidence, AlarmPhase, AlarmTransition
from common.errors import InvalidInputError
from common.validation import check_integer, check_number

FORMAT = 2
# A state takes 2 kB, a message in the outbox 0.4 kB, and three of them wait for each fall that nobody answers: this is
# two months of a fall a minute. What was saved must not be refused when it is loaded.
MAX_JSON_BYTES = 128 * 2**20


@dataclass(frozen=True)
class StoredAlarm:
    """All that a tracker is."""

    name: str
    policy: AlarmPolicy
    state: AlarmState
    outbox: tuple[AlarmMessage, ...]
    n_messages: int


def write(alarm: StoredAlarm) -> str:
    """An alarm as JSON."""
    state = alarm.state
    values = {
        "clock": state.clock._asdict(),
        "conditions": state.conditions._asdict(),
        "sensors": state.sensors._asdict(),
        "falls": [fall._asdict() for fall in state.falls],
        "event": state.event,
        "staff_present": state.staff_present,
        "evidence": asdict(state.evidence),
    }
    content = {
        "format": FORMAT,
        "name": alarm.name,
        "policy": alarm.policy.to_dict(),
        "state": values,
        "outbox": [asdict(message) for message in alarm.outbox],
        "n_messages": alarm.n_messages,
    }
    return json.dumps(content, allow_nan=False)


def read(text: str | bytes) -> StoredAlarm:
    """The alarm in the text of :func:`write`; any other text is an InvalidInputError."""
    try:
        if len(text) > MAX_JSON_BYTES:
            raise ValueError(f"{len(text):,} bytes")
        content = json.loads(text, object_pairs_hook=_without_doubles, parse_constant=_no_constant)
        if isinstance(content, dict) and content.get("format") == 1:
            content = _from_format_1(content)
        if not isinstance(content, dict) or content.get("format") != FORMAT:
            found = content.get("format") if isinstance(content, dict) else None
            raise ValueError(f"its format is {found!r}, not {FORMAT}")
        _check_names(content, ("format", "name", "policy", "state", "outbox", "n_messages"), "it")
        policy = AlarmPolicy.from_dict(content["policy"])
        n_messages = _integer(content["n_messages"], "n_messages")
        return StoredAlarm(
            name=check_name(content["name"]),
            policy=policy,
            state=_read_state(content["state"], policy),
            outbox=tuple(_read_message(one) for one in _list(content["outbox"], "outbox")),
            n_messages=n_messages,
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise InvalidInputError(
            f"text is not the state of an AlarmTracker ({error}): pass what to_json returned, or start a new tracker "
            "and tell the staff that earlier alarms are lost"
        ) from error


def new_name() -> str:
    """A name that no other tracker has, so that no message's id is ever used twice."""
    return secrets.token_hex(8)


def check_name(name: Any) -> str:
    """A name that can be part of a message's id."""
    if not isinstance(name, str) or not name or not name.isprintable() or len(name) > 200:
        raise InvalidInputError(f"name is {name!r}; pass a text of 1 to 200 printable characters, such as 'room 12'")
    return name


def _read_state(values: dict[str, Any], policy: AlarmPolicy) -> AlarmState:
    """The state in ``values``, every field checked: an impossible state could keep an alarm from ever being raised."""
    _check_names(values, AlarmState._fields, "its state")
    clock = _read_clock(values["clock"])
    event = _integer(values["event"], "event")
    return AlarmState(
        clock=clock,
        conditions=_read_conditions(values["conditions"], clock),
        sensors=_read_sensors(values["sensors"], policy, clock),
        falls=_read_falls(values["falls"], clock, event),
        event=event,
        staff_present=_boolean(values["staff_present"], "staff_present"),
        evidence=_read_evidence(values["evidence"]),
    )


def _read_clock(values: dict[str, Any]) -> Clock:
    _check_names(values, Clock._fields, "its clock")
    elapsed = check_number(values["elapsed_s"], "elapsed_s", at_least=0)
    now, back_from, back_to = (
        None if values[name] is None else check_clock(values[name]) for name in ("now_s", "back_from_s", "back_to_s")
    )
    highest = check_clock(values["highest_s"])
    if (back_from is None) != (back_to is None) or (now is None and (elapsed or back_from is not None)):
        raise ValueError("its clock contradicts itself")
    if back_from is not None and back_to is not None and not back_from <= back_to < highest:
        raise ValueError("its clock contradicts itself")
    return Clock(now, highest, elapsed, back_from, back_to)


def _read_conditions(values: dict[str, Any], clock: Clock) -> Conditions:
    _check_names(values, Conditions._fields, "its conditions")

    def span(name: str) -> Span | None:
        if values[name] is None:
            return None
        start, last = (_elapsed(time_s, name, clock) for time_s in _list(values[name], name))
        if start > last:
            raise ValueError(f"{name} ends before it starts")
        return Span(start, last)

    return Conditions(*(span(name) for name in Conditions._fields))


def _read_sensors(values: dict[str, Any], policy: AlarmPolicy, clock: Clock) -> Sensors:
    _check_names(values, Sensors._fields, "its sensors")
    heard = tuple(_elapsed(time_s, "heard_s", clock) for time_s in _list(values["heard_s"], "heard_s"))
    silent, out = (tuple(_list(values[name], name)) for name in ("silent", "out_of_service"))
    if len(heard) != (0 if clock.now_s is None else len(policy.sensors)):
        raise ValueError("its sensors are not those of its policy")
    known = [*silent, *out]
    if not set(known) <= set(policy.sensors) or len(set(known)) < len(known):
        raise ValueError("its sensors are not those of its policy")
    return Sensors(heard, silent, out)


def _read_falls(values: Any, clock: Clock, latest: int) -> tuple[Fall, ...]:
    falls = tuple(_read_fall(one, clock) for one in _list(values, "falls"))
    events = [fall.event for fall in falls]
    if events != sorted(set(events)) or (events and events[-1] > latest):
        raise ValueError(f"its falls are numbered {events} of {latest}")
    undecided = (AlarmPhase.SUSPECTED, AlarmPhase.CONFIRMED, AlarmPhase.RESOLVED)
    if any(fall.phase in undecided for fall in falls[:-1]) or any(fall.phase is AlarmPhase.QUIET for fall in falls):
        raise ValueError("its falls are in impossible phases")
    return falls


def _read_fall(values: dict[str, Any], clock: Clock) -> Fall:
    _check_names(values, Fall._fields, "a fall")
    since, suspected, sounded = (
        _elapsed(values[name], name, clock) for name in ("phase_since_s", "suspected_s", "sounded_s")
    )
    escalated, held_back, was_calm = (
        _boolean(values[name], name) for name in ("is_escalated", "is_held_back", "was_calm")
    )
    event, phase = check_integer(values["event"], "event"), AlarmPhase(values["phase"])
    return Fall(event, phase, since, suspected, sounded, escalated, held_back, was_calm)


def _read_evidence(values: dict[str, Any]) -> AlarmEvidence:
    _check_names(values, tuple(AlarmEvidence.__dataclass_fields__), "its evidence")
    return AlarmEvidence(**{**values, "heard": tuple(_list(values["heard"], "heard"))})


def _read_message(values: dict[str, Any]) -> AlarmMessage:
    _check_names(values, ("id", "transition"), "a message")
    about = values["transition"]
    _check_names(about, tuple(AlarmTransition.__dataclass_fields__), "a message")
    texts = [values["id"], *(about[name] for name in ("subject", "before", "after", "reason"))]
    if not all(isinstance(text, str) for text in texts):
        raise ValueError("a message is no text")
    transition = AlarmTransition(
        **{
            **about,
            "time_s": check_clock(about["time_s"]),
            "event": _integer(about["event"], "event"),
            "evidence": _read_evidence(about["evidence"]),
        }
    )
    return AlarmMessage(values["id"], transition)


def _elapsed(value: Any, name: str, clock: Clock) -> float:
    time_s = check_number(value, name, at_least=0)
    if time_s > clock.elapsed_s:
        raise ValueError(f"{name} is in the future")
    return time_s


def _integer(value: Any, name: str) -> int:
    return check_integer(value, name, at_least=0)


def _boolean(value: Any, name: str) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{name} is {value!r}")
    return value


def _list(value: Any, name: str) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError(f"{name} is {value!r}")
    return value


def _check_names(values: Any, expected: Sequence[str], what: str) -> None:
    if not isinstance(values, dict) or set(values) != set(expected):
        found = set(values) if isinstance(values, dict) else set()
        raise ValueError(f"{what} lacks or adds {', '.join(sorted(set(expected) ^ found))}")


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    if len(set(names)) < len(names):
        raise ValueError(f"it has {next(name for name in names if names.count(name) > 1)!r} twice")
    return dict(pairs)


def _no_constant(name: str) -> Any:
    raise ValueError(f"it holds {name}")


def _from_format_1(content: dict[str, Any]) -> dict[str, Any]:
    """The content that version 0.1 wrote, in today's format: one fall at a time, no outbox."""
    old = content["state"]
    phase = AlarmPhase(old["phase"])
    fall = {
        "event": old["event"],
        "phase": phase,
        "phase_since_s": old["phase_since_s"],
        "suspected_s": old["suspected_s"],
        "sounded_s": old["phase_since_s"],
        "is_escalated": old["is_escalated"],
        "is_held_back": old["is_held_back"],
        "was_calm": False,
    }
    conditions = {name: old[name] for name in ("high", "sure", "calm", "still")}
    state = {
        "clock": {
            "now_s": old["clock_s"],
            "highest_s": old["clock_s"] or 0.0,
            "elapsed_s": old["elapsed_s"],
            "back_from_s": None,
            "back_to_s": None,
        },
        "conditions": {**conditions, "upright": None},
        "sensors": {"heard_s": old["heard_s"], "silent": old["silent"], "out_of_service": []},
        "falls": [] if phase is AlarmPhase.QUIET else [fall],
        "event": old["event"],
        "staff_present": old["staff_present"],
        "evidence": {**old["evidence"], "upright": None},
    }
    policy = {**content["policy"], "repeat_s": AlarmPolicy.repeat_s}
    return {
        "format": FORMAT,
        "name": new_name(),
        "policy": policy,
        "state": state,
        "outbox": [],
        "n_messages": 0,
    }
