"""A sensor on the body against the physics of simple motions."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from common.errors import InvalidInputError
from common.simulation.inertial import SITES, InertialSensor
from common.simulation.people.activities import perform
from common.simulation.people.anatomy import COORDINATES, INDEX
from common.simulation.people.episode import Episode
from common.simulation.people.motion import Hops, KeyPostures, Motion, Oscillation, Track, posture
from common.simulation.people.resident import Resident
from common.simulation.rooms.room import Room
from common.validation import FloatArray

RESIDENT = Resident.random(np.random.default_rng(3))
EXACT = {"noise_g": 0.0, "noise_deg_s": 0.0, "looseness": 0.0}


@dataclass(frozen=True)
class Course:
    """One coordinate as a polynomial of time."""

    name: str
    terms: tuple[float, ...]  # of 1, t, t², …

    def __call__(self, time_s: FloatArray) -> FloatArray:
        values = np.zeros((len(time_s), len(COORDINATES)))
        values[:, INDEX[self.name]] = np.polynomial.polynomial.polyval(time_s, self.terms)
        return values


def measured(*tracks: Track, position: str = "waist", seconds: float = 2.0, **options: Any) -> FloatArray:
    episode = Episode("Walk", RESIDENT, Motion(tracks), seconds)
    return InertialSensor(position, **EXACT | options).measure(episode, np.random.default_rng(0))


@pytest.mark.parametrize("position", list(SITES))
def test_standing_still_is_one_g_upward(position: str) -> None:
    signal = measured(KeyPostures(posture()), position=position)
    np.testing.assert_allclose(signal, np.tile([0, 0, 1, 0, 0, 0], (100, 1)), atol=1e-9)


@pytest.mark.parametrize(
    ("tilt", "expected"),
    [("tilt_forward", [-1, 0, 0]), ("tilt_left", [0, -1, 0])],  # the side that now points down is pushed from there
)
def test_lying_turns_gravity(tilt: str, expected: list[float]) -> None:
    signal = measured(KeyPostures(posture(**{tilt: np.pi / 2})))
    np.testing.assert_allclose(signal[:, :3], np.tile(expected, (100, 1)), atol=1e-9)


def test_turning_on_the_spot() -> None:
    signal = measured(Course("heading", (0.0, 2.0)))
    np.testing.assert_allclose(signal[:, 3:], np.tile([0, 0, np.degrees(2.0)], (100, 1)), atol=0.01)


def test_speeding_up() -> None:
    signal = measured(Course("x", (0.0, 0.0, 9.81 / 4)))  # half a g
    np.testing.assert_allclose(signal[:, :3], np.tile([0.5, 0, 1], (100, 1)), atol=1e-6)


def test_a_bent_elbow_turns_the_wrist_alone() -> None:
    bend = KeyPostures(posture(both_elbow_flexion=np.pi / 2))
    np.testing.assert_allclose(measured(bend, position="wrist")[0, :3], [1, 0, 0], atol=1e-9)
    np.testing.assert_allclose(measured(bend, position="pocket")[0, :3], [0, 0, 1], atol=1e-9)


def test_free_flight_is_weightless_and_landing_is_hard() -> None:
    hops = Hops(start_s=0.2, count=3, height_m=0.3)
    magnitude = np.linalg.norm(measured(KeyPostures(posture()), hops, seconds=hops.end_s, rate_hz=100)[:, :3], axis=1)
    assert magnitude.min() < 0.05
    assert (magnitude < 0.1).sum() > 0.6 * 3 * 100 * 2 * np.sqrt(2 * 0.3 / 9.81)
    assert magnitude.max() > 2


def test_a_swinging_arm_has_the_period_of_its_oscillation() -> None:
    oscillation = Oscillation({"left_shoulder_flexion": 0.3}, frequency_hz=2.0)
    turning = measured(KeyPostures(posture()), oscillation, position="wrist", seconds=4.0)[:, 4]
    spectrum = np.abs(np.fft.rfft(turning))
    assert np.fft.rfftfreq(len(turning), 1 / 50)[spectrum.argmax()] == 2.0
    np.testing.assert_allclose(np.abs(turning).max(), np.degrees(0.3 * 2 * np.pi * 2), rtol=0.01)


def fall(activity: str, seed: int) -> Episode:
    rng = np.random.default_rng(seed)
    while True:
        episode = perform(activity, Resident.random(rng), Room.random(rng), rng)
        if episode is not None:
            return episode


@pytest.mark.parametrize("position", list(SITES))
@pytest.mark.parametrize("activity", ["Fall forward", "Fall left", "Fall sitting"])
def test_a_fall_shows_when_it_happens_and_rest_follows(activity: str, position: str) -> None:
    episode = fall(activity, seed=5)
    assert episode.fall is not None
    sensor = InertialSensor(position, **EXACT)
    magnitude = np.linalg.norm(sensor.measure(episode, np.random.default_rng(0))[:, :3], axis=1)
    assert magnitude.max() > 1.8
    # A hand or a knee may meet the floor a second before the thigh does, and an arm may drop after the trunk.
    assert abs(magnitude.argmax() / 50 - episode.fall.impact_s) < 1.5
    np.testing.assert_allclose(np.median(magnitude[-50:]), 1, atol=0.1)


def test_the_same_seed_gives_the_same_samples_and_rates_their_number() -> None:
    episode = fall("Fall left", seed=6)
    sensor = InertialSensor()
    first, again, other = (sensor.measure(episode, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert first.tobytes() == again.tobytes() != other.tobytes()
    slow = replace(sensor, rate_hz=20).measure(episode, np.random.default_rng(1))
    assert slow.shape == (np.ceil(episode.duration_s * 20), 6)


def test_signals_beyond_the_range_are_clipped() -> None:
    episode = fall("Fall right", seed=7)
    signal = InertialSensor("waist", range_g=1.5, range_deg_s=50).measure(episode, np.random.default_rng(0))
    assert np.abs(signal[:, :3]).max() == 1.5
    assert np.abs(signal[:, 3:]).max() == 50


def test_noise_has_its_standard_deviation() -> None:
    episode = Episode("Walk", RESIDENT, Motion((KeyPostures(posture()),)), 60.0)
    signal = InertialSensor("waist", noise_g=0.05, noise_deg_s=2.0).measure(episode, np.random.default_rng(0))
    np.testing.assert_allclose(signal.std(axis=0), [0.05] * 3 + [2.0] * 3, rtol=0.05)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"position": "ear"}, "position"),
        ({"rate_hz": 10}, "rate_hz"),
        ({"rate_hz": 101}, "rate_hz"),
        ({"range_g": 0}, "range_g"),
        ({"noise_g": -1}, "noise_g"),
        ({"looseness": float("nan")}, "looseness"),
    ],
)
def test_bad_sensors(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInputError, match=message):
        InertialSensor(**options)
