"""What simulated and recorded sensors give: everything once, in order, and nothing that a sensor could not know."""

from __future__ import annotations

from dataclasses import fields

import numpy as np

from examples.care_home.room.readings import Frame, Reading, by_time
from examples.care_home.room.recorded import Recorded, RecordedSensors, joined
from examples.care_home.room.simulated import SimulatedSensors
from examples.fusion_models import Models


def test_a_second_is_given_once_however_the_time_is_cut(models: Models) -> None:
    sensor = models.manifest.sensor
    whole = SimulatedSensors(0, sensor, first_fall_s=3.0).until(6.0)
    pieces = SimulatedSensors(0, sensor, first_fall_s=3.0)
    cut = joined([pieces.until(time_s) for time_s in (0.5, 2.0, 2.0, 5.99, 6.0)])
    np.testing.assert_array_equal(cut.samples, whole.samples)
    assert [frame.time_s for frame in cut.frames] == [frame.time_s for frame in whole.frames]
    assert len(whole.samples) == 6 * sensor.rate_hz


def test_the_first_fall_comes_when_it_was_asked_for(models: Models) -> None:
    sensors = SimulatedSensors(0, models.manifest.sensor, first_fall_s=3.0)
    assert 3.0 <= sensors.truth_impacts_s[0] <= 7.0
    samples = sensors.until(sensors.truth_impacts_s[0] + 1.0).samples
    peak_s = np.linalg.norm(samples[:, :3], axis=1).argmax() / models.manifest.rate_hz
    assert abs(peak_s - sensors.truth_impacts_s[0]) < 1.0


def test_a_recording_begins_again_with_times_that_go_on(fall: Recorded) -> None:
    sensors = RecordedSensors(fall, begin_s=40)
    reading = sensors.until(20.0)
    times = [frame.time_s for frame in reading.frames]
    assert times == sorted(times)
    assert times[0] >= 0
    assert times[-1] <= 20.0
    assert len(reading.samples) == sum(len(fall.seconds[(40 + second) % 45].samples) for second in range(20))


def test_frames_of_one_moment_stay_together() -> None:
    frames = [Frame(time_s, True, None, 0, None) for time_s in (1.0, 1.0, 2.0)]
    assert [(time_s, len(together)) for time_s, together in by_time(tuple(frames))] == [(1.0, 2), (2.0, 1)]
    assert list(by_time(())) == []


def test_what_leaves_the_sensors_holds_no_label() -> None:
    assert {field.name for field in fields(Reading)} == {"samples", "frames", "camera_works"}
    assert {field.name for field in fields(Frame)} == {"time_s", "moved", "box", "track", "picture"}
