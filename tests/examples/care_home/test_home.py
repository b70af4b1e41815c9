"""One command, as somebody tries it out: an address, an alarm on the page, and an end in good order."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[3]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "examples.care_home", "home", "--state", str(tmp_path), "--port", str(port)]
    process = subprocess.Popen(
        [*command, "--residents", "1", "--speed", "4"],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "200", "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    yield process, f"http://127.0.0.1:{port}"
    process.kill()
    process.wait()


def test_from_the_command_to_the_alarm_and_back(home: tuple[subprocess.Popen[str], str], tmp_path: Path) -> None:
    process, url = home
    assert process.stdout is not None
    password = next(found[1] for line in process.stdout if (found := re.search(r"password (\w+)", line)))
    with httpx.Client(base_url=url, timeout=60.0) as client:
        token = client.post("/api/sign-in", json={"name": "Kim", "password": password}).json()["csrf"]
        alarm = first_alarm(client)
        assert alarm["room"] == "11"
        answer = {"alarm": alarm["id"], "verdict": "helped"}
        assert client.post("/api/answers", json=answer, headers={"X-CSRF-Token": token}).status_code == 200
    process.send_signal(signal.SIGINT)
    output = process.stdout.read()
    assert process.wait(timeout=30) == 0
    assert "Alarms: 1, of which 1 helped, 0 false, 0 still open" in output
    assert "unbroken" in output
    assert "Traceback" not in output
    kept = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert kept <= {"log.db", "log.db-wal", "rooms.key", "rooms/11.alarm", "rooms/11.answered"}


def first_alarm(client: httpx.Client) -> dict[str, str]:
    with client.stream("GET", "/api/live") as stream:
        name = ""
        for line in stream.iter_lines():
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: ") and name == "alarms":
                alarms: list[dict[str, str]] = json.loads(line.removeprefix("data: "))
                return alarms[0]
    raise AssertionError("the stream has ended")
