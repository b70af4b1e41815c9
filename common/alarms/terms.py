"""The input and the output of an alarm: evidence, phases of a fall, transitions between them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from common.errors import InvalidInputError
from common.validation import check_number


class AlarmPhase(StrEnum):
    """The state of the alarm for one fall.

    Examples
    --------
    A phase is its own name, in a comparison, in JSON and on the page:

    >>> AlarmPhase.NOTIFIED == "notified", AlarmPhase("resolved")
    (True, <AlarmPhase.RESOLVED: 'resolved'>)
    >>> [str(phase) for phase in AlarmPhase]
    ['quiet', 'suspected', 'confirmed', 'notified', 'escalated', 'acknowledged', 'resolved']
    """

    QUIET = "quiet"
    SUSPECTED = "suspected"
    CONFIRMED = "confirmed"
    NOTIFIED = "notified"
    ESCALATED = "escalated"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


# A confirmed fall that waits for an acknowledgement.
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
    upright : bool or None
        Whether a camera sees the resident upright; None if no sensor can tell. This alone ends an acknowledged fall
        without a word of the staff.
    heard : tuple of str
        The sensors behind this evidence. Those behind a probability count as working. A probability without any
        sensor is only the base rate; it is refused, because it would look as if all were well.

    Raises
    ------
    InvalidInputError
        If the probability does not lie from 0 to 1, ``lying_still`` and ``upright`` are both True, or a value is given
        without the sensors behind it.

    Examples
    --------
    >>> AlarmEvidence(0.91, heard=("wearable",))
    AlarmEvidence(probability=0.91, lying_still=None, heard=('wearable',), upright=None)
    """

    probability: float | None = None
    lying_still: bool | None = None
    heard: tuple[str, ...] = ()
    upright: bool | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "heard", check_sensor_names(self.heard, "heard"))
        if isinstance(self.probability, (float, np.floating)) and np.isnan(self.probability):
            object.__setattr__(self, "probability", None)
        if self.probability is not None:
            probability = check_number(self.probability, "probability", at_least=0)
            if probability > 1:
                raise InvalidInputError(f"probability is {probability:g}; it must be at most 1")
            object.__setattr__(self, "probability", probability)
        for name in ("lying_still", "upright"):
            value = getattr(self, name)
            if value is not None and not isinstance(value, (bool, np.bool_)):
                raise InvalidInputError(f"{name} is {value!r}; it must be True, False or None")
            object.__setattr__(self, name, None if value is None else bool(value))
        if self.lying_still and self.upright:
            raise InvalidInputError("lying_still and upright are both True: one person cannot be both")
        if not self.heard and any(value is not None for value in (self.probability, self.lying_still, self.upright)):
            raise InvalidInputError(
                "heard is empty although probability, lying_still or upright is given: name the sensors, or pass "
                "nothing (a fused probability without sensors is only the base rate)"
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
        ``"fall"``, ``"sound"``, ``"answer"``, ``"clock"``, or ``"sensor"`` and its name.
    before, after : str
        Phases of a fall; ``"sounding"`` and ``"repeated"`` for the sound of an alarm that nobody answers; the fall's
        phase and ``"without effect"`` for the answer to an acknowledgement that came too late; ``"heard"``,
        ``"silent"`` or ``"out of service"`` for a sensor; ``"running"`` or ``"set back"`` for the clock.
    reason : str
    evidence : AlarmEvidence
        The latest evidence at that time.

    Examples
    --------
    >>> heard = AlarmEvidence(0.91, heard=("wearable",))
    >>> print(AlarmTransition(4.0, 1, "fall", "quiet", "suspected", "probability at least 0.5", heard))
    4.0 s  fall 1: quiet → suspected (probability at least 0.5)
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


def check_sensor_names(names: Any, argument: str) -> tuple[str, ...]:
    """Names of sensors, each once."""
    if not isinstance(names, (tuple, list, set, frozenset)) or not all(isinstance(name, str) for name in names):
        raise InvalidInputError(f"{argument} is {names!r}; pass a tuple of names, such as ('wearable',)")
    return tuple(dict.fromkeys(names))
