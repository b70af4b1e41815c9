"""A camera's RTSP: one stream of MPEG transport packets over the connection itself, until it is switched off."""

from __future__ import annotations

import socketserver
import struct
import threading
import time
from pathlib import Path

_PACKETS_AT_ONCE = 7 * 188

_DESCRIPTION = (
    "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=camera\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n"
    "m=video 0 RTP/AVP 33\r\na=rtpmap:33 MP2T/90000\r\na=control:track\r\n"
)


class RtspServer(socketserver.ThreadingTCPServer):
    """Sends a transport stream again and again to whoever asks, evenly over the time that it lasts."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, content: Path, lasts_s: float) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.content, self.is_on = content.read_bytes(), True
        self.pause_s = lasts_s * _PACKETS_AT_ONCE / len(self.content)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"rtsp://127.0.0.1:{self.server_address[1]}/camera"


class _Connection(socketserver.StreamRequestHandler):
    server: RtspServer

    def handle(self) -> None:
        while self.server.is_on and (request := self._request()):
            method, number = request
            if method == "DESCRIBE":
                self._reply(number, "Content-Type: application/sdp", body=_DESCRIPTION)
            elif method == "SETUP":
                self._reply(number, "Session: 1", "Transport: RTP/AVP/TCP;unicast;interleaved=0-1")
            elif method == "PLAY":
                self._reply(number, "Session: 1")
                self._play()
                return
            else:
                self._reply(number, "Public: OPTIONS, DESCRIBE, SETUP, PLAY")

    def _request(self) -> tuple[str, str] | None:
        first = self.rfile.readline().decode()
        number = ""
        while (line := self.rfile.readline().decode().strip()) != "":
            if line.lower().startswith("cseq:"):
                number = line.partition(":")[2].strip()
        return (first.split()[0], number) if first.strip() else None

    def _reply(self, number: str, *headers: str, body: str = "") -> None:
        head = "\r\n".join(("RTSP/1.0 200 OK", f"CSeq: {number}", *headers, f"Content-Length: {len(body)}"))
        self.wfile.write(f"{head}\r\n\r\n{body}".encode())

    def _play(self) -> None:
        sequence = 0
        while True:
            for start in range(0, len(self.server.content), _PACKETS_AT_ONCE):
                if not self.server.is_on:
                    return
                payload = self.server.content[start : start + _PACKETS_AT_ONCE]
                header = struct.pack(">BBHII", 0x80, 33, sequence % 65536, int(time.monotonic() * 90000) % 2**32, 7)
                try:
                    self.wfile.write(struct.pack(">cBH", b"$", 0, 12 + len(payload)) + header + payload)
                except OSError:
                    return
                sequence += 1
                time.sleep(self.server.pause_s)
