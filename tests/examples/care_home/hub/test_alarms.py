"""An alarm is acknowledged by staff and cleared by its room, and nothing that comes twice counts twice."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from common import InvalidInputError
from examples.care_home.hub.entries import Called, LinkChanged, Noted
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


def calls(hub: Hub) -> list[str]:
    return [line.entry.whom for line in hub.log.lines() if isinstance(line.entry, Called)]


def test_a_fall_is_raised_once_however_often_it_comes(hub: Hub) -> None:
    room = FakeRoom()
    fall = room.event("notified")
    for _ in range(3):
        assert hub.exchange(room.post(fall)).confirmed == (fall.id,)
    assert list(hub.home.active) == ["12-a#1"]
    assert calls(hub) == ["first carer"]
    assert hub.counts["events that came twice"] == 2


def test_acknowledged_is_not_cleared(hub: Hub) -> None:
    room = FakeRoom()
    hub.exchange(room.post(room.event("notified")))
    alarm = hub.answer("12-a#1", "on my way", "Kim")
    assert alarm.acknowledged_by == "Kim"
    assert alarm.is_active
    (answer,) = hub.exchange(room.post()).answers
    assert (answer.event, answer.verdict, answer.by) == (1, "on my way", "Kim")
    assert hub.answer("12-a#1", "helped", "Kim").is_active, "the room has not said so yet"
    hub.exchange(room.post(room.event("resolved", before="acknowledged", reason="resolved by Kim")))
    (closed,) = hub.home.closed.values()
    assert (closed.verdict, closed.cleared_because, hub.home.active) == ("helped", "resolved by Kim", {})


def test_answers_come_until_the_room_has_acted_on_them(hub: Hub) -> None:
    room = FakeRoom()
    hub.exchange(room.post(room.event("notified")))
    hub.answer("12-a#1", "on my way", "Kim")
    (answer,) = hub.exchange(room.post()).answers
    assert hub.exchange(room.post()).answers == (answer,)
    assert hub.exchange(room.post(answered=answer.number)).answers == ()


def test_people_are_called_one_after_the_other_until_somebody_comes(hub: Hub, clock: Clock) -> None:
    room = FakeRoom()
    hub.exchange(room.post(room.event("notified")))
    called_after = {}
    for second in range(1, 131):
        clock.pass_s(1)
        hub.exchange(room.post())
        hub.tick()
        called_after |= {whom: second for whom in calls(hub) if whom not in called_after}
    assert called_after == {"first carer": 1, "second carer": 30, "third carer": 60, "nurse in charge": 120}
    hub.answer("12-a#1", "on my way", "Kim")
    clock.pass_s(600)
    hub.tick()
    assert len(calls(hub)) == 4


def test_an_alarm_sounds_every_ten_seconds_until_somebody_comes(hub: Hub, clock: Clock) -> None:
    room, sounds = FakeRoom(), []
    hub.listen(lambda update: sounds.extend((alarm.id, clock.now_s) for alarm in update.sounds))
    began_s = clock.now_s
    hub.exchange(room.post(room.event("notified")))
    for _ in range(25):
        clock.pass_s(1)
        hub.tick()
    assert [time_s - began_s for _, time_s in sounds] == [0, 10, 20]
    hub.answer("12-a#1", "on my way", "Kim")
    clock.pass_s(60)
    hub.tick()
    assert len(sounds) == 3


def test_an_alarm_goes_on_sounding_on_a_full_disk(hub: Hub, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    room, sounds = FakeRoom(), []
    hub.exchange(room.post(room.event("notified")))
    hub.listen(lambda update: sounds.extend(update.sounds))
    with monkeypatch.context() as patch:
        patch.setattr(hub.log, "append", fail)
        for _ in range(30):
            clock.pass_s(1)
            with suppress(sqlite3.OperationalError):
                hub.tick()
    assert len(sounds) == 3
    hub.tick()
    assert calls(hub) == ["first carer", "second carer"], "who could not be called is called when it can be written"


def test_what_the_room_escalates_waits_again_for_everybody(hub: Hub, clock: Clock) -> None:
    room = FakeRoom()
    hub.exchange(room.post(room.event("notified")))
    hub.answer("12-a#1", "on my way", "Kim")
    clock.pass_s(1800)
    hub.exchange(room.post(room.event("escalated", before="acknowledged", reason="not resolved")))
    assert hub.home.active["12-a#1"].is_waiting
    assert calls(hub) == ["first carer", "first carer", "second carer", "third carer", "nurse in charge"]


def test_the_second_who_presses_hears_who_was_faster(hub: Hub) -> None:
    room = FakeRoom()
    hub.exchange(room.post(room.event("notified")))
    hub.answer("12-a#1", "on my way", "Kim")
    with pytest.raises(InvalidInputError, match="Kim is on the way already"):
        hub.answer("12-a#1", "on my way", "Lou")
    with pytest.raises(InvalidInputError, match="no such alarm"):
        hub.answer("13-a#1", "helped", "Lou")


def test_what_it_was_can_be_said_after_the_room_has_cleared_it(hub: Hub) -> None:
    room = FakeRoom()
    hub.exchange(room.post(room.event("notified"), room.event("resolved", reason="seen upright for 30 s")))
    hub.answer("12-a#1", "false alarm", "Kim")
    assert hub.home.closed["12-a#1"].verdict == "false alarm"
    with pytest.raises(InvalidInputError, match="is over: seen upright"):
        hub.answer("12-a#1", "on my way", "Kim")


def test_a_room_that_is_not_heard_is_a_technical_alarm_within_twenty_seconds(hub: Hub, clock: Clock) -> None:
    room = FakeRoom()
    hub.exchange(room.post())
    for _ in range(20):
        clock.pass_s(1)
        hub.tick()
    assert hub.home.technical_alarms["12-a"].is_silent
    hub.exchange(room.post())
    assert hub.home.technical_alarms == {}
    links = [line.entry.is_silent for line in hub.log.lines() if isinstance(line.entry, LinkChanged)]
    assert links == [False, True, False]


def test_without_its_room_the_word_of_staff_clears_an_alarm(hub: Hub, clock: Clock) -> None:
    room = FakeRoom()
    hub.exchange(room.post(room.event("notified")))
    clock.pass_s(20)
    hub.tick()
    hub.answer("12-a#1", "helped", "Kim")
    assert hub.home.closed["12-a#1"].cleared_because == "helped, says Kim; the room cannot be heard"


def test_a_silent_sensor_is_a_technical_alarm_and_no_fall(hub: Hub) -> None:
    room = FakeRoom()
    hub.exchange(room.post(room.event("silent", event=0, subject="sensor camera", before="heard")))
    assert hub.home.technical_alarms["12-a"].silent_sensors == {"camera"}
    assert hub.home.active == {}
    hub.exchange(room.post(room.event("heard", event=0, subject="sensor camera", before="silent")))
    assert hub.home.technical_alarms == {}


def test_an_old_word_does_not_make_a_dead_room_look_alive(hub: Hub, clock: Clock) -> None:
    room = FakeRoom()
    post = room.post()
    hub.exchange(post)
    for _ in range(20):
        clock.pass_s(1)
        hub.exchange(post)
        hub.tick()
    assert hub.home.technical_alarms["12-a"].is_silent


@pytest.mark.parametrize("jump_s", [-3600.0, -5.0, 5.0, 3600.0])
def test_a_clock_that_is_set_keeps_nobody_from_being_called(hub: Hub, clock: Clock, jump_s: float) -> None:
    room = FakeRoom()
    hub.exchange(room.post(room.event("notified")))
    clock.pass_s(jump_s)
    for _ in range(140):
        clock.pass_s(1)
        hub.exchange(room.post())
        hub.tick()
    assert calls(hub) == ["first carer", "second carer", "third carer", "nurse in charge"]


def test_listeners_hear_of_every_line_with_its_alarm(hub: Hub) -> None:
    updates: list[Update] = []
    hub.listen(updates.append)
    room = FakeRoom()
    hub.exchange(room.post(room.event("notified")))
    raised = next(update for update in updates if update.alarms)
    assert raised.alarms[0].id == "12-a#1"
    assert [word.room for update in updates for word in update.words] == ["12"]


def test_a_listener_that_fails_holds_nothing_up(hub: Hub, caplog: pytest.LogCaptureFixture) -> None:
    def fail(update: Update) -> None:
        raise RuntimeError("closed")

    hub.listen(fail)
    room = FakeRoom()
    assert len(hub.exchange(room.post(room.event("notified"))).confirmed) == 1
    assert "a listener of the hub failed" in caplog.text


def test_a_restart_goes_on_with_open_alarms(tmp_path: Path, clock: Clock) -> None:
    room = FakeRoom()
    hub = Hub(Log(tmp_path / "log.db"), now=clock)
    hub.exchange(room.post(room.event("notified"), room.event("notified", event=2)))
    hub.answer("12-a#2", "on my way", "Kim")
    before = hub.home
    hub.close()
    clock.pass_s(40)
    hub = Hub(Log(tmp_path / "log.db"), now=clock)
    assert (hub.home.active, hub.home.closed) == (before.active, before.closed)
    hub.tick()
    assert calls(hub) == ["first carer", "first carer", "second carer"], "the time of the restart has passed, too"
    notes = [line.entry.text for line in hub.log.lines() if isinstance(line.entry, Noted)]
    assert notes == ["hub started", "hub stopped", "hub started"]
    hub.close()
