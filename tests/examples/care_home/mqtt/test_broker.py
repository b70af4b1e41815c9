"""Rooms and hub over a real broker: nothing is lost or doubled when it is killed, and a dead node is known at once."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from common import InvalidInputError
from examples.care_home.hub.alarms import RoomHealth
from examples.care_home.hub.entries import Received
from examples.care_home.hub.hub import Hub
from examples.care_home.hub.log import Log
from examples.care_home.messages import to_json
from examples.care_home.mqtt.bridge import MqttBridge
from examples.care_home.mqtt.link import MqttLink
from examples.care_home.mqtt.topics import Broker, topic
from examples.care_home.room.links import LinkError
from examples.care_home.signed_messages import signed
from tests.examples.care_home.hub.rooms import FakeRoom
from tests.examples.care_home.waiting import tell, wait_until

MOSQUITTO = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path(MOSQUITTO).exists(), reason="no broker: install the Debian package mosquitto"),
]
SECRET = b"s" * 32
N_KILLS, AWAY_S = int(os.environ.get("CARE_HOME_KILLS", "3")), float(os.environ.get("CARE_HOME_AWAY_S", "0.5"))


@dataclass
class RealBroker:
    """mosquitto on a port that stays the same when it is killed and started again."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> Broker:
        return Broker.at(f"mqtt://127.0.0.1:{self.port}")

    def start(self) -> None:
        config = self.folder / "mosquitto.conf"
        config.write_text(f"listener {self.port} 127.0.0.1\nallow_anonymous true\nset_tcp_nodelay true\n")
        self.process = subprocess.Popen([MOSQUITTO, "-c", str(config)], stderr=subprocess.DEVNULL)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[RealBroker]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        broker = RealBroker(tmp_path, free.getsockname()[1])
    broker.start()
    yield broker
    broker.kill()


@pytest.fixture
def hub(tmp_path: Path, broker: RealBroker) -> Iterator[Hub]:
    hub = Hub(Log(tmp_path / "log.db"))
    bridge = MqttBridge(hub, broker.address, SECRET)
    hub.listen(bridge.hear)
    bridge.start()
    yield hub
    bridge.stop()
    hub.close()


@pytest.fixture
def link(broker: RealBroker) -> Iterator[MqttLink]:
    link = MqttLink(broker.address, SECRET, "node-1")
    yield link
    link.close()


def test_a_fall_and_its_answer_pass_through_the_broker(hub: Hub, link: MqttLink) -> None:
    room = FakeRoom()
    room.outbox.append(room.event("notified"))
    wait_until(lambda: tell(link, room))
    assert list(hub.home.active) == ["12-a#1"]
    hub.answer("12-a#1", "on my way", "Kim")
    (answer,) = link.exchange(room.post()).answers
    assert answer.by == "Kim"


def test_a_broker_killed_again_and_again_loses_nothing(hub: Hub, link: MqttLink, broker: RealBroker) -> None:
    room, stop = FakeRoom(), threading.Event()
    wait_until(lambda: tell(link, room))

    def post() -> None:
        while not stop.is_set() or room.outbox:
            if not stop.is_set() and len(room.outbox) < 5:
                room.outbox.append(room.event("notified", event=room.n_events + 1))
            if not tell(link, room):
                time.sleep(0.05)

    thread = threading.Thread(target=post)
    thread.start()
    for _ in range(N_KILLS):
        seen = hub.log.number
        wait_until(lambda: hub.log.number > seen + 5)  # noqa: B023
        broker.kill()
        time.sleep(AWAY_S)
        broker.start()
    stop.set()
    thread.join(timeout=60 + AWAY_S)
    assert not thread.is_alive()
    written = Counter(line.entry.event.id for line in hub.log.lines() if isinstance(line.entry, Received))
    assert len(written) == room.n_events
    assert set(written.values()) == {1}
    assert hub.log.verify() == hub.log.number
    print(f"{N_KILLS} kills, {len(written)} alarms, each once")


def test_the_last_will_of_a_node_is_a_technical_alarm_at_once(hub: Hub, link: MqttLink) -> None:
    room = FakeRoom()
    wait_until(lambda: tell(link, room))
    link._client._sock_close()  # as if the cable was cut, without a goodbye
    link._client.loop_stop()
    wait_until(lambda: hub.home.rooms["12-a"].is_silent)


def test_forged_posts_are_refused_and_counted(hub: Hub, link: MqttLink, broker: RealBroker) -> None:
    room = FakeRoom()
    wait_until(lambda: tell(link, room))
    client = broker.address.client("somebody")
    client.connect(broker.address.host, broker.port)
    client.loop_start()
    post = to_json(room.post(room.event("notified")))
    for payload in (b"", b"x\n{}", signed(b"x" * 32, post)[0], signed(SECRET, b"{}")[0]):
        client.publish(topic("node-9", "post"), payload, 1).wait_for_publish(5)
    wait_until(lambda: hub.counts["posts that are no messages"] == 1)
    assert hub.counts["posts without the rooms' secret"] == 3
    assert hub.home.active == {}
    client.loop_stop()


def test_home_assistant_finds_rooms_and_falls(hub: Hub, link: MqttLink, broker: RealBroker) -> None:
    told: dict[str, str] = {}
    client = broker.address.client("home-assistant")
    client.on_message = lambda client, data, message: told.update({message.topic: message.payload.decode()})
    client.connect(broker.address.host, broker.port)
    client.subscribe([("homeassistant/#", 1), ("care_home/rooms/#", 1)])
    client.loop_start()
    room = FakeRoom()
    room.outbox.append(room.event("notified"))
    wait_until(lambda: tell(link, room))
    wait_until(lambda: told.get("care_home/rooms/12/fall") == "ON")
    config = json.loads(told["homeassistant/binary_sensor/care_home_12_fall/config"])
    assert (config["state_topic"], config["device_class"]) == ("care_home/rooms/12/fall", "safety")
    room.outbox.append(room.event("resolved"))
    assert tell(link, room)
    wait_until(lambda: told["care_home/rooms/12/fall"] == "OFF")
    hub.lose(["12-a"], "gone")
    assert hub.home.rooms["12-a"] == RoomHealth("12", is_silent=True)
    wait_until(lambda: told["care_home/rooms/12/equipment"] == "ON")
    client.loop_stop()


def test_without_a_broker_the_room_is_told_so(tmp_path: Path) -> None:
    link = MqttLink(Broker.at("mqtt://127.0.0.1:9"), SECRET, "node-1")
    with pytest.raises(LinkError, match="no connection to the broker"):
        link.exchange(FakeRoom().post())
    link._client.loop_stop()


@pytest.mark.parametrize("url", ["127.0.0.1", "http://127.0.0.1", "mqtt://"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(InvalidInputError, match="give an address such as mqtt://"):
        Broker.at(url)


def test_the_password_of_a_broker_is_not_shown() -> None:
    broker = Broker.at("mqtts://kim:secret@example.org")
    assert (broker.port, broker.uses_tls, broker.password) == (8883, True, "secret")
    assert "secret" not in repr(broker)
