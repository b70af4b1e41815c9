"""What may be seen of a person in an alarm: 576 points, only then, only where the switch is on, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from common import Box
from examples.care_home.hub.entries import Received
from examples.care_home.hub.hub import Hub
from examples.care_home.hub.log import Log
from examples.care_home.messages import Post, Reply, to_json
from examples.care_home.page import views
from examples.care_home.room.detectors import CameraDetector
from examples.care_home.room.node import Node
from examples.care_home.room.recorded import Recorded, RecordedSensors
from examples.care_home.room.room import Room
from examples.care_home.room.silhouette import N_DIGITS, SIDE, silhouette
from examples.fusion_models import Models

BEGAN_S = 1_000_000.0


class Wire:
    """Everything that leaves the room."""

    def __init__(self, hub: Hub) -> None:
        self.hub, self.posts = hub, []

    def exchange(self, post: Post) -> Reply:
        self.posts.append(post)
        return self.hub.exchange(post)


def watched(models: Models, fall: Recorded, folder: Path, *, gives_silhouette: bool) -> tuple[Room, Wire]:
    """A room after half a minute, in which somebody fell."""
    room = Room(
        "12",
        RecordedSensors(fall),
        models,
        CameraDetector(models),
        began_s=BEGAN_S,
        folder=folder / "room",
        gives_silhouette=gives_silhouette,
    )
    wire = Wire(Hub(Log(folder / "log.db")))
    node = Node([room], wire, sound=lambda *_: None, began_s=BEGAN_S)
    for second in range(30):
        node.step(BEGAN_S + second + 1)
        node.tell()
    return room, wire


@pytest.fixture(params=[True, False], ids=["switch on", "switch off"])
def wire(request: pytest.FixtureRequest, models: Models, fall: Recorded, tmp_path: Path) -> Iterator[tuple[Wire, bool]]:
    (tmp_path / "room").mkdir()
    _, wire = watched(models, fall, tmp_path, gives_silhouette=request.param)
    yield wire, request.param
    wire.hub.close()


def values_in(message: object) -> Iterator[str]:
    """Every text in a message, however deep."""
    if isinstance(message, dict):
        for value in message.values():
            yield from values_in(value)
    elif isinstance(message, (list, tuple)):
        for value in message:
            yield from values_in(value)
    elif isinstance(message, str):
        yield message


def test_an_outline_leaves_with_an_alarm_if_the_switch_is_on_and_never_else(
    wire: tuple[Wire, bool], fall: Recorded, tmp_path: Path
) -> None:
    sent, is_on = wire
    events = [event for post in sent.posts for event in post.events]
    told = [event for event in events if event.subject == "fall" and event.after in ("notified", "escalated")]
    assert told
    assert all((event.silhouette is not None) == is_on for event in told)
    assert all(event.silhouette is None for event in events if event not in told)
    (alarm,) = sent.hub.home.active.values()
    assert (views.alarm(alarm)["silhouette"] is not None) == is_on
    # No other text of any message is long enough to hold as much, and no row of a picture is anywhere.
    outlines = {event.silhouette for event in told}
    texts = {text for post in sent.posts for text in values_in(json.loads(to_json(post)))} - outlines
    assert max(map(len, texts)) < N_DIGITS
    assert "silhouette" not in json.dumps([asdict(word) for post in sent.posts for word in post.words])
    pictures = [frame.picture for reading in fall.seconds for frame in reading.frames if frame.picture is not None]
    rows = {bytes(picture[row]) for picture in pictures for row in (10, 48, 80)}
    wired = b"".join(map(to_json, sent.posts))
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert not any(row in wired or row in kept for row in rows)
    room_files = b"".join(path.read_bytes() for path in (tmp_path / "room").rglob("*") if path.is_file())
    assert not any(outline and outline.encode() in room_files for outline in outlines), "not on the room's disk"


def test_the_log_tells_the_same_outline_after_a_restart(models: Models, fall: Recorded, tmp_path: Path) -> None:
    (tmp_path / "room").mkdir()
    _, wire = watched(models, fall, tmp_path, gives_silhouette=True)
    (alarm,) = wire.hub.home.active.values()
    wire.hub.close()
    hub = Hub(Log(tmp_path / "log.db"))
    assert hub.home.active[alarm.id].silhouette == alarm.silhouette
    lines = [line.entry.event for line in hub.log.all_lines() if isinstance(line.entry, Received)]
    assert alarm.silhouette in {event.silhouette for event in lines}
    assert alarm.silhouette not in json.dumps([views.line(line) for line in hub.log.all_lines()])
    hub.close()


def test_an_alarm_goes_out_although_its_outline_cannot_be_drawn(
    models: Models, fall: Recorded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(picture: object, box: object) -> str:
        raise RuntimeError("no memory")

    monkeypatch.setattr("examples.care_home.room.outlines.silhouette", fail)
    (tmp_path / "room").mkdir()
    _, wire = watched(models, fall, tmp_path, gives_silhouette=True)
    (alarm,) = wire.hub.home.active.values()
    assert alarm.silhouette is None


def test_an_outline_is_where_the_person_is() -> None:
    picture = np.random.default_rng(0).integers(90, 110, (96, 96, 3), np.uint8)
    picture[20:80, 36:60] = [180, 40, 30]
    outline = silhouette(picture, Box(300, 100, 100, 250))
    points = np.unpackbits(np.frombuffer(bytes.fromhex(outline), np.uint8)).reshape(SIDE, SIDE)
    expected = np.zeros((SIDE, SIDE))
    expected[5:20, 9:15] = 1
    assert (points == expected).mean() > 0.97
    assert len(outline) == N_DIGITS
