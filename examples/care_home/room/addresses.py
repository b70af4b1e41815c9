"""Which sensors a room has, from the words of the command line."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from common import InvalidInputError
from examples.care_home.mqtt.topics import Broker
from examples.care_home.room.camera.frigate import FrigateBoxes, FrigateCamera, FrigateLink
from examples.care_home.room.camera.source import CameraSource
from examples.care_home.room.camera.watching import WatchedCamera
from examples.care_home.room.worn.bluetooth import Bluetooth
from examples.care_home.room.worn.bluetooth_formats import MICROBIT, NORDIC_UART
from examples.care_home.room.worn.csv_file import CsvFile
from examples.care_home.room.worn.phone import Phone
from examples.care_home.room.worn.source import WornSource
from examples.care_home.sensor_help import CAMERA_HELP, FRIGATE_HELP, WORN_HELP

_BLUETOOTH = {"uart": NORDIC_UART, "microbit": MICROBIT}


@dataclass(frozen=True)
class RoomClock:
    """What sensors of a room must know of it: seconds since they were switched on, the rate, and the room's name."""

    now: Callable[[], float]
    rate_hz: float
    room: str


def worn_sensor(text: str, clock: RoomClock) -> WornSource:
    """The worn sensor of ``--worn``.

    Raises
    ------
    InvalidInputError
        If it is none that is known, or lacks what the model needs.
    """
    kind, _, address = text.partition(":")
    name = f"room {clock.room}: {kind}"
    if kind == "phone" and not address:
        return Phone(clock.rate_hz, clock.now, name)
    if kind == "csv" and address:
        return _csv_file(address, clock.rate_hz)
    if kind in _BLUETOOTH and address:
        return Bluetooth(address, _BLUETOOTH[kind], clock.rate_hz, clock.now, name)
    raise InvalidInputError(f"--worn is {text!r}; choose one of: {WORN_HELP}")


def camera(source: str, frigate: str, detector: str, clock: RoomClock) -> CameraSource:
    """The camera of ``--camera``, ``--frigate`` and ``--detector``; one of the first two must be given.

    Raises
    ------
    InvalidInputError
        If there is no such file, or an address cannot be one.
    """
    name = f"room {clock.room}: camera"
    if frigate:
        link, watched, detected = _frigate(frigate, name)
        if not source:
            return FrigateBoxes(link, watched)
        return FrigateCamera(link, source, clock.now, name, detected=detected)
    if source.isdecimal():
        return WatchedCamera(int(source), clock.now, name, detector=detector)
    if "://" in source:
        return WatchedCamera(source, clock.now, name, detector=detector)
    path = Path(source)
    if not path.is_file() or not os.access(path, os.R_OK):
        raise InvalidInputError(f"--camera is {source!r}, which is no file that can be read; {CAMERA_HELP}")
    return WatchedCamera(path, clock.now, name, detector=detector)


def _csv_file(address: str, rate_hz: float) -> CsvFile:
    parts = urlsplit(address)
    options = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    unknown = sorted(set(options) - {"time", "channels", "units"})
    if unknown:
        raise InvalidInputError(f"--worn csv:… has the option {unknown[0]!r}; known are time, channels and units")
    units = options.get("units", "g,deg/s").split(",")
    if len(units) != 2:
        raise InvalidInputError(f"--worn csv:… has the units {options['units']!r}; give two, such as m/s²,rad/s")
    channels = options.get("channels", "ax,ay,az,gx,gy,gz").split(",")
    return CsvFile(
        Path(parts.path), rate_hz, time=options.get("time", "time_s"), channels=channels, units=(units[0], units[1])
    )


def _frigate(address: str, name: str) -> tuple[FrigateLink, str, tuple[int, int] | None]:
    """The link, the camera's name, and the size of the stream in which Frigate detects, if it was given."""
    parts = urlsplit(address)
    watched = parts.path.strip("/")
    size = parse_qs(parts.query).get("size", [""])[-1]
    width, _, height = size.partition("x")
    if not watched or "/" in watched or (size and not (width.isdecimal() and height.isdecimal())):
        raise InvalidInputError(f"--frigate is {address!r}; {FRIGATE_HELP}")
    broker = Broker.at(f"{parts.scheme}://{parts.netloc}")
    return FrigateLink(broker, watched, name), watched, (int(width), int(height)) if size else None
