"""Whatever is sent to the interface of the page, it answers as it says it does, and never fails."""

from __future__ import annotations

from typing import Any

import pytest
from argon2 import PasswordHasher
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings

from examples.care_home.hub.hub import Hub
from examples.care_home.hub.log import Log
from examples.care_home.page.app import create_app
from examples.care_home.page.staff import Role, Staff
from tests.examples.care_home.hub.rooms import Clock, FakeRoom

schemathesis = pytest.importorskip("schemathesis")
pytestmark = pytest.mark.slow
PASSWORD = "correct horse"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> object:
    clock = Clock()
    hub = Hub(Log(tmp_path_factory.mktemp("state") / "log.db"), now=clock)
    staff = Staff(hub.log, now=clock, hasher=PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    staff.set_account("Kim", Role.CARER, PASSWORD)
    room = FakeRoom()
    hub.exchange(room.post(room.event("notified")))
    return create_app(hub, staff, b"s" * 32)


@pytest.fixture(scope="module")
def headers(app: object) -> dict[str, str]:
    client = TestClient(app)  # type: ignore[arg-type]
    answer = client.post("/api/sign-in", json={"name": "Kim", "password": PASSWORD})
    return {"X-CSRF-Token": answer.json()["csrf"], "Cookie": f"care_home={client.cookies['care_home']}"}


@pytest.mark.parametrize("is_signed_in", [True, False])
def test_every_operation_answers_as_it_says(app: object, headers: dict[str, str], is_signed_in: bool) -> None:
    schema = schemathesis.openapi.from_asgi("/openapi.json", app)
    # A stream never ends, so it is left to the browser's test; signing out would end the session of all that follows.
    operations = list(schema.exclude(path_regex="/api/(live|sign-out)").get_all_operations())
    assert len(operations) >= 4
    for found in operations:

        @given(case=found.ok().as_strategy())
        @settings(max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        def check(case: Any) -> None:
            case.call_and_validate(headers=headers if is_signed_in else {})

        check()
