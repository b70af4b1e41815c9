"""Somebody on the staff with a page open, who answers every alarm at once."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import httpx


def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class Nurse:
    """Signs in, and says "helped" to each new alarm."""

    def __init__(self, client: httpx.Client, name: str, password: str) -> None:
        self._client = client
        self.seen: set[str] = set()
        token = client.post("/api/sign-in", json={"name": name, "password": password}).json()["csrf"]
        self._headers = {"X-CSRF-Token": token}

    def answer_until(self, stop: threading.Event) -> None:
        """Answer until told to stop, or until the hub ends."""
        while not stop.is_set():
            with suppress(httpx.TransportError):  # the stream ended: it is opened again, as a browser does
                for alarm in self._new_alarms():
                    if stop.is_set():
                        return
                    answer = {"alarm": alarm, "verdict": "helped"}
                    self._client.post("/api/answers", json=answer, headers=self._headers)

    def _new_alarms(self) -> Iterator[str]:
        with self._client.stream("GET", "/api/live") as stream:
            name = ""
            for line in stream.iter_lines():
                if line.startswith("event: "):
                    name = line.removeprefix("event: ")
                elif line.startswith("data: ") and name == "alarms":
                    for alarm in json.loads(line.removeprefix("data: ")):
                        if alarm["id"] not in self.seen:
                            self.seen.add(alarm["id"])
                            yield alarm["id"]
