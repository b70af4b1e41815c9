"""A broker, and a camera that sends pictures over HTTP until it is switched off."""

from __future__ import annotations

import io
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.examples.care_home.room.waiting import eventually
from tests.fall.people.made_video import picture

MOSQUITTO = shutil.which("mosquitto") or "/usr/sbin/mosquitto"


@pytest.fixture
def broker_port(tmp_path: Path) -> Iterator[int]:
    if not Path(MOSQUITTO).exists():
        pytest.skip("no broker: install the Debian package mosquitto")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    config = tmp_path / "mosquitto.conf"
    config.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\n")
    process = subprocess.Popen([MOSQUITTO, "-c", str(config)], stderr=subprocess.DEVNULL)
    eventually(lambda: _listens(port))
    yield port
    process.kill()
    process.wait()


def _listens(port: int) -> bool:
    with socket.socket() as connection:
        return connection.connect_ex(("127.0.0.1", port)) == 0


@dataclass
class MjpegCamera:
    """Sends the same picture twenty times a second to whoever asks, until it is off."""

    picture: np.ndarray[Any, Any] = field(default_factory=lambda: picture((60, 40, 20, 50)))
    is_on: bool = True
    n_served: int = 0
    server: ThreadingHTTPServer | None = None

    @property
    def address(self) -> str:
        assert self.server is not None
        return f"http://kim:secret@127.0.0.1:{self.server.server_port}/cam"

    def part(self) -> bytes:
        file = io.BytesIO()
        Image.fromarray(self.picture).save(file, "JPEG")
        head = f"--cut\r\nContent-Type: image/jpeg\r\nContent-Length: {len(file.getvalue())}\r\n\r\n"
        return head.encode() + file.getvalue() + b"\r\n"


@pytest.fixture
def mjpeg() -> Iterator[MjpegCamera]:
    camera = MjpegCamera()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if not camera.is_on:
                self.send_error(503)
                return
            camera.n_served += 1
            self.send_response(200)
            self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=cut")
            self.end_headers()
            try:
                while camera.is_on:
                    self.wfile.write(camera.part())
                    time.sleep(0.05)
            except OSError:
                pass  # the other side has gone

        def log_message(self, *_: object) -> None:
            pass

    camera.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=camera.server.serve_forever, daemon=True).start()
    yield camera
    camera.is_on = False
    camera.server.shutdown()
    camera.server.server_close()
