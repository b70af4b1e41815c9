"""A node's way to the hub over a broker."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import Any

import paho.mqtt.client as paho

from common import InvalidInputError
from examples.care_home.messages import Post, Reply, from_json, to_json
from examples.care_home.mqtt.topics import OFFLINE, ONLINE, QOS, Broker, topic
from examples.care_home.room.links import LinkError
from examples.care_home.signed_messages import content_of, signed

_ANSWER_S = 3.0


class MqttLink:
    """Publishes each post and waits for its reply; the broker tells the hub when the node is gone.

    Events that no reply has confirmed stay in the rooms' outboxes: the broker need not keep anything.

    Parameters
    ----------
    broker : Broker
    secret : bytes
        Shared with the hub.
    node : str
        A name that no other node has.
    """

    def __init__(self, broker: Broker, secret: bytes, node: str) -> None:
        self._secret, self._node = secret, node
        self._answered = threading.Condition()
        self._signature, self._reply = "", b""
        self._client = broker.client(f"care-home-node-{node}")
        self._client.will_set(topic(node, "status"), OFFLINE, QOS, retain=True)
        self._client.on_connect = self._connected
        self._client.on_message = self._heard
        broker.connect(self._client)

    def exchange(self, post: Post) -> Reply:
        """Post, and return the hub's reply."""
        if not self._client.is_connected():
            raise LinkError("there is no connection to the broker")
        payload, signature = signed(self._secret, to_json(post))
        with self._answered:
            self._signature, self._reply = signature, b""
            self._client.publish(topic(self._node, "post"), payload, QOS)
            if not self._answered.wait_for(lambda: self._reply, timeout=_ANSWER_S):
                raise LinkError("the hub does not answer over the broker")
            try:
                return from_json(Reply, self._reply)
            except InvalidInputError as error:
                raise LinkError(str(error)) from error

    def close(self) -> None:
        """Leave the broker without the last will."""
        with suppress(RuntimeError):  # the connection is lost, so the last will says it
            self._client.publish(topic(self._node, "status"), OFFLINE, QOS, retain=True).wait_for_publish(1.0)
        self._client.disconnect()
        self._client.loop_stop()

    def _connected(self, client: paho.Client, *_: Any) -> None:
        client.subscribe(topic(self._node, "reply"), QOS)
        client.publish(topic(self._node, "status"), ONLINE, QOS, retain=True)

    def _heard(self, client: paho.Client, data: Any, message: paho.MQTTMessage) -> None:
        with self._answered:
            # One that answers another post, or comes from somebody without the secret, is no reply to this one.
            content = content_of(self._secret, message.payload, replies_to=self._signature)
            if content is not None:
                self._reply = content
                self._answered.notify_all()
