"""Whatever is killed, no alarm is lost and none is raised twice."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from examples.care_home.hub.entries import Called, Received
from examples.care_home.hub.hub import Hub
from examples.care_home.hub.log import Log
from examples.care_home.room.links import HttpLink
from examples.care_home.signing import secret_in
from tests.examples.care_home.hub.rooms import FakeRoom
from tests.examples.care_home.killing import KilledHub, PostingRoom

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[3]
N_KILLS = int(os.environ.get("CARE_HOME_KILLS", "10"))


def test_a_hub_killed_while_it_writes_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    hub = KilledHub.start_new(tmp_path / "state")
    secret = secret_in(hub.settings.room_key)
    rooms = [
        PostingRoom(FakeRoom(str(number), f"{number}-a"), HttpLink(hub.settings.url, secret)) for number in range(3)
    ]
    stop = threading.Event()

    def post(room: PostingRoom) -> None:
        while not stop.is_set() or room.room.outbox:
            if not stop.is_set() and len(room.room.outbox) < 20:
                room.make_fall(room.room.n_events + 1)
            room.tell()

    threads = [threading.Thread(target=post, args=(room,)) for room in rooms]
    for thread in threads:
        thread.start()
    chance = random.Random(1)
    for _ in range(N_KILLS):
        confirmed = sum(len(room.confirmed) for room in rooms)
        while sum(len(room.confirmed) for room in rooms) == confirmed:  # it is back, and writes
            time.sleep(0.005)
        time.sleep(chance.uniform(0, 0.1))
        hub.kill()
        hub.start()
    stop.set()
    for thread in threads:
        thread.join()
    hub.kill()

    log = Log(tmp_path / "state" / "log.db")
    assert log.verify() == log.number
    written = Counter(line.entry.event.id for line in log.lines() if isinstance(line.entry, Received))
    assert set(written) == {event for room in rooms for event in room.confirmed}
    assert len(written) == sum(room.room.n_events for room in rooms)
    assert set(written.values()) == {1}
    first_calls = Counter(
        e.alarm for e in (line.entry for line in log.lines()) if isinstance(e, Called) and e.step == 1
    )
    assert set(first_calls.values()) == {1}
    assert len(first_calls) == len(written) == len(Hub(log).home.active)
    assert sum(room.n_failed for room in rooms) > 0, "rooms did meet a dead hub"
    print(f"{N_KILLS} kills, {len(written)} alarms, each once")


def test_a_rooms_process_that_is_killed_goes_on_with_its_alarm(tmp_path: Path) -> None:
    hub = KilledHub.start_new(tmp_path / "state")
    command = [
        *(sys.executable, "-m", "examples.care_home", "room", "--hub", hub.settings.url, "--speed", "4"),
        *("--key", str(hub.settings.room_key), "--state", str(tmp_path / "rooms")),
    ]

    def watch_until(pattern: str) -> subprocess.Popen[str]:
        room = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert room.stdout is not None
        for line in room.stdout:
            if re.search(pattern, line):
                return room
        raise AssertionError(f"the room ended with status {room.wait()}")

    room = watch_until("room 11 sounds fall 1")
    room.kill()
    room.wait()
    room = watch_until("room 11 sounds fall 1.*nobody has answered")
    time.sleep(1.5)
    room.send_signal(signal.SIGTERM)
    assert room.wait(timeout=20) == 0
    hub.kill()
    log = Log(tmp_path / "state" / "log.db")
    events = [line.entry.event for line in log.lines() if isinstance(line.entry, Received)]
    raised = [event for event in events if event.subject == "fall" and event.after == "notified"]
    assert len({event.id for event in raised}) == len(raised) == 1
    assert list(Hub(log).home.active) == [raised[0].alarm]
    assert log.verify() == log.number


def test_a_room_sounds_although_there_is_no_hub(tmp_path: Path) -> None:
    secret_in(tmp_path / "rooms.key")
    command = [
        *(sys.executable, "-m", "examples.care_home", "room", "--hub", "http://127.0.0.1:9", "--speed", "4"),
        *("--key", str(tmp_path / "rooms.key"), "--state", str(tmp_path / "rooms")),
    ]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as room:
        assert room.stdout is not None
        sounded = next((line for line in room.stdout if "room 11 sounds" in line), "")
        room.send_signal(signal.SIGINT)
    assert "fall 1" in sounded
