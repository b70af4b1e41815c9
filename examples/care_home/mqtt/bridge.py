"""The hub's side of a broker: takes posts, replies, and notices at once when a node is gone."""

from __future__ import annotations

import logging
import queue
import threading
from typing import Any

import paho.mqtt.client as paho

from examples.care_home.hub.hub import Hub, Update
from examples.care_home.mqtt.discovery import Announcer
from examples.care_home.mqtt.topics import OFFLINE, QOS, Broker, topic
from examples.care_home.signed_messages import Receiver

logger = logging.getLogger(__name__)


class MqttBridge:
    """Connects a hub to a broker; what comes is handled in order, in a thread of its own."""

    def __init__(self, hub: Hub, broker: Broker, secret: bytes) -> None:
        self._hub, self._broker, self._receiver = hub, broker, Receiver(hub, secret)
        self._origins: dict[str, set[str]] = {}  # of each node
        self._arrived: queue.SimpleQueue[paho.MQTTMessage | Update | None] = queue.SimpleQueue()
        self._client = broker.client("care-home-hub")
        self._client.on_connect = self._connected
        self._client.on_message = lambda client, data, message: self._arrived.put(message)
        self._announcer = Announcer(hub, self._client)
        self._thread = threading.Thread(target=self._run, name="mqtt", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()
        self._broker.connect(self._client)

    def hear(self, update: Update) -> None:
        """Home Assistant is told by our own thread: the hub's lock is held now."""
        if update.lines:
            self._arrived.put(update)

    def stop(self) -> None:
        """End."""
        self._arrived.put(None)
        self._thread.join(timeout=5.0)
        self._client.disconnect()
        self._client.loop_stop()

    def _connected(self, client: paho.Client, *_: Any) -> None:
        client.subscribe([(topic("+", "post"), QOS), (topic("+", "status"), QOS)])
        self._announcer.announce_all()

    def _run(self) -> None:
        while (arrived := self._arrived.get()) is not None:
            try:
                if isinstance(arrived, Update):
                    self._announcer.announce(arrived)
                else:
                    self._handle(arrived)
            except Exception:  # such as a full disk: there is no reply, so the rooms keep what they have
                logger.exception("mqtt: a message could not be handled")

    def _handle(self, message: paho.MQTTMessage) -> None:
        _, _, node, part = message.topic.split("/")
        if part == "status":
            if message.payload == OFFLINE:
                self._hub.lose(self._origins.get(node, ()), "its node has left the broker")
            return
        post = self._receiver.read(message.payload)
        if post is not None:
            self._origins.setdefault(node, set()).update(word.origin for word in post.words)
            reply = self._receiver.reply(self._hub.exchange(post), message.payload)
            self._client.publish(topic(node, "reply"), reply, QOS)
