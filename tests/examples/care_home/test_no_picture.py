"""No picture leaves a room: all traffic is recorded and the disk is searched while residents live and fall.

``CARE_HOME_CAPTURE_S`` and ``CARE_HOME_CAPTURE_SPEED`` set for how long: 3600 and 1 for an hour in real time.
"""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import httpx
import numpy as np
import psutil
import pytest
from PIL import Image

from examples.care_home.hub.log import Log
from examples.care_home.page.staff import Role, Staff
from examples.care_home.signing import secret_in
from tests.examples.care_home.pictures import blocks_of, pictures_in
from tests.examples.care_home.proxy import Proxy
from tests.examples.care_home.staff import Nurse, free_port

ROOT = Path(__file__).parents[3]
CAPTURE_S = float(os.environ.get("CARE_HOME_CAPTURE_S", "20"))
SPEED = float(os.environ.get("CARE_HOME_CAPTURE_SPEED", "20"))
N_RESIDENTS = 3
N_LOOKS = 10 + int(CAPTURE_S / 30)


@pytest.fixture
def picture() -> np.ndarray:
    return np.random.default_rng(5).integers(60, 90, (96, 96, 3), dtype=np.uint8)


def test_the_search_finds_what_it_is_for(picture: np.ndarray) -> None:
    pixels, noise = picture.tobytes(), np.random.default_rng(1).bytes(1000)
    blocks = np.sort(blocks_of(picture))
    assert pictures_in(noise * 5 + b'{"text": "nothing"}' * 100, blocks) == []
    assert pictures_in(noise + pixels[5000:5100] + noise, blocks) == ["2 blocks of pixels as they are"]
    assert pictures_in(noise + picture[..., ::-1].tobytes(), blocks) == ["864 blocks of pixels as they are"]
    for text in (b64encode(pixels), b"ab" + b64encode(pixels), pixels.hex().encode(), b"a" + pixels.hex().encode()):
        (found,) = pictures_in(text, blocks)
        assert found.endswith("blocks of pixels in another form")
    for kind in ("JPEG", "PNG"):
        file = io.BytesIO()
        Image.fromarray(picture).save(file, kind)
        assert pictures_in(noise + file.getvalue(), blocks) == [f"the beginning of a {kind}"]
        assert pictures_in(b64encode(file.getvalue()), blocks) == [f"the beginning of a {kind} in Base64"]


@pytest.mark.slow
def test_no_picture_is_in_any_traffic_or_on_the_disk(tmp_path: Path) -> None:
    state, temporary = tmp_path / "state", tmp_path / "temporary"
    for folder in (state, temporary):
        folder.mkdir()
    secret_in(state / "rooms.key")
    with closing(Log(state / "log.db")) as log:
        Staff(log).set_account("Kim", Role.CARER, "kim and kim")
    port = free_port()
    proxy = Proxy(port)
    url = f"http://127.0.0.1:{proxy.port}"
    python, settings = (sys.executable, "-m"), {**os.environ, "TMPDIR": str(temporary)}
    hub = subprocess.Popen(
        [*python, "examples.care_home", "hub", "--state", str(state), "--port", str(port)], cwd=ROOT, env=settings
    )
    rooms = subprocess.Popen(
        [
            *(*python, "tests.examples.care_home.watched_rooms", url, str(state / "rooms.key"), str(state / "rooms")),
            *(str(N_RESIDENTS), str(SPEED), str(tmp_path / "blocks.npz")),
        ],
        cwd=ROOT,
        env=settings,
    )
    stop, files = threading.Event(), []
    with httpx.Client(base_url=url, timeout=60.0) as client:
        _wait_for(client)
        nurse = Nurse(client, "Kim", "kim and kim")
        answering = threading.Thread(target=nurse.answer_until, args=(stop,))
        answering.start()
        for _ in range(N_LOOKS):
            time.sleep(CAPTURE_S / N_LOOKS)
            assert _ports_of(rooms.pid) <= {proxy.port}, "rooms speak with the hub alone"
            files += [*_files_in(tmp_path), *_open_files_of(hub.pid), *_open_files_of(rooms.pid)]
        rooms.send_signal(signal.SIGTERM)
        assert rooms.wait(timeout=60) == 0
        stop.set()
        hub.send_signal(signal.SIGTERM)
        assert hub.wait(timeout=30) == 0
        answering.join()
    proxy.close()

    held = np.load(tmp_path / "blocks.npz")
    blocks, n_pictures = held["blocks"], int(held["n_pictures"])
    assert n_pictures > 10
    assert nurse.seen, "somebody fell: an alarm holds no picture either"
    traffic = proxy.recorded
    assert pictures_in(traffic, blocks) == []
    traffic.decode()  # and all of it is text
    for name, content in dict.fromkeys(files):
        assert pictures_in(content, blocks) == [], name
    print(
        f"{CAPTURE_S * SPEED / 60:.0f} minutes of {N_RESIDENTS} residents: {n_pictures} pictures, {len(nurse.seen)} "
        f"alarms, {len(traffic) / 1e6:.1f} MB of traffic, {len(set(files))} versions of files"
    )


def _wait_for(client: httpx.Client) -> None:
    for _ in range(300):
        with suppress(httpx.TransportError):
            client.get("/")
            return
        time.sleep(0.1)
    raise AssertionError("the hub does not answer")


def _ports_of(pid: int) -> set[int]:
    """Of the other sides of a process's connections."""
    return {one.raddr.port for one in psutil.Process(pid).net_connections("inet") if one.raddr}


def _files_in(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in folder.rglob("*"):
        if path.is_file() and path.name != "blocks.npz":
            with suppress(FileNotFoundError):  # it was replaced by its next version
                yield str(path), path.read_bytes()


def _open_files_of(pid: int) -> Iterator[tuple[str, bytes]]:
    """Files that a process has open for writing, also those without a name: deleted ones, and files in memory."""
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):  # it was closed meanwhile
            name = str(link.readlink())
            writes = int(Path(f"/proc/{pid}/fdinfo/{link.name}").read_text().split()[3], 8) & os.O_ACCMODE
            if writes and link.is_file():
                yield name, link.read_bytes()
