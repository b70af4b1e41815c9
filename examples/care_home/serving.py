"""A hub with its page as a running server: everything that has to be started, and ended in the right order."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import uvicorn

from common import InvalidInputError
from examples.care_home.hub.calling import CallPolicy
from examples.care_home.hub.clockwork import Clockwork
from examples.care_home.hub.couriers import Contact, Webhook
from examples.care_home.hub.hub import Hub
from examples.care_home.hub.log import Log
from examples.care_home.mqtt.bridge import MqttBridge
from examples.care_home.mqtt.topics import Broker
from examples.care_home.nats.bridge import NatsBridge
from examples.care_home.nats.servers import Servers
from examples.care_home.page.app import create_app
from examples.care_home.page.live import Live
from examples.care_home.page.staff import Role, Staff
from examples.care_home.signing import secret_in

_THIS_MACHINE = ("127.0.0.1", "::1", "localhost")
DEMO_ACCOUNTS = {"Kim": Role.CARER, "Lou": Role.CARER, "Noor": Role.LEAD, "corridor": Role.VIEWER}


@dataclass(frozen=True)
class HubSettings:
    """Where a hub listens, keeps its files, and tells others.

    Attributes
    ----------
    state : Path
        Folder of the log and of the secrets.
    host, port : str, int
    webhook : str
        Address that gets every change of an alarm; empty for none. It is signed with the secret in ``webhook.key``.
    contact : str
        Script of a dry contact; empty for none.
    mqtt, nats : str
        Address of a broker, or of the servers of a cluster, over which rooms may come, too; empty for none.
    certificate, key : Path or None
        For HTTPS, which is needed as soon as others than this machine can reach the page.
    """

    state: Path
    host: str = "127.0.0.1"
    port: int = 8765
    webhook: str = ""
    contact: str = ""
    mqtt: str = ""
    nats: str = ""
    certificate: Path | None = None
    key: Path | None = None

    @property
    def url(self) -> str:
        """The address of the page."""
        return f"{'http' if self.certificate is None else 'https'}://{self.host}:{self.port}"

    @property
    def room_key(self) -> Path:
        """The secret that rooms share with the hub."""
        return self.state / "rooms.key"


@contextmanager
def running_hub(settings: HubSettings, policy: CallPolicy | None = None) -> Iterator[Hub]:
    """A hub that looks at the time and tells others, until the block ends.

    Raises
    ------
    InvalidInputError
        If others could reach the page, and passwords would travel as plain text.
    """
    if settings.certificate is None and settings.host not in _THIS_MACHINE:
        raise InvalidInputError(
            f"host is {settings.host!r}, which others can reach, but there is no certificate: pass --certificate and "
            "--key, or listen on 127.0.0.1 behind a proxy that speaks HTTPS"
        )
    settings.state.mkdir(parents=True, exist_ok=True)
    log = Log(settings.state / "log.db")
    hub = Hub(log, policy, sends_on=bool(settings.webhook))
    clockwork, couriers = Clockwork(hub), list(_couriers(hub, settings))
    for courier in couriers:
        hub.listen(courier.hear)
        courier.start()
    clockwork.start()
    try:
        yield hub
    finally:
        clockwork.stop()
        for courier in couriers:
            courier.stop()
        hub.close()


def serve(
    hub: Hub,
    settings: HubSettings,
    *,
    started: Callable[[], None] = lambda: None,
    ending: Callable[[], None] = lambda: None,
) -> None:
    """Serve the page and the rooms until Ctrl-C or a signal to end; ``ending`` is called while it still serves."""
    app = create_app(hub, Staff(hub.log), secret_in(settings.room_key))
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_level="warning",
        ssl_certfile=settings.certificate,
        ssl_keyfile=settings.key,
        server_header=False,
        timeout_graceful_shutdown=3,
        timeout_keep_alive=30,
    )
    _Server(config, app.state.live, started, ending).run()


def set_demo_accounts(log: Log) -> str:
    """Accounts to try out the page, all with the same new password, which is returned."""
    password = secrets.token_hex(4)
    staff = Staff(log)
    for name, role in DEMO_ACCOUNTS.items():
        staff.set_account(name, role, password)
    return password


class _Server(uvicorn.Server):
    """Says when it listens, and ends in order: rooms say goodbye, then browsers are sent away."""

    def __init__(
        self, config: uvicorn.Config, live: Live, started: Callable[[], None], ending: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._live, self._started, self._ending = live, started, ending
        self._is_ending = False

    async def startup(self, *args: object, **kwargs: object) -> None:
        await super().startup(*args, **kwargs)  # type: ignore[arg-type]  # handed on as they are
        if self.started:
            self._started()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self._is_ending:  # the second Ctrl-C does not wait
            self._ended()
            return
        self._is_ending = True
        threading.Thread(target=self._end, name="ending").start()

    def _end(self) -> None:
        try:
            self._ending()
        finally:
            self._ended()

    def _ended(self) -> None:
        self._live.close()
        self.should_exit = True


def _couriers(hub: Hub, settings: HubSettings) -> Iterator[Webhook | Contact | MqttBridge | NatsBridge]:
    if settings.webhook:
        yield Webhook(hub.log, settings.webhook, secret_in(settings.state / "webhook.key"))
    if settings.contact:
        yield Contact(settings.contact, lambda: any(alarm.is_waiting for alarm in hub.home.active.values()))
    if settings.mqtt:
        yield MqttBridge(hub, Broker.at(settings.mqtt), secret_in(settings.room_key))
    if settings.nats:
        yield NatsBridge(hub, Servers.at(settings.nats), secret_in(settings.room_key), _name_in(settings.state))


def _name_in(state: Path) -> str:
    """The hub's name among others. It stays with the log, which one process at a time has open."""
    path = state / "hub.name"
    if not path.exists():
        path.write_text(secrets.token_hex(4), encoding="ascii")
    return path.read_text(encoding="ascii").strip()
