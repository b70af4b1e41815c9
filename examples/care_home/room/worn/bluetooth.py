"""A worn sensor by Bluetooth: connected again whenever it is lost, and absent in the meantime."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol

import numpy as np

from common import InvalidInputError
from common.optional import require
from common.validation import FloatArray
from examples.care_home.room.worn.bluetooth_formats import BluetoothFormat, DeviceSample
from examples.care_home.room.worn.device_clock import DeviceClock
from examples.care_home.room.worn.slots import SampleSlots
from examples.care_home.room.worn.source import CHANNELS, check_channels

logger = logging.getLogger(__name__)

_DELAY_S = 0.5
_AGAIN_AFTER_S = 2.0
_CONNECT_WITHIN_S = 20.0
_SILENT_S = 10.0  # a connection over which nothing comes is ended, and made again


class Client(Protocol):
    """What is used of :class:`bleak.BleakClient`."""

    async def connect(self) -> None:
        """Connect."""

    async def start_notify(self, characteristic: str, callback: Callable[[Any, bytearray], None]) -> None:
        """Hear what the device sends."""

    async def disconnect(self) -> None:
        """End the connection."""


ClientFactory = Callable[[str, Callable[[Any], None]], Client]


class Bluetooth:
    """A sensor with an address; it runs in a thread of its own.

    Parameters
    ----------
    address : str
        As the system's Bluetooth names it.
    kind : BluetoothFormat
    rate_hz : float
        Of the model.
    now : callable
        Seconds since the sensors were switched on.
    name : str
        For the log.
    client : callable, optional
        Makes a client from the address and a function to call when the connection ends; by default bleak's.

    Raises
    ------
    InvalidInputError
        If such sensors lack a channel that the model needs.
    MissingDependencyError
        If bleak is not installed.
    """

    def __init__(
        self,
        address: str,
        kind: BluetoothFormat,
        rate_hz: float,
        now: Callable[[], float],
        name: str,
        *,
        client: ClientFactory | None = None,
        again_after_s: float = _AGAIN_AFTER_S,
        silent_s: float = _SILENT_S,
    ) -> None:
        check_channels(kind.channels, kind.name)
        self.description = f"{kind.name} at {address}"
        self.n_connected = 0
        self._address, self._kind, self._now, self._name = address, kind, now, name
        self._client = client or _bleak_client()
        self._again_after_s, self._silent_s = again_after_s, silent_s
        self._slots = SampleSlots(rate_hz, delay_s=_DELAY_S, name=name)
        self._clock = DeviceClock(name)
        self._stopped = threading.Event()
        self._problem = ""
        self._n_refused = 0
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name=name, daemon=True)
        self._thread.start()

    def until(self, time_s: float) -> FloatArray:
        """Samples up to this time, as long ago as packets may take."""
        return self._slots.until(time_s)

    def close(self) -> None:
        """End the connection."""
        self._stopped.set()
        self._thread.join(timeout=5.0)

    async def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                problem = await self._connected()
            except Exception as error:  # whatever a system's Bluetooth raises
                problem = f"it cannot be reached ({error or type(error).__name__})"
            if problem and problem != self._problem and not self._stopped.is_set():
                logger.warning("%s: %s; it is tried again, and counts as absent until then", self._name, problem)
            self._problem = problem
            await self._pause(self._again_after_s)

    async def _connected(self) -> str:
        """Hear the device until the connection ends, and why it did."""
        ended = asyncio.Event()
        loop = asyncio.get_running_loop()
        heard_s = loop.time()
        decode = self._kind.decoder()

        def hear(_: Any, packet: bytearray) -> None:
            nonlocal heard_s
            heard_s = loop.time()
            self._take(decode, bytes(packet))

        client = self._client(self._address, lambda _: loop.call_soon_threadsafe(ended.set))
        try:
            await asyncio.wait_for(client.connect(), _CONNECT_WITHIN_S)
            await client.start_notify(self._kind.characteristic, hear)
            self.n_connected += 1
            if self._problem:
                logger.warning("%s: it is connected again", self._name)
                self._problem = ""
            while not (ended.is_set() or self._stopped.is_set()):
                with suppress(TimeoutError):
                    await asyncio.wait_for(ended.wait(), 0.1)
                if loop.time() - heard_s > self._silent_s:
                    return f"nothing has come for {self._silent_s:g} s"
            return "" if self._stopped.is_set() else "the connection was lost"
        finally:
            with suppress(Exception):
                await client.disconnect()

    def _take(self, decode: Callable[[bytes], list[DeviceSample]], packet: bytes) -> None:
        try:
            samples = decode(packet)
        except InvalidInputError as error:
            self._n_refused += 1
            if self._n_refused % 100 == 1:
                logger.warning("%s: %s (%d refused so far)", self._name, error, self._n_refused)
            return
        if samples:
            arrived_s = self._now()
            times = np.array([arrived_s if one.time_s is None else one.time_s for one in samples])
            on_room = times if samples[0].time_s is None else self._clock.to_room(times, arrived_s)
            self._slots.put(on_room, np.array([one.values for one in samples]).reshape(-1, len(CHANNELS)))

    async def _pause(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        until_s = loop.time() + seconds
        while loop.time() < until_s and not self._stopped.is_set():
            await asyncio.sleep(min(0.1, seconds))


def _bleak_client() -> ClientFactory:
    bleak = require("bleak", extra="bluetooth", purpose="connecting a sensor by Bluetooth")
    return lambda address, ended: bleak.BleakClient(address, disconnected_callback=ended)
