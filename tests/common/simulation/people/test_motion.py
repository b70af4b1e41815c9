"""How bodies move: key postures that are reached, steps as far as their speed, motion in reverse."""

import numpy as np
import pytest

from common.simulation.people.anatomy import INDEX
from common.simulation.people.motion import Hops, KeyPostures, Motion, Steps, TimeReversed, posture


def test_key_postures_are_reached_and_held() -> None:
    keys = KeyPostures(posture()).hold(1.0).change(2.0, waist_flexion=0.6).hold(1.0)
    assert keys.end_s == 4.0
    assert keys(np.array([0.5, 2.0, 3.5]))[:, INDEX["waist_flexion"]] == pytest.approx([0.0, 0.3, 0.6])


def test_steps_lead_as_far_as_their_speed() -> None:
    steps = Steps(heading=np.pi / 2, speed_m_s=1.0, stride_m=1.2, start_s=0.0, stop_s=3.0)
    end = steps(np.array([10.0]))[0]
    assert end[INDEX["x"]] == pytest.approx(0.0)
    assert end[INDEX["y"]] == pytest.approx(3.0 - 0.6)  # half of each ramp of 0.6 s is lost


def test_reversed_motion_ends_where_the_motion_began() -> None:
    motion = Motion((KeyPostures(posture(x=1.0)).change(2.0, x=3.0),))
    back = TimeReversed(motion, duration_s=2.0, pace=0.5)
    np.testing.assert_allclose(back(np.array([0.0, 2.0, 4.0]))[:, INDEX["x"]], [3.0, 2.0, 1.0])


def test_hops_reach_their_height() -> None:
    hops = Hops(0.0, count=2, height_m=0.2)
    assert hops(np.arange(0, hops.end_s, 0.001))[:, INDEX["support"]].max() == pytest.approx(0.2, abs=0.001)
