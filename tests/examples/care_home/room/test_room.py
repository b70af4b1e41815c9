"""A room decides, sounds and remembers alone; the hub hears of it sooner or later, once."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from common import AlarmPhase
from examples.care_home.hub.hub import Hub
from examples.care_home.hub.log import Log
from examples.care_home.messages import Post, Reply, to_json
from examples.care_home.room.detectors import CameraDetector
from examples.care_home.room.links import LinkError
from examples.care_home.room.node import Node
from examples.care_home.room.readings import Reading
from examples.care_home.room.recorded import Recorded, RecordedSensors
from examples.care_home.room.room import Room
from examples.fusion_models import Models

BEGAN_S = 1_000_000.0


@dataclass
class DirectLink:
    """Reaches a hub in the same process, unless it is told that there is none."""

    hub: Hub
    is_down: bool = False
    posts: list[Post] = field(default_factory=list)

    def exchange(self, post: Post) -> Reply:
        if self.is_down:
            raise LinkError("no hub")
        self.posts.append(post)
        return self.hub.exchange(post)


class SilentSensors:
    zones = ()

    def until(self, time_s: float) -> Reading:
        return Reading.nothing()


@dataclass
class Watched:
    """A node with one room, its hub, and what sounded."""

    node: Node
    room: Room
    link: DirectLink
    sounds: list[float]

    def run(self, n_seconds: int) -> None:
        for _ in range(n_seconds):
            self.node.step(self.node.now_s + 1)
            self.node.tell()


@pytest.fixture
def watched(models: Models, fall: Recorded, tmp_path: Path) -> Watched:
    room = Room("12", RecordedSensors(fall), models, CameraDetector(models), began_s=BEGAN_S, folder=tmp_path)
    link, sounds = DirectLink(Hub(Log(tmp_path / "log.db"))), []
    node = Node([room], link, sound=lambda _, change: sounds.append(change.time_s - BEGAN_S), began_s=BEGAN_S)
    return Watched(node, room, link, sounds)


def test_a_fall_becomes_an_alarm_that_says_why(watched: Watched) -> None:
    watched.run(30)
    (alarm,) = watched.link.hub.home.active.values()
    assert alarm.room == "12"
    assert alarm.probability is not None
    assert alarm.probability > 0.5
    said = {word.name: word for word in alarm.sensors}
    assert set(said) == {"wearable", "camera"}
    assert max(word.share for word in said.values()) > 0.5
    assert 0 < said["wearable"].energy_j < said["camera"].energy_j < 0.1
    word = watched.link.posts[-1].words[0]
    assert 0 < word.moving_s < word.watched_s <= 30
    assert word.energy_j > 0


def test_the_room_sounds_and_keeps_its_events_while_there_is_no_hub(watched: Watched) -> None:
    watched.link.is_down = True
    watched.run(45)
    assert len(watched.sounds) >= 2
    assert watched.sounds[1] - watched.sounds[0] == 10
    assert watched.link.hub.home.active == {}
    watched.link.is_down = False
    watched.run(1)
    assert len(watched.link.hub.home.active) == 1
    assert watched.room.events() == ()


def test_an_answer_stops_the_sound_and_the_word_of_staff_clears_it_in_the_room(watched: Watched) -> None:
    watched.run(30)
    hub = watched.link.hub
    (alarm,) = hub.home.active
    hub.answer(alarm, "on my way", "Kim")
    watched.run(2)
    assert not watched.room.is_sounding
    assert watched.room.tracker.phases == {1: AlarmPhase.ACKNOWLEDGED}
    assert hub.home.active[alarm].is_active
    hub.answer(alarm, "helped", "Kim")
    watched.run(2)
    assert hub.home.active == {}
    assert hub.home.closed[alarm].cleared_because == "resolved by Kim"


def test_a_room_that_was_killed_goes_on_with_its_alarm(
    watched: Watched, models: Models, fall: Recorded, tmp_path: Path
) -> None:
    watched.run(30)
    hub = watched.link.hub
    (alarm,) = hub.home.active
    began_s = BEGAN_S + 40
    room = Room("12", RecordedSensors(fall), models, CameraDetector(models), began_s=began_s, folder=tmp_path)
    assert room.tracker.name == watched.room.tracker.name
    assert room.is_sounding
    node = Node([room], watched.link, sound=lambda *_: None, began_s=began_s)
    node.step(began_s + 1)
    node.tell()
    assert list(hub.home.active) == [alarm]
    hub.answer(alarm, "on my way", "Kim")
    for second in (2, 3):
        node.step(began_s + second)
        node.tell()
    assert not room.is_sounding


def test_an_old_answer_cannot_silence_a_later_alarm_after_a_restart(
    watched: Watched, models: Models, fall: Recorded, tmp_path: Path
) -> None:
    watched.run(30)
    hub = watched.link.hub
    (alarm,) = hub.home.active
    hub.answer(alarm, "on my way", "Kim")
    (answer,) = hub.home.answers[watched.room.tracker.name]
    watched.run(1)
    room = Room("12", RecordedSensors(fall), models, CameraDetector(models), began_s=BEGAN_S + 40, folder=tmp_path)
    assert room.act(BEGAN_S + 41, answer) == ()


def test_silent_sensors_are_a_technical_alarm_within_twenty_seconds(models: Models, tmp_path: Path) -> None:
    room = Room("12", SilentSensors(), models, CameraDetector(models), began_s=BEGAN_S)
    hub = Hub(Log(tmp_path / "log.db"))
    node = Node([room], DirectLink(hub), sound=lambda *_: None, began_s=BEGAN_S)
    # The first second begins the watch: sensors have 20 s from then on.
    for second in range(22):
        node.step(BEGAN_S + second)
        node.tell()
    (health,) = hub.home.rooms.values()
    assert health.silent_sensors == {"wearable", "camera"}


def test_a_classifier_that_fails_leaves_the_other_sensor_to_watch(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("the interpreter is gone")

    monkeypatch.setattr(watched.room._camera, "reports", fail)
    watched.run(40)
    (alarm,) = watched.link.hub.home.active.values()
    assert {word.name: word.probability is None for word in alarm.sensors} == {"wearable": False, "camera": True}
    (health,) = watched.link.hub.home.rooms.values()
    assert health.silent_sensors == {"camera"}


def test_a_full_disk_in_the_room_silences_no_alarm(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("common.alarms.storage.replace_file", fail)
    monkeypatch.setattr("examples.care_home.room.room.replace_file", fail)
    watched.run(30)
    assert watched.sounds
    (alarm,) = watched.link.hub.home.active
    watched.link.hub.answer(alarm, "helped", "Kim")
    watched.run(2)
    assert watched.link.hub.home.active == {}


def test_a_room_that_fails_is_not_heard_any_more_and_keeps_no_other_from_being_watched(
    watched: Watched, models: Models, fall: Recorded
) -> None:
    def broken(now_s: float) -> None:
        raise RuntimeError("broken")

    watched.run(1)
    watched.room.step = broken  # type: ignore[method-assign, assignment]
    other = Room("13", RecordedSensors(fall), models, CameraDetector(models), began_s=watched.node.now_s)
    watched.node.add(other)
    watched.run(30)
    assert [alarm.room for alarm in watched.link.hub.home.active.values()] == ["13"]
    assert {word.room for word in watched.link.posts[-1].words} == {"13"}


def test_words_are_told_once_and_the_end_is_told(watched: Watched) -> None:
    watched.run(2)
    watched.node.tell()
    assert [len(post.words) for post in watched.link.posts] == [1, 1, 0]
    watched.node.tell(goodbye=True)
    (health,) = watched.link.hub.home.rooms.values()
    assert health.is_ended
    assert watched.link.hub.counts["words that came twice or late"] == 0


def test_an_answer_given_at_the_very_end_is_still_acted_on(watched: Watched) -> None:
    watched.run(30)
    (alarm,) = watched.link.hub.home.active
    watched.link.hub.answer(alarm, "helped", "Kim")
    watched.node.stop()
    watched.node._tell_until_stopped()
    assert watched.link.hub.home.active == {}


@pytest.mark.promise("No picture leaves the room, neither on the wire nor on its disk")
def test_no_picture_leaves_the_room(watched: Watched, tmp_path: Path) -> None:
    """Neither on the wire nor on the disk is there any row of a picture that the room has seen."""
    watched.run(30)
    seconds = watched.room._sensors._seconds  # type: ignore[attr-defined]
    pictures = [frame.picture for reading in seconds for frame in reading.frames if frame.picture is not None]
    assert len(pictures) > 10
    rows = {bytes(picture[row]) for picture in pictures for row in (10, 48, 80)}
    sent = b"".join(map(to_json, watched.link.posts))
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert not any(row in sent or row in kept for row in rows)
    assert len(sent) / len(watched.link.posts) < 1500
