"""Server-sent events: every browser hears what the hub tells, and after a break what it missed.

The id of an event is the number of the latest line of the log that it tells of. A browser that comes back sends the
last id that it saw, and gets the lines since; a browser that cannot keep up is sent away, and comes back so.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from typing import Any

from examples.care_home.hub.entries import Line
from examples.care_home.hub.hub import Hub, Update
from examples.care_home.page import views

_MOST_WAITING = 500  # events of one browser
_MOST_MISSED = 300  # lines that a browser gets when it comes back; the log has all
_SIGN_OF_LIFE_S = 5.0
_LONGEST_S = 600.0  # then the browser has to come again, and to be signed in still


class Live:
    """Tells all browsers. The hub calls :meth:`hear` from any thread; the rest runs in the event loop."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._browsers: set[asyncio.Queue[str | None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_closed = False
        hub.listen(self.hear)

    @property
    def n_browsers(self) -> int:
        """How many browsers listen."""
        return len(self._browsers)

    def hear(self, update: Update) -> None:
        """Pass an update of the hub on."""
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._publish, list(events_of(update)))

    def close(self) -> None:
        """Send everybody away, so that the server can end; from any thread."""
        self._is_closed = True
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._send_away)

    def _send_away(self) -> None:
        for browser in self._browsers:
            browser.put_nowait(None)

    async def stream(self, last_seen: int | None) -> AsyncIterator[str]:
        """The events for one browser: all that is known now, what it missed, and what happens."""
        self._loop = asyncio.get_running_loop()
        waiting: asyncio.Queue[str | None] = asyncio.Queue()
        self._browsers.add(waiting)
        try:
            yield event("snapshot", await asyncio.to_thread(views.snapshot, self._hub))
            missed = await asyncio.to_thread(self._missed, last_seen)
            yield event("lines", [views.line(line) for line in missed], number=missed[-1].number if missed else None)
            ends_s = self._loop.time() + _LONGEST_S
            while not self._is_closed and self._loop.time() < ends_s:
                try:
                    text = await asyncio.wait_for(waiting.get(), timeout=_SIGN_OF_LIFE_S)
                except TimeoutError:
                    text = event("alive", {})
                if text is None:
                    return
                yield text
        finally:
            self._browsers.discard(waiting)

    def _missed(self, last_seen: int | None) -> list[Line]:
        if last_seen is None:
            return self._hub.log.lines(most=50)
        return self._hub.log.lines(last_seen, most=_MOST_MISSED)

    def _publish(self, texts: Iterable[str]) -> None:
        for browser in list(self._browsers):
            if browser.qsize() > _MOST_WAITING:
                self._browsers.discard(browser)
                browser.put_nowait(None)
                continue
            for text in texts:
                browser.put_nowait(text)


def events_of(update: Update) -> Iterable[str]:
    """The events that tell of an update; one that browsers have not seen is told before its line's number."""
    if update.words:
        yield event("words", [views.word(word) for word in update.words])
    if update.alarms:
        yield event("alarms", [views.alarm(alarm) for alarm in update.alarms])
    if update.sounds:
        yield event("sounds", [alarm.id for alarm in update.sounds])
    if update.lines:
        yield event("lines", [views.line(line) for line in update.lines], number=update.lines[-1].number)


def event(name: str, data: Any, *, number: int | None = None) -> str:
    """One event in the format of server-sent events; JSON has no line breaks."""
    head = "" if number is None else f"id: {number}\n"
    return f"{head}event: {name}\ndata: {json.dumps(data, allow_nan=False)}\n\n"
