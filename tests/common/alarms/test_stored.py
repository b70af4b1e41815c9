"""A damaged state is refused with the part that is damaged, so that somebody can see what was lost."""

import json

import pytest

from common import AlarmTracker
from common.errors import InvalidInputError
from tests.common.alarms.scenario import Scenario


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
