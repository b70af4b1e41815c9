"""Messages that somebody has to receive, and the outbox that keeps each until it is confirmed as sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from common.alarms.terms import AlarmPhase, AlarmTransition

_TOLD_PHASES = (AlarmPhase.NOTIFIED, AlarmPhase.ESCALATED, AlarmPhase.ACKNOWLEDGED, AlarmPhase.RESOLVED)


@dataclass(frozen=True)
class AlarmMessage:
    """A transition that must reach people.

    Attributes
    ----------
    id : str
        The tracker's name and a number that counts up, such as ``"room 12/7"``. A message that is sent again after a
        crash has the same id, so the receiver can drop the second.
    transition : AlarmTransition
        What happened.

    Examples
    --------
    >>> from common import AlarmEvidence, AlarmPolicy, AlarmTracker
    >>> tracker = AlarmTracker(AlarmPolicy(confirm_s=1, sensors=("wearable",)), name="room 12")
    >>> for second in range(3):
    ...     log = tracker.observe(second, AlarmEvidence(0.9, heard=("wearable",)))
    >>> message, = tracker.outbox
    >>> message.id, str(message.transition)
    ('room 12/1', '1.0 s  fall 1: confirmed → notified (confirmed)')
    """

    id: str
    transition: AlarmTransition


def is_told(transition: AlarmTransition) -> bool:
    """Whether people are told: the phases of a fall from its notification on, its sound, and sensors."""
    if transition.subject == "fall":
        return transition.after in _TOLD_PHASES
    return transition.subject == "sound" or transition.subject.startswith("sensor ")


def add_messages(
    outbox: tuple[AlarmMessage, ...], n_sent: int, name: str, log: Iterable[AlarmTransition]
) -> tuple[tuple[AlarmMessage, ...], int]:
    """The outbox with the messages of a log, and the number of messages so far.

    Of the sounds of one fall, and of the words about one sensor, only the newest waits: a receiver that was away for a
    night should not hear all of them.
    """
    told = [transition for transition in log if is_told(transition)]
    if not told:
        return outbox, n_sent
    new = [AlarmMessage(f"{name}/{number}", transition) for number, transition in enumerate(told, start=n_sent + 1)]
    newest = {_topic(message): message for message in new}
    kept = [message for message in outbox if _topic(message) not in newest]
    return (*kept, *(message for message in new if newest[_topic(message)] is message)), n_sent + len(new)


def _topic(message: AlarmMessage) -> tuple[str, ...]:
    """What of several messages only the newest is about; of the phases of a fall, each is told."""
    transition = message.transition
    is_phase = transition.subject == "fall"
    return (transition.subject, str(transition.event), message.id if is_phase else "")
