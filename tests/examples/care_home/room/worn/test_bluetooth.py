"""Bluetooth on a backend that is made up: packets cut anywhere, connections that are lost, and silence."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from common import InvalidInputError
from examples.care_home.room.worn.bluetooth import Bluetooth
from examples.care_home.room.worn.bluetooth_formats import MICROBIT, NORDIC_UART, LineDecoder, microbit_acceleration
from tests.examples.care_home.room.waiting import eventually


@dataclass
class Device:
    """A sensor that can be reached or not, and every connection that was made to it."""

    is_near: bool = True
    connections: list[Connection] = field(default_factory=list)

    def client(self, address: str, ended: Callable[[Any], None]) -> Connection:
        return Connection(self, ended)


@dataclass
class Connection:
    device: Device
    ended: Callable[[Any], None]
    send: Callable[[Any, bytearray], None] | None = None
    characteristic: str = ""

    async def connect(self) -> None:
        if not self.device.is_near:
            raise OSError("no such device")

    async def start_notify(self, characteristic: str, callback: Callable[[Any, bytearray], None]) -> None:
        self.characteristic, self.send = characteristic, callback
        self.device.connections.append(self)

    async def disconnect(self) -> None:
        self.send = None


def sensor(device: Device, now_s: list[float], **settings: float) -> Bluetooth:
    more = {"again_after_s": 0.05, "silent_s": 60.0} | settings
    return Bluetooth("AA:BB", NORDIC_UART, 25.0, lambda: now_s[0], "room 12: uart", client=device.client, **more)  # type: ignore[arg-type]


def second(number: int) -> bytes:
    """A second of somebody at rest, by a device whose clock began yesterday."""
    return b"".join(b"%d,0,0,1,0,0.5,0\n" % (86_400_000 + 1000 * number + 40 * k) for k in range(25))


def test_lines_become_samples_however_packets_cut_them() -> None:
    device, now_s = Device(), [0.0]
    one = sensor(device, now_s)
    try:
        eventually(lambda: len(device.connections) == 1)
        connection = device.connections[0]
        assert connection.characteristic == "6e400003-b5a3-f393-e0a9-e50e24dcca9e"
        assert connection.send is not None
        for number in range(4):
            content = second(number)
            for start in range(0, len(content), 20):
                now_s[0] = number + start / len(content) + 0.05
                connection.send(None, bytearray(content[start : start + 20]))
        samples = one.until(4.5)
        used = samples[np.isfinite(samples).all(axis=1)]
        assert len(used) >= 70
        np.testing.assert_array_equal(used, np.tile([0, 0, 1, 0, 0.5, 0], (len(used), 1)))
    finally:
        one.close()


def test_a_lost_sensor_is_absent_and_comes_back(caplog: pytest.LogCaptureFixture) -> None:
    device, now_s = Device(), [5.0]
    one = sensor(device, now_s)
    try:
        eventually(lambda: len(device.connections) == 1)
        device.is_near = False
        device.connections[0].ended(None)
        eventually(lambda: "cannot be reached" in caplog.text)
        assert np.isnan(one.until(5.0)).all()
        device.is_near = True
        eventually(lambda: one.n_connected == 2)
        eventually(lambda: "it is connected again" in caplog.text)
    finally:
        one.close()
    assert [line for line in caplog.messages if "connection was lost" in line]
    assert caplog.text.count("cannot be reached") == 1, "said once"
    assert not [thread for thread in threading.enumerate() if thread.name == "room 12: uart"]


def test_a_connection_over_which_nothing_comes_is_made_again(caplog: pytest.LogCaptureFixture) -> None:
    device = Device()
    one = sensor(device, [0.0], silent_s=0.2)
    try:
        eventually(lambda: one.n_connected >= 2)
    finally:
        one.close()
    assert "nothing has come for 0.2 s" in caplog.text


def test_lines_that_are_no_samples_are_refused_and_counted(caplog: pytest.LogCaptureFixture) -> None:
    device, now_s = Device(), [1.0]
    one = sensor(device, now_s)
    try:
        eventually(lambda: len(device.connections) == 1)
        send = device.connections[0].send
        assert send is not None
        for line in (b"1,2,3\n", b"hello\n", b"x" * 300, b"nan,0,0,1,0,0,0\n", b"\xff\xfe\n", b"", b"\n"):
            send(None, bytearray(line))
        send(None, bytearray(b"40,nan,0,1,0,0,0\n"))
        eventually(lambda: one._n_refused == 5)
    finally:
        one.close()
    assert len(caplog.messages) == 1
    assert "holds 3 numbers: send ms,ax,ay,az,gx,gy,gz" in caplog.messages[0]


def test_a_microbit_has_no_gyroscope_and_is_refused_before_anybody_relies_on_it() -> None:
    with pytest.raises(InvalidInputError, match=r"--worn is a micro:bit.*also needs gx \[deg/s\]"):
        Bluetooth("AA:BB", MICROBIT, 25.0, lambda: 0.0, "room 12: microbit", client=Device().client)


def test_a_packet_of_the_microbit_is_three_integers() -> None:
    assert MICROBIT.characteristic.startswith("e95dca4b")
    assert microbit_acceleration(b"\xe8\x03\x18\xfc\x00\x00")[0].values == (1.0, -1.0, 0.0)
    with pytest.raises(InvalidInputError, match="a packet of 5 bytes"):
        microbit_acceleration(b"12345")


def test_bleak_itself_has_what_is_used_of_it() -> None:
    bleak = pytest.importorskip("bleak")
    assert all(hasattr(bleak.BleakClient, name) for name in ("connect", "start_notify", "disconnect"))


def test_a_line_may_come_in_pieces_and_a_lost_piece_costs_one_line() -> None:
    decoder = LineDecoder()
    decoder(b"40,0,0,1")
    with pytest.raises(InvalidInputError):
        decoder(b"80,0,0,1,0,0,0\n")
    assert len(decoder(b"120,0,0,1,0,0,0\n")) == 1
