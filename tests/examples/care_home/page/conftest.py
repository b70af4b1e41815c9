"""A hub with its page, and a real browser that looks at it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import uvicorn
from argon2 import PasswordHasher
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from examples.care_home.hub.hub import Hub
from examples.care_home.hub.log import Log
from examples.care_home.messages import SensorWord
from examples.care_home.page.app import create_app
from examples.care_home.page.staff import Role, Staff
from tests.examples.care_home.hub.rooms import FakeRoom

CHROMIUM = Path("/usr/bin/chromium")
NEEDS_BROWSER = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="no browser: install the Debian package chromium"),
]
PASSWORD = "correct horse"
SENSORS = (SensorWord("wearable", 0.98, 3.1, energy_j=1.1e-5), SensorWord("camera", 0.91, 1.2, energy_j=8.8e-4))


@dataclass
class Served:
    """A hub with its page on a port that stays the same when it is started again."""

    hub: Hub
    staff: Staff
    port: int
    problems: list[str] = field(default_factory=list)  # what browsers complained about

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def start(self) -> None:
        self.app = create_app(self.hub, self.staff, b"s" * 32)
        self.server = uvicorn.Server(uvicorn.Config(self.app, host="127.0.0.1", port=self.port, log_level="warning"))
        self.thread = threading.Thread(target=self.server.run, daemon=True)
        self.thread.start()
        while not self.server.started:
            time.sleep(0.02)

    def stop(self) -> None:
        self.app.state.live.close()
        self.server.should_exit = True
        self.thread.join(timeout=10)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    hub = Hub(Log(tmp_path / "log.db"))
    staff = Staff(hub.log, hasher=PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    for name, role in (("Kim", Role.CARER), ("Lou", Role.CARER), ("corridor", Role.VIEWER)):
        staff.set_account(name, role, PASSWORD)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        served = Served(hub, staff, free.getsockname()[1])
    served.start()
    yield served
    served.stop()
    hub.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield browser
        browser.close()


def open_page(browser: Browser, served: Served, name: str = "Kim", **settings: object) -> Page:
    context: BrowserContext = browser.new_context(locale="en-GB", **settings)  # type: ignore[arg-type]
    page = context.new_page()
    page.on("console", lambda message: served.problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: served.problems.append(str(error)))
    page.goto(served.url)
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Alarms")).to_be_visible()
    expect(page.get_by_text("Live")).to_be_visible()
    return page


def raise_alarm(served: Served, room: FakeRoom, event: int = 1) -> None:
    served.hub.exchange(room.post(room.event("notified", event=event, probability=0.97, sensors=SENSORS)))
