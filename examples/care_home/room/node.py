"""A node: the rooms of one process, their clock, and the thread that tells the hub.

Watching and sounding never wait for the hub; telling it does, in a thread of its own.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable, Sequence

from common import AlarmPhase, AlarmTransition
from examples.care_home.messages import VERSION, Post, RoomEvent
from examples.care_home.room.links import Link, LinkError
from examples.care_home.room.room import Room

logger = logging.getLogger(__name__)

Sound = Callable[[Room, AlarmTransition], None]
_TELL_EVERY_S = 1.0
_LONGEST_STEP_S = 2.0  # longer, and the machine was asleep: the rooms' clock stood still
_MOST_EVENTS = 200  # of one post; the others follow at once


class Node:
    """Runs rooms, second by second.

    Parameters
    ----------
    rooms : sequence of Room
        Others may join with :meth:`add`.
    link : Link
    sound : callable
        Called in the room when its alarm sounds, and again every ten seconds until somebody has answered.
    began_s : float
        The rooms' clock at the beginning.
    speed : float
        How many seconds of the rooms pass in one second; more than 1 for simulated residents only.
    """

    def __init__(self, rooms: Sequence[Room], link: Link, *, sound: Sound, began_s: float, speed: float = 1.0) -> None:
        self.rooms = tuple(rooms)
        self.now_s = began_s
        self.latest_step_s = 0.0  # how long the latest second took to compute
        self._stepped_s = time.monotonic()
        self._link, self._sound, self._speed = link, sound, speed
        self._stop, self._wake = threading.Event(), threading.Event()
        self._is_heard = True
        self._told: dict[str, int] = {}  # the number of the latest word that the hub has

    def run(self) -> None:
        """Watch until :meth:`stop` is called."""
        teller = threading.Thread(target=self._tell_until_stopped, name="teller")
        teller.start()
        due_s = time.monotonic()
        try:
            while not self._stop.is_set():
                self.step(self.now_s + 1.0)
                due_s += 1.0 / self._speed
                late_s = time.monotonic() - due_s
                if late_s > 5.0:  # the machine was asleep, or is too slow: go on from now
                    due_s = time.monotonic()
                self._stop.wait(timeout=max(0.0, -late_s))
        finally:
            self._stop.set()
            self._wake.set()
            teller.join()

    def add(self, room: Room) -> None:
        """Watch one more room from the next second on; from any thread."""
        self.rooms = (*self.rooms, room)

    @property
    def clock_s(self) -> float:
        """The rooms' clock between two steps, for sensors that are read all the time."""
        return self.now_s + min(_LONGEST_STEP_S, time.monotonic() - self._stepped_s)

    @property
    def is_stopping(self) -> bool:
        """Whether :meth:`stop` was called."""
        return self._stop.is_set()

    def stop(self) -> None:
        """End after this second."""
        self._stop.set()
        self._wake.set()

    def step(self, now_s: float) -> None:
        """One second of all rooms."""
        began_s = self._stepped_s = time.monotonic()
        self.now_s = now_s
        for room in self.rooms:
            try:
                changes = room.step(now_s)
            except Exception:  # the others must be watched; the hub does not hear this one any more, and says so
                logger.exception("room %s: a second was lost", room.name)
                changes = ()
            for change in changes:
                if is_heard_in_room(change):
                    self._sound(room, change)
            if changes:
                self._wake.set()
        self.latest_step_s = time.monotonic() - began_s

    def tell(self, *, goodbye: bool = False) -> bool:
        """Tell the hub once, and do what it replies; whether it was reached."""
        events = [event for room in self.rooms for event in room.events()][:_MOST_EVENTS]
        if goodbye:
            events += [_ended(room, self.now_s) for room in self.rooms]
        words = tuple(
            word for word in (room.word for room in self.rooms) if word.number > self._told.get(word.origin, 0)
        )
        try:
            reply = self._link.exchange(Post(VERSION, words, tuple(events)))
        except LinkError as error:
            if self._is_heard:
                logger.warning("%s: rooms watch and sound on, and what happened is told later", error)
            self._is_heard = False
            return False
        self._is_heard = True
        self._told = self._told | {word.origin: word.number for word in words}
        by_origin = {room.tracker.name: room for room in self.rooms}
        for message in reply.confirmed:
            room = by_origin.get(message.rpartition("/")[0])
            if room is not None:
                room.confirm(message)
        for answer in reply.answers:
            room = by_origin.get(answer.origin)
            if room is not None and room.act(self.now_s, answer):
                self._wake.set()
        return True

    def _tell_until_stopped(self) -> None:
        while not self._stop.is_set():
            self._wake.wait(timeout=_TELL_EVERY_S)
            self._wake.clear()
            try:
                is_told = self.tell()
            except Exception:  # whatever goes wrong with one reply, the next second has to be told
                logger.exception("the hub could not be told")
                is_told = False
            if not is_told:
                self._stop.wait(timeout=_TELL_EVERY_S)
        self.tell(goodbye=True)
        if any(room.events() for room in self.rooms):  # what the last reply had us do
            self.tell()


def stop_on_signals(node: Node) -> None:
    """Let Ctrl-C, or a signal to end, stop a node.

    A handler runs in the middle of whatever the main thread does, also while that holds the lock that :meth:`Node.stop`
    needs. So another thread calls it.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: threading.Thread(target=node.stop, name="stopping", daemon=True).start())


def is_heard_in_room(change: AlarmTransition) -> bool:
    """Whether a change makes a sound."""
    is_told = change.subject == "fall" and change.after in (AlarmPhase.NOTIFIED, AlarmPhase.ESCALATED)
    return is_told or change.subject == "sound"


def _ended(room: Room, now_s: float) -> RoomEvent:
    name = room.tracker.name
    # Once for each time it ends: the room's clock tells them apart.
    message = f"{name}/{int(now_s * 1000)}/ended"
    return RoomEvent(message, room.name, name, 0, "room", "watched", "ended", "the room's node has ended", now_s)
