"""One owner of each part at any moment, whatever hubs and clocks do: no server is needed to show it."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import pytest

from common import InvalidInputError
from examples.care_home.messages import RoomEvent
from examples.care_home.nats.open_events import OpenEvents
from examples.care_home.nats.ownership import LEASE_S, Counts, Table, Turn, from_json, renewed, to_json, without
from examples.care_home.nats.servers import N_PARTS, Servers, part_of


def test_hubs_share_the_parts_and_take_over_those_of_one_that_is_gone() -> None:
    table = renewed(Table(), "a", set())
    assert len(table.parts_of("a")) == N_PARTS
    table = renewed(renewed(renewed(table, "b", set()), "a", set()), "b", set())
    assert (len(table.parts_of("a")), len(table.parts_of("b"))) == (6, 6)
    assert set(table.parts_of("b").values()) == {2}, "a second owner has a second term"
    table = renewed(table, "b", {"a"})
    assert len(table.parts_of("b")) == N_PARTS
    assert set(without(table, "b").turns) == {Turn("", 2)}


def test_the_table_is_kept_as_json_and_another_one_is_refused() -> None:
    table = renewed(Table(), "a", set())
    assert from_json(to_json(table)) == table
    with pytest.raises(InvalidInputError, match="none of this version with 12 parts"):
        from_json(b'{"hubs": {}, "turns": []}')


@dataclass
class SimulatedHub:
    """A hub that follows the rules, and is paused or cut off at random; its clock has its own beginning."""

    name: str
    clock_offset_s: float
    counts: Counts = field(default_factory=Counts)
    held: dict[int, int] = field(default_factory=dict)
    until_s: float = float("-inf")

    def may_answer_for(self, now_s: float) -> dict[int, int]:
        return self.held if now_s + self.clock_offset_s < self.until_s else {}


def test_no_two_hubs_ever_answer_for_the_same_part() -> None:
    """Ten thousand steps of three hubs whose reads and writes take up to four seconds or never arrive."""
    chance = random.Random(7)
    hubs = [SimulatedHub(name, 1000 * chance.random()) for name in "abc"]
    table, revision, now_s = Table(), 0, 0.0
    waiting: list[tuple[float, SimulatedHub, Table, int, float]] = []  # writes under way
    n_answered = n_taken_over = 0
    cut_off_until_s = dict.fromkeys("abc", 0.0)
    for _ in range(10_000):
        now_s += 0.2
        for write in [one for one in waiting if one[0] <= now_s]:
            waiting.remove(write)
            _, hub, wanted, seen, began_s = write
            if seen == revision:
                n_taken_over += any(table.turns[part].hub not in ("", hub.name) for part in wanted.parts_of(hub.name))
                table, revision = wanted, revision + 1
                hub.held, hub.until_s = wanted.parts_of(hub.name), began_s + LEASE_S
        for hub in hubs:
            if chance.random() < 0.01:
                cut_off_until_s[hub.name] = now_s + chance.uniform(0, 30)
            if now_s >= cut_off_until_s[hub.name] and chance.random() < 0.2:
                here_s = now_s + hub.clock_offset_s
                hub.counts.see(table, here_s)
                wanted = renewed(table, hub.name, hub.counts.gone(here_s) - {hub.name})
                mine = wanted.parts_of(hub.name)
                hub.held = {part: term for part, term in hub.held.items() if mine.get(part) == term}
                waiting.append((now_s + chance.choice([0, 0, 0, 0.2, 4]), hub, wanted, revision, here_s))
        answering = [part for hub in hubs for part in hub.may_answer_for(now_s)]
        assert len(answering) == len(set(answering))
        n_answered += len(answering)
    assert n_answered > 50_000
    assert n_taken_over > 20


def event(number: int, after: str, *, subject: str = "fall", event: int = 1, room: str = "12") -> RoomEvent:
    return RoomEvent(f"{room}-a/{number}", room, f"{room}-a", event, subject, "", after, "", 0.0)


def test_what_is_over_is_not_taken_over() -> None:
    events = OpenEvents()
    told = [
        event(1, "watched", subject="room", event=0),
        event(2, "notified"),
        event(3, "notified", event=2),
        event(4, "acknowledged", event=2),
        event(5, "resolved"),
        event(2, "notified"),  # again, long after
        event(6, "silent", subject="sensor camera", event=0),
        event(7, "silent", subject="sensor wearable", event=0),
        event(8, "heard", subject="sensor camera", event=0),
        event(1, "watched", subject="room", event=0, room="13"),
        event(2, "ended", subject="room", event=0, room="13"),
    ]
    for one in told:
        events.hear(one)
    assert [one.id for one in events.events(part_of("12"))] == ["12-a/3", "12-a/4", "12-a/7"]
    assert events.rooms(part_of("12")) == {"12-a": "12"}
    assert events.rooms(part_of("13")) == {}


def test_addresses_of_servers() -> None:
    servers = Servers.at("tls://kim:secret@one.example,two.example:1,three.example")
    assert servers.addresses == ("tls://one.example:4222", "tls://two.example:1", "tls://three.example:4222")
    assert (servers.user, servers.password, servers.n_replicas) == ("kim", "secret", 3)
    assert "secret" not in repr(servers)


@pytest.mark.parametrize("text", ["127.0.0.1", "http://127.0.0.1", "nats://", "nats://a,,b", "nats://kim:secret@a:x"])
def test_an_address_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError, match=r"give the servers such as nats://10\.0\.0\.1,") as refused:
        Servers.at(text)
    assert "secret" not in str(refused.value)
