"""The alarm of one resident: a state machine that is fed with evidence and can be stored."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any, Self

from common.alarms import answers, machine, storage, stored
from common.alarms.clock import check_clock
from common.alarms.machine import AlarmState, Fall, Log
from common.alarms.messages import AlarmMessage, add_messages
from common.alarms.policy import AlarmPolicy
from common.alarms.stored import StoredAlarm
from common.alarms.terms import OPEN_PHASES, AlarmEvidence, AlarmPhase, AlarmTransition, check_sensor_names
from common.errors import InvalidInputError
from common.validation import check_choice, check_integer


class AlarmTracker:
    """Tracks one resident; the returned transitions say what happened, the outbox whom to tell.

    Call :meth:`observe` for every decision, and :meth:`tick` at least once a second while there is none: a tracker
    that is not called cannot notice that a sensor is silent.

    To lose no message, also when the process is killed: after each call that returned transitions, :meth:`save` first,
    then send what is in :attr:`outbox`, then :meth:`confirm_sent` each message that arrived. A message may then be sent
    twice, never lost, and the second has the same id.

    The rules are those of :mod:`common.alarms.machine`. No confirmed fall ends without an acknowledgement, and no
    acknowledged one before staff say so or the person was seen upright. A second fall is another event. Equal calls
    give equal transitions. Several threads may call one tracker: one call is done after the other.

    Parameters
    ----------
    policy : AlarmPolicy, optional
    name : str, optional
        Such as "room 12"; it begins the ids of messages, so no two trackers may ever share it, not even one after the
        other. By default it is random, and stored with the state.

    Raises
    ------
    InvalidInputError
        If ``policy`` is no AlarmPolicy, or ``name`` is not a name.

    Examples
    --------
    >>> tracker = AlarmTracker(AlarmPolicy(confirm_s=2, sensors=("wearable",)), name="room 12")
    >>> for second, probability in enumerate([0.1, 0.9, 0.95, 0.97]):
    ...     for transition in tracker.observe(second, AlarmEvidence(probability, heard=("wearable",))):
    ...         print(transition)
    1.0 s  fall 1: quiet → suspected (probability at least 0.5)
    3.0 s  fall 1: suspected → confirmed (probability at least 0.8 for 2 s)
    3.0 s  fall 1: confirmed → notified (confirmed)
    >>> [message.id for message in tracker.outbox]
    ['room 12/1']
    >>> tracker.confirm_sent("room 12/1")
    >>> print(*tracker.tick(13), sep=chr(10))
    13.0 s  sound 1: sounding → repeated (notified 10 s ago, nobody has answered)
    >>> tracker = AlarmTracker.from_json(tracker.to_json())  # a reboot
    >>> print(*tracker.acknowledge(20, event=1, by="Kim"), sep=chr(10))
    20.0 s  fall 1: notified → acknowledged (acknowledged by Kim)
    >>> tracker.phase, tracker.all_is_well
    (<AlarmPhase.ACKNOWLEDGED: 'acknowledged'>, False)

    What the tracker knows between two calls, for a page or a log:

    >>> tracker.event, tracker.phases, tracker.is_open
    (1, {1: <AlarmPhase.ACKNOWLEDGED: 'acknowledged'>}, False)
    >>> print(*tracker.resolve(95, event=1, by="Kim"), sep=chr(10))
    95.0 s  sensor wearable: heard → silent (not heard for 92 s)
    95.0 s  fall 1: acknowledged → resolved (resolved by Kim)
    95.0 s  fall 1: resolved → quiet (probability no longer high)
    >>> tracker.silent_sensors, tracker.sensors_out_of_service
    (('wearable',), ())

    While staff are present, notifications are held back; a sensor that is charged raises no technical alarm:

    >>> tracker.set_staff(100, present=True)
    ()
    >>> print(*tracker.set_in_service(101, "wearable", in_service=False, by="Kim"), sep=chr(10))
    101.0 s  sensor wearable: silent → out of service (taken out of service by Kim)
    >>> tracker.sensors_out_of_service, tracker.all_is_well
    (('wearable',), False)

    In a file, from which the alarms go on after a restart:

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     tracker.save(f"{folder}/room_12.json")
    ...     AlarmTracker.load(f"{folder}/room_12.json").name
    'room 12'
    """

    def __init__(self, policy: AlarmPolicy | None = None, *, name: str | None = None) -> None:
        if policy is not None and not isinstance(policy, AlarmPolicy):
            raise InvalidInputError(f"policy is {policy!r}; pass an AlarmPolicy")
        self.policy = policy or AlarmPolicy()
        self.name = stored.new_name() if name is None else stored.check_name(name)
        self._state = AlarmState()
        self._outbox: tuple[AlarmMessage, ...] = ()
        self._n_messages = 0
        self._lock = threading.RLock()

    def observe(
        self, now_s: float, evidence: AlarmEvidence, *, alive: tuple[str, ...] = ()
    ) -> tuple[AlarmTransition, ...]:
        """Process what the sensors report at ``now_s``, in seconds of the caller's clock.

        Sensors behind a probability count as working; so do those that are ``alive``, though they have nothing to
        judge, as a camera of an empty room.

        Raises
        ------
        InvalidInputError
            If ``evidence`` is no AlarmEvidence, a sensor is not in the policy, or the time is not a number of seconds.
        """
        if not isinstance(evidence, AlarmEvidence):
            raise InvalidInputError(f"evidence is {evidence!r}; pass an AlarmEvidence")
        self._check_sensors(evidence.heard, "heard")
        working = check_sensor_names(alive, "alive")
        self._check_sensors(working, "alive")
        now = check_clock(now_s)
        return self._update(lambda state: machine.observe(state, self.policy, now, evidence, working))

    def tick(self, now_s: float) -> tuple[AlarmTransition, ...]:
        """Let time pass without evidence."""
        return self.observe(now_s, AlarmEvidence())

    def set_staff(self, now_s: float, *, present: bool) -> tuple[AlarmTransition, ...]:
        """Note that staff have arrived (``present``) or left; while they are present, notifications are held back.

        Raises
        ------
        InvalidInputError
            If ``present`` is not True or False, or the time is not a number of seconds.
        """
        if not isinstance(present, bool):
            raise InvalidInputError(f"present is {present!r}; it must be True or False")
        now = check_clock(now_s)
        return self._update(lambda state: machine.set_staff(state, self.policy, now, present))

    def set_in_service(
        self, now_s: float, sensor: str, *, in_service: bool, by: str = ""
    ) -> tuple[AlarmTransition, ...]:
        """Take a sensor out of service, for a bath or to charge it, or back; open alarms stay as they are.

        A sensor out of service raises no technical alarm, and evidence that comes only from such sensors is not used.
        ``all_is_well`` is False as long as one is out.

        Raises
        ------
        InvalidInputError
            If there is no such sensor, or ``in_service`` is not True or False.
        """
        check_choice(sensor, "sensor", self.policy.sensors)
        if not isinstance(in_service, bool):
            raise InvalidInputError(f"in_service is {in_service!r}; it must be True or False")
        now, who = check_clock(now_s), _check_person(by)
        return self._update(lambda state: machine.set_service(state, self.policy, now, sensor, in_service, who))

    def acknowledge(self, now_s: float, event: int, *, by: str = "") -> tuple[AlarmTransition, ...]:
        """Acknowledge fall number ``event``: somebody is coming. An open fall only is acknowledged.

        The answer always says what became of it: the fall's transition, or a line about "answer" that says "without
        effect", and why. An acknowledgement that arrives late, or twice, can therefore never silence another fall.

        Raises
        ------
        InvalidInputError
            If there has been no fall of this number.
        """
        return self._answer(answers.acknowledge, now_s, event, by)

    def resolve(self, now_s: float, event: int, *, by: str = "") -> tuple[AlarmTransition, ...]:
        """Resolve fall number ``event``: the person is up, says somebody at the resident. It acknowledges, too.

        Answers and errors are those of :meth:`acknowledge`.
        """
        return self._answer(answers.resolve, now_s, event, by)

    @property
    def phase(self) -> AlarmPhase:
        """The phase of the latest fall that is not over."""
        return self._state.falls[-1].phase if self._state.falls else AlarmPhase.QUIET

    @property
    def event(self) -> int:
        """Number of the latest fall, confirmed or not; 0 before the first."""
        return self._state.event

    @property
    def phases(self) -> dict[int, AlarmPhase]:
        """The phase of every fall that is not over, by its number."""
        return {fall.event: fall.phase for fall in self._state.falls}

    @property
    def is_open(self) -> bool:
        """Whether a confirmed fall is waiting for an acknowledgement."""
        return any(_is_open(fall) for fall in self._state.falls)

    @property
    def silent_sensors(self) -> tuple[str, ...]:
        """Sensors that are under a technical alarm."""
        return self._state.sensors.silent

    @property
    def sensors_out_of_service(self) -> tuple[str, ...]:
        """Sensors that staff have taken out of service."""
        return self._state.sensors.out_of_service

    @property
    def all_is_well(self) -> bool:
        """Whether there is no fall and every sensor reports; False before the first observation."""
        state = self._state
        heard = state.clock.now_s is not None and state.evidence.heard != ()
        return heard and not state.falls and not state.sensors.silent and not state.sensors.out_of_service

    @property
    def outbox(self) -> tuple[AlarmMessage, ...]:
        """Messages that are not yet confirmed as sent, the oldest first."""
        return self._outbox

    def confirm_sent(self, message_id: str) -> None:
        """Remove a message from the outbox, since its receiver has it; confirming it again changes nothing.

        Raises
        ------
        InvalidInputError
            If no message of this tracker has had this id.
        """
        name, _, number = message_id.rpartition("/") if isinstance(message_id, str) else ("", "", "")
        with self._lock:
            is_ours = name == self.name and number.isdecimal() and 1 <= int(number) <= self._n_messages
            if not is_ours:
                raise InvalidInputError(f"message_id is {message_id!r}; pass the id of a message of this outbox")
            self._outbox = tuple(message for message in self._outbox if message.id != message_id)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Replace a file by all that this tracker is; durable, and whole or not at all.

        Raises
        ------
        InvalidInputError
            If the file cannot be written.
        """
        with self._lock:
            storage.save(self._stored(), path)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """The tracker that :meth:`save` wrote; its next call counts the time since the last one as elapsed.

        Raises
        ------
        InvalidInputError
            If there is no such file, or it is not what :meth:`save` wrote.
        ModelIntegrityError
            If it is damaged.
        """
        return cls._from_stored(storage.load(path))

    def to_json(self) -> str:
        """Policy, state and outbox as JSON of about 2 kB."""
        with self._lock:
            return stored.write(self._stored())

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Restore the tracker that :meth:`to_json` described, also that of version 0.1.

        Raises
        ------
        InvalidInputError
            If the text is not what :meth:`to_json` wrote.
        """
        return cls._from_stored(stored.read(text))

    def __getstate__(self) -> dict[str, Any]:
        """Without the lock, which belongs to one process."""
        with self._lock:
            return {name: value for name, value in self.__dict__.items() if name != "_lock"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._lock = threading.RLock()

    def _check_sensors(self, names: tuple[str, ...], argument: str) -> None:
        unknown = set(names).difference(self.policy.sensors)
        if unknown:
            raise InvalidInputError(
                f"{argument} names {', '.join(sorted(unknown))}, not found in the policy's sensors "
                f"({', '.join(self.policy.sensors)}): add them there"
            )

    def _stored(self) -> StoredAlarm:
        return StoredAlarm(self.name, self.policy, self._state, self._outbox, self._n_messages)

    @classmethod
    def _from_stored(cls, alarm: StoredAlarm) -> Self:
        tracker = cls(alarm.policy, name=alarm.name)
        tracker._state, tracker._outbox, tracker._n_messages = alarm.state, alarm.outbox, alarm.n_messages
        return tracker

    def _answer(self, answer: Any, now_s: float, event: int, by: str) -> tuple[AlarmTransition, ...]:
        check_integer(event, "event")
        now, who = check_clock(now_s), _check_person(by)
        with self._lock:
            if event > self._state.event:
                waiting = [fall.event for fall in self._state.falls if _is_open(fall)]
                raise InvalidInputError(
                    f"event is {event}, but there have been {self._state.event} falls; waiting for an answer: "
                    f"{', '.join(map(str, waiting)) or 'none'}"
                )
            return self._update(lambda state: answer(state, self.policy, now, event, who))

    def _update(self, step: Callable[[AlarmState], tuple[AlarmState, Log]]) -> tuple[AlarmTransition, ...]:
        with self._lock:
            state, log = step(self._state)
            self._outbox, self._n_messages = add_messages(self._outbox, self._n_messages, self.name, log)
            self._state = state
        return tuple(log)


def _is_open(fall: Fall) -> bool:
    return fall.phase in OPEN_PHASES


def _check_person(by: Any) -> str:
    if not isinstance(by, str):
        raise InvalidInputError(f"by is {by!r}; pass a name")
    return by
