"""The alarms of a home as a pure function of the log: state and line in, state out; nothing here reads a clock.

An alarm answers two questions, which are never mixed up:

- Is it *acknowledged*: has somebody said that they are coming? Until then people are called, one after the other.
- Is it *active*: does the room still report it? Only the room clears it, after the word of staff or when a camera has
  seen the person upright. If the room cannot be heard, the word of staff has to do, and the log says so.

A room's event that comes twice has no effect the second time; the log sees to that by the event's id.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from common import AlarmPhase, InvalidInputError
from examples.care_home.hub.entries import Answered, Called, Line, LinkChanged, Received
from examples.care_home.messages import Answer, RoomEvent, SensorWord, Verdict

_MOST_CLOSED = 500  # for the history on the page; the log keeps all
# Answers of a hub that took over have higher numbers than all of the hub before: a log has fewer lines than this.
_NUMBERS_OF_A_TERM = 2**32
_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class Alarm:
    """A fall that people were told of.

    Attributes
    ----------
    id, room, origin, event : str, str, str, int
        See :class:`examples.care_home.messages.RoomEvent`.
    raised_at_s : float
        On the hub's clock.
    waits_since_s : float
        In elapsed seconds, since when it waits for an acknowledgement: from its beginning, or since it was escalated.
    probability : float or None
    sensors : tuple of SensorWord
        What each sensor said when it was raised.
    reason : str
    is_active : bool
    acknowledged_by : str or None
    acknowledged_at_s : float or None
    verdict : str or None
        What staff found.
    verdict_by : str or None
    cleared_at_s : float or None
    cleared_because : str
    steps_called : int
    is_urgent : bool
        Whether the room has escalated it; then everybody is called at once.
    is_elsewhere : bool
        Whether it went on at another hub, which watches the room now; here it is closed.
    silhouette : str or None
        See :class:`examples.care_home.messages.RoomEvent`.
    """

    id: str
    room: str
    origin: str
    event: int
    raised_at_s: float
    waits_since_s: float
    probability: float | None
    sensors: tuple[SensorWord, ...]
    reason: str
    is_active: bool = True
    acknowledged_by: str | None = None
    acknowledged_at_s: float | None = None
    verdict: Verdict | None = None
    verdict_by: str | None = None
    cleared_at_s: float | None = None
    cleared_because: str = ""
    steps_called: int = 0
    is_urgent: bool = False
    is_elsewhere: bool = False
    silhouette: str | None = None

    @property
    def is_waiting(self) -> bool:
        """Whether somebody has to come, and nobody has said so."""
        return self.is_active and self.acknowledged_by is None


@dataclass(frozen=True)
class RoomHealth:
    """What is known to be wrong with a room's equipment: technical alarms, which are not acknowledged but repaired."""

    room: str
    is_silent: bool = False
    is_ended: bool = False  # on purpose: nobody is watched, or by another hub, which is no fault
    silent_sensors: frozenset[str] = frozenset()

    @property
    def needs_repair(self) -> bool:
        """Whether there is a technical alarm."""
        return self.is_silent or bool(self.silent_sensors)


@dataclass(frozen=True)
class Home:
    """The state of all alarms.

    Attributes
    ----------
    active : mapping of str to Alarm
        By id, the oldest first.
    closed : mapping of str to Alarm
        By id, the latest last; the oldest are left out.
    answers : mapping of str to tuple of Answer
        By origin: what the room has not yet been seen to act on.
    rooms : mapping of str to RoomHealth
        By origin.
    terms : mapping of str to int
        By origin, for rooms that may be watched by one hub after the other: which turn this is.
    """

    active: Mapping[str, Alarm] = field(default_factory=lambda: _NOTHING)
    closed: Mapping[str, Alarm] = field(default_factory=lambda: _NOTHING)
    answers: Mapping[str, tuple[Answer, ...]] = field(default_factory=lambda: _NOTHING)
    rooms: Mapping[str, RoomHealth] = field(default_factory=lambda: _NOTHING)
    terms: Mapping[str, int] = field(default_factory=lambda: _NOTHING)

    @property
    def technical_alarms(self) -> dict[str, RoomHealth]:
        """Rooms whose equipment has to be looked at, by origin."""
        return {origin: health for origin, health in self.rooms.items() if health.needs_repair}

    def find(self, alarm: str) -> Alarm | None:
        """The alarm with this id, also if it is closed."""
        return self.active.get(alarm) or self.closed.get(alarm)


def evolve(home: Home, line: Line) -> Home:
    """The state after one more line of the log."""
    match line.entry:
        case Received(event) if event.subject == "fall":
            return _after_fall(home, line, event)
        case Received(event) if event.subject.startswith("sensor "):
            return _after_sensor(home, event)
        case Received(event) if event.subject == "room" and event.after == "ended":
            health = home.rooms.get(event.origin, RoomHealth(event.room))
            return replace(home, rooms={**home.rooms, event.origin: replace(health, is_ended=True)})
        case Answered() as answer:
            return _after_answer(home, line, answer)
        case Called(alarm, _, step):
            called = home.active.get(alarm)
            return home if called is None else _with(home, replace(called, steps_called=max(step, called.steps_called)))
        case LinkChanged() as link:
            return _after_link(home, line, link)
    return home


