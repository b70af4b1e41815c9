"""Rooms that pass from one hub to another: an alarm is open in one place, and calls people from there alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from examples.care_home.hub.hub import Hub, Update
from examples.care_home.hub.log import Log
from tests.examples.care_home.hub.rooms import Clock, FakeRoom


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def hub(tmp_path: Path, clock: Clock) -> Iterator[Hub]:
    hub = Hub(Log(tmp_path / "log.db"), now=clock)
    yield hub
    hub.close()


def test_an_alarm_of_a_room_that_another_hub_watches_is_closed_here_and_goes_on_when_the_room_comes_back(
    hub: Hub, clock: Clock
) -> None:
    room = FakeRoom()
    hub.take_over({"12-a": "12"}, (), 1, "here")
    hub.exchange(room.post(room.event("notified")))
    heard: list[Update] = []
    hub.listen(heard.append)
    hub.hand_over(["12-a"], "elsewhere")
    assert hub.home.active == {}
    assert [(alarm.is_active, alarm.cleared_because) for alarm in heard[-1].alarms] == [(False, "elsewhere")]
    clock.pass_s(300)
    hub.tick()
    assert not any(update.sounds for update in heard)
    assert hub.home.technical_alarms == {}, "nobody misses a room that another hub watches"
    hub.take_over({"12-a": "12"}, (), 3, "here")
    assert [alarm.is_active for alarm in heard[-3].alarms] == [True]
    assert list(hub.home.active) == ["12-a#1"]
    assert heard[-2].sounds or heard[-1].sounds


def test_what_another_hub_did_not_finish_is_open_here(hub: Hub) -> None:
    room = FakeRoom()
    events = [room.event("notified"), room.event("acknowledged", before="notified", reason="acknowledged by Kim")]
    hub.take_over({"12-a": "12", "13-a": "13"}, events, 2, "here")
    assert hub.home.active["12-a#1"].acknowledged_by == "Kim"
    hub.take_over({"12-a": "12"}, events, 4, "here")
    assert hub.log.verify() == hub.log.number
    assert list(hub.home.active) == ["12-a#1"]


def test_a_room_that_was_taken_over_and_is_not_heard_is_missed(hub: Hub, clock: Clock) -> None:
    hub.take_over({"12-a": "12"}, (), 2, "here")
    clock.pass_s(16)
    hub.tick()
    assert hub.home.rooms["12-a"].is_silent


def test_answers_of_the_next_hub_have_higher_numbers(tmp_path: Path) -> None:
    numbers = []
    for term in (1, 2):
        hub, room = Hub(Log(tmp_path / f"{term}.db")), FakeRoom()
        for _ in range(5 if term == 1 else 0):
            hub.note("a longer log")
        hub.take_over({"12-a": "12"}, [room.event("notified")], term, "here")
        hub.answer("12-a#1", "on my way", "Kim")
        numbers += [answer.number for answer in hub.exchange(room.post()).answers]
        hub.close()
    assert numbers[1] > numbers[0]


def test_a_hub_that_starts_again_knows_which_rooms_it_left(tmp_path: Path) -> None:
    hub, room = Hub(Log(tmp_path / "log.db")), FakeRoom()
    hub.take_over({"12-a": "12"}, [room.event("notified")], 5, "here")
    hub.hand_over(["12-a"], "elsewhere")
    hub.close()
    hub = Hub(Log(tmp_path / "log.db"))
    assert (hub.home.active, hub.home.rooms["12-a"].is_ended, hub.home.terms) == ({}, True, {"12-a": 5})
    hub.close()
