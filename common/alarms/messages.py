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
    for transition in filter(is_told, log):
        n_sent += 1
        if transition.subject != "fall":
            topic = (transition.subject, transition.event)
            outbox = tuple(one for one in outbox if (one.transition.subject, one.transition.event) != topic)
        outbox = (*outbox, AlarmMessage(f"{name}/{n_sent}", transition))
    return outbox, n_sent
