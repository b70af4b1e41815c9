"""The boxes of people that Frigate tracks, from its events over MQTT.

Frigate publishes ``frigate/events`` when a tracked object begins, changes notably, and ends, each with the state
``after`` it: ``label``, ``camera``, ``score``, ``stationary`` and ``box`` as left, top, right and bottom in pixels of
the stream in which it detects. Between two messages a box holds. ``frigate/available`` is ``online`` or ``offline``.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from common import Box, InvalidInputError

MAX_BYTES = 64 * 1024
_MOST_PEOPLE = 16

_Edge = Annotated[float, Field(allow_inf_nan=False, ge=-1e5, le=1e5)]


class _State(BaseModel):
    model_config = ConfigDict(extra="ignore")
    id: Annotated[str, Field(min_length=1, max_length=100)]
    camera: Annotated[str, Field(max_length=100)]
    label: Annotated[str, Field(max_length=100)]
    box: Annotated[list[_Edge], Field(min_length=4, max_length=4)]
    score: Annotated[float, Field(allow_inf_nan=False, ge=0, le=1)] = 0.0
    stationary: bool = False
    false_positive: bool = False


class _Event(BaseModel):
    model_config = ConfigDict(extra="ignore")
    type: Literal["new", "update", "end"]
    after: _State


@dataclass(frozen=True)
class FrigatePerson:
    """A person whom Frigate tracks.

    Attributes
    ----------
    box : Box
    score : float
    track : int
        A number of ours, from 1.
    is_still : bool
        Whether Frigate takes them for stationary.
    """

    box: Box
    score: float
    track: int
    is_still: bool


class FrigatePeople:
    """Who is in the picture of one camera now. Several threads may call it.

    Parameters
    ----------
    camera : str
        As Frigate's configuration names it.

    Examples
    --------
    >>> people = FrigatePeople("room12")
    >>> after = '{"id": "17.1-a", "camera": "room12", "label": "person", "score": 0.8, "box": [10, 20, 40, 110]}'
    >>> people.take(('{"type": "new", "after": ' + after + "}").encode())
    >>> people.now()
    (FrigatePerson(box=Box(x=10.0, y=20.0, w=30.0, h=90.0), score=0.8, track=1, is_still=False),)
    """

    def __init__(self, camera: str) -> None:
        self._camera = camera
        self._lock = threading.Lock()
        self._people: dict[str, FrigatePerson] = {}
        self._n_tracks = 0
        self._has_changed = True

    def take(self, content: bytes) -> None:
        """Take a message of ``frigate/events``; those of other cameras and other objects are left out.

        Raises
        ------
        InvalidInputError
            If it is no such message.
        """
        if len(content) > MAX_BYTES:
            raise InvalidInputError(f"an event of Frigate has {len(content)} bytes, more than {MAX_BYTES}")
        try:
            event = _Event.model_validate_json(content)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            place = ".".join(map(str, first["loc"]))
            raise InvalidInputError(f"not an event of Frigate: {place or 'text'}: {first['msg']}") from None
        state = event.after
        if state.camera != self._camera or state.label != "person":
            return
        left, top, right, bottom = state.box
        if min(right - left, bottom - top) < 2:
            raise InvalidInputError(f"not an event of Frigate: after.box: {state.box} is no box of a person")
        with self._lock:
            known = self._people.pop(state.id, None)
            self._has_changed = True
            if event.type == "end" or state.false_positive or len(self._people) >= _MOST_PEOPLE:
                return
            if known is None:
                self._n_tracks += 1
            track = self._n_tracks if known is None else known.track
            box = Box(left, top, right - left, bottom - top)
            self._people[state.id] = FrigatePerson(box, state.score, track, state.stationary)

    def forget(self) -> None:
        """Frigate is gone: nobody knows where people are."""
        with self._lock:
            self._people.clear()

    def now(self) -> tuple[FrigatePerson, ...]:
        """Everybody who has come and not gone."""
        with self._lock:
            return tuple(self._people.values())

    def has_changed(self) -> bool:
        """Whether a box has come, changed or gone since this was asked last."""
        with self._lock:
            changed, self._has_changed = self._has_changed, False
            return changed


def scaled(person: FrigatePerson, detected: tuple[int, int] | None, width: int, height: int) -> list[float]:
    """A row ``(x, y, w, h, score)`` in pixels of a frame of this size, as a detector answers."""
    x, y = (1.0, 1.0) if detected is None else (width / detected[0], height / detected[1])
    box = person.box
    return [box.x * x, box.y * y, box.w * x, box.h * y, person.score]
