"""A damaged state is refused with the part that is damaged, so that somebody can see what was lost."""

import json

import pytest

from common import AlarmTracker
from common.errors import InvalidInputError
from tests.common.alarms.scenario import Scenario
from tests.common.alarms.test_storage import OF_VERSION_0_1


def without(content: object, path: str) -> str:
    """The content as JSON, less the entry at ``path``."""
    *way, last = path.split("/")
    place: object = content
    for step in way:
        place = place[int(step)] if isinstance(place, list) else place[step]  # type: ignore[index]
    del place[last]  # type: ignore[attr-defined]
    return json.dumps(content)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("policy", "it lacks or adds policy"),
        ("state/event", "its state lacks or adds event"),
        ("state/clock/now_s", "its clock lacks or adds now_s"),
        ("state/sensors/silent", "its sensors lacks or adds silent"),
        ("state/evidence/probability", "its evidence lacks or adds probability"),
        ("state/falls/0/phase", "a fall lacks or adds phase"),
        ("outbox/0/id", "a message lacks or adds id"),
        ("outbox/0/transition/event", "a message lacks or adds event"),
    ],
)
def test_what_is_missing_is_named_with_its_place(path: str, message: str) -> None:
    content = json.loads(Scenario().observe(0.95, lying=True, seconds=10).tracker.to_json())
    with pytest.raises(InvalidInputError, match=rf"\({message}\)"):
        AlarmTracker.from_json(without(content, path))


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("outbox/0/transition/event", "1", "event is '1'"),
        ("state/event", 1.5, "event is 1.5"),
        ("state/staff_present", "no", "staff_present is 'no'"),
        ("n_messages", None, "n_messages is None"),
    ],
)
def test_a_value_of_another_kind_is_named(path: str, value: object, message: str) -> None:
    content = json.loads(Scenario().observe(0.95, lying=True, seconds=10).tracker.to_json())
    *way, last = path.split("/")
    place = content
    for step in way:
        place = place[int(step)] if isinstance(place, list) else place[step]
    place[last] = value
    with pytest.raises(InvalidInputError, match=message):
        AlarmTracker.from_json(json.dumps(content))


CONTENT = Scenario().observe(0.95, lying=True, seconds=10).tracker.to_json()


def changed(path: str, value: object) -> str:
    """The content with another value at ``path``."""
    content = json.loads(CONTENT)
    *way, last = path.split("/")
    place = content
    for step in way:
        place = place[int(step)] if isinstance(place, list) else place[step]
    place[last] = value
    return json.dumps(content)


FIELDS = {
    "state/event": "event",
    "state/staff_present": "staff_present",
    "state/clock/elapsed_s": "elapsed_s",
    "state/conditions/high": "high",
    "state/conditions/still": "still",
    "state/sensors/heard_s": "heard_s",
    "state/sensors/silent": "silent",
    "state/sensors/out_of_service": "out_of_service",
    "state/falls": "falls",
    "state/falls/0/event": "event",
    "state/falls/0/phase_since_s": "phase_since_s",
    "state/falls/0/suspected_s": "suspected_s",
    "state/falls/0/sounded_s": "sounded_s",
    "state/falls/0/is_escalated": "is_escalated",
    "state/falls/0/is_held_back": "is_held_back",
    "state/falls/0/was_calm": "was_calm",
    "state/evidence/heard": "heard",
    "state/evidence/probability": "probability",
    "outbox": "outbox",
    "outbox/0/transition/event": "event",
    "n_messages": "n_messages",
}


@pytest.mark.parametrize(("path", "name"), FIELDS.items())
def test_each_field_is_named_if_it_is_of_another_kind(path: str, name: str) -> None:
    with pytest.raises(InvalidInputError, match=rf"AlarmTracker \({name} is"):
        AlarmTracker.from_json(changed(path, "other"))


@pytest.mark.parametrize(("place", "of"), [("state/conditions/high", "high"), ("state/sensors/heard_s", "heard_s")])
def test_times_are_numbers_of_the_past(place: str, of: str) -> None:
    for times, message in (
        ([0.0, "x"], f"{of} is 'x'"),
        ([-1.0, 0.0], f"{of} is -1"),
        ([0.0, 99.0], f"{of} is in the"),
    ):
        with pytest.raises(InvalidInputError, match=message):
            AlarmTracker.from_json(changed(place, times))


