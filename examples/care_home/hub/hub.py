"""The hub: takes what rooms post and what staff say, writes it down, and tells everybody who listens.

Every change is a line of the log first, and takes effect after; a hub that is killed goes on from the log with the same
open alarms. What a room reported is confirmed only when it is on the disk.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from common.alarms.clock import Clock, advance
from examples.care_home.hub import checkpoint, fhir
from examples.care_home.hub.alarms import Alarm, Home, check_answer, evolve, settled
from examples.care_home.hub.calling import CallPolicy, calls_due, sounds_due
from examples.care_home.hub.entries import Answered, Called, Entry, Line, LinkChanged, Noted, Received
from examples.care_home.hub.log import Log
from examples.care_home.hub.watched import WatchedTime
from examples.care_home.messages import VERSION, Post, Reply, RoomEvent, RoomWord, Verdict

logger = logging.getLogger(__name__)
_SET_BACK_AFTER_S = 5.0


@dataclass(frozen=True)
class Update:
    """What listeners hear: new lines of the log, alarms that sound now, or new words of rooms."""

    lines: tuple[Line, ...] = ()
    alarms: tuple[Alarm, ...] = ()  # of the lines, as they are now
    sounds: tuple[Alarm, ...] = ()
    words: tuple[RoomWord, ...] = ()


Listener = Callable[[Update], None]


class Hub:
    """All alarms of the home. Several threads may call it: one call is done after the other.

    Call :meth:`tick` once a second.

    Parameters
    ----------
    log : Log
    policy : CallPolicy, optional
    sends_on : bool
        Whether changes of alarms are kept for a webhook.
    now : callable
        The clock, in seconds since 1970. It may be wrong, and may be set: timers use elapsed time.
    """

    def __init__(
        self,
        log: Log,
        policy: CallPolicy | None = None,
        *,
        sends_on: bool = False,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.log = log
        self.policy = policy or CallPolicy()
        self.watched = WatchedTime(log)
        self.counts: Counter[str] = Counter()  # of what was refused or left out
        self._sends_on = sends_on
        self._now = now
        self._lock = threading.RLock()
        self._listeners: list[Listener] = []
        self._words: dict[str, RoomWord] = {}
        self._heard_s: dict[str, float] = {}
        self._sounded_s: dict[str, float] = {}
        self._home = checkpoint.restored(log)
        self._checkpoint = 0  # number of the line at which the state was kept
        # The time for which the hub was down has passed for whoever is waiting.
        down_s = max(0.0, now() - log.last_time_s) if log.number else 0.0
        self._clock = Clock(now_s=now(), highest_s=now(), elapsed_s=log.last_elapsed_s + down_s)
        for origin in self._home.rooms:
            self._heard_s[origin] = self._clock.elapsed_s
        self.note("hub started")

    @property
    def home(self) -> Home:
        """The state of all alarms now."""
        return self._home

    @property
    def words(self) -> dict[str, RoomWord]:
        """The latest word of each room, by its origin."""
        with self._lock:
            return dict(self._words)

    def listen(self, listener: Listener) -> None:
        """Call ``listener`` with every update, under the hub's lock: it must be quick."""
        self._listeners.append(listener)

    def exchange(self, post: Post) -> Reply:
        """Take what a node posts; the reply confirms its events, which are in the log by then."""
        with self._lock:
            elapsed_s = self._elapsed_s()
            words = [word for word in post.words if self._is_news(word)]
            entries: list[Entry] = []
            for word in words:
                self._heard_s[word.origin] = elapsed_s
                health = self._home.rooms.get(word.origin)
                if health is None or health.is_silent or health.is_ended:
                    reason = "first heard" if health is None else "heard again"
                    entries.append(LinkChanged(word.origin, word.room, False, reason))
                self._home = settled(self._home, word.origin, word.answered)
            entries += (Received(event) for event in post.events)
            lines = self._write(entries)
            self.counts["events that came twice"] += len(entries) - len(lines)
            self._sound()
            self._call()
            for word in words:
                self.watched.add(self._words.get(word.origin), word, self._now())
                self._words[word.origin] = word
            if words:
                self._tell(Update(words=tuple(words)))
            origins = dict.fromkeys([*(word.origin for word in post.words), *(event.origin for event in post.events)])
            answers = tuple(answer for origin in origins for answer in self._home.answers.get(origin, ()))
            return Reply(VERSION, tuple(event.id for event in post.events), answers)

    def answer(self, alarm: str, verdict: Verdict, by: str) -> Alarm:
        """Take what somebody on the staff says of an alarm.

        Raises
        ------
        InvalidInputError
            If there is no such alarm, or somebody else was faster.
        """
        with self._lock:
            self._write([check_answer(self._home, alarm, verdict, by)])
            found = self._home.find(alarm)
            assert found is not None
            return found

    def lose(self, origins: Iterable[str], reason: str) -> None:
        """Note that rooms have gone, without waiting for their silence."""
        with self._lock:
            self._elapsed_s()
            gone = [(origin, self._home.rooms[origin]) for origin in origins if origin in self._home.rooms]
            self._write(
                [
                    LinkChanged(origin, health.room, True, reason)
                    for origin, health in gone
                    if not (health.is_silent or health.is_ended)
                ]
            )

    def take_over(self, rooms: Mapping[str, str], events: Sequence[RoomEvent], term: int, reason: str) -> None:
        """Watch rooms that another hub may have watched: their names by origin, and what is not over yet.

        A room that is not heard from now on is missed as any other.
        """
        with self._lock:
            self._heard_s |= dict.fromkeys(rooms, self._elapsed_s())
            links = [LinkChanged(origin, room, False, reason, term=term) for origin, room in rooms.items()]
            self._write([*links, *map(Received, events)])
            self._sound()
            self._call()

    def hand_over(self, origins: Iterable[str], reason: str) -> None:
        """Leave rooms to another hub: their alarms are closed here, and nobody is called any more."""
        with self._lock:
            self._elapsed_s()
            left = [(origin, self._home.rooms[origin]) for origin in origins if origin in self._home.rooms]
            self._write([LinkChanged(origin, health.room, False, reason, is_here=False) for origin, health in left])
            for origin, _ in left:
                self._words.pop(origin, None)

    def note(self, text: str, by: str = "") -> None:
        """Write something else worth keeping into the log."""
        with self._lock:
            self._elapsed_s()
            self._write([Noted(text[:300], by[:300])])

    def tick(self) -> None:
        """Let time pass: sound again, call the next person, notice rooms that are not heard any more."""
        with self._lock:
            elapsed_s = self._elapsed_s()
            self._sound()  # before anything is written: on a full disk, what is open goes on sounding
            self._call()
            self._write(
                [
                    LinkChanged(origin, health.room, True, f"not heard for {elapsed_s - self._heard_s[origin]:.0f} s")
                    for origin, health in self._home.rooms.items()
                    if not (health.is_silent or health.is_ended)
                    and elapsed_s - self._heard_s[origin] >= self.policy.silence_s
                ]
            )
            self.watched.flush(elapsed_s)
            if self.log.number - self._checkpoint >= checkpoint.EVERY_LINES:
                checkpoint.write(self.log, self._home)
                self._checkpoint = self.log.number

    def close(self) -> None:
        """Write down that the hub ends, and close the log."""
        with self._lock:
            with suppress(Exception):  # a full disk must not keep it from ending
                self.watched.flush()
                self.note("hub stopped")
            self.log.close()

    def _call(self) -> None:
        """Call everybody who is due; the first person in the same moment in which an alarm arrives."""
        self._write(list(calls_due(self._home, self._clock.elapsed_s, self.policy)))

    def _sound(self) -> None:
        """Sound now whatever waits, and has not sounded for a while."""
        elapsed_s = self._clock.elapsed_s
        sounds = sounds_due(self._home, elapsed_s, self._sounded_s, self.policy)
        self._sounded_s |= {alarm.id: elapsed_s for alarm in sounds}
        for alarm in [name for name in self._sounded_s if name not in self._home.active]:
            del self._sounded_s[alarm]
        if sounds:
            self._tell(Update(sounds=tuple(sounds)))

    def _write(self, entries: Sequence[Entry]) -> list[Line]:
        """The lines written, after they have taken effect and everybody has been told."""
        if not entries:
            return []
        lines = self.log.append(entries, self._now(), self._clock.elapsed_s, outgoing=self._outgoing)
        for line in lines:
            self._home = evolve(self._home, line)
        changed = dict.fromkeys(alarm for line in lines for alarm in self._alarms_of(line))
        alarms = (self._home.find(alarm) for alarm in changed)
        if lines:
            self._tell(Update(lines=tuple(lines), alarms=tuple(alarm for alarm in alarms if alarm is not None)))
        return lines

    def _alarms_of(self, line: Line) -> list[str]:
        """The alarms that a line is about: all of a room that one hub leaves to another one."""
        if isinstance(line.entry, LinkChanged) and (line.entry.term is not None or not line.entry.is_here):
            origin = line.entry.origin
            known = (*self._home.active.values(), *self._home.closed.values())
            return [alarm.id for alarm in known if alarm.origin == origin]
        alarm_of = _alarm_of(line)
        return [] if alarm_of is None else [alarm_of]

    def _outgoing(self, line: Line) -> str | None:
        if not self._sends_on or _alarm_of(line) is None:
            return None
        # The line has not taken effect yet, and others of the same transaction may stand before it: each is sent with
        # what it says itself.
        after = evolve(self._home, line).find(_alarm_of(line) or "")
        return None if after is None else fhir.device_alert(after, self._now())

    def _tell(self, update: Update) -> None:
        for listener in self._listeners:
            try:
                listener(update)
            except Exception:  # what is written down is so, whoever could not be told
                logger.exception("a listener of the hub failed")

    def _is_news(self, word: RoomWord) -> bool:
        last = self._words.get(word.origin)
        if last is not None and word.number <= last.number:
            self.counts["words that came twice or late"] += 1
            return False
        return True

    def _elapsed_s(self) -> float:
        self._clock, _ = advance(self._clock, self._now(), set_back_after_s=_SET_BACK_AFTER_S)
        return self._clock.elapsed_s


def _alarm_of(line: Line) -> str | None:
    """The alarm that a line is about, if it is about one."""
    match line.entry:
        case Received(event) if event.subject == "fall":
            return event.alarm
        case Answered(alarm) | Called(alarm):
            return alarm
    return None