def check_answer(home: Home, alarm: str, verdict: Verdict, by: str) -> Answered:
    """What goes into the log when somebody presses a button.

    Raises
    ------
    InvalidInputError
        If there is no such alarm, or the answer comes too late: somebody else was faster.
    """
    found = home.find(alarm)
    if found is None:
        raise InvalidInputError(f"alarm is {alarm!r}; there is no such alarm")
    if verdict == "on my way":
        if not found.is_active:
            raise InvalidInputError(f"alarm {alarm} is over: {found.cleared_because}")
        if found.acknowledged_by is not None:
            raise InvalidInputError(f"{found.acknowledged_by} is on the way already")
    elif found.verdict is not None:
        raise InvalidInputError(f"{found.verdict_by} has said already: {found.verdict}")
    return Answered(found.id, found.room, verdict, by)


def settled(home: Home, origin: str, number: int) -> Home:
    """Without the answers up to this number, on which the room has acted."""
    left = tuple(answer for answer in home.answers.get(origin, ()) if answer.number > number)
    if left == home.answers.get(origin, ()):
        return home
    return replace(home, answers={**home.answers, origin: left})


def _after_fall(home: Home, line: Line, event: RoomEvent) -> Home:
    alarm = home.active.get(event.alarm)
    is_known = home.find(event.alarm) is not None
    match event.after:
        case AlarmPhase.NOTIFIED | AlarmPhase.ESCALATED if not is_known:
            raised = Alarm(
                event.alarm,
                event.room,
                event.origin,
                event.event,
                line.time_s,
                line.elapsed_s,
                event.probability,
                event.sensors,
                event.reason,
                is_urgent=event.after == AlarmPhase.ESCALATED,
                silhouette=event.silhouette,
            )
            return _with(home, raised)
        case AlarmPhase.ESCALATED if alarm is not None:
            # Whoever was on the way has not ended it: it waits again, for everybody.
            waits_since_s = alarm.waits_since_s if alarm.is_waiting else line.elapsed_s
            steps_called = alarm.steps_called if alarm.is_waiting else 0
            return _with(
                home,
                replace(
                    alarm,
                    is_urgent=True,
                    acknowledged_by=None,
                    acknowledged_at_s=None,
                    waits_since_s=waits_since_s,
                    steps_called=steps_called,
                    reason=event.reason,
                    silhouette=event.silhouette or alarm.silhouette,
                ),
            )
        case AlarmPhase.ACKNOWLEDGED if alarm is not None and alarm.acknowledged_by is None:
            by = event.reason.partition(" by ")[2] or "somebody in the room"
            return _with(home, replace(alarm, acknowledged_by=by, acknowledged_at_s=line.time_s))
        case AlarmPhase.RESOLVED if alarm is not None:
            return _closed(home, alarm, line, event.reason)
    return home


def _after_answer(home: Home, line: Line, entry: Answered) -> Home:
    alarm = home.find(entry.alarm)
    if alarm is None:
        return home
    if alarm.acknowledged_by is None:
        alarm = replace(alarm, acknowledged_by=entry.by, acknowledged_at_s=line.time_s)
    if entry.verdict != "on my way":
        alarm = replace(alarm, verdict=entry.verdict, verdict_by=entry.by)
    if not alarm.is_active:  # what was found is said afterwards
        return replace(home, closed={**home.closed, alarm.id: alarm})
    number = home.terms.get(alarm.origin, 0) * _NUMBERS_OF_A_TERM + line.number
    answer = Answer(number, alarm.origin, alarm.event, entry.verdict, entry.by)
    waiting = (*home.answers.get(alarm.origin, ()), answer)
    home = _with(replace(home, answers={**home.answers, alarm.origin: waiting}), alarm)
    health = home.rooms.get(alarm.origin)
    if entry.verdict != "on my way" and health is not None and (health.is_silent or health.is_ended):
        return _closed(home, alarm, line, f"{entry.verdict}, says {entry.by}; the room cannot be heard")
    return home


def _after_sensor(home: Home, event: RoomEvent) -> Home:
    health = home.rooms.get(event.origin, RoomHealth(event.room))
    sensor = event.subject.removeprefix("sensor ")
    silent = health.silent_sensors - {sensor} | ({sensor} if event.after == "silent" else set())
    return replace(home, rooms={**home.rooms, event.origin: replace(health, silent_sensors=frozenset(silent))})


def _after_link(home: Home, line: Line, link: LinkChanged) -> Home:
    """Alarms of a room that another hub watches now are closed here, and go on if the room comes back."""
    health = home.rooms.get(link.origin, RoomHealth(link.room))
    silent_sensors = health.silent_sensors if link.is_here else frozenset()
    health = replace(health, is_silent=link.is_silent, is_ended=not link.is_here, silent_sensors=silent_sensors)
    home = replace(home, rooms={**home.rooms, link.origin: health})
    if link.term is not None:
        home = replace(home, terms={**home.terms, link.origin: link.term})
    if not link.is_here:
        for alarm in [alarm for alarm in home.active.values() if alarm.origin == link.origin]:
            home = _closed(home, replace(alarm, is_elsewhere=True), line, link.reason)
        return home
    for alarm in [one for one in home.closed.values() if one.is_elsewhere and one.origin == link.origin]:
        closed = {name: one for name, one in home.closed.items() if name != alarm.id}
        again = replace(alarm, is_active=True, is_elsewhere=False, cleared_at_s=None, cleared_because="")
        home = _with(replace(home, closed=closed), again)
    return home


def _with(home: Home, alarm: Alarm) -> Home:
    return replace(home, active={**home.active, alarm.id: alarm})


def _closed(home: Home, alarm: Alarm, line: Line, because: str) -> Home:
    closed = replace(alarm, is_active=False, cleared_at_s=line.time_s, cleared_because=because)
    active = {name: one for name, one in home.active.items() if name != alarm.id}
    after = {**home.closed, alarm.id: closed}
    if len(after) > _MOST_CLOSED:
        del after[next(iter(after))]
    return replace(home, active=active, closed=after)
