"""A node with simulated residents, as a process of its own."""

from __future__ import annotations

import logging
import shlex
import signal
import subprocess
import threading
import time
from pathlib import Path

from common import AlarmTransition
from examples.care_home.room.detectors import CameraDetector
from examples.care_home.room.links import HttpLink
from examples.care_home.room.node import Node
from examples.care_home.room.room import Room
from examples.care_home.room.simulated import SimulatedSensors
from examples.care_home.signing import secret_in
from examples.fusion_models import SHIPPED, load_models
from examples.terminal import console

_FIRST_ROOM = 11
FIRST_FALL_S = 20.0


def run_rooms(
    hub_url: str, room_key: Path, state: Path | None, *, residents: int, speed: float, sound_command: str
) -> None:
    """Watch simulated residents until a signal to end; the first of them falls at once."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    models = load_models(SHIPPED)
    camera = CameraDetector(models)
    if state is not None:
        state.mkdir(parents=True, exist_ok=True)
    began_s = time.time()
    link = HttpLink(hub_url, secret_in(room_key))
    node = Node((), link, sound=_sound(sound_command), began_s=began_s, speed=speed)

    def join() -> None:
        """Rooms join one by one, since a simulated day takes a moment to plan."""
        for number in range(residents):
            if node.is_stopping:
                return
            first_fall_s = FIRST_FALL_S if number == 0 else None
            sensors = SimulatedSensors(number, models.manifest.sensor, first_fall_s=first_fall_s)
            name = str(_FIRST_ROOM + number)
            node.add(Room(name, sensors, models, camera, began_s=node.now_s, folder=state))

    for signal_number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signal_number, lambda *_: node.stop())
    threading.Thread(target=join, name="joining", daemon=True).start()
    node.run()


def _sound(command: str):  # type: ignore[no-untyped-def]
    """Sounds in the room: a line in the terminal, and a command of those who installed it."""
    words = shlex.split(command)

    def sound(room: Room, change: AlarmTransition) -> None:
        console.print(f"[bold red]room {room.name} sounds[/] fall {change.event}: {change.reason}", highlight=False)
        if words:
            subprocess.Popen([*words, room.name], stdin=subprocess.DEVNULL)

    return sound
