"""What the log holds: a line for everything that changes an alarm, and for every word of staff."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from examples.care_home.messages import Name, RoomEvent, Text, Verdict


@dataclass(frozen=True)
class Received:
    """An event that a room has reported."""

    event: RoomEvent
    kind: Literal["room"] = "room"


@dataclass(frozen=True)
class Answered:
    """What somebody on the staff has said of an alarm."""

    alarm: str
    room: str
    verdict: Verdict
    by: Name
    kind: Literal["answer"] = "answer"


@dataclass(frozen=True)
class Called:
    """Somebody was called to an alarm: ``step`` counts from 1."""

    alarm: str
    room: str
    step: int
    whom: Name
    kind: Literal["call"] = "call"


@dataclass(frozen=True)
class LinkChanged:
    """A room is not heard any more, is heard again, or is watched by this hub or by another one from now on.

    Attributes
    ----------
    origin, room : str
    is_silent : bool
    reason : str
    is_here : bool
        Whether this hub watches the room.
    term : int or None
        Counts the hubs that have watched the room, one after the other; None if that has not changed.
    """

    origin: str
    room: str
    is_silent: bool
    reason: Text
    is_here: bool = True
    term: int | None = None
    kind: Literal["link"] = "link"


@dataclass(frozen=True)
class Noted:
    """Anything else worth keeping: the hub's start, somebody signing in, an account."""

    text: Text
    by: Text = ""
    kind: Literal["note"] = "note"


Entry: TypeAlias = Annotated[Received | Answered | Called | LinkChanged | Noted, Field(discriminator="kind")]


@dataclass(frozen=True)
class Line:
    """An entry in the log.

    Attributes
    ----------
    number : int
        Counts up from 1 without gaps.
    time_s : float
        The hub's clock, in seconds since 1970.
    elapsed_s : float
        Of the hub's timers: only grows, whatever the clock does, and goes on over a restart.
    entry : Entry
    digest : str
        SHA-256 of this line and of the digest before it, so that no line can be changed or taken out unnoticed.
    """

    number: int
    time_s: float
    elapsed_s: float
    entry: Entry
    digest: str
