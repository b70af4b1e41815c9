"""What is not over yet, from all events of a home: what a hub that takes rooms over has to know."""

from __future__ import annotations

from dataclasses import dataclass, field

from common import AlarmPhase
from examples.care_home.messages import RoomEvent
from examples.care_home.nats.servers import part_of


@dataclass
class OpenEvents:
    """Rooms that are watched, their falls that are not resolved, and their silent sensors."""

    _heard: set[str] = field(default_factory=set)  # ids: an event that comes twice opens nothing again
    _rooms: dict[str, str] = field(default_factory=dict)  # by origin
    _open: dict[tuple[str, str], list[RoomEvent]] = field(default_factory=dict)

    def hear(self, event: RoomEvent) -> None:
        """Take the next event in."""
        if event.id in self._heard:
            return
        self._heard.add(event.id)
        if event.subject == "room":
            if event.after == "ended":
                self._rooms.pop(event.origin, None)
            else:
                self._rooms[event.origin] = event.room
            return
        self._rooms.setdefault(event.origin, event.room)
        is_fall = event.subject == "fall"
        about = (event.origin, event.alarm if is_fall else event.subject)
        if event.after == AlarmPhase.RESOLVED if is_fall else event.after != "silent":
            self._open.pop(about, None)
        else:
            self._open.setdefault(about, []).append(event)

    def rooms(self, part: int) -> dict[str, str]:
        """Names of the rooms of a part by origin."""
        return {origin: room for origin, room in self._rooms.items() if part_of(room) == part}

    def events(self, part: int) -> list[RoomEvent]:
        """What is not over yet in a part; each fall's events in their order."""
        return [event for events in self._open.values() for event in events if part_of(event.room) == part]