@pytest.mark.parametrize(
    "field", ["id", "transition/subject", "transition/before", "transition/after", "transition/reason"]
)
def test_a_message_is_text(field: str) -> None:
    with pytest.raises(InvalidInputError, match="a message is no text"):
        AlarmTracker.from_json(changed(f"outbox/0/{field}", 3))


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("outbox/0/transition/time_s", "noon", "now_s is 'noon'"),
        ("outbox/0/transition/event", -1, "event is -1"),
        ("outbox/0/transition/evidence", {}, "its evidence lacks or adds heard, lying_still, probability, upright"),
        ("state/conditions", {}, "its conditions lacks or adds calm, high, still, sure, upright"),
        ("state/conditions/high", [5.0, 1.0], "high ends before it starts"),
        ("state/clock/back_from_s", 3.0, "its clock contradicts itself"),
        ("state/clock/back_to_s", 3.0, "its clock contradicts itself"),
        ("state/clock/now_s", None, "its clock contradicts itself"),
        ("state/sensors/silent", ["doorbell"], "its sensors are not those of its policy"),
        ("state/sensors/silent", ["camera", "camera"], "its sensors are not those of its policy"),
        ("state/sensors/heard_s", [1.0], "its sensors are not those of its policy"),
        ("state/event", 0, r"its falls are numbered \[1\] of 0"),
        ("state/falls/0/phase", "quiet", "its falls are in impossible phases"),
        ("format", 3, "its format is 3, not 2"),
        ("state", 3, "its state lacks or adds clock, "),
        ("name", "x" * 201, "name is 'xxx"),
    ],
)
def test_what_cannot_be_is_said(path: str, value: object, message: str) -> None:
    with pytest.raises(InvalidInputError, match=message):
        AlarmTracker.from_json(changed(path, value))


@pytest.mark.parametrize("text", ["[]", "3", "null"])
def test_what_is_no_object_has_no_format(text: str) -> None:
    with pytest.raises(InvalidInputError, match="its format is None, not 2"):
        AlarmTracker.from_json(text)


def test_a_name_that_occurs_twice_is_told() -> None:
    with pytest.raises(InvalidInputError, match="it has 'name' twice"):
        AlarmTracker.from_json(CONTENT.replace('"name"', '"name": "x", "name"', 1))


@pytest.mark.parametrize("back", [[], [990.0], [990.0, 995.0], [990.0, 995.0, 992.0]])
def test_trackers_in_rare_states_are_read_again(back: list[float]) -> None:
    """One that was never called, one in its first second, and some whose clock is behind."""
    tracker = AlarmTracker(name="x" * 200)
    assert AlarmTracker.from_json(tracker.to_json()).to_json() == tracker.to_json()
    for now in [1000.0, *back]:
        tracker.tick(now)
        assert AlarmTracker.from_json(tracker.to_json()).to_json() == tracker.to_json()


def test_several_falls_are_read_again_but_not_out_of_order() -> None:
    scenario = Scenario().observe(0.95, seconds=10).observe(0.1, seconds=10).observe(0.95, seconds=2)
    content = json.loads(scenario.tracker.to_json())
    assert [fall["phase"] for fall in content["state"]["falls"]] == ["notified", "suspected"]
    assert AlarmTracker.from_json(json.dumps(content)).phases == scenario.tracker.phases
    first, second = content["state"]["falls"]
    for falls in (
        [second, first],
        [first, first],
        [{**first, "phase": "confirmed"}, second],
        [{**second, "event": 1}, second],
    ):
        content["state"]["falls"] = falls
        with pytest.raises(InvalidInputError, match="its falls are"):
            AlarmTracker.from_json(json.dumps(content))


def test_every_field_of_version_0_1_has_its_place() -> None:
    old = json.loads(OF_VERSION_0_1)
    old["state"] |= {"is_held_back": True, "phase": "acknowledged", "staff_present": True, "still": [1.0, 2.0]}
    old["state"] |= {"is_escalated": True, "calm": [3.0, 4.0], "silent": ["wearable"], "suspected_s": 1.0}
    content = json.loads(AlarmTracker.from_json(json.dumps(old)).to_json())
    assert content["state"] == {
        "clock": {"now_s": 109.0, "highest_s": 109.0, "elapsed_s": 9.0, "back_from_s": None, "back_to_s": None},
        "conditions": {"high": [0, 9], "sure": [0, 9], "calm": [3, 4], "still": [1, 2], "upright": None},
        "sensors": {"heard_s": [9.0], "silent": ["wearable"], "out_of_service": []},
        "falls": [
            {
                "event": 1,
                "phase": "acknowledged",
                "phase_since_s": 5.0,
                "suspected_s": 1.0,
                "sounded_s": 5.0,
                "is_escalated": True,
                "is_held_back": True,
                "was_calm": False,
            }
        ],
        "event": 1,
        "staff_present": True,
        "evidence": {"probability": 0.95, "lying_still": None, "heard": ["wearable"], "upright": None},
    }
    assert content["policy"] == {**old["policy"], "repeat_s": 10.0}
    assert (content["format"], content["outbox"], content["n_messages"]) == (2, [], 0)


@pytest.mark.parametrize("called", [True, False])
def test_a_quiet_alarm_of_version_0_1(called: bool) -> None:
    old = json.loads(OF_VERSION_0_1)
    old["state"] |= {"phase": "quiet", "high": None, "sure": None}
    if not called:
        old["state"] |= {"clock_s": None, "elapsed_s": 0.0, "heard_s": []}
    tracker = AlarmTracker.from_json(json.dumps(old))
    assert (tracker.phases, tracker.event) == ({}, 1)
    clock = json.loads(tracker.to_json())["state"]["clock"]
    assert (clock["now_s"], clock["highest_s"]) == ((109.0, 109.0) if called else (None, 0.0))
