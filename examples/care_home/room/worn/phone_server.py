"""Where phones push to: one address a room, with a token that opens this room's alone."""

from __future__ import annotations

import hashlib
import hmac
import socket
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import uvicorn
from fastapi import FastAPI, Header, HTTPException, Request
from starlette.concurrency import run_in_threadpool

from common import InvalidInputError
from examples.care_home.room.links import SIGNATURE
from examples.care_home.room.worn.phone import Phone
from examples.care_home.room.worn.phone_message import MAX_BYTES
from examples.care_home.signing import is_signed


def phone_token(secret: bytes, room: str) -> str:
    """The token of a room's phone, made from the secret that rooms share with the hub: nothing has to be kept."""
    return hmac.new(secret, b"phone\n" + room.encode(), hashlib.sha256).hexdigest()[:32]


def create_phone_app(phones: Mapping[str, Phone], secret: bytes) -> FastAPI:
    """The application for these rooms' phones.

    ``POST /phones/ROOM`` takes a message with the header ``Authorization: Bearer TOKEN``, or signed like a post of a
    room; ``POST /phones/ROOM/TOKEN`` is for senders that can set an address only.
    """
    app = FastAPI(title="Phones", version="1", docs_url=None, redoc_url=None, openapi_url=None)

    async def take(room: str, token: str, signature: str, request: Request) -> dict[str, int]:
        phone = phones.get(room)
        length = request.headers.get("content-length", "0")
        if length.isascii() and length.isdigit() and int(length) > MAX_BYTES:
            _refuse(phone, "too large")
            raise HTTPException(413, f"at most {MAX_BYTES} bytes")
        has_token = hmac.compare_digest(phone_token(secret, room).encode(), token.encode())
        # Without a token or a signature nothing is read.
        if phone is None or not (has_token or signature):
            _refuse(phone, "without the room's token")
            raise HTTPException(401, "there is no such room, or this is not its token")
        content = await _body(request, phone)
        if not has_token and not is_signed(secret, content, signature):
            _refuse(phone, "without the room's token")
            raise HTTPException(401, "there is no such room, or this is not its token")
        try:
            await run_in_threadpool(phone.take, content)
        except InvalidInputError as error:
            raise HTTPException(422, str(error)) from None
        return {"taken": phone.counts["taken"]}

    @app.post("/phones/{room}")
    async def by_header(
        room: str,
        request: Request,
        authorization: Annotated[str, Header()] = "",
        signature: Annotated[str, Header(alias=SIGNATURE)] = "",
    ) -> dict[str, int]:
        return await take(room, authorization.removeprefix("Bearer ").strip(), signature, request)

    @app.post("/phones/{room}/{token}")
    async def by_address(room: str, token: str, request: Request) -> dict[str, int]:
        return await take(room, token, "", request)

    return app


class PhoneServer:
    """Listens in a thread of its own until :meth:`stop`.

    Parameters
    ----------
    phones : mapping of str to Phone
        By room.
    secret : bytes
    host, port : str, int
        Where to listen. Beyond this machine a certificate is needed: tokens and movements are nobody else's business.
    certificate, key : Path or None

    Raises
    ------
    InvalidInputError
        If others could listen to what phones send.
    """

    def __init__(
        self,
        phones: Mapping[str, Phone],
        secret: bytes,
        *,
        host: str,
        port: int,
        certificate: Path | None = None,
        key: Path | None = None,
    ) -> None:
        if certificate is None and host not in ("127.0.0.1", "::1", "localhost"):
            raise InvalidInputError(
                f"--phone-host is {host!r}, which others can reach, but there is no certificate: pass --certificate "
                "and --certificate-key, or listen on 127.0.0.1 behind a proxy that speaks HTTPS"
            )
        self.url = f"{'http' if certificate is None else 'https'}://{host}:{port}"
        config = uvicorn.Config(
            create_phone_app(phones, secret),
            host=host,
            port=port,
            log_level="warning",
            access_log=False,  # addresses may hold tokens
            ssl_certfile=certificate,
            ssl_keyfile=key,
            server_header=False,
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        # Signals are handled by the node, whose thread this is not.
        self._address = host, port
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to listen.

        Raises
        ------
        InvalidInputError
            If the port is taken.
        """
        # Bound here, so that whoever starts the room learns that the port is taken.
        listening = socket.socket(socket.AF_INET6 if ":" in self._address[0] else socket.AF_INET)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind(self._address)
            listening.listen()  # from now on, a phone that comes before the thread has begun waits for it
        except OSError as error:
            listening.close()
            raise InvalidInputError(f"{self.url} cannot be used ({error}): choose another --phone-port") from error
        self._thread = threading.Thread(target=self._server.run, args=([listening],), name="phones", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._server.should_exit = True
        if self._thread is not None:
            self._thread.join(timeout=5.0)


def _refuse(phone: Phone | None, reason: str) -> None:
    if phone is not None:
        phone.refuse(reason)


async def _body(request: Request, phone: Phone) -> bytes:
    """The body, if it is not too long; one that comes in pieces does not say before."""
    content = bytearray()
    async for piece in request.stream():
        content += piece
        if len(content) > MAX_BYTES:
            phone.refuse("too large")
            raise HTTPException(413, f"at most {MAX_BYTES} bytes")
    return bytes(content)
