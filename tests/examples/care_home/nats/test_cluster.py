"""Rooms and hubs over one real server: everything that takes no time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from examples.care_home.hub.hub import Hub
from examples.care_home.hub.log import Log
from examples.care_home.nats.bridge import NatsBridge
from examples.care_home.nats.link import NatsLink
from examples.care_home.nats.servers import N_PARTS, Servers
from examples.care_home.room.links import LinkError
from tests.examples.care_home.hub.rooms import FakeRoom
from tests.examples.care_home.nats.cluster import Cluster, needs_server, running_cluster
from tests.examples.care_home.waiting import tell, wait_until

SECRET = b"s" * 32


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with running_cluster(tmp_path_factory.mktemp("nats"), 1) as cluster:
        yield cluster


@needs_server
def test_a_fall_and_its_answer_pass_and_the_next_hub_goes_on_with_it(server: Cluster, tmp_path: Path) -> None:
    link = NatsLink(Servers.at(server.url), SECRET, "node-1")
    room = FakeRoom()
    room.outbox.append(room.event("notified"))
    first = Hub(Log(tmp_path / "first.db"))
    bridge = NatsBridge(first, Servers.at(server.url), SECRET, "first")
    bridge.start()
    wait_until(lambda: tell(link, room) and not room.outbox)
    assert list(first.home.active) == ["12-a#1"]
    assert len(bridge.parts) == N_PARTS
    assert server.stored()[-1] == "12-a/1"
    first.answer("12-a#1", "on my way", "Kim")
    (answer,) = link.exchange(room.post()).answers
    assert answer.by == "Kim"
    bridge.stop()
    first.close()
    with pytest.raises(LinkError, match="no hub answers"):
        link.exchange(room.post())

    second = Hub(Log(tmp_path / "second.db"))
    bridge = NatsBridge(second, Servers.at(server.url), SECRET, "second")
    bridge.start()
    wait_until(lambda: "12-a#1" in second.home.active)
    wait_until(lambda: tell(link, room))
    second.answer("12-a#1", "on my way", "Lou")
    (later,) = link.exchange(room.post(answered=answer.number)).answers
    assert later.number > answer.number, "else the room would take it for one that it has acted on"
    room.outbox.append(room.event("resolved"))
    assert tell(link, room)
    assert second.home.active == {}
    bridge.stop()
    second.close()
    link.close()


def test_without_a_server_the_room_is_told_so() -> None:
    link = NatsLink(Servers.at("nats://127.0.0.1:9"), SECRET, "node-1")
    began_s = time.monotonic()
    with pytest.raises(LinkError, match="no connection to NATS"):
        link.exchange(FakeRoom().post())
    assert time.monotonic() - began_s < 60
    link.close()
