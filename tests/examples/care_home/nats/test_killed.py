"""Three real servers and real hubs of which any may die or be cut off: no alarm is lost, and none comes twice."""

from __future__ import annotations

import itertools
import os
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from examples.care_home.hub.entries import Received
from examples.care_home.hub.hub import Hub
from examples.care_home.hub.log import Log
from examples.care_home.nats.bridge import NatsBridge
from examples.care_home.nats.link import NatsLink
from examples.care_home.nats.servers import N_PARTS, Servers, part_of
from examples.care_home.signing import secret_in
from tests.examples.care_home.hub.rooms import FakeRoom
from tests.examples.care_home.killing import KilledHub, PostingRoom
from tests.examples.care_home.nats.cluster import Cluster, needs_server, running_cluster
from tests.examples.care_home.proxy import Proxy
from tests.examples.care_home.waiting import tell, wait_until

pytestmark = [pytest.mark.slow, needs_server]
SECRET = b"s" * 32
N_KILLS = int(os.environ.get("CARE_HOME_KILLS", "1"))


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    with running_cluster(tmp_path / "servers", 3) as cluster:
        yield cluster


@dataclass
class BusyRooms:
    """Rooms of as many nodes that fall over and over, and note when an event was confirmed."""

    rooms: list[PostingRoom]
    confirmed_at_s: list[float] = field(default_factory=list)
    heard_at_s: dict[str, list[float]] = field(default_factory=dict)
    _stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    @classmethod
    def start(cls, names: list[str], url: str, secret: bytes) -> BusyRooms:
        links = [NatsLink(Servers.at(url), secret, f"node-{name}") for name in names]
        busy = cls([PostingRoom(FakeRoom(n, f"{n}-a"), link) for n, link in zip(names, links, strict=True)])
        busy._threads = [threading.Thread(target=busy._post, args=(room,), daemon=True) for room in busy.rooms]
        for thread in busy._threads:
            thread.start()
        return busy

    @property
    def n_made(self) -> int:
        return sum(room.room.n_events for room in self.rooms)

    def wait_for_more(self, n_more: int = 30) -> None:
        n = len(self.confirmed_at_s)
        wait_until(lambda: len(self.confirmed_at_s) >= n + n_more)

    def wait_for_each(self) -> None:
        """Until every room was heard again."""
        n = {room: len(times_s) for room, times_s in self.heard_at_s.items()}
        wait_until(lambda: all(len(self.heard_at_s.get(r.room.room, ())) > n.get(r.room.room, 0) for r in self.rooms))

    def end(self) -> None:
        """Make no more falls; return when all are confirmed."""
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=60)
            assert not thread.is_alive(), "an event is not confirmed"
        for room in self.rooms:
            room.link.close()  # type: ignore[attr-defined]

    @property
    def longest_gap_s(self) -> float:
        return max(later - earlier for earlier, later in itertools.pairwise(sorted(self.confirmed_at_s)))

    def _post(self, room: PostingRoom) -> None:
        while not self._stop.is_set() or room.room.outbox:
            if not self._stop.is_set() and len(room.room.outbox) < 5:
                room.make_fall(room.room.n_events + 1)
            n = len(room.confirmed)
            room.tell()
            now_s = time.monotonic()
            self.confirmed_at_s += [now_s] * (len(room.confirmed) - n)
            if len(room.confirmed) > n:
                self.heard_at_s.setdefault(room.room.room, []).append(now_s)
            time.sleep(0.02)


def events_in(log: Log) -> Counter[str]:
    return Counter(line.entry.event.id for line in log.all_lines() if isinstance(line.entry, Received))


def test_the_leader_is_killed_while_rooms_post(cluster: Cluster, tmp_path: Path) -> None:
    hub = Hub(Log(tmp_path / "log.db"))
    bridge = NatsBridge(hub, Servers.at(cluster.url), SECRET, "hub")
    bridge.start()
    busy = BusyRooms.start(["11", "12", "13"], cluster.url, SECRET)
    busy.wait_for_more()
    for _ in range(N_KILLS):
        leader = cluster.leader()
        cluster.kill(leader)
        busy.wait_for_more()
        cluster.restart(leader)
        busy.wait_for_more()
    busy.end()
    stored = Counter(id for id in cluster.stored() if not id.endswith("watched"))
    bridge.stop()
    written = events_in(hub.log)
    assert hub.log.verify() == hub.log.number
    hub.close()
    assert len(stored) == len(written) == busy.n_made
    assert set(stored.values()) == set(written.values()) == {1}
    print(f"{N_KILLS} leaders killed, {busy.n_made} alarms, each once; longest gap {busy.longest_gap_s:.1f} s")


