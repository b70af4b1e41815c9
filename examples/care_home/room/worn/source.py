"""What a room asks of a worn sensor, and which channels the model must have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from common import InvalidInputError
from common.validation import FloatArray

CHANNELS = ("ax [g]", "ay [g]", "az [g]", "gx [deg/s]", "gy [deg/s]", "gz [deg/s]")


class WornSource(Protocol):
    """A worn sensor."""

    @property
    def description(self) -> str:
        """What it is, for those who start the room."""

    def until(self, time_s: float) -> FloatArray:
        """Samples ``(n, 6)`` in g and degrees a second at the rate of the model; NaN where nothing was measured."""

    def close(self) -> None:
        """End its connection."""


def check_channels(channels: Sequence[str], sensor: str) -> None:
    """Refuse a sensor that lacks what the model was trained on, before anybody relies on it.

    Raises
    ------
    InvalidInputError
        Names what is missing.

    Examples
    --------
    >>> check_channels(("ax [g]", "ay [g]", "az [g]"), "a micro:bit")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    common.errors.InvalidInputError: --worn is a micro:bit, which gives ax [g], ay [g], az [g]; the model of ...
    """
    missing = [channel for channel in CHANNELS if channel not in channels]
    if missing:
        raise InvalidInputError(
            f"--worn is {sensor}, which gives {', '.join(channels)}; the model of the worn sensor also needs "
            f"{', '.join(missing)}: wear a sensor with a gyroscope, or leave --worn out and watch by the camera alone"
        )
