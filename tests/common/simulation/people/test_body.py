"""The body: rotations, stature, and rest on whatever supports it."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from common.simulation.people.body import Body, rotation
from common.simulation.people.motion import posture


@pytest.mark.parametrize("axis", ["x", "y", "z"])
def test_rotations_are_those_of_scipy(axis: str) -> None:
    angles = np.linspace(-4, 4, 9)
    assert np.allclose(rotation(axis, angles), Rotation.from_euler(axis, angles[:, None]).as_matrix())


def test_a_body_stands_on_the_floor_and_is_as_tall_as_its_stature() -> None:
    cones = (body := Body(1.75)).surface(body.pose(posture()[None]))
    assert (cones.start[0, :, 2] - cones.start_radius).min() == pytest.approx(0.0, abs=0.02)
    assert (cones.end[0, :, 2] + cones.end_radius).max() == pytest.approx(1.75, abs=0.05)


@pytest.mark.parametrize("support", [0.0, 0.5])
def test_a_limp_body_lies_with_its_trunk_on_the_support(support: float) -> None:
    cones = (body := Body(1.7)).surface(body.pose(posture(tilt_forward=np.pi / 2, limp=1.0, support=support)[None]))
    trunk = np.array([garment == "top" for garment in cones.garments])
    lowest = np.minimum(cones.start[0, :, 2] - cones.start_radius, cones.end[0, :, 2] - cones.end_radius)
    assert lowest[trunk].min() == pytest.approx(support, abs=0.01)
