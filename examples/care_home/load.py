"""How many residents one machine can watch: rooms in real time against a real hub, with a page that listens.

Every resident has a worn sensor and two pictures a second, judged every second, also while nothing moves. One in ten
falls once a minute, far more than in any home, and staff answer each alarm at once.
"""

from __future__ import annotations

import json
import multiprocessing
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path

import httpx
import numpy as np
from rich.table import Table

from common import AlarmTransition, InvalidInputError
from common.validation import FloatArray
from examples.care_home.decimation import DecimatedSensors, decimation_factor
from examples.care_home.hub.log import Log
from examples.care_home.nats.link import NatsLink
from examples.care_home.nats.servers import Servers
from examples.care_home.page.staff import Role, Staff
from examples.care_home.room.detectors import CameraDetector
from examples.care_home.room.links import HttpLink
from examples.care_home.room.node import Node
from examples.care_home.room.readings import Reading
from examples.care_home.room.recorded import Recorded, RecordedSensors, record
from examples.care_home.room.room import Room
from examples.care_home.room.simulated import SimulatedSensors
from examples.care_home.signing import secret_in
from examples.fusion_models import SHIPPED, load_models
from examples.terminal import console

_MINUTE_S, _FIRST_FALL_S = 60, 12.0
_FALLING_SHARE = 0.1
_PICTURES_PER_S = 2
_NAME, _PASSWORD = "load", "load load"
_WARM_UP_S = 5


@dataclass(frozen=True, eq=False)
class _Work:
    """What one process of rooms has to do."""

    first_room: int
    recordings: tuple[Recorded, ...]
    hub_url: str
    room_key: Path
    n_seconds: int
    decimation: int
    nats: str

    def link(self) -> HttpLink | NatsLink:
        secret = secret_in(self.room_key)
        if self.nats:
            return NatsLink(Servers.at(self.nats), secret, f"load-{self.first_room}")
        return HttpLink(self.hub_url, secret)


@dataclass
class _Done:
    """What a process of rooms measured: seconds from when a step was due to its end, and when alarms were decided."""

    steps_s: list[float] = field(default_factory=list)
    decided_at_s: dict[str, float] = field(default_factory=dict)
    cpu_s: float = 0.0
    memory_bytes: int = 0


@dataclass
class _Page:
    """What a page that listens saw: when each alarm came."""

    seen_at_s: dict[str, float] = field(default_factory=dict)
    n_words: int = 0


def run_load(residents: int, seconds: int, processes: int, port: int, rate_hz: float = 50.0, nats: str = "") -> None:
    """Watch residents in real time for a while, and print how it went."""
    if residents < processes:
        raise InvalidInputError(
            f"residents is {residents}; there must be at least one for each of {processes} processes"
        )
    models = load_models(SHIPPED)
    decimation = decimation_factor(rate_hz, models.manifest.rate_hz)
    sensor = replace(models.manifest.sensor, rate_hz=rate_hz)
    console.print("Recording a minute of two residents…")
    recordings = [
        _busy(record(SimulatedSensors(number, sensor, first_fall_s=first_fall_s), _MINUTE_S))
        for number, first_fall_s in ((0, _FIRST_FALL_S), (1, None))
    ]
    falling, calm = recordings
    chosen = [falling if number < residents * _FALLING_SHARE else calm for number in range(residents)]
    with tempfile.TemporaryDirectory() as folder, _hub_process(Path(folder), port, nats) as (url, hub):
        page, stop = _Page(), threading.Event()
        listener = threading.Thread(target=_listen, args=(url, page, stop), daemon=True)
        listener.start()
        key = Path(folder) / "rooms.key"
        works = [
            _Work(1000 * (number + 1), tuple(chosen[number::processes]), url, key, seconds, decimation, nats)
            for number in range(processes)
        ]
        done = _run_processes(works)
        time.sleep(1.0)  # what was decided last is still on its way to the page
        stop.set()
        hub_cpu_s, hub_memory = _usage_of(hub.pid)
        _print(residents, seconds, done, page, hub_cpu_s, hub_memory)


def _busy(recorded: Recorded) -> Recorded:
    """The recording with two pictures in every second: those of before again, where the camera had nothing to say."""
    seconds: list[Reading] = []
    last = next(frame for reading in recorded.seconds for frame in reading.frames if frame.picture is not None)
    for number, reading in enumerate(recorded.seconds):
        frames = [frame for frame in reading.frames if frame.picture is not None]
        last = frames[-1] if frames else last
        n_missing = max(0, _PICTURES_PER_S - len(frames))
        again = [replace(last, time_s=number + 1.0 - 0.01 * place) for place in reversed(range(n_missing))]
        together = sorted([*reading.frames, *again], key=lambda frame: frame.time_s)
        seconds.append(replace(reading, frames=tuple(together)))
    return Recorded(recorded.zones, tuple(seconds))


def _run_processes(works: list[_Work]) -> list[_Done]:
    spawning = multiprocessing.get_context("spawn")
    running: list[tuple[Connection, SpawnProcess]] = []
    for work in works:
        ours, theirs = spawning.Pipe()
        process = spawning.Process(target=_watch, args=(work, theirs))
        process.start()
        running.append((ours, process))
    for connection, _ in running:  # all are ready before any begins
        connection.recv()
    for connection, _ in running:
        connection.send("begin")
    done = [connection.recv() for connection, _ in running]
    for _, process in running:
        process.join()
    return done


