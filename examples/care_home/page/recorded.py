"""What thresholds would have done on recorded days, measured once and kept beside the page; pure figures, no models."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PATH = Path(__file__).resolve().parent / "recorded_days.json"


@dataclass(frozen=True)
class Effect:
    """What one threshold would have done.

    Attributes
    ----------
    threshold : float
    n_told : int
        Falls of which staff were told within a minute.
    n_untrue : int
        Alarms that were not within ten minutes of a fall.
    """

    threshold: float
    n_told: int
    n_untrue: int


@dataclass(frozen=True)
class RecordedDays:
    """Residents whose falls are known.

    Attributes
    ----------
    command : str
        Which measures this again.
    threshold : float
        That of the shipped models, which is one of the effects.
    n_residents, n_falls : int
    hours, moving_hours : float
        Of all residents together.
    effects : tuple of Effect
    """

    command: str
    threshold: float
    n_residents: int
    n_falls: int
    hours: float
    moving_hours: float
    effects: tuple[Effect, ...]


@cache
def recorded_days() -> RecordedDays:
    """The figures, read once."""
    values = json.loads(PATH.read_text(encoding="utf-8"))
    effects = tuple(Effect(**effect) for effect in values.pop("effects"))
    return RecordedDays(effects=effects, **values)
