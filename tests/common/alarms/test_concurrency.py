"""Threads and kills: no answer is overwritten, no message is lost, and what comes twice has the same id."""

import os
import random
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from common import AlarmEvidence, AlarmPhase, AlarmPolicy, AlarmTracker
from tests.common.alarms import sender
from tests.common.alarms.scenario import ACKNOWLEDGED

WEARABLE = ("wearable",)


@pytest.fixture
def _switch_threads_often():
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("_switch_threads_often")
def test_no_acknowledgement_is_overwritten_by_another_thread():
    for trial in range(100):
        tracker = AlarmTracker(AlarmPolicy(confirm_s=0, sensors=WEARABLE))
        tracker.observe(0, AlarmEvidence(0.1, heard=WEARABLE))
        tracker.observe(1, AlarmEvidence(0.9, heard=WEARABLE))
        start = threading.Barrier(2)
        answered = []

        def nurse(tracker=tracker, start=start, answered=answered):
            start.wait()
            answered.extend(tracker.acknowledge(5, 1, by="Kim"))

        thread = threading.Thread(target=nurse)
        thread.start()
        start.wait()
        for step in range(trial):
            tracker.observe(5 + step / 1000, AlarmEvidence(0.9, heard=WEARABLE))
        thread.join()
        assert [t.after for t in answered] == [ACKNOWLEDGED]
        assert tracker.phase is ACKNOWLEDGED


@pytest.mark.usefixtures("_switch_threads_often")
def test_threads_lose_no_message_and_give_none_twice():
    tracker = AlarmTracker(AlarmPolicy(confirm_s=0, debounce_s=0, fade_s=0.5, sensors=WEARABLE), name="room")
    logs = [[] for _ in range(4)]

    def watch(number):
        draw = random.Random(number)
        for step in range(300):
            log = tracker.observe(step, AlarmEvidence(draw.choice([0.05, 0.95]), heard=WEARABLE))
            logs[number] += log
            if tracker.event and draw.random() < 0.1:
                logs[number] += tracker.acknowledge(step, tracker.event)

    threads = [threading.Thread(target=watch, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told = {AlarmPhase.NOTIFIED, AlarmPhase.ESCALATED, AlarmPhase.ACKNOWLEDGED, AlarmPhase.RESOLVED}
    returned = sorted(str(t) for log in logs for t in log if t.subject == "fall" and t.after in told)
    assert sorted(str(m.transition) for m in tracker.outbox if m.transition.subject == "fall") == returned
    assert len({message.id for message in tracker.outbox}) == len(tracker.outbox)


def _without_kills(n_steps: int) -> list[str]:
    """The messages of all steps in one process, sounds and sensors apart, which may be replaced by newer ones."""
    tracker, told = AlarmTracker(sender.POLICY, name="room"), []
    for number in range(n_steps):
        sender.step(tracker, number)
        told += [f"{m.id}\t{m.transition}" for m in tracker.outbox]
        for message in tracker.outbox:
            tracker.confirm_sent(message.id)
    return told


def _play_with_kills(folder: Path, n_steps: int, n_kills: int, seed: int) -> list[str]:
    draw = random.Random(seed)
    file, sent = folder / "room.json", folder / "sent"
    command = [sys.executable, "-m", "tests.common.alarms.sender", str(file), str(sent), str(n_steps)]
    for _ in range(n_kills):
        process = subprocess.Popen(command, cwd=Path(__file__).parents[3], env={**os.environ, "PYTHONPATH": "."})
        try:
            process.wait(timeout=draw.uniform(0.3, 1.2))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
    subprocess.run(command, cwd=Path(__file__).parents[3], env={**os.environ, "PYTHONPATH": "."}, check=True)
    return sent.read_text().splitlines()


@pytest.mark.promise("Every message arrives although the process is killed")
@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
@pytest.mark.parametrize(
    ("n_steps", "n_kills"), [(300, 3), pytest.param(3_000, 100, marks=pytest.mark.slow)], ids=["few", "many"]
)
def test_every_message_arrives_though_the_process_is_killed(n_steps, n_kills, tmp_path):
    arrived = _play_with_kills(tmp_path, n_steps, n_kills, seed=0)
    # Doubles have the same id and the same words, so a receiver that drops known ids has exactly the messages.
    assert list(dict.fromkeys(arrived)) == _without_kills(n_steps)
    assert len({line.partition("\t")[0] for line in arrived}) == len(set(arrived))


def _soak(n_steps: int, seed: int) -> None:
    """Four threads, a clock that jumps, reloads: what is promised of every fall holds for each of them."""
    draw = random.Random(seed)
    policy = AlarmPolicy(confirm_s=1, escalate_s=5, attend_s=60, long_lie_s=20, sensors=("wearable", "camera"))
    tracker, now, left = AlarmTracker(policy, name="room"), 0.0, n_steps
    path = {}  # phases of each fall, in order
    delivered = {}

    def act(numbers, now, lock):
        draw = random.Random(numbers)
        for _ in range(25):
            p, lying = draw.choice([None, 0.0, 0.3, 0.6, 0.95, 0.99]), draw.choice([None, False, False, True])
            upright = draw.choice([None, False, True]) if not lying else None
            heard = draw.choice([("wearable",), ("camera",), ("wearable", "camera")])
            time_s = now + draw.choice([0, 0.5, 1, 1, 2, -0.7, -8])
            log = tracker.observe(time_s, AlarmEvidence(p, lying, heard, upright))
            event = tracker.event
            if event and draw.random() < 0.05:
                answer = tracker.acknowledge if draw.random() < 0.5 else tracker.resolve
                log += answer(time_s, draw.randint(max(event - 2, 1), event))
            with lock:
                for t in log:
                    if t.subject == "fall":
                        path.setdefault(t.event, []).append(t.after)

    while left > 0:
        lock = threading.Lock()
        threads = [threading.Thread(target=act, args=(draw.random(), now, lock)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        left -= 100
        now += draw.choice([1, 1, 1, 5, 30, 3000, -3600, 1e6])
        for message in tracker.outbox:
            assert delivered.setdefault(message.id, message.transition) == message.transition
            tracker.confirm_sent(message.id)
        tracker = AlarmTracker.from_json(tracker.to_json())
    notified = sorted(t.event for t in delivered.values() if t.subject == "fall" and t.after == "notified")
    confirmed = sorted(event for event, phases in path.items() if "confirmed" in phases)
    still_held = [event for event, phase in tracker.phases.items() if phase == "confirmed"]
    assert notified == [event for event in confirmed if event not in still_held]
    assert len(notified) > n_steps / 500
    for event, phases in path.items():
        assert phases.count("suspected") == 1
        assert phases.count("notified") <= 1
        over = "resolved" in phases or ("confirmed" not in phases and "quiet" in phases)
        assert over != (event in tracker.phases), (event, phases)


@pytest.mark.parametrize("n_steps", [2_000, pytest.param(100_000, marks=pytest.mark.slow)])
def test_threads_reloads_and_clock_jumps_lose_nothing(n_steps):
    _soak(n_steps, seed=1)
