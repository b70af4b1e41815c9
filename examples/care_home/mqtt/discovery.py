"""Home Assistant finds every room by itself: one binary sensor for falls, one for what has to be repaired.

The format is that of Home Assistant's MQTT discovery. It shows the state of the hub; nothing can be answered there.
"""

from __future__ import annotations

import json
import re

import paho.mqtt.client as paho

from examples.care_home.hub.hub import Hub, Update
from examples.care_home.mqtt.topics import QOS, ROOT

_DISCOVERY = "homeassistant"
_KINDS = {"fall": "safety", "equipment": "problem"}


class Announcer:
    """Publishes the rooms of a hub, and their states when they change; the broker keeps the latest."""

    def __init__(self, hub: Hub, client: paho.Client) -> None:
        self._hub, self._client = hub, client
        self._told: dict[str, str] = {}

    def announce_all(self) -> None:
        """Publish everything again, as for a broker that has forgotten it."""
        self._told = {}
        self.announce(Update())

    def announce(self, update: Update) -> None:
        """Publish what has changed."""
        home = self._hub.home
        falls = {alarm.room for alarm in home.active.values()}
        broken = {health.room for health in home.technical_alarms.values()}
        for room in sorted({health.room for health in home.rooms.values()} | falls):
            for kind, rooms in (("fall", falls), ("equipment", broken)):
                self._tell(*config(room, kind))
                self._tell(state_topic(room, kind), "ON" if room in rooms else "OFF")

    def _tell(self, topic: str, text: str) -> None:
        if self._told.get(topic) != text:
            self._told[topic] = text
            self._client.publish(topic, text, QOS, retain=True)


def config(room: str, kind: str) -> tuple[str, str]:
    """The topic and the text by which Home Assistant learns of a binary sensor."""
    name = f"{ROOT}_{slug(room)}_{kind}"
    text = {
        "name": kind,
        "unique_id": name,
        "state_topic": state_topic(room, kind),
        "device_class": _KINDS[kind],
        "device": {"identifiers": [f"{ROOT}_{slug(room)}"], "name": f"Room {room}"},
    }
    return f"{_DISCOVERY}/binary_sensor/{name}/config", json.dumps(text)


def state_topic(room: str, kind: str) -> str:
    """Where the state of a binary sensor is published."""
    return f"{ROOT}/rooms/{slug(room)}/{kind}"


def slug(room: str) -> str:
    """A room's name for a topic, in which ``/``, ``+`` and ``#`` have a meaning; different rooms stay different.

    >>> slug("12"), slug("12/#")
    ('12', '12-2f-23')
    """
    return re.sub(r"[^A-Za-z0-9_]", lambda found: f"-{ord(found[0]):x}", room)
