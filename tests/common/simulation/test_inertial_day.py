"""A worn sensor over a day: no gaps, one g at rest, and falls that show."""

import numpy as np
import pytest

from common.simulation.day import DayScenario, SimulatedRecording, simulate_resident
from common.simulation.inertial import InertialSensor
from common.simulation.inertial_day import inertial_chunks


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


def test_a_second_sensor_leaves_the_first_as_it_is_and_has_noise_of_its_own(morning: SimulatedRecording) -> None:
    waist = InertialSensor("waist")
    first = next(inertial_chunks(morning.motion, waist)).samples
    second = next(inertial_chunks(morning.motion, waist, name="second waist")).samples
    np.testing.assert_array_equal(first, next(morning.inertial).samples)
    assert abs(np.corrcoef(np.diff(first[:, 0]), np.diff(second[:, 0]))[0, 1]) < 0.3
