"""The two doors of the hub: what is not signed, not signed in, too large or forged stays outside, and is counted."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from argon2 import PasswordHasher
from fastapi.testclient import TestClient

from common import InvalidInputError
from examples.care_home.hub.hub import Hub
from examples.care_home.hub.log import Log
from examples.care_home.messages import MAX_BYTES, Post, to_json
from examples.care_home.page.app import create_app
from examples.care_home.page.staff import Role, Staff
from examples.care_home.room.links import SIGNATURE, HttpLink, LinkError
from examples.care_home.serving import HubSettings, running_hub
from examples.care_home.signing import secret_in, sign
from tests.examples.care_home.hub.rooms import Clock, FakeRoom

SECRET, PASSWORD = b"s" * 32, "correct horse"
# As weak as the library allows, so that tests take no time.
HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def hub(tmp_path: Path, clock: Clock) -> Hub:
    return Hub(Log(tmp_path / "log.db"), now=clock)


@pytest.fixture
def client(hub: Hub, clock: Clock) -> Iterator[TestClient]:
    staff = Staff(hub.log, now=clock, hasher=HASHER)
    for name, role in (("Kim", Role.CARER), ("corridor", Role.VIEWER)):
        staff.set_account(name, role, PASSWORD)
    with TestClient(create_app(hub, staff, SECRET)) as client:
        yield client


def sign_in(client: TestClient, name: str = "Kim") -> dict[str, str]:
    answer = client.post("/api/sign-in", json={"name": name, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    return {"X-CSRF-Token": answer.json()["csrf"]}


def raise_alarm(hub: Hub, room: FakeRoom | None = None) -> str:
    room = room or FakeRoom()
    event = room.event("notified")
    hub.exchange(room.post(event))
    return event.alarm


def post(client: TestClient, message: Post, **headers: str) -> httpx.Response:
    content = to_json(message)
    return client.post("/api/rooms", content=content, headers={SIGNATURE: sign(SECRET, content), **headers})


def test_rooms_and_hub_know_each_other_by_their_secret(client: TestClient, hub: Hub) -> None:
    room = FakeRoom()
    event = room.event("notified")
    link = HttpLink("http://testserver", SECRET, client=client)
    assert link.exchange(room.post(event)).confirmed == (event.id,)
    with pytest.raises(LinkError, match="401"):
        HttpLink("http://testserver", b"x" * 32, client=client).exchange(room.post())
    assert hub.counts["posts without the rooms' secret"] == 1


def test_a_false_hub_cannot_confirm_or_silence_an_alarm() -> None:
    false_hub = httpx.Client(
        transport=httpx.MockTransport(
            lambda request: httpx.Response(
                200,
                json={"version": 1, "confirmed": ["12-a/1"], "answers": []},
                headers={SIGNATURE: request.headers[SIGNATURE]},
            )
        )
    )
    with pytest.raises(LinkError, match="does not have the hub's secret"):
        HttpLink("http://false", SECRET, client=false_hub).exchange(FakeRoom().post())


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b'{"version": 2}', b"[" * 10_000])
def test_signed_nonsense_is_refused_and_counted(client: TestClient, hub: Hub, content: bytes) -> None:
    answer = client.post("/api/rooms", content=content, headers={SIGNATURE: sign(SECRET, content)})
    assert answer.status_code == 422
    assert hub.counts["posts that are no messages"] == 1


def test_what_is_too_large_is_refused_also_in_pieces(client: TestClient) -> None:
    large = b"x" * (MAX_BYTES + 1)
    assert client.post("/api/rooms", content=large).status_code == 413
    assert client.post("/api/rooms", content=iter([large[:1000]] * (MAX_BYTES // 1000 + 2))).status_code == 413


def test_a_full_disk_confirms_nothing(client: TestClient, hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    room = FakeRoom()
    monkeypatch.setattr(hub.log, "append", fail)
    assert post(client, room.post(room.event("notified"))).status_code == 503
    assert hub.home.active == {}


def test_nobody_sees_or_changes_anything_without_signing_in(client: TestClient, hub: Hub) -> None:
    alarm = raise_alarm(hub)
    for path in ("/api/live", "/api/history", "/api/health"):
        assert client.get(path).status_code == 401, path
    assert client.get("/api/me").json() is None
    assert client.post("/api/answers", json={"alarm": alarm, "verdict": "helped"}).status_code == 401
    assert client.post("/api/sign-out").status_code == 401
    assert hub.home.active[alarm].verdict is None


def test_staff_answer_under_their_own_name(client: TestClient, hub: Hub) -> None:
    alarm, token = raise_alarm(hub), sign_in(client)
    answer = client.post("/api/answers", json={"alarm": alarm, "verdict": "on my way"}, headers=token)
    assert answer.json()["acknowledged_by"] == "Kim"
    again = client.post("/api/answers", json={"alarm": alarm, "verdict": "on my way"}, headers=token)
    assert (again.status_code, again.json()["detail"]) == (409, "Kim is on the way already")
    forged = {"alarm": alarm, "verdict": "helped", "by": "Lou"}
    assert client.post("/api/answers", json=forged, headers=token).status_code == 422
    unknown = {"alarm": "13-a#1", "verdict": "helped"}
    assert client.post("/api/answers", json=unknown, headers=token).status_code == 404


def test_a_change_needs_the_token_of_the_page(client: TestClient, hub: Hub) -> None:
    alarm = raise_alarm(hub)
    sign_in(client)
    for headers in ({}, {"X-CSRF-Token": "x"}):
        answer = client.post("/api/answers", json={"alarm": alarm, "verdict": "helped"}, headers=headers)
        assert answer.status_code == 403
    assert hub.home.active[alarm].verdict is None


def test_who_may_only_look_cannot_answer(client: TestClient, hub: Hub) -> None:
    alarm, token = raise_alarm(hub), sign_in(client, "corridor")
    answer = client.post("/api/answers", json={"alarm": alarm, "verdict": "helped"}, headers=token)
    assert (answer.status_code, answer.json()["detail"]) == (403, "this account may only look")
    assert client.get("/api/history").status_code == 200


def test_passwords_cannot_be_guessed_fast(client: TestClient, hub: Hub) -> None:
    wrong = {"name": "Kim", "password": "wrong password"}
    statuses = [client.post("/api/sign-in", json=wrong).status_code for _ in range(7)]
    assert statuses == [401] * 5 + [429] * 2
    nobody = client.post("/api/sign-in", json={"name": "nobody", "password": PASSWORD})
    assert (nobody.status_code, nobody.json()["detail"]) == (401, "name and password do not belong together")
    assert hub.counts["sign-ins that failed"] == 6


def test_a_session_outlives_a_restart_and_ends_with_the_shift(client: TestClient, hub: Hub, clock: Clock) -> None:
    sign_in(client)
    again = TestClient(create_app(hub, Staff(hub.log, now=clock, hasher=HASHER), SECRET), cookies=client.cookies)
    assert again.get("/api/me").json()["name"] == "Kim"
    clock.pass_s(12 * 3600 + 1)
    assert again.get("/api/me").json() is None


def test_signing_out_ends_the_session_for_good(client: TestClient) -> None:
    token = sign_in(client)
    cookies = dict(client.cookies)
    assert client.post("/api/sign-out", headers=token).status_code == 200
    client.cookies.update(cookies)
    assert client.get("/api/me").json() is None


def test_the_disk_holds_no_password_and_no_token(client: TestClient, tmp_path: Path) -> None:
    sign_in(client)
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert PASSWORD.encode() not in kept
    assert client.cookies["care_home"].encode() not in kept


def test_nobody_else_can_reach_a_hub_without_a_certificate(tmp_path: Path) -> None:
    settings = HubSettings(tmp_path, host="0.0.0.0")
    with pytest.raises(InvalidInputError, match="others can reach"), running_hub(settings):
        pass


def test_the_secret_of_the_rooms_is_for_its_owner_alone(tmp_path: Path) -> None:
    secret = secret_in(tmp_path / "rooms.key")
    assert secret_in(tmp_path / "rooms.key") == secret
    assert (tmp_path / "rooms.key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("path", ["/", "/page.js", "/cards.js", "/words.js", "/page.css", "/icon.svg", "/nothing"])
def test_nothing_but_our_own_files_may_run(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


def test_the_page_holds_no_script_and_no_style_of_its_own(client: TestClient) -> None:
    text = client.get("/").text
    assert "<script>" not in text
    assert "<style" not in text
    assert "style=" not in text
    assert " on" + "click" not in text
    scripts = [
        client.get(f"/{name}.js").text
        for name in ("page", "cards", "log", "reasons", "outline", "say", "words", "sound")
    ]
    assert not any("innerHTML" in script or "eval(" in script for script in scripts)


async def first_events(app_stream: object, n: int) -> list[tuple[str, object, str]]:
    events = []
    async for text in app_stream:  # type: ignore[attr-defined]
        fields = dict(line.split(": ", 1) for line in text.strip().split("\n") if not line.startswith(":"))
        events.append((fields["event"], json.loads(fields["data"]), fields.get("id", "")))
        if len(events) == n:
            break
    return events


def test_a_browser_that_comes_back_gets_what_it_missed(client: TestClient, hub: Hub) -> None:
    import asyncio

    raise_alarm(hub)
    seen = hub.log.number
    raise_alarm(hub, FakeRoom("13", "13-a"))
    live = client.app.state.live  # type: ignore[attr-defined]
    snapshot, missed = asyncio.run(first_events(live.stream(seen), 2))
    assert [alarm["room"] for alarm in snapshot[1]["alarms"]] == ["12", "13"]  # type: ignore[index]
    assert [line["number"] for line in missed[1]] == list(range(seen + 1, hub.log.number + 1))  # type: ignore[attr-defined]
    assert missed[2] == str(hub.log.number)
