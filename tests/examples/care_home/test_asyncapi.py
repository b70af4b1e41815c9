"""The document of the messages: whole, and about the messages that are really sent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from typer.testing import CliRunner

from examples.care_home.__main__ import app
from examples.care_home.asyncapi import document
from examples.care_home.mqtt.topics import topic
from examples.care_home.nats.servers import events_subject, posts_subject


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == "$ref":
                yield inner
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def test_every_reference_leads_somewhere() -> None:
    whole = document()
    found = set(references(whole))
    assert "#/components/schemas/RoomEvent" in found
    for reference in found:
        place: Any = whole
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]


def test_it_names_where_messages_really_go() -> None:
    channels = document()["channels"]
    assert channels["natsPost"]["address"].format(part=7) == posts_subject(7)
    assert channels["natsEvents"]["address"].format(part=7) == events_subject(7)
    assert channels["post"]["address"].format(node="n") == topic("n", "post")
    assert "modulo 12" in channels["natsPost"]["parameters"]["part"]["description"]


def test_it_names_every_field_and_allows_no_other() -> None:
    schemas = document()["components"]["schemas"]
    assert set(schemas) == {"Post", "Reply", "Answer", "RoomEvent", "RoomWord", "SensorWord"}
    assert all(schema["additionalProperties"] is False for schema in schemas.values())
    assert "probability" in schemas["RoomEvent"]["properties"]


def test_it_is_printed_by_a_command() -> None:
    done = CliRunner().invoke(app, ["messages"])
    assert json.loads(done.output)["asyncapi"] == "3.0.0"
