"""What a phone pushes is taken once, from its owner alone, in the units of the model."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import httpx
import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from common import InvalidInputError
from examples.care_home.room.worn.phone import Phone
from examples.care_home.room.worn.phone_message import MAX_BYTES, read_message
from examples.care_home.room.worn.phone_server import PhoneServer, create_phone_app, phone_token
from examples.care_home.signing import sign

SECRET = b"s" * 32
BEGAN_NS = 1_700_000_000_000_000_000  # on the phone, whose clock is not ours


def _inner(part: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    names = st.sampled_from(["name", "time", "values", "x", "y", "z", "gyroscope", "gravity"])
    whole = st.fixed_dictionaries(
        {
            "name": st.sampled_from(["gyroscope", "accelerometer", "gravity", "totalacceleration"])
            | st.text(max_size=5),
            "time": st.integers(-5, 2**64) | st.floats(),
            "values": st.dictionaries(st.sampled_from("xyz"), part, max_size=3),
        }
    )
    return st.lists(part | whole, max_size=5) | st.dictionaries(names, part, max_size=4)


def reading(name: str, second: float, x: float, y: float, z: float) -> dict[str, Any]:
    return {"name": name, "time": BEGAN_NS + int(second * 1e9), "values": {"x": x, "y": y, "z": z}, "accuracy": 3}


def message(number: int, second: float = 0.0, *, session: str = "a", device: str = "p", rate_hz: int = 50) -> bytes:
    """One second of a phone that lies on a table, as an iPhone reports it, with a sensor that is not used."""
    readings = []
    for k in range(rate_hz):
        at_s = second + k / rate_hz
        readings += [
            reading("accelerometer", at_s, 0.0, 0.0, 0.1),
            reading("gravity", at_s, 0.0, 0.0, 9.70665),
            reading("gyroscope", at_s, 0.0, np.pi / 2, 0.0),
        ]
    readings.append({"name": "battery", "time": BEGAN_NS, "values": {"batteryLevel": 0.5, "batteryState": "full"}})
    return json.dumps({"messageId": number, "sessionId": session, "deviceId": device, "payload": readings}).encode()


def phone(now_s: list[float] | None = None) -> Phone:
    return Phone(25.0, lambda: 10.0 if now_s is None else now_s[0], "room 12: phone")


def client(one: Phone) -> httpx.AsyncClient:
    app = create_phone_app({"12": one}, SECRET)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://phones")


def post(one: Phone, path: str, content: bytes, **headers: str) -> int:
    import asyncio

    async def send() -> int:
        async with client(one) as sender:
            return (await sender.post(path, content=content, headers=headers)).status_code

    return asyncio.run(send())


def test_a_minute_becomes_samples_in_the_units_and_at_the_rate_of_the_model() -> None:
    now_s = [0.0]
    one, given = phone(now_s), []
    for second in range(60):
        now_s[0] = second + 1.05
        one.take(message(second, second))
        given.append(one.until(now_s[0]))
    samples = np.concatenate(given)
    assert abs(len(samples) - 25 * 58) <= 25
    used = samples[np.isfinite(samples).all(axis=1)]
    assert len(used) > 0.95 * len(samples)
    np.testing.assert_allclose(used, np.tile([0, 0, 1, 0, 90, 0], (len(used), 1)), atol=1e-9)
    assert one.counts == {"taken": 60}


def test_android_gives_acceleration_with_gravity_itself() -> None:
    readings = [reading("TotalAcceleration", 0, 0, 9.80665, 0), reading("accelerometer", 0, 1, 1, 1)]
    content = json.dumps({"messageId": 0, "sessionId": "a", "deviceId": "p", "payload": readings}).encode()
    np.testing.assert_allclose(read_message(content).samples[:, :3], [[0, 1, 0]])


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "text"),
        (b"[]", "text"),
        (b'{"messageId": 0}', "sessionId"),
        (b'{"messageId": -1, "sessionId": "a", "deviceId": "p", "payload": []}', "messageId"),
        (b'{"messageId": 0, "sessionId": "a", "deviceId": "p", "payload": [{"name": "gyroscope"}]}', "payload.0.time"),
        (b'{"messageId": 0, "sessionId": "", "deviceId": "p", "payload": []}', "sessionId"),
    ],
)
def test_what_is_no_message_is_refused_by_its_place_and_counted(content: bytes, found: str) -> None:
    one = phone()
    with pytest.raises(InvalidInputError, match=f"not a message of Sensor Logger: {found}"):
        one.take(content)
    assert one.counts == {"no messages": 1}


@given(
    st.recursive(st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20), _inner, max_leaves=20)
)
@settings(max_examples=50, deadline=None)
def test_whatever_comes_is_a_message_or_refused(content: object) -> None:
    one = phone()
    wrapped = {"messageId": 0, "sessionId": "a", "deviceId": "p", "payload": content}
    for text in (json.dumps(content), json.dumps(wrapped)):
        with suppress(InvalidInputError):
            one.take(text.encode())
    assert not np.isinf(one.until(20.0)).any()


def test_numbers_that_are_none_are_missing_samples() -> None:
    readings = [reading("gyroscope", 0, float("nan"), 0, 0), reading("gravity", 0, 0, 0, 1e30)]
    readings.append({"name": "gyroscope", "time": BEGAN_NS, "values": {"x": "1", "y": None, "z": True}})
    content = json.dumps({"messageId": 0, "sessionId": "a", "deviceId": "p", "payload": readings}).encode()
    one = phone()
    one.take(content)
    assert np.isnan(one.until(12.0)).all()


def test_a_message_counts_once_and_an_earlier_recording_does_not_come_again() -> None:
    one = phone()
    one.take(message(0, 0.0))
    one.take(message(2, 2.0))
    one.take(message(1, 1.0))  # a network may swap them
    with pytest.raises(InvalidInputError, match="message 2 has come before"):
        one.take(message(2, 2.0))
    one.take(message(0, 10.0, session="b"))
    with pytest.raises(InvalidInputError, match="earlier recording"):
        one.take(message(3, 3.0))
    with pytest.raises(InvalidInputError, match="another phone"):
        one.take(message(1, 11.0, session="b", device="q"))
    assert one.counts == {"taken": 4, "replayed": 2, "of another phone": 1}


def test_the_door_opens_for_the_rooms_token_or_a_signature_alone(caplog: pytest.LogCaptureFixture) -> None:
    one, token = phone(), phone_token(SECRET, "12")
    assert token != phone_token(SECRET, "13")
    assert post(one, "/phones/12", message(0, 0), Authorization=f"Bearer {token}") == 200
    assert post(one, f"/phones/12/{token}", message(1, 1)) == 200
    signed = message(2, 2)
    assert post(one, "/phones/12", signed, **{"X-Signature": sign(SECRET, signed)}) == 200
    assert post(one, "/phones/12", message(3, 3)) == 401
    assert post(one, "/phones/12", message(3, 3), Authorization=f"Bearer {phone_token(SECRET, '13')}") == 401
    assert post(one, "/phones/12", message(3, 3), **{"X-Signature": sign(b"x" * 32, message(3, 3))}) == 401
    assert post(one, f"/phones/13/{token}", message(3, 3)) == 401
    assert post(one, f"/phones/12/{token}", b"{}") == 422
    assert post(one, f"/phones/12/{token}", message(1, 1)) == 422
    assert post(one, f"/phones/12/{token}", b" " * (MAX_BYTES + 1)) == 413
    assert one.counts == {"taken": 3, "without the room's token": 3, "no messages": 1, "replayed": 1, "too large": 1}
    assert len(caplog.messages) == 4, "each kind once"
    assert token not in caplog.text


def test_phones_are_heard_on_this_machine_or_over_https_alone() -> None:
    with pytest.raises(InvalidInputError, match=r"--phone-host is '0\.0\.0\.0', which others can reach"):
        PhoneServer({}, SECRET, host="0.0.0.0", port=1)


def test_a_server_listens_and_ends() -> None:
    import socket

    one, token = phone(), phone_token(SECRET, "12")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = PhoneServer({"12": one}, SECRET, host="127.0.0.1", port=port)
    server.start()
    try:
        assert httpx.post(f"{server.url}/phones/12/{token}", content=message(0), timeout=10).json() == {"taken": 1}
        with pytest.raises(InvalidInputError, match="cannot be used"):
            PhoneServer({}, SECRET, host="127.0.0.1", port=port).start()
    finally:
        server.stop()
    with pytest.raises(httpx.HTTPError):
        httpx.post(f"{server.url}/phones/12/{token}", content=message(1), timeout=2)
