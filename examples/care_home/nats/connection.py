"""A connection to the cluster in a thread of its own: the rest of the home has no event loop."""

from __future__ import annotations

import asyncio
import concurrent.futures
import logging
import threading
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar

import nats.errors
from nats.aio.client import Client

from examples.care_home.nats.servers import Servers

logger = logging.getLogger(__name__)
_PAUSE_S = 5.0
_Result = TypeVar("_Result")


class Connection:
    """Connects as soon as a server is there, and again whenever the connection is lost."""

    def __init__(self, servers: Servers, name: str) -> None:
        self.client = Client()
        self._servers, self._name = servers, name
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="nats", daemon=True)
        self._thread.start()
        self._connecting = self.submit(self._connect())

    @property
    def is_connected(self) -> bool:
        """Whether there is a connection now."""
        return bool(self.client.is_connected)

    def submit(self, work: Coroutine[Any, Any, _Result]) -> concurrent.futures.Future[_Result]:
        """Do work in the connection's thread."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def close(self) -> None:
        """Leave the cluster."""
        self._connecting.cancel()
        with suppress(Exception):  # whatever is left of the connection ends with its thread
            self.submit(self.client.close()).result(timeout=2.0)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=2.0)

    async def connected(self) -> Client:
        """The client, once it was connected for the first time."""
        await asyncio.wrap_future(self._connecting)
        return self.client

    async def _connect(self) -> None:
        login = {"user": self._servers.user, "password": self._servers.password} if self._servers.user else {}
        while True:
            try:
                await self.client.connect(
                    list(self._servers.addresses),
                    name=self._name,
                    error_cb=_failed,
                    connect_timeout=2,
                    reconnect_time_wait=1,
                    max_reconnect_attempts=-1,
                    # A server that does not answer twice is left for another one: it may be cut off, and not know it.
                    ping_interval=1,
                    max_outstanding_pings=2,
                    **login,  # type: ignore[arg-type]  # nothing, or user and password
                )
                return
            except (nats.errors.Error, OSError) as error:
                logger.warning("nats: there is no connection (%s); it is tried again", error)
                await asyncio.sleep(_PAUSE_S)


async def _failed(error: Exception) -> None:
    logger.debug("nats: %s", error)
