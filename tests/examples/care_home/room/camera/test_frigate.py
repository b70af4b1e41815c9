"""Frigate's boxes: whose they are, how long they hold, and what becomes of them with frames and without."""

from __future__ import annotations

import json
import time
from typing import Any

import numpy as np
import pytest

from common import InvalidInputError
from examples.care_home.room.addresses import _frigate
from examples.care_home.room.camera.frigate import FrigateBoxes, FrigateCamera, FrigateLink
from examples.care_home.room.camera.frigate_events import FrigatePeople, scaled
from examples.care_home.room.detectors import CameraDetector
from examples.care_home.room.readings import Frame, Reading
from examples.fusion_models import Models
from tests.examples.care_home.room.camera.conftest import MjpegCamera
from tests.examples.care_home.room.waiting import eventually


def event(kind: str = "new", **changes: Any) -> bytes:
    """As in Frigate's documentation, with fields that are not used."""
    after = {
        "id": "1607123955.475377-mxklsc",
        "camera": "room12",
        "frame_time": 1607123962.082975,
        "snapshot": {"frame_time": 1607123965.975463, "box": [415, 489, 528, 700]},
        "label": "person",
        "sub_label": None,
        "top_score": 0.958984375,
        "false_positive": False,
        "score": 0.87890625,
        "box": [432, 496, 544, 854],
        "stationary": False,
        "end_time": None,
    } | changes
    return json.dumps({"type": kind, "before": after, "after": after}).encode()


class Link:
    """A link without a broker."""

    def __init__(self) -> None:
        self.people, self.is_online = FrigatePeople("room12"), True

    def close(self) -> None:
        pass


def test_a_person_comes_changes_and_goes() -> None:
    people = FrigatePeople("room12")
    people.take(event())
    people.take(event("update", box=[100, 700, 400, 800], stationary=True))
    people.take(event(id="other", box=[0, 0, 50, 100]))
    first, second = people.now()[::-1] if people.now()[0].track == 2 else people.now()
    assert (first.track, first.box.w, first.box.h, first.is_still) == (1, 300, 100, True)
    assert second.track == 2
    people.take(event("end"))
    assert [one.track for one in people.now()] == [2]
    people.forget()
    assert people.now() == ()


@pytest.mark.parametrize("changes", [{"camera": "garden"}, {"label": "dog"}, {"false_positive": True}])
def test_others_are_left_out(changes: dict[str, Any]) -> None:
    people = FrigatePeople("room12")
    people.take(event(**changes))
    assert people.now() == ()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{}", "type"),
        (b"x", "text"),
        (event("gone"), "type"),
        (event(box=[1, 2, 3]), "after.box"),
        (event(box=[10, 10, 5, 20]), "no box of a person"),
        (event(box=["a", 0, 1, 1]), "after.box.0"),
        (event(score=7), "after.score"),
        (b" " * 70_000, "more than 65536"),
    ],
)
def test_what_is_no_event_is_refused(content: bytes, message: str) -> None:
    people = FrigatePeople("room12")
    with pytest.raises(InvalidInputError, match=message):
        people.take(content)
    assert people.now() == ()


def test_boxes_are_scaled_to_the_frames() -> None:
    people = FrigatePeople("room12")
    people.take(event(box=[64, 72, 128, 144], score=0.5))
    assert scaled(people.now()[0], (1280, 720), 640, 360) == [32, 36, 32, 36, 0.5]
    assert scaled(people.now()[0], None, 640, 360) == [64, 72, 64, 72, 0.5]


def test_without_frames_the_shape_of_the_box_says_who_lies(models: Models) -> None:
    link = Link()
    camera, detector = FrigateBoxes(link, "room12"), CameraDetector(models)  # type: ignore[arg-type]
    link.people.take(event(box=[100, 100, 160, 280]))
    standing = camera.until(1.0)
    link.people.take(event("update", box=[100, 220, 280, 280], stationary=True))
    lying = camera.until(2.0)
    still = camera.until(3.0)
    reports = [detector.reports(Reading(np.empty((0, 6)), *given), 1.0)[0][1] for given in (standing, lying, still)]
    assert [round(report.people[0].probability, 2) for report in reports] == [0.25, 0.75, 0.75]
    assert [report.moved for report in reports] == [True, True, False]
    link.people.take(event("end"))
    frames, works = camera.until(4.0)
    assert works
    assert frames[0].box is None


def test_with_frames_the_picture_in_each_box_is_what_is_judged(mjpeg: MjpegCamera) -> None:
    link = Link()
    link.people.take(event(box=[480, 480, 640, 1080], score=0.9))  # of 1280 x 1440, of which frames have an eighth
    began_s = time.monotonic()
    camera = FrigateCamera(
        link,  # type: ignore[arg-type]
        mjpeg.address,
        lambda: time.monotonic() - began_s,
        "room 12: camera",
        detected=(1280, 1440),
    )
    try:
        found: list[Frame] = []
        eventually(lambda: bool(found.extend(camera.until(1e9)[0]) or [one for one in found if one.box is not None]))
        person = next(one for one in found if one.box is not None)
        assert person.picture is not None
        assert (person.box.x, person.box.y, person.box.w, person.box.h) == (60, 40, 20, 50)
        link.is_online = False
        assert camera.until(1e9) == ((), False), "that nobody is found would not mean that nobody is there"
    finally:
        camera.close()


def test_without_frigate_the_camera_is_absent() -> None:
    link = Link()
    link.people.take(event())
    link.is_online = False
    assert FrigateBoxes(link, "room12").until(1.0) == ((), False)  # type: ignore[arg-type]


@pytest.mark.parametrize("address", ["mqtt://host", "mqtt://host/a/b", "mqtt://host/a?size=big", "http://host/a"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(InvalidInputError, match=r"--frigate is|mqtt is"):
        _frigate(address, "room 12: camera")


def test_frigate_is_heard_over_a_broker_and_missed_when_it_goes(broker_port: int) -> None:
    import paho.mqtt.client as paho
    from paho.mqtt.enums import CallbackAPIVersion

    from examples.care_home.mqtt.topics import Broker

    link = FrigateLink(Broker("127.0.0.1", broker_port), "room12", "room 12: camera")
    frigate = paho.Client(CallbackAPIVersion.VERSION2)
    frigate.will_set("frigate/available", b"offline", 1, retain=True)
    frigate.connect("127.0.0.1", broker_port)
    frigate.loop_start()
    try:
        frigate.publish("frigate/available", b"online", 1, retain=True)
        eventually(lambda: link.is_online)
        frigate.publish("frigate/events", b"rubbish", 1)
        frigate.publish("frigate/events", event(), 1)
        eventually(lambda: len(link.people.now()) == 1)
        frigate.publish("frigate/available", b"offline", 1, retain=True)
        eventually(lambda: not link.is_online and link.people.now() == ())
    finally:
        frigate.disconnect()
        frigate.loop_stop()
        link.close()
