"""A toppling body against the known time of a pendulum."""

import numpy as np
import pytest

from common.simulation.people.toppling import topple


@pytest.mark.parametrize("length_m", [1.0, 1.13, 1.2])
def test_toppling_takes_the_time_that_energy_conservation_gives(length_m: float) -> None:
    angle = np.linspace(0.2, np.pi / 2, 200_001)
    speed = np.sqrt(2 * 9.81 / length_m * (np.cos(0.2) - np.cos(angle[1:])))
    # The integrand is singular at the start, where theta = start + g sin(start) t² / 2l.
    head = np.sqrt(2 * (angle[1] - angle[0]) * length_m / 9.81 / np.sin(0.2))
    seconds = head + np.trapezoid(1 / speed, angle[1:])
    assert topple(length_m, start=0.2).impact_s == pytest.approx(seconds, abs=0.01)
    assert 0.6 < seconds < 1.2


def test_a_toppling_body_comes_to_rest_on_the_floor() -> None:
    fall = topple(1.1, restitution=0.3)
    assert fall.angle[-1] == fall.angle.max() == np.pi / 2
    assert fall.progress(np.array([-1.0, 0.0, 60.0])).tolist() == [0.0, 0.0, 1.0]
