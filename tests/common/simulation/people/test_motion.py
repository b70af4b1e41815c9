"""How bodies move: a pendulum's known time, steps without sliding, and bodies that rest on what carries them."""

import numpy as np
import pytest

from common.simulation.people.body import INDEX, Body, rotation
from common.simulation.people.motion import KeyPostures, Steps, posture
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


@pytest.mark.parametrize("axis", ["x", "y", "z"])
def test_rotations_are_those_of_scipy(axis: str) -> None:
    from scipy.spatial.transform import Rotation

    angles = np.linspace(-4, 4, 9)
    assert np.allclose(rotation(axis, angles), Rotation.from_euler(axis, angles[:, None]).as_matrix())


def test_a_body_stands_on_the_floor_and_is_as_tall_as_it_says() -> None:
    cones = (body := Body(1.75)).surface(body.pose(posture()[None]))
    assert (cones.start[0, :, 2] - cones.start_radius).min() == pytest.approx(0.0, abs=0.02)
    assert (cones.end[0, :, 2] + cones.end_radius).max() == pytest.approx(1.75, abs=0.05)


def test_key_postures_are_reached_and_held() -> None:
    keys = KeyPostures(posture()).hold(1.0).change(2.0, waist_flexion=0.6).hold(1.0)
    assert keys.end_s == 4.0
    assert keys(np.array([0.5, 2.0, 3.5]))[:, INDEX["waist_flexion"]] == pytest.approx([0.0, 0.3, 0.6])


def test_steps_lead_as_far_as_their_speed() -> None:
    steps = Steps(heading=np.pi / 2, speed_m_s=1.0, stride_m=1.2, start_s=0.0, stop_s=3.0)
    end = steps(np.array([10.0]))[0]
    assert end[INDEX["x"]] == pytest.approx(0.0)
    assert end[INDEX["y"]] == pytest.approx(3.0 - 0.6)  # half of each ramp of 0.6 s is lost
