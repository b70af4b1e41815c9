"""Everything on one machine: hub and page in this process, rooms in a second one that is started again if it dies.

Classifiers of pictures run apart from the hub: whatever happens to them, alarms that were raised go on.
"""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
import time

from examples.care_home.hub.hub import Hub
from examples.care_home.hub.statistics import statistics_of
from examples.care_home.serving import DEMO_ACCOUNTS, HubSettings, running_hub, serve, set_demo_accounts
from examples.care_home.signing import secret_in
from examples.terminal import console

logger = logging.getLogger(__name__)
_PAUSE_S = 2.0


def run_home(settings: HubSettings, *, residents: int, speed: float) -> None:
    """Run until Ctrl-C, and say at the end what happened."""
    with running_hub(settings) as hub:
        secret_in(settings.room_key)
        password = set_demo_accounts(hub.log)
        rooms = RoomsProcess(settings, residents=residents, speed=speed)

        def started() -> None:
            names = ", ".join(DEMO_ACCOUNTS)
            console.print(
                f"\n  [bold]{settings.url}[/]   sign in as {names}; password [bold]{password}[/]", highlight=False
            )
            console.print(f"  {residents} simulated residents; the first falls within a minute. Ctrl-C ends it.\n")
            rooms.start()

        try:
            serve(hub, settings, started=started, ending=rooms.stop)
        finally:
            rooms.stop()
        print_summary(hub)


class RoomsProcess:
    """The rooms' process, which is started again when it dies."""

    def __init__(self, settings: HubSettings, *, residents: int, speed: float) -> None:
        self._command = [
            *(sys.executable, "-m", "examples.care_home", "room", "--hub", settings.url),
            *("--key", str(settings.room_key), "--state", str(settings.state / "rooms")),
            *("--residents", str(residents), "--speed", str(speed), "--nats", settings.nats),
        ]
        self._stop = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._run, name="rooms", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End the process; it saves its alarms first."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout=15.0)

    def _run(self) -> None:
        while not self._stop.is_set():
            # A session of its own: Ctrl-C goes to this process, which ends the other in order.
            self._process = subprocess.Popen(self._command, start_new_session=True)
            while self._process.poll() is None and not self._stop.wait(timeout=0.2):
                pass
            if self._stop.is_set():
                _end(self._process)
                return
            logger.warning("the rooms' process ended with status %s: it is started again", self._process.returncode)
            self._stop.wait(timeout=_PAUSE_S)


def print_summary(hub: Hub) -> None:
    """What happened, in a few lines."""
    home = hub.home
    alarms = (*home.closed.values(), *home.active.values())
    found = statistics_of(alarms, *hub.watched.totals())
    began_s = time.perf_counter()
    n_lines = hub.log.verify()
    console.print(
        f"\nAlarms: {found.n_alarms}, of which {found.n_helped} helped, {found.n_false} false, "
        f"{len(home.active)} still open. "
        f"{24 * found.watched_days:.2f} resident-hours watched, {found.moving_hours:.2f} of them with movement, "
        f"by {found.energy_j:.1f} J of decisions.\n"
        f"The log holds {n_lines} lines, unbroken (checked in {time.perf_counter() - began_s:.2f} s).",
        highlight=False,
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=10.0)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
