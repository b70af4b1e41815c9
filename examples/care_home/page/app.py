"""The hub on the network: one door for rooms, which sign what they post, and one for staff, who sign in."""

import hmac
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from importlib.resources import files
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Header, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

import common
from examples.care_home.hub.hub import Hub
from examples.care_home.messages import MAX_BYTES, Post, Verdict, from_json, to_json
from examples.care_home.page import views
from examples.care_home.page.live import Live
from examples.care_home.page.staff import SESSION_S, RateLimit, Session, Staff
from examples.care_home.room.links import SIGNATURE
from examples.care_home.signing import is_signed, sign

COOKIE, CSRF = "care_home", "X-CSRF-Token"
_STATIC = files("examples.care_home.page") / "static"
_PAGES = {
    "/": ("index.html", "text/html; charset=utf-8"),
    "/page.js": ("page.js", "text/javascript; charset=utf-8"),
    "/words.js": ("words.js", "text/javascript; charset=utf-8"),
    "/cards.js": ("cards.js", "text/javascript; charset=utf-8"),
    "/log.js": ("log.js", "text/javascript; charset=utf-8"),
    "/reasons.js": ("reasons.js", "text/javascript; charset=utf-8"),
    "/outline.js": ("outline.js", "text/javascript; charset=utf-8"),
    "/say.js": ("say.js", "text/javascript; charset=utf-8"),
    "/sound.js": ("sound.js", "text/javascript; charset=utf-8"),
    "/page.css": ("page.css", "text/css; charset=utf-8"),
    "/icon.svg": ("icon.svg", "image/svg+xml"),
}
_HEADERS = {
    # Nothing but our own files: no script and no style within the page, no other site, no frame.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_SIGN_INS_PER_MINUTE, _FROM_ONE_ADDRESS = 5, 30


class SignIn(BaseModel):
    """A name and a password."""

    model_config = ConfigDict(extra="forbid", strict=True)
    name: Annotated[str, Field(min_length=1, max_length=40)]
    password: Annotated[str, Field(min_length=1, max_length=200)]


class AnswerBody(BaseModel):
    """What somebody says of an alarm."""

    model_config = ConfigDict(extra="forbid", strict=True)
    alarm: Annotated[str, Field(min_length=1, max_length=140)]
    verdict: Verdict


class Me(BaseModel):
    """Who has signed in, and the token that has to come with every change."""

    name: str
    role: str
    may_answer: bool
    csrf: str


class Problem(BaseModel):
    """Why something was refused."""

    detail: str


def create_app(hub: Hub, staff: Staff, secret: bytes) -> FastAPI:
    """The application for a hub, its staff, and the secret that its rooms share."""
    live = Live(hub)
    by_name, by_address = RateLimit(_SIGN_INS_PER_MINUTE), RateLimit(_FROM_ONE_ADDRESS)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        live.close()

    app = FastAPI(title="Care home", version="1", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.live = live

    async def signed_in(request: Request) -> Session:
        session = await run_in_threadpool(staff.session, request.cookies.get(COOKIE))
        if session is None:
            raise HTTPException(401, "sign in first")
        return session

    async def may_change(request: Request, session: Annotated[Session, Depends(signed_in)]) -> Session:
        if not hmac.compare_digest(request.headers.get(CSRF, "").encode(), session.csrf.encode()):
            hub.counts["changes without the page's token"] += 1
            raise HTTPException(403, "the page is out of date: load it again")
        return session

    @app.middleware("http")
    async def with_headers(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        if _length(request) > MAX_BYTES:
            hub.counts["posts that are too large"] += 1
            response: Response = JSONResponse({"detail": f"at most {MAX_BYTES} bytes"}, 413)
        else:
            response = await call_next(request)
        response.headers.update(_HEADERS)
        return response

    @app.exception_handler(RequestValidationError)
    async def explain(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        return JSONResponse({"detail": f"{'.'.join(map(str, first['loc']))}: {first['msg']}"}, 422)

    @app.exception_handler(sqlite3.OperationalError)
    async def not_written(request: Request, error: sqlite3.OperationalError) -> Response:
        # A full disk, most likely: nothing is confirmed, so rooms keep what they have and sound on.
        return JSONResponse({"detail": f"the log cannot be written: {error}"}, 503)

    problems: dict[int | str, dict[str, Any]] = {
        status: {"model": Problem} for status in (400, 401, 403, 404, 409, 413, 422, 429, 503)
    }

    @app.post("/api/rooms", responses=problems, include_in_schema=False)
    async def rooms(request: Request, signature: Annotated[str, Header(alias=SIGNATURE)] = "") -> Response:
        content = await _body(request)
        if not is_signed(secret, content, signature):
            hub.counts["posts without the rooms' secret"] += 1
            raise HTTPException(401, "not signed with the secret of this hub")
        try:
            post = from_json(Post, content)
        except common.InvalidInputError as error:
            hub.counts["posts that are no messages"] += 1
            raise HTTPException(422, str(error)) from None
        reply = to_json(await run_in_threadpool(hub.exchange, post))
        headers = {SIGNATURE: sign(secret, reply, replies_to=signature)}
        return Response(reply, media_type="application/json", headers=headers)

    @app.post("/api/sign-in", responses=problems)
    async def sign_in(request: Request, response: Response, body: SignIn) -> Me:
        address = request.client.host if request.client else ""
        if not (by_name.allows(f"{address} {body.name}") and by_address.allows(address)):
            hub.counts["sign-ins that came too fast"] += 1
            raise HTTPException(429, "too many tries: wait a minute")
        found = await run_in_threadpool(staff.sign_in, body.name, body.password)
        if found is None:
            hub.counts["sign-ins that failed"] += 1
            raise HTTPException(401, "name and password do not belong together")
        token, session = found
        await run_in_threadpool(hub.note, "signed in", session.name)
        response.set_cookie(
            COOKIE,
            token,
            max_age=int(SESSION_S),
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
        return _me(session)

    @app.post("/api/sign-out", responses=problems)
    async def sign_out(request: Request, response: Response, session: Annotated[Session, Depends(may_change)]) -> None:
        await run_in_threadpool(staff.sign_out, request.cookies[COOKIE])
        response.delete_cookie(COOKIE)

    @app.get("/api/me", responses=problems)
    async def me(request: Request) -> Me | None:
        session = await run_in_threadpool(staff.session, request.cookies.get(COOKIE))
        return None if session is None else _me(session)

    @app.post("/api/answers", responses=problems)
    async def answer(body: AnswerBody, session: Annotated[Session, Depends(may_change)]) -> dict[str, Any]:
        if not session.may_answer:
            raise HTTPException(403, "this account may only look")
        if hub.home.find(body.alarm) is None:
            raise HTTPException(404, "there is no such alarm")
        try:
            return views.alarm(await run_in_threadpool(hub.answer, body.alarm, body.verdict, session.name))
        except common.InvalidInputError as error:
            raise HTTPException(409, str(error)) from None

    @app.get("/api/health", responses=problems)
    async def health(session: Annotated[Session, Depends(signed_in)]) -> list[dict[str, Any]]:
        return views.health(hub)

    @app.get("/api/history", responses=problems)
    async def history(session: Annotated[Session, Depends(signed_in)]) -> dict[str, Any]:
        return await run_in_threadpool(views.history, hub)

    @app.get("/api/live", responses=problems, response_class=StreamingResponse)
    async def stream(
        session: Annotated[Session, Depends(signed_in)],
        last_event_id: Annotated[str, Header(alias="Last-Event-ID", max_length=15)] = "",
    ) -> StreamingResponse:
        # A browser sends an id of its own; whatever else comes is as good as none.
        last_seen = int(last_event_id) if last_event_id.isascii() and last_event_id.isdigit() else None
        return StreamingResponse(live.stream(last_seen), media_type="text/event-stream")

    for path, (name, media_type) in _PAGES.items():
        app.get(path, include_in_schema=False)(_static(name, media_type))
    return app


def _static(name: str, media_type: str) -> Callable[[], Awaitable[Response]]:
    content = (_STATIC / name).read_bytes()

    async def page() -> Response:
        return Response(content, media_type=media_type)

    return page


def _me(session: Session) -> Me:
    return Me(name=session.name, role=str(session.role), may_answer=session.may_answer, csrf=session.csrf)


def _length(request: Request) -> int:
    length = request.headers.get("content-length", "0")
    return int(length) if length.isascii() and length.isdigit() else 0


async def _body(request: Request) -> bytes:
    """The body, if it is not too long; one that comes in pieces does not say before."""
    content = b""
    async for piece in request.stream():
        content += piece
        if len(content) > MAX_BYTES:
            raise HTTPException(413, f"at most {MAX_BYTES} bytes")
    return content
