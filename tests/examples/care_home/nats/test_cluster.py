"""Rooms and hubs over one real server: everything that takes no time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from examples.care_home.hub.hub import Hub
from examples.care_home.hub.log import Log
from examples.care_home.messages import to_json
from examples.care_home.nats.bridge import NatsBridge
from examples.care_home.nats.link import NatsLink
from examples.care_home.nats.servers import N_PARTS, Servers, events_subject, part_of, posts_subject
from examples.care_home.room.links import LinkError
from examples.care_home.signed_messages import signed
from tests.examples.care_home.hub.rooms import FakeRoom
from tests.examples.care_home.nats.cluster import Cluster, needs_server, running_cluster
from tests.examples.care_home.waiting import tell, wait_until

SECRET = b"s" * 32


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with running_cluster(tmp_path_factory.mktemp("nats"), 1) as cluster:
        yield cluster


@contextmanager
def running(server: Cluster, path: Path) -> Iterator[tuple[Hub, NatsBridge]]:
    """A hub with its bridge, named after its log."""
    hub = Hub(Log(path))
    bridge = NatsBridge(hub, Servers.at(server.url), SECRET, path.stem)
    bridge.start()
    try:
        yield hub, bridge
    finally:
        bridge.stop()
        hub.close()


@pytest.fixture
def link(server: Cluster) -> Iterator[NatsLink]:
    link = NatsLink(Servers.at(server.url), SECRET, "node-1")
    yield link
    link.close()


@needs_server
def test_a_fall_and_its_answer_pass_and_the_next_hub_goes_on_with_it(
    server: Cluster, link: NatsLink, tmp_path: Path
) -> None:
    room = FakeRoom()
    room.outbox.append(room.event("notified"))
    with running(server, tmp_path / "first.db") as (first, bridge):
        wait_until(lambda: tell(link, room) and not room.outbox)
        assert list(first.home.active) == ["12-a#1"]
        wait_until(lambda: len(bridge.parts) == N_PARTS)
        assert server.stored()[-1] == "12-a/1"
        first.answer("12-a#1", "on my way", "Kim")
        (answer,) = link.exchange(room.post()).answers
        assert answer.by == "Kim"
    with pytest.raises(LinkError, match="no hub answers"):
        link.exchange(room.post())

    with running(server, tmp_path / "second.db") as (second, _):
        wait_until(lambda: "12-a#1" in second.home.active)
        wait_until(lambda: tell(link, room))
        second.answer("12-a#1", "on my way", "Lou")
        (later,) = link.exchange(room.post(answered=answer.number)).answers
        assert later.number > answer.number, "else the room would take it for one that it has acted on"
        room.outbox.append(room.event("resolved"))
        assert tell(link, room)
        assert second.home.active == {}


@needs_server
def test_forged_messages_are_refused_and_counted_and_a_forged_table_is_replaced(
    server: Cluster, tmp_path: Path
) -> None:
    room = FakeRoom("14", "14-a")
    with running(server, tmp_path / "hub.db") as (hub, bridge):
        hub.take_over({"14-a": "14"}, (), 70, "of before")
        wait_until(lambda: len(bridge.parts) == N_PARTS)
        forged = signed(b"x" * 32, to_json(room.post(room.event("notified"))))[0]
        server.publish(posts_subject(part_of("14")), b"")
        server.publish(posts_subject(part_of("14")), forged)
        server.publish(events_subject(part_of("14")), forged)
        server.publish("$KV.care_home.owners", signed(b"x" * 32, b"{}")[0])
        wait_until(lambda: hub.counts["posts without the rooms' secret"] == 3)
        assert hub.home.active == {}
        wait_until(lambda: {turn.term for turn in server.owners().turns} == {71})


@needs_server
def test_a_hub_that_cannot_write_leaves_its_rooms_to_another_one(
    server: Cluster, link: NatsLink, tmp_path: Path
) -> None:
    room = FakeRoom("15", "15-a")
    with running(server, tmp_path / "one.db") as one, running(server, tmp_path / "two.db") as two:
        wait_until(lambda: len(one[1].parts) == len(two[1].parts) == N_PARTS // 2)
        (full, bridge), (other, _) = (one, two) if part_of("15") in one[1].parts else (two, one)
        full.log.execute("PRAGMA max_page_count = 1")
        room.outbox += [room.event("notified", event=number, reason="x" * 300) for number in range(1, 31)]
        wait_until(lambda: tell(link, room) and not room.outbox)
        assert len(other.home.active) == 30
        assert not bridge.parts


def test_without_a_server_the_room_is_told_so() -> None:
    link = NatsLink(Servers.at("nats://127.0.0.1:9"), SECRET, "node-1")
    began_s = time.monotonic()
    with pytest.raises(LinkError, match="no connection to NATS"):
        link.exchange(FakeRoom().post())
    assert time.monotonic() - began_s < 60
    link.close()
