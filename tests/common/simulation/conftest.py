"""Two busy hours of a simulated morning, for the tests of its parts."""

import pytest

from common.simulation.day import DayScenario, SimulatedRecording, simulate_resident


@pytest.fixture(scope="package")
def morning() -> SimulatedRecording:
    return simulate_resident(DayScenario(hours=2.0, start_hour=9.0, n_falls=4, camera_hz=1.0), seed=11)
