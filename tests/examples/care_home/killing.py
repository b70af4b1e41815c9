"""A hub in a process of its own that can be killed, and rooms that post to it until it has confirmed."""

from __future__ import annotations

import multiprocessing
import time
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from examples.care_home.messages import Reply
from examples.care_home.room.links import Link, LinkError
from examples.care_home.serving import HubSettings, running_hub, serve
from examples.care_home.signing import secret_in
from tests.examples.care_home.hub.rooms import FakeRoom
from tests.examples.care_home.staff import free_port

# Modules are loaded once, so that a hub is back within a moment.
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.examples.care_home.killing"])


def run_hub(settings: HubSettings) -> None:
    """The hub, as ``python -m examples.care_home hub`` runs it."""
    with running_hub(settings) as hub:
        serve(hub, settings)


@dataclass
class KilledHub:
    """A hub that is killed and started again."""

    settings: HubSettings
    process: ForkServerProcess | None = None

    @classmethod
    def start_new(cls, state: Path, *, nats: str = "") -> KilledHub:
        hub = cls(HubSettings(state, port=free_port(), nats=nats))
        state.mkdir(parents=True, exist_ok=True)
        secret_in(hub.settings.room_key)
        hub.start()
        return hub

    def start(self) -> None:
        self.process = _FORKS.Process(target=run_hub, args=(self.settings,), daemon=True)
        self.process.start()

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.join()


@dataclass
class PostingRoom:
    """Makes falls, and posts each until a reply confirms it; keeps what was confirmed."""

    room: FakeRoom
    link: Link
    confirmed: list[str] = field(default_factory=list)
    n_failed: int = 0

    def make_fall(self, event: int) -> None:
        self.room.outbox.append(self.room.event("notified", event=event))

    def tell(self) -> None:
        try:
            reply: Reply = self.link.exchange(self.room.post(*self.room.outbox[:5]))
        except LinkError:
            self.n_failed += 1
            time.sleep(0.01)
            return
        self.confirmed += reply.confirmed
        self.room.outbox = [event for event in self.room.outbox if event.id not in reply.confirmed]
