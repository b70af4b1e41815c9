"""A day of a home, at sixty times its speed: memory does not grow, and nothing goes wrong unseen.

``CARE_HOME_SOAK_S`` sets how long it takes: 1440 for a whole day.
"""

from __future__ import annotations

import os
import re
import signal
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import psutil
import pytest

from tests.examples.care_home.staff import Nurse, free_port

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[3]
SOAK_S = float(os.environ.get("CARE_HOME_SOAK_S", "15"))
N_RESIDENTS, SPEED = 2, 60
N_SAMPLES = 100


def test_memory_does_not_grow_and_nothing_goes_wrong(tmp_path: Path) -> None:
    port = free_port()
    command = [
        *(sys.executable, "-m", "examples.care_home", "home", "--state", str(tmp_path / "state")),
        *("--port", str(port), "--residents", str(N_RESIDENTS), "--speed", str(SPEED)),
    ]
    with (tmp_path / "output").open("w+") as output:
        home = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, "COLUMNS": "200", "PYTHONUNBUFFERED": "1"},
            stdout=output,
            stderr=output,
        )
        password = _password(tmp_path / "output")
        stop = threading.Event()
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60.0) as client:
            nurse = Nurse(client, "Kim", password)
            answering = threading.Thread(target=nurse.answer_until, args=(stop,))
            answering.start()
            while not nurse.seen:
                time.sleep(0.1)  # every part is loaded once there was a fall
            memory = _memory_while(psutil.Process(home.pid), SOAK_S)
            stop.set()
            home.send_signal(signal.SIGINT)
            assert home.wait(timeout=60) == 0
            answering.join()
    said = (tmp_path / "output").read_text()
    assert "Traceback" not in said
    assert "unbroken" in said
    print(f"{len(nurse.seen)} alarms; {' '.join(said.split()[-40:])}")
    for name, samples in memory.items():
        print(name, [round(statistics.median(samples[tenth : tenth + 10]) / 1e6) for tenth in range(0, 100, 10)], "MB")
        # Memory wanders up and down by a few percent, as decoders and models take and give back their buffers. What
        # leaks leaves the highest value of the first half behind and does not come back to it.
        assert min(samples[-17:]) <= 1.05 * max(samples[:50]), name


def _password(output: Path) -> str:
    for _ in range(600):
        if found := re.search(r"password (\w+)", output.read_text()):
            return found[1]
        time.sleep(0.1)
    raise AssertionError(f"the home did not start: {output.read_text()}")


def _memory_while(hub: psutil.Process, seconds: float) -> dict[str, list[int]]:
    """Resident bytes of the hub's and of the rooms' process."""
    samples: dict[str, list[int]] = {"hub": [], "rooms": []}
    for _ in range(N_SAMPLES):
        (rooms,) = hub.children()
        samples["hub"].append(hub.memory_info().rss)
        samples["rooms"].append(rooms.memory_info().rss)
        time.sleep(seconds / N_SAMPLES)
    return samples
