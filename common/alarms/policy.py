"""When is a fall suspected, confirmed, passed on: times and thresholds, decided by people, apart from the machine."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from common.errors import InvalidInputError
from common.validation import check_number

# Times that may be 0: one decision is then enough.
_MAY_BE_ZERO = ("debounce_s", "confirm_s")


@dataclass(frozen=True)
class AlarmPolicy:
    """Times in seconds and thresholds of :class:`common.AlarmTracker`.

    The times are starting points to be agreed on with those who answer the alarms; none of them is a norm.

    Parameters
    ----------
    suspect_probability : float
        From this fall probability on a fall is suspected; below it the evidence is calm (unless somebody lies still).
        :func:`common.choose_threshold` finds it for a wanted number of false alarms.
    confirm_probability : float
        A suspicion is confirmed when the probability stays here for ``confirm_s``; at least ``suspect_probability``.
    debounce_s : float
        How long the probability must stay at ``suspect_probability`` before a fall is suspected.
    confirm_s : float
        See ``confirm_probability``.
    still_s : float
        A suspicion is also confirmed when the person has lain still so long since.
    fade_s : float
        A suspicion is withdrawn when the evidence was calm for so long.
    undecided_s : float
        A suspicion that stands so long is confirmed: nobody knows that the person is well.
    escalate_s : float
        A notified alarm that nobody acknowledged for so long is escalated.
    long_lie_s : float
        Somebody who has lain still so long since the suspicion is escalated at once: lying for an hour is itself a
        danger, even unhurt, and acknowledging is not helping.
    suppress_s : float
        With staff present a confirmed fall is held back, but not longer than this.
    resolve_s : float
        An acknowledged fall is resolved when the evidence was calm for so long.
    attend_s : float
        An acknowledged fall is resolved at the latest after so long, and watching starts again.
    rearm_s : float
        After a resolved fall nothing is suspected until the probability has fallen, or so long.
    silence_s : float
        A sensor that was not heard for so long raises a technical alarm; what is older is no evidence any more.
    sensors : tuple of str
        Names of the sensors that are expected.

    Examples
    --------
    >>> AlarmPolicy(suspect_probability=0.7, sensors=("wearable",)).confirm_probability
    0.8
    >>> AlarmPolicy(suspect_probability=0.9)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    common.errors.InvalidInputError: confirm_probability is 0.8, below suspect_probability 0.9: ...
    """

    suspect_probability: float = 0.5
    confirm_probability: float = 0.8
    debounce_s: float = 0.0
    confirm_s: float = 5.0
    still_s: float = 15.0
    fade_s: float = 5.0
    undecided_s: float = 60.0
    escalate_s: float = 120.0
    long_lie_s: float = 600.0
    suppress_s: float = 300.0
    resolve_s: float = 30.0
    attend_s: float = 1800.0
    rearm_s: float = 30.0
    silence_s: float = 20.0
    sensors: tuple[str, ...] = ("wearable", "camera")

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name.endswith("_s"):
                minimum = {"at_least": 0.0} if field.name in _MAY_BE_ZERO else {"above": 0.0}
                object.__setattr__(self, field.name, check_number(value, field.name, **minimum))
            elif field.name.endswith("_probability"):
                object.__setattr__(self, field.name, check_number(value, field.name, above=0.0, below=1.0))
        if self.confirm_probability < self.suspect_probability:
            raise InvalidInputError(
                f"confirm_probability is {self.confirm_probability:g}, below suspect_probability "
                f"{self.suspect_probability:g}: what confirms a fall must also make it suspected"
            )
        if self.long_lie_s < self.still_s:
            raise InvalidInputError(
                f"long_lie_s is {self.long_lie_s:g}, below still_s {self.still_s:g}: "
                "a fall is confirmed before it is a long lie"
            )
        object.__setattr__(self, "sensors", _check_sensors(self.sensors))

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {**asdict(self), "sensors": list(self.sensors)}

    @classmethod
    def from_dict(cls, values: Any) -> Self:
        """The policy of :meth:`to_dict`; a name that is missing or unknown is an error."""
        expected = {field.name for field in fields(cls)}
        if not isinstance(values, dict) or set(values) != expected:
            found = set(values) if isinstance(values, dict) else set()
            wrong = ", ".join(sorted(map(str, found ^ expected)))
            raise InvalidInputError(f"policy lacks names or has unknown ones ({wrong}): pass what to_dict returned")
        return cls(**values)


def _check_sensors(names: Any) -> tuple[str, ...]:
    if (
        isinstance(names, str)
        or not isinstance(names, (tuple, list))
        or not all(isinstance(name, str) for name in names)
    ):
        raise InvalidInputError(f"sensors is {names!r}; pass a tuple of names, such as ('wearable', 'camera')")
    if not names or "" in names or len(set(names)) < len(names):
        raise InvalidInputError(f"sensors is {names!r}; name at least one sensor, and each once")
    return tuple(names)
