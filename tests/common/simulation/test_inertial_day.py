"""A worn sensor over a day: no gaps, one g at rest, and falls that show."""

import numpy as np
import pytest

from common.simulation.day import DayScenario, SimulatedRecording, simulate_resident
from common.simulation.inertial import InertialSensor
from common.simulation.inertial_day import inertial_chunks
from common.simulation.wearing.faults import WearFaults


@pytest.mark.parametrize("rate", [20.0, 31.25, 50.0])
def test_samples_come_without_gaps(rate: float) -> None:
    scenario = DayScenario(hours=0.5, start_hour=11, n_falls=2, sensor=InertialSensor("wrist", rate_hz=rate))
    chunks = list(simulate_resident(scenario, seed=5).inertial)
    starts = np.array([chunk.start_s for chunk in chunks])
    lengths = np.array([len(chunk.samples) for chunk in chunks])
    np.testing.assert_allclose(starts, np.cumsum([0, *lengths[:-1]]) / rate)
    assert lengths.sum() == np.ceil(1800 * rate)
    assert lengths.max() <= 60 * rate + 1


def test_rest_is_one_g_and_falls_show(morning: SimulatedRecording) -> None:
    samples = np.concatenate([chunk.samples for chunk in morning.inertial])
    force = np.linalg.norm(samples[:, :3], axis=1)
    seconds = np.arange(len(force)) / 50
    moving = np.zeros(len(force), dtype=bool)
    for row in morning.labels.table().query("actor == 'resident'").itertuples():
        moving |= (seconds > row.start_s - 3) & (seconds < row.end_s + 1)
    assert 0.9 < force[~moving].mean() < 1.1
    assert force[~moving].max() < 2.0
    for fall in morning.labels.falls:
        aaround_impact = force[(seconds > fall.onset_s) & (seconds < fall.impact_s + 1)]
        assert aaround_impact.max() > (1.2 if fall.activity == "Collapse" else 2.0)


@pytest.fixture(scope="module")
def whole_day() -> SimulatedRecording:
    return simulate_resident(seed=3)


def test_a_day_holds_hours_of_movement_and_only_a_charging_sensor_is_silent(whole_day: SimulatedRecording) -> None:
    samples = np.concatenate([chunk.samples for chunk in whole_day.inertial])
    assert len(samples) == 24 * 3600 * 50
    seconds = np.arange(len(samples)) / 50
    charging = np.zeros(len(samples), dtype=bool)
    for period in whole_day.labels.routine.wear:
        if period.kind == "charging":
            charging |= (seconds >= period.start_s) & (seconds < period.end_s)
    is_lost = np.isnan(samples[:, 0])
    assert not is_lost[~charging].any()
    assert is_lost[charging].mean() > 0.99
    force = np.linalg.norm(samples[:, :3], axis=1).reshape(-1, 50)
    assert (force.std(axis=1) > 0.1).sum() / 3600 >= 3.0


def test_gravity_does_not_jump_between_two_chunks(morning: SimulatedRecording) -> None:
    """But for noise and shocks, the sensor has the attitude that it had a sample ago."""
    before = None
    for chunk in morning.inertial:
        if before is not None:
            step = np.linalg.norm(chunk.samples[0, :3] - before)
            inside = np.linalg.norm(np.diff(chunk.samples[:, :3], axis=0), axis=1).max(initial=0.0)
            assert step < max(0.5, 1.5 * inside)
        before = chunk.samples[-1, :3]


def test_a_sensor_on_a_carer_moves_while_its_owner_rests() -> None:
    scenario = DayScenario(hours=4.0, start_hour=9.0, n_falls=0, wear_faults=WearFaults(0.0, 0.0, 0.0, 12.0, 0.0))
    day = simulate_resident(scenario, seed=4)
    period = next(period for period in day.labels.routine.wear if period.kind == "on a carer")
    assert not day.labels.is_worn(np.array([period.start_s + 1.0]))[0]
    samples = np.concatenate([chunk.samples for chunk in day.inertial])
    force = np.linalg.norm(samples[:, :3], axis=1)[int(period.start_s * 50) : int(period.end_s * 50)]
    assert force[: len(force) // 50 * 50].reshape(-1, 50).std(axis=1).max() > 0.1


def test_a_second_sensor_leaves_the_first_as_it_is_and_has_noise_of_its_own(morning: SimulatedRecording) -> None:
    waist = InertialSensor("waist")
    first = next(inertial_chunks(morning.motion, waist)).samples
    second = next(inertial_chunks(morning.motion, waist, name="second waist")).samples
    np.testing.assert_array_equal(first, next(morning.inertial).samples)
    still = slice(50, 250)  # before anybody moves much: differences of neighbours are noise
    assert abs(np.corrcoef(np.diff(first[still, 0], n=2), np.diff(second[still, 0], n=2))[0, 1]) < 0.3
