"""The outlines of people that leave a room with its alarms, if the room's switch for it is on."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from common import AlarmPhase, Box, CameraReport
from common.alarms.messages import AlarmMessage
from examples.care_home.room.camera.pictures import Picture
from examples.care_home.room.readings import Frame
from examples.care_home.room.silhouette import silhouette

logger = logging.getLogger(__name__)

_KEPT_S = 60.0
_TOLD = (AlarmPhase.NOTIFIED, AlarmPhase.ESCALATED)


class Outlines:
    """Keeps the latest picture of whoever most probably fell, for a minute and in memory, and draws it in an alarm."""

    def __init__(self) -> None:
        self._seen: tuple[float, Picture, Box] | None = None
        self._drawn: dict[str, str | None] = {}  # by the id of the message

    def see(self, frames: Sequence[Frame], reports: Sequence[tuple[float, CameraReport]]) -> None:
        """Look at what the camera gave, and at what was said of it."""
        pictures = {(frame.time_s, frame.track, frame.box): frame.picture for frame in frames}
        for time_s, report in reports:
            if report.people:
                person = max(report.people, key=lambda one: one.probability)
                picture = pictures.get((time_s, person.track, person.box))
                self._seen = None if picture is None else (time_s, picture, person.box)
            elif self._seen is not None and time_s - self._seen[0] > _KEPT_S:
                self._seen = None

    def keep(self, outbox: Sequence[AlarmMessage], began_s: float) -> None:
        """Draw the outline for messages of a fall that people are told of; forget those that are confirmed."""
        drawn = {}
        for message in outbox:
            change = message.transition
            if change.subject == "fall" and change.after in _TOLD:
                known = message.id in self._drawn
                drawn[message.id] = self._drawn[message.id] if known else self._draw(change.time_s - began_s)
        self._drawn = drawn

    def of(self, message: AlarmMessage) -> str | None:
        """The outline that goes with a message, if there is one."""
        return self._drawn.get(message.id)

    def _draw(self, time_s: float) -> str | None:
        # What is told of before this room began was seen by nobody who is here now.
        if self._seen is None or time_s < 0 or time_s - self._seen[0] > _KEPT_S:
            return None
        try:
            return silhouette(*self._seen[1:])
        except Exception:  # an alarm goes out, with an outline or without
            logger.exception("the outline of a person could not be drawn")
            return None