def test_a_hub_is_killed_and_another_one_takes_its_residents_over(cluster: Cluster, tmp_path: Path) -> None:
    hubs = [KilledHub.start_new(tmp_path / "one", nats=cluster.url)]
    secret = secret_in(hubs[0].settings.room_key)
    (tmp_path / "two").mkdir()
    (tmp_path / "two" / "rooms.key").write_bytes(secret)
    hubs.append(KilledHub.start_new(tmp_path / "two", nats=cluster.url))
    names = [str(number) for number in range(11, 17)]
    busy = BusyRooms.start(names, cluster.url, secret)
    wait_until(lambda: [len(cluster.owners().parts_of(name)) for name in cluster.owners().hubs] == [N_PARTS // 2] * 2)
    busy.wait_for_each()
    killed = (tmp_path / "one" / "hub.name").read_text()
    assert {part_of(name) for name in names} & set(cluster.owners().parts_of(killed)), "it watches somebody"
    hubs[0].kill()
    killed_at_s = time.monotonic()
    wait_until(lambda: len(cluster.owners().parts_of((tmp_path / "two" / "hub.name").read_text())) == N_PARTS)
    busy.wait_for_each()
    busy.end()
    hubs[1].kill()
    stored = Counter(id for id in cluster.stored() if not id.endswith("watched"))
    assert len(stored) == busy.n_made
    assert set(stored.values()) == {1}
    logs = [Log(tmp_path / name / "log.db") for name in ("one", "two")]
    written = [events_in(log) for log in logs]
    assert set(written[0].values()) == set(written[1].values()) == {1}, "none is twice in a log"
    assert set(written[0]) | set(written[1]) == set(stored)
    open_after = Hub(logs[1]).home.active
    assert len(open_after) == busy.n_made, "what the first hub had not finished goes on at the second one"
    assert logs[1].verify() == logs[1].number
    gap_s = (
        max(min(at_s for at_s in times_s if at_s > killed_at_s) for times_s in busy.heard_at_s.values()) - killed_at_s
    )
    print(f"{busy.n_made} alarms, each once; the last room was heard again {gap_s:.1f} s after the kill")


@dataclass
class CutOff:
    """Ways to all servers that can be cut."""

    proxies: list[Proxy]

    @classmethod
    def from_(cls, cluster: Cluster) -> CutOff:
        return cls([Proxy(port) for port in cluster.ports])

    @property
    def servers(self) -> Servers:
        return Servers.at("nats://" + ",".join(f"127.0.0.1:{proxy.port}" for proxy in self.proxies))

    def cut(self, is_cut: bool = True) -> None:
        for proxy in self.proxies:
            proxy.is_cut = is_cut


def test_a_room_and_then_its_hub_are_cut_off(cluster: Cluster, tmp_path: Path) -> None:
    ways = {name: CutOff.from_(cluster) for name in ("room", "one", "two")}
    hubs = {name: Hub(Log(tmp_path / f"{name}.db")) for name in ("one", "two")}
    bridges = {name: NatsBridge(hub, ways[name].servers, SECRET, name) for name, hub in hubs.items()}
    bridges["one"].start()
    link, room = NatsLink(ways["room"].servers, SECRET, "node-1"), FakeRoom()
    room.outbox.append(room.event("notified"))
    wait_until(lambda: tell(link, room) and not room.outbox)
    owned_twice: list[frozenset[int]] = []
    stop = threading.Event()
    watching = threading.Thread(target=_watch, args=(list(bridges.values()), owned_twice, stop))
    bridges["two"].start()
    watching.start()
    wait_until(lambda: len(bridges["two"].parts) == N_PARTS // 2)
    owner = next(name for name, bridge in bridges.items() if part_of("12") in bridge.parts)
    other = "two" if owner == "one" else "one"

    ways["room"].cut()
    room.outbox.append(room.event("notified", event=2))
    assert not tell(link, room)
    assert len(room.outbox) == 1
    ways["room"].cut(False)
    wait_until(lambda: tell(link, room) and not room.outbox)

    ways[owner].cut()
    room.outbox.append(room.event("notified", event=3))
    cut_at_s = time.monotonic()
    wait_until(lambda: tell(link, room) and not room.outbox)
    heard_after_s = time.monotonic() - cut_at_s
    assert list(hubs[other].home.active) == ["12-a#1", "12-a#2", "12-a#3"]
    assert not bridges[owner].parts, "who is cut off has stopped before the other one begins"
    assert "12-a#3" not in hubs[owner].home.active
    ways[owner].cut(False)
    wait_until(lambda: len(bridges[owner].parts) == N_PARTS // 2)
    wait_until(lambda: (part_of("12") in bridges[owner].parts) == ("12-a#3" in hubs[owner].home.active))
    wait_until(lambda: len({*hubs[owner].home.active} & {*hubs[other].home.active}) == 0)

    stop.set()
    watching.join()
    assert owned_twice == []
    stored = Counter(id for id in cluster.stored() if not id.endswith("watched"))
    assert stored == {f"12-a/{number}": 1 for number in (1, 2, 3)}
    for name, bridge in bridges.items():
        bridge.stop()
        assert set(events_in(hubs[name].log).values()) <= {1}
        hubs[name].close()
    link.close()
    print(f"a hub was cut off, and its room was heard again after {heard_after_s:.1f} s")


def _watch(bridges: list[NatsBridge], owned_twice: list[frozenset[int]], stop: threading.Event) -> None:
    while not stop.wait(timeout=0.01):
        first, second = (bridge.parts for bridge in bridges)
        if first & second:
            owned_twice.append(first & second)
