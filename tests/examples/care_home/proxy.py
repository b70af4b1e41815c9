"""A TCP proxy that keeps every byte that passes through it, and can be cut as a cable is: nobody is told."""

from __future__ import annotations

import socket
import socketserver
import threading
import time
from contextlib import suppress


class Proxy:
    """Passes connections on to a port of this machine."""

    def __init__(self, to_port: int) -> None:
        self.is_cut = False
        self._parts: list[list[bytes]] = []
        proxy = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                try:
                    other = socket.create_connection(("127.0.0.1", to_port))
                except ConnectionRefusedError:
                    return  # nobody listens yet: the other side is told by the end of the connection
                with other:
                    back = threading.Thread(target=proxy._pass_on, args=(other, self.request))
                    back.start()
                    proxy._pass_on(self.request, other)
                    back.join()

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, name="proxy", daemon=True).start()

    @property
    def recorded(self) -> bytes:
        """All that has passed, one direction of a connection after the other."""
        return b"\n".join(b"".join(parts) for parts in self._parts)

    def close(self) -> None:
        """Take no more connections."""
        self._server.shutdown()
        self._server.server_close()

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        parts: list[bytes] = []
        self._parts.append(parts)
        with suppress(OSError):  # one side has closed: the other one is told
            while part := source.recv(1 << 16):
                while self.is_cut:
                    time.sleep(0.05)
                parts.append(part)
                target.sendall(part)
        with suppress(OSError):
            target.shutdown(socket.SHUT_WR)