def _watch(work: _Work, connection: Connection) -> None:
    """Rooms in real time, as :meth:`Node.run` does it, measured."""
    models = load_models(SHIPPED)
    camera, began_s, done = CameraDetector(models), time.time(), _Done()
    rooms = [
        Room(
            str(work.first_room + number),
            DecimatedSensors(RecordedSensors(recorded, begin_s=number % _MINUTE_S), work.decimation),
            models,
            camera,
            began_s=began_s,
        )
        for number, recorded in enumerate(work.recordings)
    ]

    def sound(room: Room, change: AlarmTransition) -> None:
        if change.subject == "fall":
            done.decided_at_s.setdefault(f"{room.tracker.name}#{change.event}", time.time())

    link = work.link()
    node = _MeasuredNode(rooms, link, sound=sound, began_s=began_s)
    connection.send("ready")
    connection.recv()
    used_s = time.process_time()
    threading.Timer(work.n_seconds, node.stop).start()
    node.run()
    link.close()
    done.cpu_s = time.process_time() - used_s
    done.steps_s = node.steps_s[_WARM_UP_S:]
    done.memory_bytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    connection.send(done)


class _MeasuredNode(Node):
    """Keeps how long each second took."""

    def __init__(self, *args: object, **settings: object) -> None:
        super().__init__(*args, **settings)  # type: ignore[arg-type]  # handed on as they are
        self.steps_s: list[float] = []

    def step(self, now_s: float) -> None:
        super().step(now_s)
        self.steps_s.append(self.latest_step_s)


@contextmanager
def _hub_process(folder: Path, port: int, nats: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    log = Log(folder / "log.db")
    Staff(log).set_account(_NAME, Role.CARER, _PASSWORD)
    log.close()
    url = f"http://127.0.0.1:{port}"
    command = [
        *(sys.executable, "-m", "examples.care_home", "hub", "--state", str(folder), "--port", str(port)),
        *("--nats", nats),
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        for _ in range(300):
            try:
                httpx.get(url)
                break
            except httpx.TransportError:
                time.sleep(0.1)  # the hub is not listening yet
        yield url, process
    finally:
        process.terminate()
        process.wait()


def _listen(url: str, page: _Page, stop: threading.Event) -> None:
    """A page that notes when alarms come, and answers each."""
    with httpx.Client(base_url=url, timeout=30.0) as client:
        token = client.post("/api/sign-in", json={"name": _NAME, "password": _PASSWORD}).json()["csrf"]
        with client.stream("GET", "/api/live") as stream:
            name = ""
            for line in stream.iter_lines():
                if stop.is_set():
                    return
                if line.startswith("event: "):
                    name = line.removeprefix("event: ")
                elif line.startswith("data: ") and name == "words":
                    page.n_words += line.count('"origin"')
                elif line.startswith("data: ") and name == "alarms":
                    for alarm in json.loads(line.removeprefix("data: ")):
                        if alarm["id"] not in page.seen_at_s:
                            page.seen_at_s[alarm["id"]] = time.time()
                            answer = {"alarm": alarm["id"], "verdict": "helped"}
                            threading.Thread(target=_answer, args=(url, dict(client.cookies), token, answer)).start()


def _answer(url: str, cookies: dict[str, str], token: str, answer: dict[str, str]) -> None:
    httpx.post(f"{url}/api/answers", json=answer, cookies=cookies, headers={"X-CSRF-Token": token}, timeout=30.0)


def _usage_of(pid: int) -> tuple[float, int]:
    """Processor seconds and bytes of memory of a process, where the system says."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return float("nan"), 0
    memory = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
    ticks_per_s = 100
    return (int(fields[11]) + int(fields[12])) / ticks_per_s, memory * 1024


def _print(residents: int, seconds: int, done: list[_Done], page: _Page, hub_cpu_s: float, hub_memory: int) -> None:
    steps_s = np.concatenate([part.steps_s for part in done])
    decided = {alarm: at_s for part in done for alarm, at_s in part.decided_at_s.items()}
    delays_s = np.array([page.seen_at_s[alarm] - at_s for alarm, at_s in decided.items() if alarm in page.seen_at_s])
    n_steps = sum(len(part.steps_s) + _WARM_UP_S for part in done) / len(done)
    cpu_s = sum(part.cpu_s for part in done)
    table = Table(title=f"{residents} residents for {seconds} s", show_header=False)
    for name, value in (
        ("seconds watched of each resident", f"{n_steps:.0f} of {seconds}"),
        ("decisions a second", f"{residents * n_steps * (1 + _PICTURES_PER_S) / seconds:.0f}"),
        ("a second of a process's rooms takes", _percentiles(steps_s)),
        ("fall decided → on the page", _percentiles(delays_s)),
        ("alarms decided, on the page", f"{len(decided)}, {len(delays_s)}"),
        ("words on the page a second", f"{page.n_words / seconds:.0f}"),
        ("processor time a resident-second", f"{1e3 * cpu_s / (residents * n_steps):.2f} ms in rooms"),
        ("processor time of the hub", f"{hub_cpu_s:.1f} s"),
        ("memory", f"{sum(p.memory_bytes for p in done) / 1e6:.0f} MB in rooms, {hub_memory / 1e6:.0f} MB in the hub"),
    ):
        table.add_row(name, value)
    console.print(table)


def _percentiles(values_s: FloatArray) -> str:
    if not len(values_s):
        return "none"
    p50, p99, most = 1e3 * np.quantile(values_s, [0.5, 0.99, 1.0])
    return f"p50 {p50:.0f} ms, p99 {p99:.0f} ms, most {most:.0f} ms"
