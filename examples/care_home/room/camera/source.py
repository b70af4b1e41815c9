"""What a room asks of a camera."""

from __future__ import annotations

from typing import Protocol

from examples.care_home.room.readings import Frame


class CameraSource(Protocol):
    """A camera."""

    @property
    def description(self) -> str:
        """What it is, for those who start the room."""

    def until(self, time_s: float) -> tuple[tuple[Frame, ...], bool]:
        """What came up to this time, in seconds since the sensors were switched on, and whether it works."""

    def close(self) -> None:
        """End its connection."""
