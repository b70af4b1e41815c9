"""The input and the output of an alarm: evidence, phases of a fall, transitions between them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from common.errors import InvalidInputError
from common.validation import check_number


class AlarmPhase(StrEnum):
    """The state of the alarm for the latest fall."""

    QUIET = "quiet"
    SUSPECTED = "suspected"
    CONFIRMED = "confirmed"
    NOTIFIED = "notified"
    ESCALATED = "escalated"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


# A confirmed fall that nobody has acknowledged.
OPEN_PHASES = (AlarmPhase.CONFIRMED, AlarmPhase.NOTIFIED, AlarmPhase.ESCALATED)


@dataclass(frozen=True)
class AlarmEvidence:
    """What the sensors report at one moment.

    Parameters
    ----------
    probability : float or None
        Fused probability of a fall; None or NaN if no sensor gave one.
    lying_still : bool or None
        Whether a person is lying still in a place where people do not normally lie; None if no sensor can tell.
    heard : tuple of str
        The sensors behind this evidence. Those behind a probability count as working. A probability without any
        sensor is only the base rate; it is refused, because it would look as if all were well.

    Examples
    --------
    >>> AlarmEvidence(0.91, heard=("wearable",))
    AlarmEvidence(probability=0.91, lying_still=None, heard=('wearable',))
    """

    probability: float | None = None
    lying_still: bool | None = None
    heard: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "heard", _check_sensor_names(self.heard))
        if isinstance(self.probability, (float, np.floating)) and np.isnan(self.probability):
            object.__setattr__(self, "probability", None)
        if self.probability is not None:
            probability = check_number(self.probability, "probability", at_least=0)
            if probability > 1:
                raise InvalidInputError(f"probability is {probability:g}; it must be at most 1")
            object.__setattr__(self, "probability", probability)
        if self.lying_still is not None:
            if not isinstance(self.lying_still, (bool, np.bool_)):
                raise InvalidInputError(f"lying_still is {self.lying_still!r}; it must be True, False or None")
            object.__setattr__(self, "lying_still", bool(self.lying_still))
        if not self.heard and (self.probability is not None or self.lying_still is not None):
            raise InvalidInputError(
                "heard is empty although probability or lying_still is given: name the sensors, or pass neither "
                "(a fused probability without sensors is only the base rate)"
            )


@dataclass(frozen=True)
class AlarmTransition:
    """One line of the log: what changed, when, why, and on what evidence.

    Attributes
    ----------
    time_s : float
        The caller's clock.
    event : int
        Number of the fall, from 1; 0 for a technical alarm.
    subject : str
        ``"fall"``, ``"clock"`` or ``"sensor"`` and its name.
    before, after : str
        Phases of a fall, ``"heard"`` or ``"silent"`` for a sensor, ``"running"`` or ``"set back"`` for the clock.
    reason : str
    evidence : AlarmEvidence
        The latest evidence at that time.
    """

    time_s: float
    event: int
    subject: str
    before: str
    after: str
    reason: str
    evidence: AlarmEvidence

    def __str__(self) -> str:
        name = f"{self.subject} {self.event}" if self.event else self.subject
        return f"{self.time_s:.1f} s  {name}: {self.before} → {self.after} ({self.reason})"


def _check_sensor_names(names: Any) -> tuple[str, ...]:
    if not isinstance(names, (tuple, list, set, frozenset)) or not all(isinstance(name, str) for name in names):
        raise InvalidInputError(f"heard is {names!r}; pass a tuple of names, such as ('wearable',)")
    return tuple(dict.fromkeys(names))
