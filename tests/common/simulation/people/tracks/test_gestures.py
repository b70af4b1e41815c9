"""Gestures: they start and end at the posture, stay in their ranges, are smooth, and leave the feet where they are."""

import numpy as np
import pytest

from common.simulation.people.anatomy import INDEX
from common.simulation.people.body import Body
from common.simulation.people.motion import posture
from common.simulation.people.tracks.gestures import (
    BUSY_HANDS,
    PELVIS_FORWARD,
    SEATED_PELVIS_TURN,
    SEATED_TRUNK,
    TALKING,
    GestureStyle,
    alternating,
    gestures,
)
from common.validation import FloatArray

SEATED = posture(both_hip_flexion=1.5, both_knee_flexion=1.5)


@pytest.mark.parametrize("style", [TALKING, BUSY_HANDS, SEATED_TRUNK])
@pytest.mark.parametrize("seconds", [2.0, 30.0])
def test_gestures_start_and_end_at_the_posture_and_stay_in_range(style: GestureStyle, seconds: float) -> None:
    reaches = gestures(style, 0.5, seconds, np.random.default_rng(0))
    time_s = np.arange(0.0, seconds + 1.0, 0.01)
    values = reaches(time_s)
    assert not values[time_s <= 0.5].any()
    np.testing.assert_allclose(values[time_s >= seconds + 0.9], 0.0, atol=1e-12)
    for name, (low, high) in style.ranges.items():
        assert low - 1e-9 <= values[:, INDEX[name]].min() <= values[:, INDEX[name]].max() <= high + 1e-9
    # Minimum jerk: nothing moves faster than 1.875 times its mean speed.
    fastest = 1.875 * max(high - low for low, high in style.ranges.values()) / style.move_s[0]
    assert np.abs(np.diff(values, axis=0)).max() / 0.01 <= fastest * 1.01


def test_gestures_of_some_seconds_move_most_of_the_time() -> None:
    values = gestures(BUSY_HANDS, 0.0, 60.0, np.random.default_rng(0))(np.arange(0.0, 60.0, 0.1))
    moving = np.abs(np.diff(values[:, INDEX["left_elbow_flexion"]])) > 1e-4
    assert 0.4 < moving.mean() < 1.0


def test_alternating_reaches_its_target_once_a_period() -> None:
    wave = alternating(posture(neck_flexion=1.0), 0.5, 1.0, 6.0)
    at = wave(np.array([1.5, 2.0, 2.5, 3.0, 9.0]))[:, INDEX["neck_flexion"]]
    np.testing.assert_allclose(at, [1.0, 0.0, 1.0, 0.0, 0.0], atol=1e-12)


@pytest.mark.parametrize("direction", [PELVIS_FORWARD, SEATED_PELVIS_TURN])
def test_feet_stay_where_they_are_while_the_pelvis_of_somebody_seated_moves(direction: FloatArray) -> None:
    positions = Body(1.7).pose(np.stack([SEATED, SEATED + 0.15 * direction])).positions
    for joint in ("left_ankle", "right_ankle", "left_knee", "right_knee"):
        assert np.linalg.norm(np.diff(positions[joint], axis=0)) < 0.02
