"""Boxes of the simulated detector: in the frame, around what is visible, and none of people who are hidden."""

import numpy as np

from common import FrameScenario
from common.simulation.detector import _hidden, detect
from common.simulation.frames import frames_of_scenario
from common.simulation.rooms.camera import HEIGHT, WIDTH

SMALL = FrameScenario(n_residents=1, n_rooms=6, repetitions=1, rate_hz=1.0)


def test_boxes_lie_in_the_frame_and_contain_the_visible_joints() -> None:
    inside = []
    for frame in frames_of_scenario(SMALL, seed=7):
        box, joints = frame.box, frame.cones.start[frame.moment]
        assert 0 <= box.x <= box.x + box.w <= WIDTH + 1e-9
        assert 0 <= box.y <= box.y + box.h <= HEIGHT + 1e-9
        pixels, _ = frame.room.camera.project(joints)
        seen = ((pixels > 0) & (pixels < [WIDTH, HEIGHT])).all(axis=1)
        seen &= ~_hidden(joints, frame.room.camera.position, frame.room.opaque)
        low, size = np.array([box.x, box.y]), np.array([box.w, box.h])
        within = (pixels > low - 0.05 * size) & (pixels < low + 1.05 * size)
        inside.append(within.all(axis=1)[seen].mean())
    assert np.mean(inside) > 0.99  # the detector is a little off, now and then


def test_nobody_is_found_outside_the_frame() -> None:
    frame = next(frames_of_scenario(SMALL, seed=7))
    beside = frame.room.camera.position - 3 * frame.room.camera.axes[2]
    moved = frame.cones.start - frame.cones.start.mean(axis=(0, 1)) + beside
    cones = type(frame.cones)(moved, moved, *[frame.cones.start_radius] * 2, frame.cones.garments)
    assert detect(frame.room, cones, 0, np.random.default_rng(0)) is None


def test_a_box_in_between_hides_points_and_one_behind_does_not() -> None:
    points, camera = np.array([[4.0, 0.0, 1.0]]), np.array([0.0, 0.0, 1.0])
    between, behind = [1.0, -1, 0, 2.0, 1, 2], [5.0, -1, 0, 6.0, 1, 2]
    assert _hidden(points, camera, np.array([between])).tolist() == [True]
    assert _hidden(points, camera, np.array([behind])).tolist() == [False]
