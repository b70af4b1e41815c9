"""The pinhole camera: what it looks at is in the middle, and bounds hold what they bound."""

import numpy as np

from common.simulation.rooms.camera import CENTER, HEIGHT, WIDTH, Camera

CAMERA = Camera.looking(np.array([0.1, 0.1, 2.2]), np.array([3.0, 2.5, 0.6]), view_degrees=75, roll_degrees=2)


def test_the_target_is_in_the_middle_of_the_frame() -> None:
    pixels, depth = CAMERA.project(np.array([3.0, 2.5, 0.6]))
    np.testing.assert_allclose(pixels, CENTER, atol=1e-9)
    np.testing.assert_allclose(depth, np.linalg.norm([2.9, 2.4, -1.6]))


def test_the_axes_are_orthonormal_and_the_edge_of_the_view_is_the_edge_of_the_frame() -> None:
    np.testing.assert_allclose(CAMERA.axes @ CAMERA.axes.T, np.eye(3), atol=1e-12)
    half = np.radians(75 / 2)
    edge = CAMERA.position + np.cos(half) * CAMERA.axes[2] + np.sin(half) * CAMERA.axes[0]
    pixels, _ = CAMERA.project(edge)
    np.testing.assert_allclose(pixels, [WIDTH, HEIGHT / 2], atol=1e-9)


def test_it_sees_what_is_in_front_of_it_and_not_too_near() -> None:
    ahead, behind, near = (CAMERA.position + distance * CAMERA.axes[2] for distance in (2.0, -2.0, 0.5))
    assert CAMERA.sees(np.stack([ahead, behind, near])).tolist() == [True, False, False]


def test_bounds_hold_the_projected_spheres_and_are_infinite_behind_the_camera() -> None:
    rng = np.random.default_rng(0)
    center = CAMERA.position + 3 * CAMERA.axes[2]
    directions = rng.normal(size=(500, 3))
    surface = center + 0.2 * directions / np.linalg.norm(directions, axis=1, keepdims=True)
    pixels, _ = CAMERA.project(surface)
    left, top, right, bottom = CAMERA.bounds(center[None, None], 0.2)[0]
    assert ((pixels >= [left, top]) & (pixels <= [right, bottom])).all()
    behind = CAMERA.position - CAMERA.axes[2]
    assert np.isinf(CAMERA.bounds(behind[None, None], 0.2)).all()
