"""Whole days: one clock, nothing lost, nothing held, and what a sensor feels between activities."""

import itertools
from typing import Any

import numpy as np
import pytest

import common
from common.errors import InvalidInputError
from common.simulation.day import WATCH_S, DayScenario, InertialChunk, SimulatedRecording, simulate_resident
from common.simulation.inertial import InertialSensor
from common.simulation.people.toppling import GRAVITY
from common.simulation.stillness import Drop, rest

MORNING = DayScenario(hours=2.0, start_hour=9.0, n_falls=4, camera_hz=1.0)


@pytest.fixture(scope="module")
def morning() -> SimulatedRecording:
    return simulate_resident(MORNING, seed=11)


def all_samples(recording: SimulatedRecording) -> Any:
    return np.concatenate([chunk.samples for chunk in recording.inertial])


@pytest.mark.parametrize("seed", range(4))
def test_a_day_has_as_many_falls_as_wanted(seed: int) -> None:
    day = simulate_resident(DayScenario(n_falls=10), seed=seed)
    assert len(day.labels.falls) == 10
    for fall in day.labels.falls:
        assert fall.onset_s < fall.impact_s < fall.up_s <= day.duration_s


@pytest.mark.parametrize("rate", [20.0, 31.25, 50.0])
def test_samples_come_without_gaps(rate: float) -> None:
    scenario = DayScenario(hours=0.5, start_hour=11, n_falls=2, sensor=InertialSensor("wrist", rate_hz=rate))
    chunks = list(simulate_resident(scenario, seed=5).inertial)
    starts = np.array([chunk.start_s for chunk in chunks])
    lengths = np.array([len(chunk.samples) for chunk in chunks])
    np.testing.assert_allclose(starts, np.cumsum([0, *lengths[:-1]]) / rate)
    assert lengths.sum() == np.ceil(1800 * rate)
    assert lengths.max() <= 60 * rate + 1


def test_the_same_seed_gives_the_same_bytes_in_any_order(morning: SimulatedRecording) -> None:
    again = simulate_resident(MORNING, seed=11)
    some = [shot.draw().tobytes() for shot in itertools.islice(again.frames, 20)]
    assert [shot.draw().tobytes() for shot in itertools.islice(morning.frames, 20)] == some
    np.testing.assert_array_equal(all_samples(again), all_samples(morning))
    assert again.labels.falls == morning.labels.falls


def test_scenes_of_one_person_do_not_overlap(morning: SimulatedRecording) -> None:
    for actor in ("resident", "visitor"):
        own = [scene for scene in morning.labels.routine.scenes if scene.actor == actor]
        for first, second in itertools.pairwise(own):
            assert first.end_s + first.lies_s <= second.start_s


def test_rest_is_one_g_and_falls_are_felt(morning: SimulatedRecording) -> None:
    force = np.linalg.norm(all_samples(morning)[:, :3], axis=1)
    seconds = np.arange(len(force)) / 50
    busy = np.zeros(len(force), dtype=bool)
    for row in morning.labels.table().query("actor == 'resident'").itertuples():
        busy |= (seconds > row.start_s - 3) & (seconds < row.end_s + 1)
    assert 0.9 < force[~busy].mean() < 1.1
    assert force[~busy].max() < 2.0
    for fall in morning.labels.falls:
        round_impact = force[(seconds > fall.onset_s) & (seconds < fall.impact_s + 1)]
        assert round_impact.max() > (1.2 if fall.activity == "Collapse" else 2.0)


def test_frames_are_in_order_and_only_where_something_happens(morning: SimulatedRecording) -> None:
    shots = list(morning.frames)
    times = np.array([shot.time_s for shot in shots])
    assert (np.diff(times) >= 0).all()
    scenes = [scene for scene in morning.labels.routine.scenes if scene.in_view]
    for shot in shots:
        assert any(scene.start_s <= shot.time_s <= scene.end_s + WATCH_S for scene in scenes)
    assert len(shots) < 0.3 * morning.duration_s


def test_labels_agree_with_those_of_the_frames(morning: SimulatedRecording) -> None:
    for shot in morning.frames:
        if shot.subject.endswith("resident"):
            truth = int(morning.labels.at(np.array([shot.time_s]))[0])
            # Soon after the onset a frame may show a stumble as well: it is left out, impact or not.
            assert shot.label in (truth, -1)


def test_rest_turns_from_one_posture_to_the_next() -> None:
    times = np.arange(0, 10, 0.01)
    before, after = np.array([0.0, 0.0, 1.0]), np.array([0.0, 0.6, 0.8])
    # Some seed with which nobody fidgets in these ten seconds.
    signal = rest(before, after, times, 10.0, np.random.default_rng(0))
    np.testing.assert_allclose(np.linalg.norm(signal[:, :3], axis=1), 1.0)
    np.testing.assert_allclose(signal[0, :3], before)
    np.testing.assert_allclose(signal[-1, :3], after, atol=0.01)
    # The sensor turned by the angle between the two, against the way in which gravity turned.
    turned = np.trapezoid(signal[:, 3:], times, axis=0)
    np.testing.assert_allclose(turned, [np.degrees(np.arccos(0.8)), 0, 0], atol=1.0)


def test_a_dropped_sensor_is_weightless_then_hit() -> None:
    drop = Drop(0.0, 30.0, height_m=0.8, spin_deg_s=np.array([90.0, 0, 0]), blow_g=12.0, lying=np.array([0, 1.0, 0]))
    times = np.arange(0, 30, 0.002)
    signal = drop.felt(np.array([0, 0, 1.0]), times)
    force = np.linalg.norm(signal[:, :3], axis=1)
    flight_s = np.sqrt(2 * 0.8 / GRAVITY)
    assert force[(times > 0.06) & (times < flight_s - 0.06)].max() < 0.01
    assert force.max() > 5
    assert abs(times[force.argmax()] - flight_s) < 0.02
    np.testing.assert_allclose(signal[-1], [0, 1, 0, 0, 0, 0], atol=1e-6)


def test_memory_does_not_grow_with_the_day() -> None:
    chunk = next(simulate_resident(DayScenario(n_falls=0), seed=1).inertial)
    assert isinstance(chunk, InertialChunk)
    assert len(chunk.samples) <= 60 * 50


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"hours": 0}, "hours"),
        ({"hours": 25}, "hours"),
        ({"hours": float("nan")}, "hours"),
        ({"n_falls": 100, "hours": 2}, "n_falls"),
        ({"n_falls": -1}, "n_falls"),
        ({"start_hour": 24}, "start_hour"),
        ({"camera_hz": 0}, "camera_hz"),
        ({"sensor": "waist"}, "sensor"),
    ],
)
def test_scenarios_that_cannot_be(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInputError, match=message):
        DayScenario(**options)


def test_seeds_of_training_validation_and_test_share_nothing() -> None:
    seeds = [common.DAY_TRAIN_SEEDS, common.DAY_VALIDATION_SEEDS, common.DAY_TEST_SEEDS]
    for first, second in itertools.combinations(seeds, 2):
        assert not set(first) & set(second)
    assert len(common.DAY_TEST_SEEDS) == 30
