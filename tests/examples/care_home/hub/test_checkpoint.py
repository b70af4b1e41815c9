"""A hub that starts from a checkpoint is the hub that has read the whole log; one that does not fit is not used."""

from __future__ import annotations

from pathlib import Path

import pytest

from examples.care_home.hub import checkpoint
from examples.care_home.hub.alarms import Home, evolve
from examples.care_home.hub.hub import Hub
from examples.care_home.hub.log import Log
from examples.care_home.messages import SensorWord
from tests.examples.care_home.hub.rooms import Clock, FakeRoom


@pytest.fixture
def hub(tmp_path: Path) -> Hub:
    """One with everything: open and closed alarms, an answer that waits, a silent sensor, a silent room."""
    clock, room, other = Clock(), FakeRoom(), FakeRoom("13", "13-a")
    hub = Hub(Log(tmp_path / "log.db"), now=clock)
    words = (SensorWord("wearable", 0.9, 2.0), SensorWord("camera", None))
    hub.exchange(other.post(other.event("notified"), other.event("resolved")))
    clock.pass_s(20)
    hub.exchange(room.post(room.event("notified", sensors=words), room.event("notified", event=2)))
    hub.exchange(room.post(room.event("silent", event=0, subject="sensor camera")))
    hub.answer("12-a#1", "on my way", "Kim")
    hub.tick()
    return hub


def whole(log: Log) -> Home:
    home = Home()
    for line in log.all_lines():
        home = evolve(home, line)
    return home


def test_the_state_is_the_same_with_and_without(hub: Hub) -> None:
    assert hub.home.answers
    assert {health.is_silent for health in hub.home.rooms.values()} == {True, False}
    checkpoint.write(hub.log, hub.home)
    hub.answer("12-a#2", "helped", "Lou")
    assert checkpoint.restored(hub.log) == whole(hub.log) == hub.home


def test_an_empty_log_has_no_state(tmp_path: Path) -> None:
    log = Log(tmp_path / "log.db")
    assert checkpoint.restored(log) == Home()
    checkpoint.write(log, Home())
    assert checkpoint.restored(log) == Home()


@pytest.mark.parametrize(
    "change",
    [
        "digest = 'x'",
        "number = number - 1",
        "number = 1000",
        "version = 99",
        "body = '{}'",
        "body = replace(body, 'Kim', 'Lou')",
    ],
)
def test_one_that_does_not_fit_is_not_used(hub: Hub, change: str) -> None:
    checkpoint.write(hub.log, hub.home)
    hub.log.execute(f"UPDATE checkpoint SET {change}")
    assert checkpoint.restored(hub.log) == hub.home


def test_it_is_written_while_the_hub_runs(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoint, "EVERY_LINES", 5)
    hub.tick()
    assert hub.log.execute("SELECT number FROM checkpoint") == [(hub.log.number,)]
