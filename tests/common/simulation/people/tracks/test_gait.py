"""Gait: the way walked, the legs that carry it, heels that strike at every step, turns on the spot."""

import numpy as np
import pytest

from common.simulation.people.anatomy import COORDINATES, INDEX
from common.simulation.people.motion import Motion
from common.simulation.people.tracks.gait import GaitStyle, straight, to_and_fro, walking, winding

STYLE = GaitStyle(speed_m_s=0.9, stride_m=1.1)


def test_a_straight_walk_covers_speed_times_time_less_the_ramps() -> None:
    gait = straight(0.5, STYLE, 0.0, 10.0)
    last = gait(np.array([11.0]))[0]
    assert np.hypot(last[INDEX["x"]], last[INDEX["y"]]) == pytest.approx(0.9 * (10.0 - 0.6))
    assert np.arctan2(last[INDEX["y"]], last[INDEX["x"]]) == pytest.approx(0.5)


def test_a_heel_strikes_twice_a_stride() -> None:
    contacts = straight(0.0, STYLE, 0.0, 10.0).heel_contacts()
    steady = np.diff(contacts[1:-1])
    np.testing.assert_allclose(steady, 1.1 / 0.9 / 2, atol=0.05)


def test_to_and_fro_comes_back_and_turns_round() -> None:
    gait = to_and_fro(0.0, STYLE, 2.0, 2, (0.0, 0.0), np.random.default_rng(0))
    last = gait(np.array([60.0]))[0]
    assert abs(last[INDEX["x"]]) < 1e-6
    assert abs(last[INDEX["heading"]]) == pytest.approx(0.0, abs=1e-9)
    half = gait(np.array([gait.walks[0, 1] + gait.turns[0, 1]]))[0]
    assert abs(half[INDEX["heading"]]) == pytest.approx(np.pi, abs=0.05)


def test_any_part_of_a_walk_is_that_of_the_whole() -> None:
    motion = Motion(walking(winding(STYLE, 90.0, np.random.default_rng(1)), np.random.default_rng(2)))
    time_s = np.arange(0.0, 90.0, 0.02)
    whole = motion.coordinates(time_s)
    parts = np.concatenate([motion.coordinates(part) for part in np.array_split(time_s, 7)])
    np.testing.assert_allclose(parts, whole, atol=1e-6)


def test_nobody_moves_before_the_first_step() -> None:
    gait = straight(1.0, STYLE, 5.0, 9.0)
    np.testing.assert_array_equal(gait(np.array([0.0, 4.9])), np.zeros((2, len(COORDINATES))))
