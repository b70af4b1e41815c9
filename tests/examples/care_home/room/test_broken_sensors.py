"""Sensors that are broken on purpose: a clear line in the log, an absent sensor, and the room goes on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from common.validation import FloatArray
from examples.care_home.hub.hub import Hub
from examples.care_home.hub.log import Log
from examples.care_home.messages import Post, Reply
from examples.care_home.room.detectors import CAMERA, WORN, CameraDetector
from examples.care_home.room.live import LiveSensors
from examples.care_home.room.node import Node
from examples.care_home.room.recorded import Recorded
from examples.care_home.room.room import Room
from examples.care_home.room.worn.csv_file import CsvFile
from examples.care_home.room.worn.slots import SampleSlots
from examples.fusion_models import Models

BEGAN_S = 1_000_000.0
RATE_HZ = 25.0


class Link:
    def __init__(self, hub: Hub) -> None:
        self.hub = hub

    def exchange(self, post: Post) -> Reply:
        return self.hub.exchange(post)


class Faulty:
    """Sends a recording second by second, as a fault changes it."""

    description = "a sensor with a fault"

    def __init__(self, samples: FloatArray, fault: Callable[[FloatArray, FloatArray], tuple[FloatArray, FloatArray]]):
        self._samples, self._fault, self._n_sent = samples, fault, 0
        self.slots = SampleSlots(RATE_HZ, delay_s=0.0, name="room 12: worn")

    def until(self, time_s: float) -> FloatArray:
        stop = round(time_s * RATE_HZ)
        times = np.arange(self._n_sent, stop) / RATE_HZ
        self.slots.put(*self._fault(times, self._samples[self._n_sent : stop]))
        self._n_sent = stop
        return self.slots.until(time_s)

    def close(self) -> None:
        pass


@pytest.fixture(scope="module")
def worn(fall: Recorded) -> FloatArray:
    return np.concatenate([reading.samples for reading in fall.seconds])


def room_with(sensors: LiveSensors, models: Models, folder: Path) -> tuple[Hub, Room, int]:
    """What a hub knows after 45 seconds of a room in which somebody falls, with a worn sensor alone."""
    room = Room("12", sensors, models, CameraDetector(models), began_s=BEGAN_S, installed=(WORN,))
    hub = Hub(Log(folder / "log.db"))
    node = Node([room], Link(hub), sound=lambda *_: None, began_s=BEGAN_S)
    for second in range(45):
        node.step(BEGAN_S + second + 1)
        node.tell()
    n_words = room.word.number
    hub.close()
    return hub, room, n_words


def as_it_is(times: FloatArray, samples: FloatArray) -> tuple[FloatArray, FloatArray]:
    return times, samples


def not_a_number(times: FloatArray, samples: FloatArray) -> tuple[FloatArray, FloatArray]:
    return times, np.full_like(samples, np.nan)


def backwards(times: FloatArray, samples: FloatArray) -> tuple[FloatArray, FloatArray]:
    return times[0] - (times - times[0]) - 5.0, samples


def ten_times_as_many(times: FloatArray, samples: FloatArray) -> tuple[FloatArray, FloatArray]:
    return np.repeat(times, 20), np.repeat(samples, 20, axis=0)


def in_another_unit(times: FloatArray, samples: FloatArray) -> tuple[FloatArray, FloatArray]:
    return times, samples * np.repeat([9.81, 1.0], 3)


def test_a_worn_sensor_that_works_raises_the_alarm_alone(models: Models, worn: FloatArray, tmp_path: Path) -> None:
    hub, _, _ = room_with(LiveSensors(Faulty(worn, as_it_is), None), models, tmp_path)
    (alarm,) = hub.home.active.values()
    assert {word.name: word.state for word in alarm.sensors} == {WORN: "heard", CAMERA: "out of service"}
    (health,) = hub.home.rooms.values()
    assert not health.silent_sensors, "a camera that is not there is no fault"


@pytest.mark.parametrize("fault", [not_a_number, backwards, ten_times_as_many, in_another_unit])
def test_a_worn_sensor_that_is_broken_is_absent_and_raises_no_alarm_but_a_technical_one(
    fault: Callable[[FloatArray, FloatArray], tuple[FloatArray, FloatArray]],
    models: Models,
    worn: FloatArray,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    sensor = Faulty(worn, fault)
    hub, room, n_words = room_with(LiveSensors(sensor, None), models, tmp_path)
    assert hub.home.active == {}
    (health,) = hub.home.rooms.values()
    assert health.silent_sensors == {WORN}
    assert n_words > 0
    assert room.word.probability is None
    assert "Traceback" not in caplog.text
    if fault is not backwards:
        assert len([line for line in caplog.messages if line.startswith("room 12: worn")]) <= 2
    if fault is backwards:
        assert sensor.slots.n_late == len(worn)


def test_a_recording_in_a_file_is_judged_like_the_sensor(models: Models, worn: FloatArray, tmp_path: Path) -> None:
    frame = pd.DataFrame(worn, columns=["ax", "ay", "az", "gx", "gy", "gz"])
    frame.insert(0, "time_s", np.arange(len(frame)) / RATE_HZ)
    frame.to_csv(tmp_path / "day.csv", index=False)
    hub, _, _ = room_with(LiveSensors(CsvFile(tmp_path / "day.csv", RATE_HZ), None), models, tmp_path)
    assert len(hub.home.active) == 1
