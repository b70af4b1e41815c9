"""A room as tests need it: events with ids that count up, and a clock that is moved by hand."""

from __future__ import annotations

from dataclasses import dataclass, field

from examples.care_home.messages import VERSION, Post, RoomEvent, RoomWord


@dataclass
class Clock:
    """Seconds since 1970, as a test wants them."""

    now_s: float = 1_000_000.0

    def __call__(self) -> float:
        return self.now_s

    def pass_s(self, seconds: float) -> None:
        self.now_s += seconds


@dataclass
class FakeRoom:
    """Says what it is told to say."""

    room: str = "12"
    origin: str = "12-a"
    n_events: int = 0
    n_words: int = 0
    outbox: list[RoomEvent] = field(default_factory=list)

    def event(
        self, after: str, *, event: int = 1, subject: str = "fall", before: str = "", **more: object
    ) -> RoomEvent:
        self.n_events += 1
        return RoomEvent(
            f"{self.origin}/{self.n_events}",
            self.room,
            self.origin,
            event,
            subject,
            before or "confirmed",
            after,
            str(more.pop("reason", "confirmed")),
            0.0,
            **more,  # type: ignore[arg-type]
        )

    def post(self, *events: RoomEvent, answered: int = 0, **more: object) -> Post:
        self.n_words += 1
        word = RoomWord(self.room, self.origin, self.n_words, 0.0, answered=answered, **more)  # type: ignore[arg-type]
        return Post(VERSION, (word,), events)
