"""Out of the house: a signed webhook for other systems, and a contact that a nurse call can be wired to.

A failure here never holds up an alarm: both run in threads of their own. What the webhook has to send waits in the
log's file until the other side has taken it, over restarts too; it may then come twice, with the same key.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import queue
import sqlite3
import subprocess
import threading
from collections.abc import Callable
from typing import Protocol

import httpx

from examples.care_home.hub.hub import Update
from examples.care_home.hub.log import Log

logger = logging.getLogger(__name__)
_LONGEST_WAIT_S = 30.0


class _Client(Protocol):
    def post(self, url: str, *, content: bytes, headers: dict[str, str]) -> httpx.Response: ...


class Webhook:
    """Posts every change of an alarm to an address, as FHIR ``DeviceAlert``, in order, until it is taken.

    ``X-Signature`` is ``sha256=`` and the HMAC-SHA256 of the body by the shared secret; ``Idempotency-Key`` is the same
    whenever a change is sent again.
    """

    def __init__(self, log: Log, url: str, secret: bytes, *, client: _Client | None = None) -> None:
        self._log, self._url, self._secret = log, url, secret
        self._client = client or httpx.Client(timeout=5.0)
        self._stop, self._wake = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="webhook", daemon=True)

    def start(self) -> None:
        """Begin to send, also what was left by a hub that ended."""
        self._thread.start()

    def hear(self, update: Update) -> None:
        """There may be something to send."""
        if update.lines:
            self._wake.set()

    def stop(self) -> None:
        """End; what is not sent yet stays in the file."""
        self._stop.set()
        self._wake.set()
        self._thread.join(timeout=6.0)

    def send_waiting(self) -> bool:
        """Send what waits, the oldest first; False if the other side did not take one."""
        for number, body in self._log.unsent():
            content = body.encode()
            headers = {
                "Content-Type": "application/fhir+json",
                "Idempotency-Key": str(number),
                "X-Signature": f"sha256={hmac.new(self._secret, content, hashlib.sha256).hexdigest()}",
            }
            try:
                self._client.post(self._url, content=content, headers=headers).raise_for_status()
                self._log.mark_sent(number)
            except (httpx.HTTPError, httpx.InvalidURL, sqlite3.Error) as error:
                logger.warning("webhook: %s; it is tried again", error)
                return False
        return True

    def _run(self) -> None:
        wait_s = 1.0
        while not self._stop.is_set():
            is_sent = self.send_waiting()
            wait_s = 1.0 if is_sent else min(2 * wait_s, _LONGEST_WAIT_S)
            if is_sent:
                self._wake.wait(timeout=_LONGEST_WAIT_S)
                self._wake.clear()
            else:
                self._stop.wait(timeout=wait_s)


class Contact:
    """Runs a script for a dry contact: with ``on ROOM`` when an alarm sounds, again each time, with ``off`` at the end.

    ``off`` comes when no alarm waits for an acknowledgement any more, and at the start, since a hub that was killed may
    have left the contact closed. What the script closes is up to those who
    installed it: this is an input of a nurse call system, not one.
    """

    def __init__(
        self, script: str, is_waiting: Callable[[], bool], *, run: Callable[[list[str]], object] | None = None
    ) -> None:
        self._script, self._is_waiting = script, is_waiting
        self._run_script = run or _run
        self._jobs: queue.SimpleQueue[list[str] | None] = queue.SimpleQueue()
        self._is_on = False
        self._thread = threading.Thread(target=self._run, name="contact", daemon=True)

    def start(self) -> None:
        """Begin to run the script."""
        if not self._is_waiting():
            self._jobs.put([self._script, "off"])
        self._thread.start()

    def hear(self, update: Update) -> None:
        """Switch on for every sound, and off when nothing waits."""
        for alarm in update.sounds:
            self._is_on = True
            self._jobs.put([self._script, "on", alarm.room])
        if update.lines and self._is_on and not self._is_waiting():
            self._is_on = False
            self._jobs.put([self._script, "off"])

    def stop(self) -> None:
        """End when all that waits is done."""
        self._jobs.put(None)
        self._thread.join(timeout=6.0)

    def _run(self) -> None:
        while (command := self._jobs.get()) is not None:
            try:
                self._run_script(command)
            except (OSError, subprocess.SubprocessError) as error:
                logger.error("contact: %s", error)


def _run(command: list[str]) -> object:
    return subprocess.run(command, check=True, timeout=5.0, stdin=subprocess.DEVNULL)
