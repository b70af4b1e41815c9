"""The outbox: only the newest word about one thing waits, and what has piled up can be saved and loaded."""

from common import AlarmEvidence, AlarmPhase, AlarmTracker
from common.alarms.machine import AlarmState
from common.alarms.messages import AlarmMessage, add_messages
from common.alarms.policy import AlarmPolicy
from common.alarms.stored import StoredAlarm, read, write
from common.alarms.terms import AlarmTransition


def word(subject, event=0, after="x"):
    return AlarmTransition(0.0, event, subject, "before", after, "reason", AlarmEvidence())


def ids(outbox):
    return [message.id for message in outbox]


def test_only_the_newest_word_about_a_sound_or_a_sensor_waits():
    notified = word("fall", 1, AlarmPhase.NOTIFIED)
    outbox, n = add_messages((), 0, "room", [notified, word("sound", 1), word("sensor worn"), word("sound", 2)])
    assert (ids(outbox), n) == (["room/1", "room/2", "room/3", "room/4"], 4)
    outbox, n = add_messages(outbox, n, "room", [word("sound", 1), word("clock"), word("sound", 1), notified])
    assert (ids(outbox), n) == (["room/1", "room/3", "room/4", "room/6", "room/7"], 7)
    assert add_messages(outbox, n, "room", [word("clock")]) == (outbox, n)


def test_thousands_of_waiting_messages_are_loaded_again(tmp_path):
    outbox = tuple(AlarmMessage(f"room/{n}", word("fall", n, AlarmPhase.NOTIFIED)) for n in range(1, 20_000))
    alarm = StoredAlarm("room", AlarmPolicy(), AlarmState(), outbox, len(outbox))
    assert len(write(alarm)) > 4e6
    assert read(write(alarm)).outbox == outbox
    tracker = AlarmTracker._from_stored(alarm)
    tracker.save(tmp_path / "room.json")
    assert AlarmTracker.load(tmp_path / "room.json").outbox == outbox
