"""The page in a real browser: what a nurse sees, presses and misses."""

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
pytestmark = [
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


def test_two_browsers_see_a_fall_and_who_goes_until_it_is_over(browser: Browser, served: Served) -> None:
    kim, lou, room = open_page(browser, served), open_page(browser, served, "Lou"), FakeRoom()
    served.hub.exchange(room.post(probability=0.01, sensors=SENSORS))
    expect(kim.get_by_text("No alarm. One room is watched.")).to_be_visible()
    raise_alarm(served, room)
    for page in (kim, lou):
        card = page.get_by_role("article", name="Room 12")
        expect(card.get_by_text("Nobody has answered · called: first carer")).to_be_visible()
        expect(card.get_by_text("This decision took 890 µJ")).to_be_visible()
        expect(card.get_by_text("0.98")).to_be_visible()
        expect(page).to_have_title("▲ Fall: 12")
    kim.get_by_role("button", name="On my way").click()
    expect(lou.get_by_text("Kim is on the way")).to_be_visible()
    expect(lou.get_by_role("button", name="On my way")).to_have_count(0)
    lou.get_by_role("button", name="Helped").click()
    assert next(iter(served.hub.home.active.values())).verdict is None, "a verdict takes two presses"
    lou.get_by_role("button", name="Press again to confirm").click()
    expect(kim.get_by_text("Lou: helped. Waiting for the room to confirm.")).to_be_visible()
    served.hub.exchange(room.post(room.event("resolved", reason="resolved by Lou")))
    for page in (kim, lou):
        expect(page.get_by_text("No alarm. One room is watched.")).to_be_visible()
        expect(page.get_by_role("cell", name="resolved by Lou")).to_be_visible()
        expect(page.get_by_role("list", name="Log").get_by_text("helped (Lou)")).to_be_visible()
    assert served.problems == []


def test_a_browser_that_was_away_shows_what_it_missed(browser: Browser, served: Served) -> None:
    page, room = open_page(browser, served), FakeRoom()
    served.stop()
    raise_alarm(served, room)
    served.hub.exchange(room.post(room.event("resolved", reason="seen upright for 30 s")))
    raise_alarm(served, FakeRoom("13", "13-a"))
    served.start()
    expect(page.get_by_role("article", name="Room 13")).to_be_visible(timeout=20_000)
    log = page.get_by_role("list", name="Log")
    expect(log.get_by_text("room 12 fall: confirmed → notified")).to_be_visible()
    expect(log.get_by_text("seen upright for 30 s")).to_be_visible()


def test_a_page_without_its_hub_says_so(browser: Browser, served: Served) -> None:
    page, room = open_page(browser, served), FakeRoom()
    served.hub.exchange(room.post(probability=0.01, sensors=SENSORS))
    served.stop()
    expect(page.get_by_text("No connection to the hub.")).to_be_visible(timeout=30_000)
    served.start()
    expect(page.get_by_text("No connection to the hub.")).to_be_hidden(timeout=30_000)


def test_names_are_text_whatever_they_hold(browser: Browser, served: Served) -> None:
    page = open_page(browser, served)
    raise_alarm(served, FakeRoom('<img src=x onerror="alert(1)">', "<b>-a"))
    served.hub.note("<script>alert(2)</script>", "<i>Kim</i>")
    expect(page.get_by_role("article")).to_contain_text('Room <img src=x onerror="alert(1)">')
    expect(page.get_by_role("list", name="Log")).to_contain_text("<script>alert(2)</script> (<i>Kim</i>)")
    assert page.locator("img").count() == 1, "our own sign"
    assert served.problems == []


def test_an_alarm_can_be_answered_by_keyboard_alone(browser: Browser, served: Served) -> None:
    page = open_page(browser, served)
    raise_alarm(served, FakeRoom())
    expect(page.get_by_role("article")).to_be_visible()
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "On my way":
            break
    page.keyboard.press("Enter")
    expect(page.get_by_text("Kim is on the way")).to_be_visible()


def test_who_may_only_look_has_no_buttons(browser: Browser, served: Served) -> None:
    page = open_page(browser, served, "corridor")
    raise_alarm(served, FakeRoom())
    expect(page.get_by_text("This account may only look.")).to_be_visible()
    expect(page.get_by_role("button", name="On my way")).to_have_count(0)


def test_the_page_speaks_french(browser: Browser, served: Served) -> None:
    page = open_page(browser, served)
    raise_alarm(served, FakeRoom())
    page.get_by_role("button", name="Français").click()
    expect(page.get_by_role("button", name="J’y vais")).to_be_visible()
    expect(page.get_by_text("Personne n’a répondu")).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == "fr"
    page.reload()
    expect(page.get_by_role("button", name="J’y vais")).to_be_visible()


def test_both_languages_say_the_same_things(browser: Browser, served: Served) -> None:
    page = open_page(browser, served)
    names = page.evaluate(
        """async () => {
          const { LANGUAGES } = await import("/words.js");
          const names = (words) => Object.entries(words).flatMap(([name, value]) =>
            typeof value === "object" && name !== "whom" ? names(value).map((inner) => `${name}.${inner}`) : [name]);
          return Object.values(LANGUAGES).map((words) => names(words).sort());
        }"""
    )
    assert len(names) == 2
    assert names[0] == names[1]


def test_a_technical_alarm_is_told_apart_from_a_fall(browser: Browser, served: Served) -> None:
    page, room = open_page(browser, served), FakeRoom()
    served.hub.exchange(room.post(room.event("silent", event=0, subject="sensor camera", before="heard")))
    expect(page.get_by_text("Room 12: the camera is silent.")).to_be_visible()
    expect(page.get_by_role("article")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_no_serious_fault(browser: Browser, served: Served, scheme: str, width: int) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page, room = (
        open_page(
            browser, served, color_scheme=scheme, viewport={"width": width, "height": 900}, reduced_motion="reduce"
        ),
        FakeRoom(),
    )
    raise_alarm(served, room)
    raise_alarm(served, room, event=2)
    served.hub.answer("12-a#2", "on my way", "Lou")
    served.hub.exchange(room.post(room.event("silent", event=0, subject="sensor camera"), sensors=SENSORS))
    done = FakeRoom("13", "13-a")
    served.hub.exchange(done.post(done.event("notified"), done.event("resolved"), probability=0.1, sensors=SENSORS))
    expect(page.get_by_role("cell", name="confirmed")).to_be_visible()
    expect(page.get_by_text("Lou is on the way")).to_be_visible()
    found = axe.Axe().run(page).response["violations"]
    assert [(one["id"], one["impact"], one["nodes"][0]["html"][:120]) for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
