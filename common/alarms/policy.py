"""The times and thresholds of an alarm, which people decide and the state machine obeys."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from common.errors import InvalidInputError
from common.validation import check_number

# With a time of 0, a single decision is enough.
_MAY_BE_ZERO = ("debounce_s", "confirm_s")


@dataclass(frozen=True)
class AlarmPolicy:
    """Times in seconds and thresholds of :class:`common.AlarmTracker`.

    The defaults are starting points, to be agreed with those who answer the alarms; no standard prescribes them.

    Parameters
    ----------
    suspect_probability : float
        A fall is suspected at this probability or above. Below it the evidence is calm, unless somebody is lying
        still. :func:`common.choose_threshold` finds it for an acceptable rate of false alarms.
    confirm_probability : float
        A suspected fall is confirmed if the probability stays at least this high for ``confirm_s``. It must not be
        below ``suspect_probability``.
    debounce_s : float
        How long the probability must stay at ``suspect_probability`` or above before a fall is suspected.
    confirm_s : float
        See ``confirm_probability``.
    still_s : float
        A suspected fall is also confirmed when the person has been lying still for this long since.
    fade_s : float
        A suspected fall is withdrawn when the evidence has been calm for this long.
    undecided_s : float
        A fall that has been suspected for this long is confirmed: nobody knows that the person is well.
    escalate_s : float
        A notified alarm is escalated if nobody acknowledges it within this time.
    long_lie_s : float
        If the person has been lying still for this long since the suspected fall, the alarm is escalated at once.
        A long lie is dangerous even without an injury, and an acknowledgement is not help.
    suppress_s : float
        While staff are present, the notification of a confirmed fall is held back, but no longer than this.
    repeat_s : float
        While a notified or escalated alarm waits for an acknowledgement, its sound is repeated this often.
    resolve_s : float
        An acknowledged fall is resolved when a camera has seen the person upright for this long. A worn sensor that
        lies still resolves nothing: whoever lies on the floor is calm, too.
    attend_s : float
        An acknowledged fall that nobody has resolved within this time is escalated: helping was forgotten, or the word
        that it is over.
    rearm_s : float
        After a resolved fall no other is suspected until the probability has dropped, or until this time has passed.
    silence_s : float
        A sensor that has not reported for this long raises a technical alarm. Older evidence is forgotten.
    sensors : tuple of str
        Names of the expected sensors.

    Raises
    ------
    InvalidInputError
        If a time is negative, a probability does not lie between 0 and 1, two values contradict each other, or the
        sensors are not named, each once.

    Examples
    --------
    >>> AlarmPolicy(suspect_probability=0.7, sensors=("wearable",)).confirm_probability
    0.8
    >>> AlarmPolicy(suspect_probability=0.9)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    common.errors.InvalidInputError: confirm_probability is 0.8, below suspect_probability 0.9: ...

    The policy of a home, kept in a file of its own:

    >>> stored = AlarmPolicy(confirm_s=10).to_dict()
    >>> stored["confirm_s"], stored["sensors"]
    (10.0, ['wearable', 'camera'])
    >>> AlarmPolicy.from_dict(stored) == AlarmPolicy(confirm_s=10)
    True
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
    repeat_s: float = 10.0
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
        """All values in the types of JSON."""
        return {**asdict(self), "sensors": list(self.sensors)}

    @classmethod
    def from_dict(cls, values: Any) -> Self:
        """The policy that :meth:`to_dict` returned; a missing or unknown name is an error.

        Raises
        ------
        InvalidInputError
            If a name is missing or unknown, or a value is refused by :class:`AlarmPolicy`.
        """
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
