"""A node with one real room: its sensors from the command line, as a process of its own."""

from __future__ import annotations

import logging
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from common import InvalidInputError
from common.optional import require
from examples.care_home.room.addresses import RoomClock, camera, worn_sensor
from examples.care_home.room.detectors import CAMERA, WORN, CameraDetector
from examples.care_home.room.live import LiveSensors
from examples.care_home.room.node import Node, stop_on_signals
from examples.care_home.room.room import Room
from examples.care_home.room.worn.csv_file import CsvFile
from examples.care_home.room.worn.phone import Phone
from examples.care_home.room.worn.phone_server import PhoneServer, phone_token
from examples.care_home.room.worn.source import WornSource
from examples.care_home.signing import secret_in
from examples.care_home.simulated_rooms import NodeSettings, sound_by
from examples.fusion_models import SHIPPED, load_models
from examples.fusion_zones import load_zones
from examples.terminal import console


@dataclass(frozen=True)
class LiveRoomSettings:
    """The sensors of a room.

    Attributes
    ----------
    name : str
        Of the room, as staff call it.
    worn, camera, frigate, detector : str
        See :mod:`examples.care_home.sensor_help`; empty for none.
    zones : Path or None
        Where people normally lie in the camera's picture.
    phone_host, phone_port : str, int
        Where a phone pushes to.
    certificate, key : Path or None
        For HTTPS, if phones come over a network.
    """

    name: str
    worn: str = ""
    camera: str = ""
    frigate: str = ""
    detector: str = "motion"
    zones: Path | None = None
    phone_host: str = "127.0.0.1"
    phone_port: int = 8770
    certificate: Path | None = None
    key: Path | None = None


def run_live_room(settings: NodeSettings, sensors: LiveRoomSettings) -> None:
    """Watch one room until a signal to end.

    Raises
    ------
    InvalidInputError
        If a sensor cannot be what it is said to be, or the model does not know its channels.
    """
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    models = load_models(SHIPPED)
    if settings.gives_silhouette:
        require("cv2", extra="video", purpose="the outline of a person in an alarm")
    if settings.state is not None:
        settings.state.mkdir(parents=True, exist_ok=True)
    began_s = time.time()
    secret = secret_in(settings.room_key)
    with ExitStack() as stack:
        link = settings.link()
        stack.callback(link.close)
        node = Node((), link, sound=sound_by(settings.sound_command), began_s=began_s, speed=settings.speed)
        clock = RoomClock(lambda: node.clock_s - began_s, models.manifest.rate_hz, sensors.name)
        live = _sensors(sensors, clock, settings.speed)
        stack.callback(live.close)
        if isinstance(live.worn, Phone):
            server = _phone_server(sensors, live.worn, secret)
            server.start()
            stack.callback(server.stop)
            address = f"{server.url}/phones/{sensors.name}"
            token = phone_token(secret, sensors.name)
            console.print(f"The phone pushes to {address} with the token {token}", markup=False, highlight=False)
        installed = (WORN,) * bool(sensors.worn) + (CAMERA,) * bool(sensors.camera or sensors.frigate)
        node.add(
            Room(
                sensors.name,
                live,
                models,
                CameraDetector(models),
                began_s=began_s,
                folder=settings.state,
                installed=installed,
                gives_silhouette=settings.gives_silhouette,
            )
        )
        stop_on_signals(node)
        for description in live.descriptions:
            console.print(f"Room {sensors.name}: {description}", markup=False, highlight=False)
        node.run()


def _sensors(sensors: LiveRoomSettings, clock: RoomClock, speed: float) -> LiveSensors:
    zones = () if sensors.zones is None else load_zones(sensors.zones)
    worn: WornSource | None = None
    if sensors.worn:
        worn = worn_sensor(sensors.worn, clock)
    seen = (
        camera(sensors.camera, sensors.frigate, sensors.detector, clock) if sensors.camera or sensors.frigate else None
    )
    live = LiveSensors(worn, seen, zones)
    is_recorded = (worn is None or isinstance(worn, CsvFile)) and not sensors.frigate and _is_file(sensors.camera)
    if speed != 1.0 and not is_recorded:
        live.close()
        raise InvalidInputError(f"--speed is {speed:g}, but what is live cannot run faster: only files can")
    return live


def _is_file(source: str) -> bool:
    return not source or Path(source).is_file()


def _phone_server(sensors: LiveRoomSettings, phone: Phone, secret: bytes) -> PhoneServer:
    return PhoneServer(
        {sensors.name: phone},
        secret,
        host=sensors.phone_host,
        port=sensors.phone_port,
        certificate=sensors.certificate,
        key=sensors.key,
    )
