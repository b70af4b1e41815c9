"""Waiting for what other processes do, and rooms that tell a hub over a link."""

from __future__ import annotations

import time
from collections.abc import Callable

from examples.care_home.room.links import Link, LinkError
from tests.examples.care_home.hub.rooms import FakeRoom


def wait_until(holds: Callable[[], bool]) -> None:
    """Return when it holds; half a minute is longer than anything takes."""
    for _ in range(1500):
        if holds():
            return
        time.sleep(0.02)
    raise AssertionError("did not happen within half a minute")


def tell(link: Link, room: FakeRoom) -> bool:
    """Post what waits, and forget what was confirmed; whether there was a reply."""
    try:
        reply = link.exchange(room.post(*room.outbox))
    except LinkError:
        return False
    room.outbox = [event for event in room.outbox if event.id not in reply.confirmed]
    return True
