"""A node with simulated residents, as a process of its own."""

from __future__ import annotations

import logging
import shlex
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from rich.markup import escape

from common import AlarmTransition
from examples.care_home.mqtt.discovery import slug
from examples.care_home.mqtt.link import MqttLink
from examples.care_home.mqtt.topics import Broker
from examples.care_home.nats.link import NatsLink
from examples.care_home.nats.servers import Servers
from examples.care_home.room.detectors import CameraDetector
from examples.care_home.room.links import HttpLink
from examples.care_home.room.node import Node, Sound, stop_on_signals
from examples.care_home.room.room import Room
from examples.care_home.room.simulated import SimulatedSensors
from examples.care_home.signing import secret_in
from examples.fusion_models import SHIPPED, load_models
from examples.terminal import console

_FIRST_ROOM = 11
FIRST_FALL_S = 20.0


@dataclass(frozen=True)
class NodeSettings:
    """Which rooms a node watches, and how it reaches the hub.

    Attributes
    ----------
    hub_url : str
    room_key : Path
        File of the secret that rooms share with the hub.
    state : Path or None
        Folder in which alarms outlive a restart.
    residents : int
    speed : float
        Seconds of the residents in one second.
    sound_command : str
        Called with the room's name when it sounds; empty for none.
    mqtt, node : str
        Address of a broker, empty for the hub's own address, and the node's name there.
    nats : str
        Addresses of a cluster instead; empty for none.
    gives_silhouette : bool
        Whether the outline of a person may leave the rooms with an alarm.
    """

    hub_url: str
    room_key: Path
    state: Path | None = None
    residents: int = 1
    speed: float = 1.0
    sound_command: str = ""
    mqtt: str = ""
    node: str = "node-1"
    nats: str = ""
    gives_silhouette: bool = False

    def link(self) -> HttpLink | MqttLink | NatsLink:
        """The way to the hub."""
        secret = secret_in(self.room_key)
        if self.nats:
            return NatsLink(Servers.at(self.nats), secret, slug(self.node))
        return MqttLink(Broker.at(self.mqtt), secret, slug(self.node)) if self.mqtt else HttpLink(self.hub_url, secret)


def run_rooms(settings: NodeSettings) -> None:
    """Watch simulated residents until a signal to end; the first of them falls at once."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    models = load_models(SHIPPED)
    camera = CameraDetector(models)
    if settings.state is not None:
        settings.state.mkdir(parents=True, exist_ok=True)
    began_s = time.time()
    link = settings.link()
    node = Node((), link, sound=sound_by(settings.sound_command), began_s=began_s, speed=settings.speed)

    def join() -> None:
        """Rooms join one by one, since a simulated day takes a moment to plan."""
        for number in range(settings.residents):
            if node.is_stopping:
                return
            first_fall_s = FIRST_FALL_S if number == 0 else None
            sensors = SimulatedSensors(number, models.manifest.sensor, first_fall_s=first_fall_s)
            name = str(_FIRST_ROOM + number)
            room = Room(
                name,
                sensors,
                models,
                camera,
                began_s=node.now_s,
                folder=settings.state,
                gives_silhouette=settings.gives_silhouette,
            )
            node.add(room)

    stop_on_signals(node)
    threading.Thread(target=join, name="joining", daemon=True).start()
    node.run()
    link.close()


def sound_by(command: str) -> Sound:
    """Sounds in the room: a line in the terminal, and a command of those who installed it."""
    words = shlex.split(command)

    def sound(room: Room, change: AlarmTransition) -> None:
        told = f"[bold red]room {escape(room.name)} sounds[/] fall {change.event}: {escape(change.reason)}"
        console.print(told, highlight=False)
        if words:
            subprocess.Popen([*words, room.name], stdin=subprocess.DEVNULL)

    return sound
