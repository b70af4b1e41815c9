"""The alarm of one resident: a state machine that is fed with evidence and can be stored."""

from __future__ import annotations

from typing import Any, Self

from common.alarms import machine, storage
from common.alarms.machine import AlarmState, Log, check_clock
from common.alarms.policy import AlarmPolicy
from common.alarms.terms import OPEN_PHASES, AlarmEvidence, AlarmPhase, AlarmTransition
from common.errors import InvalidInputError
from common.validation import check_integer

__all__ = ["AlarmEvidence", "AlarmPhase", "AlarmPolicy", "AlarmTracker", "AlarmTransition"]


class AlarmTracker:
    """Tracks one resident; the returned transitions say what to do.

    Call :meth:`observe` for every decision, and :meth:`tick` at least once a second while there is none: a tracker
    that is not called cannot notice that a sensor is silent. Store :meth:`to_json` before acting on the transitions,
    so that a reboot loses nothing. Whoever receives ``notified`` or ``escalated`` must send the message until it
    arrives.

    The rules are those of :mod:`common.alarms.machine`. No confirmed fall ends without an acknowledgement, every fall
    is notified at most once and escalated at most once, and equal calls give equal transitions.

    Parameters
    ----------
    policy : AlarmPolicy, optional

    Examples
    --------
    >>> tracker = AlarmTracker(AlarmPolicy(confirm_s=2, sensors=("wearable",)))
    >>> for second, probability in enumerate([0.1, 0.9, 0.95, 0.97]):
    ...     for transition in tracker.observe(second, AlarmEvidence(probability, heard=("wearable",))):
    ...         print(transition)
    1.0 s  fall 1: quiet → suspected (probability at least 0.5)
    3.0 s  fall 1: suspected → confirmed (probability at least 0.8 for 2 s)
    3.0 s  fall 1: confirmed → notified (confirmed)
    >>> print(*tracker.tick(30), sep=chr(10))
    30.0 s  sensor wearable: heard → silent (not heard for 27 s)
    >>> tracker = AlarmTracker.from_json(tracker.to_json())  # a reboot
    >>> print(*tracker.acknowledge(65, event=1, by="Kim"), sep=chr(10))
    65.0 s  fall 1: notified → acknowledged (acknowledged by Kim)
    >>> tracker.phase, tracker.all_is_well
    (<AlarmPhase.ACKNOWLEDGED: 'acknowledged'>, False)
    """

    def __init__(self, policy: AlarmPolicy | None = None) -> None:
        if policy is not None and not isinstance(policy, AlarmPolicy):
            raise InvalidInputError(f"policy is {policy!r}; pass an AlarmPolicy")
        self.policy = policy or AlarmPolicy()
        self._state = AlarmState()

    def observe(self, now_s: float, evidence: AlarmEvidence) -> tuple[AlarmTransition, ...]:
        """Process what the sensors report at ``now_s``, in seconds of the caller's clock."""
        if not isinstance(evidence, AlarmEvidence):
            raise InvalidInputError(f"evidence is {evidence!r}; pass an AlarmEvidence")
        unknown = set(evidence.heard).difference(self.policy.sensors)
        if unknown:
            raise InvalidInputError(
                f"heard names {', '.join(sorted(unknown))}, not found in the policy's sensors "
                f"({', '.join(self.policy.sensors)}): add them there"
            )
        return self._update(machine.observe(self._state, self.policy, check_clock(now_s), evidence))

    def tick(self, now_s: float) -> tuple[AlarmTransition, ...]:
        """Let time pass without evidence."""
        return self._update(machine.observe(self._state, self.policy, check_clock(now_s), AlarmEvidence()))

    def set_staff(self, now_s: float, *, present: bool) -> tuple[AlarmTransition, ...]:
        """Note that staff have arrived (``present``) or left; while they are present, notifications are held back."""
        if not isinstance(present, bool):
            raise InvalidInputError(f"present is {present!r}; it must be True or False")
        return self._update(machine.set_staff(self._state, self.policy, check_clock(now_s), present))

    def acknowledge(self, now_s: float, event: int, *, by: str = "") -> tuple[AlarmTransition, ...]:
        """Acknowledge fall number ``event``; without effect unless that fall is open.

        An acknowledgement that arrives late, or twice, can therefore never silence the next fall.
        """
        check_integer(event, "event")
        return self._update(machine.acknowledge(self._state, self.policy, check_clock(now_s), event, _check_name(by)))

    def resolve(self, now_s: float, event: int, *, by: str = "") -> tuple[AlarmTransition, ...]:
        """Resolve fall number ``event``, acknowledging it first if nobody has."""
        check_integer(event, "event")
        return self._update(machine.resolve(self._state, self.policy, check_clock(now_s), event, _check_name(by)))

    @property
    def phase(self) -> AlarmPhase:
        """The phase of the latest fall."""
        return self._state.phase

    @property
    def event(self) -> int:
        """Number of the latest fall, confirmed or not; 0 before the first."""
        return self._state.event

    @property
    def is_open(self) -> bool:
        """Whether a confirmed fall is waiting for an acknowledgement."""
        return self._state.phase in OPEN_PHASES

    @property
    def silent_sensors(self) -> tuple[str, ...]:
        """Sensors that are under a technical alarm."""
        return self._state.silent

    @property
    def all_is_well(self) -> bool:
        """Whether no fall is suspected and every sensor reports; False before the first observation."""
        heard = self._state.clock_s is not None and self._state.evidence.heard != ()
        return heard and self._state.phase is AlarmPhase.QUIET and not self._state.silent

    def to_json(self) -> str:
        """Policy and state as JSON of about 1 kB."""
        return storage.write(self.policy, self._state)

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Restore the tracker that :meth:`to_json` described.

        Its next call counts the time since the last call before as elapsed.

        Raises
        ------
        InvalidInputError
            If the text is not what :meth:`to_json` wrote.
        """
        policy, state = storage.read(text)
        tracker = cls(policy)
        tracker._state = state
        return tracker

    def _update(self, result: tuple[AlarmState, Log]) -> tuple[AlarmTransition, ...]:
        self._state, log = result
        return tuple(log)


def _check_name(by: Any) -> str:
    if not isinstance(by, str):
        raise InvalidInputError(f"by is {by!r}; pass a name")
    return by
