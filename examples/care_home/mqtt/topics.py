"""Topics, and the address of a broker."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from common import InvalidInputError

ROOT = "care_home"
ONLINE, OFFLINE = b"online", b"offline"
# A broker takes a message at least once: ids and numbers of ours make of it exactly once.
QOS = 1
_PORTS = {"mqtt": 1883, "mqtts": 8883}
_KEEP_ALIVE_S = 10


def topic(node: str, part: str) -> str:
    """A topic of a node: ``post``, ``reply`` or ``status``; ``+`` stands for every node."""
    return f"{ROOT}/nodes/{node}/{part}"


@dataclass(frozen=True)
class Broker:
    """Where a broker listens.

    Examples
    --------
    >>> Broker.at("mqtt://127.0.0.1")
    Broker(host='127.0.0.1', port=1883, uses_tls=False, user='')
    """

    host: str
    port: int
    uses_tls: bool = False
    user: str = ""
    password: str = ""

    def __repr__(self) -> str:
        return f"Broker(host={self.host!r}, port={self.port}, uses_tls={self.uses_tls}, user={self.user!r})"

    @classmethod
    def at(cls, url: str) -> Broker:
        """The broker of an address such as ``mqtt://user:password@host:1883``, or ``mqtts://`` for TLS."""
        parts = urlsplit(url)
        if parts.scheme not in _PORTS or not parts.hostname:
            raise InvalidInputError(f"mqtt is {url!r}; give an address such as mqtt://127.0.0.1:1883")
        port = parts.port or _PORTS[parts.scheme]
        return cls(parts.hostname, port, parts.scheme == "mqtts", parts.username or "", parts.password or "")

    def client(self, name: str) -> paho.Client:
        """A client of this broker, not yet connected; it comes back by itself."""
        client = paho.Client(CallbackAPIVersion.VERSION2, client_id=name)
        if self.user:
            client.username_pw_set(self.user, self.password)
        if self.uses_tls:
            client.tls_set()
        client.on_socket_open = _without_delay
        client.reconnect_delay_set(1, 5)
        return client

    def connect(self, client: paho.Client) -> None:
        """Connect in a thread of the client's own, now or as soon as the broker is there."""
        client.connect_async(self.host, self.port, keepalive=_KEEP_ALIVE_S)
        client.loop_start()


def _without_delay(client: paho.Client, data: Any, connection: Any) -> None:
    """Small messages go at once: kept back to be sent together, each would take 40 ms (mosquitto: set_tcp_nodelay)."""
    if isinstance(connection, socket.socket):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
