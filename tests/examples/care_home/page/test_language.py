"""The page in the reader's language, also what rooms and hub have written into the log."""

from __future__ import annotations

import ast
from pathlib import Path

from playwright.sync_api import Browser, expect

from common.alarms import machine
from tests.examples.care_home.hub.rooms import FakeRoom
from tests.examples.care_home.page.conftest import NEEDS_BROWSER, SENSORS, Served, open_page

pytestmark = NEEDS_BROWSER


def test_the_page_speaks_french(browser: Browser, served: Served) -> None:
    page, room = open_page(browser, served), FakeRoom()
    reason = "probability at least 0.645656 for 5 s"
    served.hub.exchange(room.post(room.event("notified", probability=0.97, sensors=SENSORS, reason=reason)))
    page.get_by_role("button", name="Français").click()
    expect(page.get_by_role("button", name="J’y vais")).to_be_visible()
    expect(page.get_by_text("Personne n’a répondu")).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == "fr"
    expect(page.get_by_role("article")).to_contain_text("probabilité d’au moins 0,65 pendant 5 s")
    log = page.get_by_role("list", name="Journal")
    expect(log).to_contain_text("chute : confirmée → annoncée (probabilité d’au moins 0,65 pendant 5 s)")
    expect(log).to_contain_text("appelé 12 premier soignant")
    page.reload()
    expect(page.get_by_role("button", name="J’y vais")).to_be_visible()
    served.hub.answer("12-a#1", "on my way", "Lou")
    served.hub.exchange(room.post(room.event("resolved", reason="seen upright for 30 s")))
    expect(page.get_by_role("cell", name="vu debout pendant 30 s")).to_be_visible()


def test_every_reason_has_its_french(browser: Browser, served: Served) -> None:
    """What the state machine, rooms and hub write, with numbers and names put in."""
    page = open_page(browser, served)
    left = page.evaluate(
        """async (reasons) => {
          const { reason } = await import("/reasons.js");
          return reasons.filter((text) => reason(text, "fr") === text || reason(text, "en") !== text);
        }""",
        reasons_written(),
    )
    assert left == []


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


_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef)
NO_REASONS = {"out of service", "set back", "sensor 12.5"}


def reasons_written() -> list[str]:
    """Every text that the alarm machine, its sensors and the hub write as a reason, from their sources."""
    folder = Path(machine.__file__).parent
    texts = {text for name in ("machine.py", "sensors.py") for text in literals(folder / name)}
    return [
        *sorted(texts),
        *("acknowledged by Kim", "resolved by Kim", "acknowledged", "resolved", "first heard", "not heard for 20 s"),
        *("helped, says Kim; the room cannot be heard", "the room's node has ended", "its node has left the broker"),
        *("Kim is on the way already", "Kim has said already: helped", "alarm 12-a#1 is over: resolved by Kim"),
        *("hub started", "hub stopped", "signed in", "heard again", "this account may only look"),
    ]


def literals(path: Path) -> set[str]:
    """Texts of several words in a module's code, with a number for what is put in."""
    found = set()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documented = [node for node in ast.walk(tree) if isinstance(node, _DOCUMENTED) and ast.get_docstring(node)]
    documentation = {id(node.body[0].value) for node in documented if isinstance(node.body[0], ast.Expr)}
    inner = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = [part.value if isinstance(part, ast.Constant) else filled(part) for part in node.values]
            found.add("".join(map(str, parts)))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation | inner:
            found.add(node.value)
    texts = {text for text in found if " " in text.strip() and text.strip() not in NO_REASONS}
    return {text for text in texts if not text.startswith(" by")}


def filled(part: ast.expr) -> str:
    """What stands for a value: what another text says, a phase, a name, or a number."""
    name = ast.unparse(part)
    if "long_lie" in name:
        return "lying still for 600 s"
    if "fall.phase" in name:
        return "notified"
    return " by Kim" if "who" in name else "12.5"
