"""The page in a real browser: what a nurse sees, presses and misses."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.examples.care_home.hub.rooms import FakeRoom
from tests.examples.care_home.page.conftest import NEEDS_BROWSER, SENSORS, Served, open_page, raise_alarm

pytestmark = NEEDS_BROWSER


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


def test_what_was_not_sent_is_said_to_whoever_pressed(browser: Browser, served: Served) -> None:
    page = open_page(browser, served)
    raise_alarm(served, FakeRoom())
    button = page.get_by_role("button", name="On my way")
    expect(button).to_be_visible()
    served.stop()
    button.click()
    expect(page.get_by_text("Not sent: there is no connection. Press again.")).to_be_visible(timeout=10_000)
    expect(button).to_be_enabled()
    served.start()


def test_a_phone_whose_clock_is_wrong_tells_the_right_age(browser: Browser, served: Served) -> None:
    page = open_page(browser, served)
    page.clock.set_system_time(time.time() + 3600)
    page.reload()
    raise_alarm(served, FakeRoom())
    age = page.locator("article time")
    expect(age).to_have_text(re.compile(r"^\d+ s$"))


def test_the_outline_of_a_person_is_on_the_card_if_the_room_gave_one(browser: Browser, served: Served) -> None:
    page, room = open_page(browser, served), FakeRoom()
    outline = "0" * 132 + "ffffff" + "800001"
    served.hub.exchange(room.post(room.event("notified", sensors=SENSORS, silhouette=outline)))
    image = page.get_by_role("img", name="Outline of the person")
    expect(image).to_be_visible()
    drawn = image.locator("path").get_attribute("d")
    assert drawn is not None
    assert drawn.count("M") == 26
    assert "M0 22h" in drawn
    assert "M23 23h" in drawn
    other = FakeRoom("13", "13-a")
    raise_alarm(served, other)
    expect(page.get_by_role("article", name="Room 13")).to_be_visible()
    expect(page.get_by_role("img", name="Outline of the person")).to_have_count(1)


def test_thresholds_are_told_by_recorded_days_and_by_the_homes_own_alarms(browser: Browser, served: Served) -> None:
    page, room = open_page(browser, served), FakeRoom()
    for event, (probability, verdict) in enumerate(
        [(0.97, "helped"), (0.75, "false alarm"), (0.92, "helped")], start=1
    ):
        served.hub.exchange(room.post(room.event("notified", event=event, probability=probability)))
        served.hub.answer(f"12-a#{event}", verdict, "Kim")  # type: ignore[arg-type]
    rows = {row[0]: row[1:] for row in table(page, "#thresholds", n_rows=9)}
    assert rows["0.80"][2:] == ["2 / 2", "0 / 1"]
    assert rows["0.65 (now)"][2:] == ["2 / 2", "1 / 1"]
    assert rows["0.50"][2:] == ["–", "–"], "of a lower one nothing can be said"
    told = [int(values[0].split(" / ")[0]) for values in rows.values()]
    assert told == sorted(told, reverse=True)
    expect(page.get_by_text("On recorded days:")).to_be_visible()


def table(page: Page, selector: str, *, n_rows: int) -> list[list[str]]:
    rows = page.locator(f"{selector} tbody tr")
    expect(rows).to_have_count(n_rows)
    expect(page.locator(selector)).to_contain_text("2 / 2")
    return [row.locator("th, td").all_inner_texts() for row in rows.all()]


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
