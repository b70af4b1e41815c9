"""What Bluetooth sensors send: lines of numbers over the Nordic UART service, and the micro:bit's accelerometer."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from dataclasses import dataclass

from common import InvalidInputError
from examples.care_home.room.worn.source import CHANNELS

_LONGEST_LINE = 200
_N_NUMBERS = 1 + len(CHANNELS)


@dataclass(frozen=True)
class DeviceSample:
    """One sample.

    Attributes
    ----------
    time_s : float or None
        On the device's clock, if it sends one.
    values : tuple of float
        In the order of the format's channels.
    """

    time_s: float | None
    values: tuple[float, ...]


class LineDecoder:
    """Lines ``ms,ax,ay,az,gx,gy,gz``: milliseconds of any clock, acceleration in g, turning in degrees a second.

    Bluetooth cuts lines where it likes, so the end of a line may come with the next packet.

    Examples
    --------
    >>> decoder = LineDecoder()
    >>> decoder(b"40,0,0,1,0,0"), decoder(b",0.5\\n80,0,")
    ([], [DeviceSample(time_s=0.04, values=(0.0, 0.0, 1.0, 0.0, 0.0, 0.5))])
    """

    def __init__(self) -> None:
        self._waiting = b""

    def __call__(self, packet: bytes) -> list[DeviceSample]:
        """The samples that a packet completes.

        Raises
        ------
        InvalidInputError
            For a line that is no such sample; it is left out, and the next packet begins anew.
        """
        *lines, self._waiting = (self._waiting + packet).split(b"\n")
        if len(self._waiting) > _LONGEST_LINE:
            self._waiting = b""
            raise InvalidInputError(f"a line is longer than {_LONGEST_LINE} characters: end each with a line feed")
        return [_sample(line) for line in lines if line.strip()]


def _sample(line: bytes) -> DeviceSample:
    shown = line[:60].decode("ascii", "replace").strip()
    try:
        numbers = [float(part) for part in line.split(b",")]
    except ValueError:
        raise InvalidInputError(f"the line {shown!r} is not made of numbers: send ms,ax,ay,az,gx,gy,gz") from None
    if len(numbers) != _N_NUMBERS or not math.isfinite(numbers[0]):
        raise InvalidInputError(f"the line {shown!r} holds {len(numbers)} numbers: send ms,ax,ay,az,gx,gy,gz")
    return DeviceSample(numbers[0] / 1000, tuple(numbers[1:]))


def microbit_acceleration(packet: bytes) -> list[DeviceSample]:
    """The micro:bit's accelerometer data: x, y and z as little-endian integers in thousandths of g.

    >>> microbit_acceleration(bytes.fromhex("0000 18fc 0a00"))
    [DeviceSample(time_s=None, values=(0.0, -1.0, 0.01))]
    """
    if len(packet) != 6:
        raise InvalidInputError(f"a packet of {len(packet)} bytes is not the micro:bit's acceleration, which has 6")
    return [DeviceSample(None, tuple(value / 1000 for value in struct.unpack("<hhh", packet)))]


@dataclass(frozen=True)
class BluetoothFormat:
    """A kind of Bluetooth sensor.

    Attributes
    ----------
    name : str
    characteristic : str
        The UUID whose notifications carry samples.
    channels : tuple of str
    decoder : callable
        Makes a decoder for one connection.
    """

    name: str
    characteristic: str
    channels: tuple[str, ...]
    decoder: Callable[[], Callable[[bytes], list[DeviceSample]]]


NORDIC_UART = BluetoothFormat(
    # The service is 6E400001; what its device sends comes as notifications of the third characteristic.
    "a Nordic UART sensor",
    "6e400003-b5a3-f393-e0a9-e50e24dcca9e",
    CHANNELS,
    LineDecoder,
)
MICROBIT = BluetoothFormat(
    "a micro:bit",  # accelerometer service e95d0753
    "e95dca4b-251d-470a-a062-fa1922dfa9a8",
    CHANNELS[:3],
    lambda: microbit_acceleration,
)
