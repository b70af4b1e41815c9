"""Recordings through the whole system, faster than time: sensors, room, hub, and staff who answer.

What truly happened is known of recordings. It is used to count afterwards; room and hub do not see it.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from rich.progress import track

import fall
from common.evaluation.intervals import clopper_pearson
from examples.care_home.hub.entries import Line, Received
from examples.care_home.hub.hub import Hub, Update
from examples.care_home.hub.log import Log
from examples.care_home.messages import Post, Reply, Verdict
from examples.care_home.room.detectors import CAMERA, WORN, CameraDetector
from examples.care_home.room.node import Node
from examples.care_home.room.readings import Sensors
from examples.care_home.room.room import Room
from examples.care_home.room.simulated import SimulatedSensors
from examples.care_home.room.urfd import UrfdSensors
from examples.fusion_models import SHIPPED, Models, load_models
from examples.terminal import console

_BEGAN_S = 1_000_000_000.0
_ANSWER_S, _HELP_S = 60.0, 180.0  # from an alarm to "on my way", and to "helped"
_TOLD_WITHIN_S = 60.0
_AFTER_SEQUENCE_S = 30.0  # the picture stays, as it does before somebody comes


@dataclass
class _Clock:
    """The time of the recording."""

    now_s: float = _BEGAN_S

    def __call__(self) -> float:
        return self.now_s


@dataclass
class _Replay:
    """A hub on the clock of the recording, with staff who answer, and the alarms that were raised."""

    hub: Hub
    clock: _Clock
    raised: list[tuple[str, float]] = field(default_factory=list)  # room, and seconds since the beginning
    due: list[tuple[float, str, Verdict]] = field(default_factory=list)

    @property
    def now_s(self) -> float:
        """The time of the recording."""
        return self.clock.now_s

    def exchange(self, post: Post) -> Reply:
        return self.hub.exchange(post)

    def hear(self, update: Update) -> None:
        for line in update.lines:
            if _is_raised(line):
                assert isinstance(line.entry, Received)
                event = line.entry.event
                self.raised.append((event.room, self.now_s - _BEGAN_S))
                self.due.append((self.now_s + _ANSWER_S, event.alarm, "on my way"))
                self.due.append((self.now_s + _HELP_S, event.alarm, "helped"))

    def answer(self) -> None:
        """What staff say now; somebody who was seen upright needs no answer any more."""
        ready = [answer for answer in self.due if answer[0] <= self.now_s]
        self.due = [answer for answer in self.due if answer[0] > self.now_s]
        for _, alarm, verdict in ready:
            if alarm in self.hub.home.active:
                self.hub.answer(alarm, verdict, "staff")

    def run(self, node: Node, n_seconds: int) -> None:
        for _ in range(n_seconds):
            self.clock.now_s += 1.0
            node.step(self.now_s)
            node.tell()
            self.hub.tick()
            self.answer()


def replay_simulated(residents: int, hours: float, n_falls: int) -> None:
    """Hours of simulated residents."""
    models = load_models(SHIPPED)
    camera = CameraDetector(models)
    told, n_falls_seen, n_alarms, n_false = 0, 0, 0, 0
    with _replaying() as replay:
        for number in track(range(residents), "residents", console=console):
            sensors = SimulatedSensors(number, models.manifest.sensor, hours=hours, n_falls=n_falls)
            began_s, n_before = replay.now_s, len(replay.raised)
            _watch(replay, str(11 + number), sensors, models, camera, int(hours * 3600) - 1)
            alarms_s = [at_s - (began_s - _BEGAN_S) for _, at_s in replay.raised[n_before:]]
            impacts_s = sensors.truth_impacts_s
            told += sum(any(-1 <= at_s - impact_s <= _TOLD_WITHIN_S for at_s in alarms_s) for impact_s in impacts_s)
            n_falls_seen += len(impacts_s)
            n_alarms += len(alarms_s)
            n_false += sum(all(not -1 <= at_s - impact_s <= 600 for impact_s in impacts_s) for at_s in alarms_s)
        _print_log(replay)
    console.print(
        f"{residents} residents, {hours:g} h each: staff told of {told} of {n_falls_seen} falls within a minute; "
        f"{n_alarms} alarms, {n_false} of them not within ten minutes of a fall.",
        highlight=False,
    )


@dataclass(frozen=True)
class _Sequence:
    """A sequence of URFD after it was replayed."""

    name: str
    is_fall: bool
    scene: str
    is_raised: bool


def replay_urfd(root: Path) -> None:
    """The sequences of URFD, each in a room of its own, seen by the camera alone."""
    table = fall.datasets.load_urfd(root)
    models = load_models(SHIPPED)
    camera = CameraDetector(models)
    replayed = []
    with _replaying() as replay:
        for name, frames in track(list(table.groupby("sequence")), "sequences", console=console):
            sensors = UrfdSensors(frames)
            n_seconds = int(sensors.duration_s + _AFTER_SEQUENCE_S)
            _watch(replay, str(name), sensors, models, camera, n_seconds, installed=(CAMERA,))
            kind, scene = map(str, frames[["kind", "scene"]].iloc[0])
            is_raised = any(room == name for room, _ in replay.raised)
            replayed.append(_Sequence(str(name), kind == "fall", scene, is_raised))
        _print_log(replay)
    falls = [one for one in replayed if one.is_fall]
    activities = [one for one in replayed if not one.is_fall]
    there = {one.scene for one in falls}
    _print_raised("fall", falls)
    _print_raised("activity", activities)
    _print_raised("activity where the falls were filmed", [one for one in activities if one.scene in there])
    named = ", ".join(f"{one.name} ({one.scene})" for one in activities if one.is_raised)
    console.print(f"Activities that alarm: {named or 'none'}.", highlight=False)


def _print_raised(kind: str, sequences: Sequence[_Sequence]) -> None:
    n_raised, n = sum(one.is_raised for one in sequences), len(sequences)
    interval = clopper_pearson(n_raised, n)
    console.print(f"URFD, camera alone: {n_raised} of {n} sequences of {kind} alarm ({interval})", highlight=False)


def _watch(
    replay: _Replay,
    name: str,
    sensors: Sensors,
    models: Models,
    camera: CameraDetector,
    n_seconds: int,
    *,
    installed: tuple[str, ...] = (WORN, CAMERA),
) -> None:
    room = Room(name, sensors, models, camera, began_s=replay.now_s, installed=installed)
    node = Node([room], replay, sound=lambda *_: None, began_s=replay.now_s)
    replay.run(node, n_seconds)
    node.tell(goodbye=True)


@contextmanager
def _replaying() -> Iterator[_Replay]:
    with tempfile.TemporaryDirectory() as folder:
        clock = _Clock()
        hub = Hub(Log(Path(folder) / "log.db"), now=clock)
        replay = _Replay(hub, clock)
        hub.listen(replay.hear)
        yield replay
        hub.close()


def _is_raised(line: Line) -> bool:
    entry = line.entry
    return isinstance(entry, Received) and entry.event.subject == "fall" and entry.event.after == "notified"


def _print_log(replay: _Replay) -> None:
    log = replay.hub.log
    ids = Counter(line.entry.event.id for line in log.lines() if isinstance(line.entry, Received))
    n_twice = sum(n > 1 for n in ids.values())
    console.print(f"The log holds {log.verify()} lines, unbroken; {len(ids)} events, {n_twice} of them twice.")
