"""What may be a source, and what each wrong one is told."""

import socket
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("av")
pytest.importorskip("cv2")

from common.errors import FrugalWarning, InvalidInputError
from fall.people import frames_of
from tests.fall.people.made_video import picture, walk, write

GREY = np.zeros((40, 60), np.uint8)
RGB = np.zeros((40, 60, 3), np.uint8)


@pytest.mark.parametrize(
    ("items", "message"),
    [
        ([RGB[0]], "item 0 is a ndarray"),
        ([1.0], "item 0 is a float"),
        ([(0.0, RGB), (0.0, RGB)], "item 1 has the time 0.0 after 0 s"),
        ([(float("nan"), RGB)], "item 0 has the time nan"),
        ([("0", RGB)], "item 0 has the time '0'"),
        ([(0.0, RGB.astype(float))], "item 0 is an array of float64"),
        ([(0.0, RGB), (1.0, np.zeros((40, 60, 4), np.uint8))], r"item 1 .* \(40, 60, 4\)"),
        ([(0.0, np.zeros((0, 60, 3), np.uint8))], "item 0 .* shape"),
    ],
)
def test_wrong_frames_are_named(items: list[Any], message: str) -> None:
    with pytest.raises(InvalidInputError, match=message):
        list(frames_of(items))


@pytest.mark.parametrize("source", [None, True, 1.5, b"a.mp4", RGB, {}, ""])
def test_wrong_sources(source: Any) -> None:
    with pytest.raises(InvalidInputError, match="source is"):
        frames_of(source)


@pytest.mark.parametrize("index", [-1, 93, np.int64(94)])
def test_a_camera_that_is_not_there(index: int) -> None:
    with pytest.raises(InvalidInputError, match=f"camera {index}"):
        frames_of(index)


@pytest.mark.parametrize("address", ["file:///etc/hosts", "concat://a|b", "pipe://0", "data://x", "subfile://a"])
def test_addresses_that_are_no_network(address: str) -> None:
    with pytest.raises(InvalidInputError, match="address scheme"):
        frames_of(address)


@pytest.mark.parametrize("scheme", ["rtsp", "http", "tcp"])
def test_nobody_listens(scheme: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(InvalidInputError, match=rf"{scheme}://127.0.0.1:{port}/cam cannot be reached") as caught:
        frames_of(f"{scheme}://user:secret@127.0.0.1:{port}/cam?key=secret", timeout_s=2)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("scheme", ["rtsp", "http"])
def test_a_camera_that_never_answers(scheme: str) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with pytest.raises(InvalidInputError, match=r"cannot be reached within 0\.5 s"):
            frames_of(f"{scheme}://127.0.0.1:{silent.getsockname()[1]}/cam", timeout_s=0.5)


def test_a_stream_over_http(tmp_path: Path) -> None:
    content = write(tmp_path / "walk.ts", walk(15)).read_bytes()
    with served(content, "video/mp2t") as address:
        assert len(list(frames_of(address, timeout_s=10))) >= 14


def test_motion_jpeg_of_a_camera() -> None:
    import io

    from PIL import Image

    parts = []
    for _ in range(8):
        file = io.BytesIO()
        Image.fromarray(picture((20, 20, 30, 60))).save(file, "JPEG")
        head = f"--cut\r\nContent-Type: image/jpeg\r\nContent-Length: {len(file.getvalue())}\r\n\r\n"
        parts.append(head.encode() + file.getvalue() + b"\r\n")
    address_of = served(b"".join(parts), "multipart/x-mixed-replace; boundary=cut")
    with address_of as address, pytest.warns(FrugalWarning, match="cam ended early"):
        frames = list(frames_of(address, timeout_s=10))
    assert len(frames) >= 6
    assert np.abs(frames[0].image.astype(int) - picture((20, 20, 30, 60))).mean() < 15


class served:
    """An address that answers with some bytes."""

    def __init__(self, content: bytes, kind: str) -> None:
        from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", kind)
                if not kind.startswith("multipart"):
                    self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def __enter__(self) -> str:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self._server.server_port}/cam"

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
