"""Other systems hear of alarms by a signed webhook and a contact, in order, and in the end."""

from __future__ import annotations

import hashlib
import hmac
import json
from pathlib import Path

import httpx

from examples.care_home.hub.couriers import Contact, Webhook
from examples.care_home.hub.hub import Hub
from examples.care_home.hub.log import Log
from tests.examples.care_home.hub.rooms import Clock, FakeRoom

SECRET = b"secret"


def a_fall_from_beginning_to_end(hub: Hub) -> None:
    room = FakeRoom()
    hub.exchange(room.post(room.event("notified", reason="probability at least 0.5")))
    hub.answer("12-a#1", "helped", "Kim")
    hub.exchange(room.post(room.event("resolved", reason="resolved by Kim")))


def test_a_webhook_gets_every_change_signed_and_in_order_although_it_was_away(tmp_path: Path) -> None:
    log, requests, is_away = Log(tmp_path / "log.db"), [], True

    def answer(request: httpx.Request) -> httpx.Response:
        if is_away:
            return httpx.Response(503)
        requests.append(request)
        return httpx.Response(204)

    client = httpx.Client(transport=httpx.MockTransport(answer))
    webhook = Webhook(log, "http://example.org/alerts", SECRET, client=client)
    a_fall_from_beginning_to_end(Hub(log, sends_on=True, now=Clock()))
    assert not webhook.send_waiting()
    is_away = False
    assert webhook.send_waiting()
    assert log.unsent() == []
    alerts = [json.loads(request.content) for request in requests]
    assert [(alert["status"], alert["acknowledged"]) for alert in alerts] == [
        ("in-progress", False),  # raised
        ("in-progress", False),  # the first carer was called
        ("in-progress", True),
        ("completed", True),
    ]
    assert alerts[0]["resourceType"] == "DeviceAlert"
    assert alerts[-1]["acknowledgedBy"] == {"display": "Kim"}
    assert len({request.headers["Idempotency-Key"] for request in requests}) == 4
    expected = hmac.new(SECRET, requests[0].content, hashlib.sha256).hexdigest()
    assert requests[0].headers["X-Signature"] == f"sha256={expected}"


def test_without_a_webhook_nothing_is_kept_for_one(tmp_path: Path) -> None:
    log = Log(tmp_path / "log.db")
    a_fall_from_beginning_to_end(Hub(log, now=Clock()))
    assert log.unsent() == []


def test_the_contact_closes_with_every_sound_and_opens_at_the_end(tmp_path: Path) -> None:
    clock, commands = Clock(), []
    hub = Hub(Log(tmp_path / "log.db"), now=clock)
    is_waiting = lambda: any(alarm.is_waiting for alarm in hub.home.active.values())  # noqa: E731
    contact = Contact("./contact", is_waiting, run=commands.append)
    hub.listen(contact.hear)
    contact.start()
    room = FakeRoom(room="12; reboot")
    hub.exchange(room.post(room.event("notified")))
    clock.pass_s(10)
    hub.tick()
    hub.answer("12-a#1", "on my way", "Kim")
    contact.stop()
    on = ["./contact", "on", "12; reboot"]
    off = ["./contact", "off"]
    assert commands == [off, on, on, off], "an argument of its own, no shell"


def test_a_contact_that_fails_does_not_end_it() -> None:
    commands: list[list[str]] = []

    def fail(command: list[str]) -> None:
        commands.append(command)
        raise OSError("no such file")

    contact = Contact("./contact", lambda: False, run=fail)
    contact.start()
    contact._jobs.put(["a"])
    contact.stop()
    assert commands == [["./contact", "off"], ["a"]]
