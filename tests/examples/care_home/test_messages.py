"""Messages: whole, of version 1, within limits, or refused with the place of the mistake."""

from __future__ import annotations

import json
from dataclasses import fields

import pytest

from common import InvalidInputError
from examples.care_home.messages import (
    VERSION,
    Answer,
    Post,
    Reply,
    RoomEvent,
    RoomWord,
    SensorWord,
    from_json,
    to_json,
)

WORD = RoomWord("12", "12-a", 1, 3.0, 0.5, (SensorWord("camera", None), SensorWord("wearable", 0.9, 2.5)))
EVENT = RoomEvent("12-a/1", "12", "12-a", 1, "fall", "confirmed", "notified", "confirmed", 3.0, 0.5, WORD.sensors)
POST = Post(VERSION, (WORD,), (EVENT,))


def test_messages_come_back_as_they_were_sent() -> None:
    assert from_json(Post, to_json(POST)) == POST
    reply = Reply(VERSION, ("12-a/1",), (Answer(7, "12-a", 1, "helped", "Zoë"),))
    assert from_json(Reply, to_json(reply)) == reply


@pytest.mark.parametrize(
    ("place", "value", "found"),
    [
        (("version",), 2, "version"),
        (("picture",), "x", "picture"),
        (("words", 0, "probability"), 1.5, "words.0.probability"),
        (("words", 0, "probability"), "0.5", "words.0.probability"),
        (("words", 0, "number"), -1, "words.0.number"),
        (("words", 0, "room"), "", "words.0.room"),
        (("words", 0, "room"), "x" * 65, "words.0.room"),
        (("words", 0, "room"), "1\n2", "words.0.room"),
        (("words", 0, "time_s"), None, "words.0.time_s"),
        (("events", 0, "sensors"), [None] * 9, "events.0.sensors"),
    ],
)
def test_what_is_wrong_is_refused_by_its_place(place: tuple[object, ...], value: object, found: str) -> None:
    message = json.loads(to_json(POST))
    inner = message
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    with pytest.raises(InvalidInputError, match=f"no Post of version 1: {found}"):
        from_json(Post, json.dumps(message))


@pytest.mark.parametrize("text", [b"", b"[", b"\xff", b"null", b'{"version": NaN}', b"[" * 100_000])
def test_what_is_no_message_is_refused(text: bytes) -> None:
    with pytest.raises(InvalidInputError, match="message is no Post"):
        from_json(Post, text)


def test_no_message_can_hold_a_picture() -> None:
    """Words, numbers and short texts only: no field takes bytes, and no text is long enough for one."""
    kinds = {str(field.type) for kind in (Post, RoomWord, RoomEvent, SensorWord) for field in fields(kind)}
    assert not any("bytes" in kind for kind in kinds)
    assert not any("array" in kind.lower() for kind in kinds)
