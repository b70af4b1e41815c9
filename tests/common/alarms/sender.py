"""A process that watches one resident, and is killed at any moment: it sends what the outbox holds, then confirms it.

``python -m tests.common.alarms.sender FILE SENT STEPS``: the tracker's file, the file that receives the messages, and
the file with a line for each random step, so that the next process goes on where this one was killed.
"""

import os
import random
import sys
from pathlib import Path

from common import AlarmEvidence, AlarmPolicy, AlarmTracker

POLICY = AlarmPolicy(confirm_s=1, escalate_s=5, sensors=("wearable",))
WEARABLE = ("wearable",)


def step(tracker: AlarmTracker, number: int) -> None:
    """Random evidence and answers; the same number gives the same step."""
    draw = random.Random(number)
    falls = number % 40 < 8
    tracker.observe(number, AlarmEvidence(0.95 if falls else 0.05, heard=WEARABLE))
    if draw.random() < 0.1 and tracker.event:
        tracker.acknowledge(number, draw.randint(1, tracker.event), by="Kim")
    if draw.random() < 0.1 and tracker.event:
        tracker.resolve(number, draw.randint(1, tracker.event))


def deliver(tracker: AlarmTracker, sent: int) -> None:
    """Send every message, durably as a receiver would store it, and only then confirm it."""
    for message in tracker.outbox:
        line = f"{message.id}\t{message.transition}\n".encode()
        os.write(sent, line)
        os.fsync(sent)
        tracker.confirm_sent(message.id)


def main(file: Path, sent_path: Path, first: int, last: int) -> None:
    """Play the steps that the saved tracker has not seen."""
    tracker = AlarmTracker.load(file) if file.exists() else AlarmTracker(POLICY, name="room")
    sent = os.open(sent_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    deliver(tracker, sent)
    seen = tracker._state.clock.now_s
    for number in range(first if seen is None else int(seen) + 1, last):
        step(tracker, number)
        tracker.save(file)
        deliver(tracker, sent)
    tracker.save(file)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), 0, int(sys.argv[3]))
