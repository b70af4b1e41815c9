"""What rooms and the hub say to each other: the messages of version 1, and their form as JSON.

A room posts once a second what it knows (:class:`Post`), and the hub replies (:class:`Reply`). Events stay in the
room's outbox until a reply confirms them; their ids never change, so that one that comes twice counts once. Answers of
staff come with every reply until the room says that it has acted on them.

Nothing here can hold a picture; an alarm may hold the outline of a person, where a room was told so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar

from pydantic import ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

from common import InvalidInputError

VERSION: Literal[1] = 1
MAX_BYTES = 2 * 1024 * 1024  # of a post: a thousand rooms fit, and an event of each
_MOST_ROOMS, _MOST_EVENTS = 1000, 2000

Name = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]+$")]
Text = Annotated[str, StringConstraints(max_length=300)]
Id = Annotated[str, StringConstraints(min_length=1, max_length=140, pattern=r"^[^\x00-\x1f\x7f]+$")]
Seconds = Annotated[float, Field(allow_inf_nan=False, ge=-1e12, le=1e12)]
Amount = Annotated[float, Field(allow_inf_nan=False, ge=0, le=1e12)]
Probability = Annotated[float, Field(allow_inf_nan=False, ge=0, le=1)]
# The outline of a person, 24 × 24 points of one bit each: see :mod:`examples.care_home.room.silhouette`.
Silhouette = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{144}$")]
Share = Annotated[float, Field(allow_inf_nan=False, ge=-1e3, le=1e3)]
Number = Annotated[int, Field(ge=0, le=2**53)]

# Of the page's three buttons, the first says that somebody comes, the others that it is over.
Verdict = Literal["on my way", "helped", "false alarm"]
SensorState = Literal["heard", "silent", "out of service"]


class _Strict:
    """Unknown names and numbers written as text are errors: a message of another version must not half work."""

    __pydantic_config__ = ConfigDict(extra="forbid", strict=True)


@dataclass(frozen=True)
class SensorWord(_Strict):
    """What one sensor says now.

    Attributes
    ----------
    name : str
    probability : float or None
        Of a fall; None if the sensor cannot say.
    share : float
        Its part in the fused decision, as a Shapley value in log-odds: above 0 it speaks for a fall.
    state : str
    energy_j : float
        Of one of its decisions, estimated from its cost.
    """

    name: Name
    probability: Probability | None
    share: Share = 0.0
    state: SensorState = "heard"
    energy_j: Amount = 0.0


@dataclass(frozen=True)
class RoomWord(_Strict):
    """What a room says once a second; only the latest counts.

    Attributes
    ----------
    room : str
        As staff call it.
    origin : str
        Of the room's tracker: no two ever share it, not even one after the other in the same room.
    number : int
        Counts up; an older one is not used.
    time_s : float
        On the room's clock, which need not be the hub's.
    probability : float or None
        Of a fall, fused.
    sensors : tuple of SensorWord
    phase : str
        Of the latest fall, as the room sees it.
    answered : int
        The number of the latest answer that the room has acted on.
    watched_s, moving_s, energy_j : float
        Since the room started: time watched, time in which the resident moved, energy of all decisions.
    """

    room: Name
    origin: Name
    number: Number
    time_s: Seconds
    probability: Probability | None = None
    sensors: Annotated[tuple[SensorWord, ...], Field(max_length=8)] = ()
    phase: Name = "quiet"
    answered: Number = 0
    watched_s: Amount = 0.0
    moving_s: Amount = 0.0
    energy_j: Amount = 0.0


@dataclass(frozen=True)
class RoomEvent(_Strict):
    """A transition of a room's alarm that people must hear of; the same id is the same event.

    Attributes
    ----------
    id : str
        Of the room's outbox, such as ``"12-5f0c/7"``.
    room, origin : str
        As in :class:`RoomWord`.
    event : int
        Number of the fall in this origin; 0 for a sensor.
    subject, before, after, reason : str
        As in :class:`common.AlarmTransition`.
    time_s : float
        On the room's clock.
    probability : float or None
        Fused, when it happened.
    sensors : tuple of SensorWord
        What each sensor said then.
    silhouette : str or None
        Of the person, with a fall that people are told of, if the room's switch for it is on: it is off unless set.
    """

    id: Id
    room: Name
    origin: Name
    event: Number
    subject: Name
    before: Name
    after: Name
    reason: Text
    time_s: Seconds
    probability: Probability | None = None
    sensors: Annotated[tuple[SensorWord, ...], Field(max_length=8)] = ()
    silhouette: Silhouette | None = None

    @property
    def alarm(self) -> str:
        """The id of the alarm that this event belongs to."""
        return f"{self.origin}#{self.event}"


@dataclass(frozen=True)
class Post(_Strict):
    """What a node with one or more rooms tells the hub."""

    version: Literal[1]
    words: Annotated[tuple[RoomWord, ...], Field(max_length=_MOST_ROOMS)] = ()
    events: Annotated[tuple[RoomEvent, ...], Field(max_length=_MOST_EVENTS)] = ()


@dataclass(frozen=True)
class Answer(_Strict):
    """What somebody pressed on the page, for the room: ``on my way`` acknowledges the fall, the others resolve it."""

    number: Number
    origin: Name
    event: Number
    verdict: Verdict
    by: Name


@dataclass(frozen=True)
class Reply(_Strict):
    """What the hub replies: events that are in its log for good, and answers to act on."""

    version: Literal[1]
    confirmed: tuple[Id, ...] = ()
    answers: tuple[Answer, ...] = ()


_Message = TypeVar("_Message", Post, Reply)
_POST, _REPLY = TypeAdapter(Post), TypeAdapter(Reply)


def to_json(message: Post | Reply) -> bytes:
    """The message as JSON."""
    return _POST.dump_json(message) if isinstance(message, Post) else _REPLY.dump_json(message)


def from_json(kind: type[_Message], text: str | bytes) -> _Message:
    """The message that JSON describes.

    Raises
    ------
    InvalidInputError
        If it is not a message of this kind and version; the message names the first wrong value.
    """
    adapter: TypeAdapter[Any] = _POST if kind is Post else _REPLY
    try:
        message: _Message = adapter.validate_json(text)
    except ValidationError as error:
        raise InvalidInputError(f"message is no {kind.__name__} of version {VERSION}: {_first(error)}") from None
    return message


def _first(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(map(str, first["loc"]))
    return f"{place or 'text'}: {first['msg']}"
