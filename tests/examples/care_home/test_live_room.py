"""A room with sensors from the command line, as a process: it watches, sounds, is killed, and goes on."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from examples.care_home.__main__ import app
from examples.care_home.room.simulated import SimulatedSensors
from examples.care_home.room.worn.phone_server import phone_token
from examples.fusion_models import SHIPPED, load_models
from tests.examples.care_home.room.waiting import eventually
from tests.examples.care_home.room.worn.test_phone import message

ROOT = Path(__file__).parents[3]


@contextmanager
def room(folder: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """A room's process without a hub, and the file to which it writes."""
    output = folder / f"output-{time.monotonic_ns()}"
    command = [sys.executable, "-m", "examples.care_home", "room", "--hub", "http://127.0.0.1:9"]
    with output.open("w") as file:
        process = subprocess.Popen(
            [*command, "--key", str(folder / "rooms.key"), "--state", str(folder / "state"), *options],
            cwd=ROOT,
            env={**os.environ, "COLUMNS": "200", "PYTHONUNBUFFERED": "1"},
            stdout=file,
            stderr=subprocess.STDOUT,
        )
        try:
            yield process, output
        finally:
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Half a minute in m/s², in which somebody falls."""
    samples = SimulatedSensors(0, load_models(SHIPPED).manifest.sensor, first_fall_s=12.0).until(30.0).samples
    frame = pd.DataFrame(samples * np.repeat([9.80665, 1.0], 3), columns=["ax", "ay", "az", "gx", "gy", "gz"])
    frame.insert(0, "t", np.arange(len(frame)) / 25)
    path = tmp_path_factory.mktemp("recording") / "fall.csv"
    frame.to_csv(path, index=False)
    return path


@pytest.mark.slow
def test_a_room_with_a_recording_sounds_and_goes_on_after_it_was_killed(recording: Path, tmp_path: Path) -> None:
    worn = ("--worn", f"csv:{recording}?time=t&units=m/s²,deg/s", "--speed", "6", "--name", "7")
    with room(tmp_path, *worn) as (process, output):
        eventually(lambda: "room 7 sounds" in output.read_text(), within_s=60)
        process.send_signal(signal.SIGKILL)
    with room(tmp_path, *worn) as (process, output):
        eventually(lambda: "nobody has answered" in output.read_text(), within_s=60)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 0
        assert "Traceback" not in output.read_text()


@pytest.mark.slow
def test_a_phone_pushes_to_a_room_and_whoever_is_not_that_phone_is_refused(tmp_path: Path) -> None:
    (tmp_path / "rooms.key").write_bytes(b"k" * 64)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with room(tmp_path, "--worn", "phone", "--phone-port", str(port)) as (process, output):
        eventually(lambda: "Room 12: a phone" in output.read_text(), within_s=60)
        address = f"http://127.0.0.1:{port}/phones/12"
        token = {"Authorization": f"Bearer {phone_token(b'k' * 64, '12')}"}
        assert httpx.post(address, content=message(0), headers=token).status_code == 200
        assert httpx.post(address, content=message(1)).status_code == 401
        eventually(lambda: "messages refused: 1 without the room's token" in output.read_text())
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--worn", "microbit:AA:BB"], "also needs gx [deg/s], gy [deg/s], gz [deg/s]"),
        (["--worn", "phone", "--speed", "2"], "only files can"),
        (["--worn", "phone", "--phone-host", "0.0.0.0"], "but there is no certificate"),
        (["--camera", "none.mp4"], "which is no file that can be read"),
        (["--frigate", "mqtt://host"], "--frigate is 'mqtt://host'"),
    ],
)
def test_sensors_that_cannot_be_are_refused_in_one_line(options: list[str], message: str, tmp_path: Path) -> None:
    paths = ["--key", str(tmp_path / "rooms.key"), "--state", str(tmp_path / "state")]
    done = CliRunner().invoke(app, ["room", *paths, *options])
    assert done.exit_code == 2, done.output
    assert message in " ".join(done.output.split())
