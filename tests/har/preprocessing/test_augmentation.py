"""Rotated and mirrored windows obey the physics of rotations and mirrors."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from common.errors import InvalidInputError
from har.preprocessing import mirror_windows, normalize_per_subject, rotate_windows


def test_a_window_turns_as_a_whole(motion):
    turned = rotate_windows(motion, 20, random_state=0)
    before, after = (X[:, :, :6].reshape(5, 60, 3) for X in (motion, turned))
    # A rotation keeps all angles and lengths, between acceleration and angular rate too, and handedness.
    assert_allclose(after @ after.transpose(0, 2, 1), before @ before.transpose(0, 2, 1), atol=1e-12)
    assert_allclose(np.linalg.det(after[:, :3]), np.linalg.det(before[:, :3]))
    assert_allclose(turned[:, :, 6:], motion[:, :, 6:])


def test_angles_are_normal_and_the_seed_decides():
    X = np.broadcast_to(np.eye(3), (20_000, 3, 3))
    turned = rotate_windows(X, 10, random_state=3, triads=((0, 1, 2),))
    angle = np.degrees(np.arccos(np.clip((np.trace(turned, axis1=1, axis2=2) - 1) / 2, -1, 1)))
    assert_allclose(np.sqrt(np.mean(angle**2)), 10, rtol=0.02)
    assert_allclose(turned.mean(axis=0), turned.mean(axis=0).T, atol=0.005)  # no axis is preferred
    again = rotate_windows(X, 10, random_state=np.random.default_rng(3), triads=((0, 1, 2),))
    np.testing.assert_array_equal(turned, again)


def test_no_angle_no_change(motion):
    assert_allclose(rotate_windows(motion, 0), motion)


def test_a_mirrored_body_obeys_the_same_mechanics():
    """v = ω × r holds in a mirror: polar vectors are reflected, the axial one keeps its x and turns y and z."""
    spin, place = np.random.default_rng(0).normal(size=(2, 1, 50, 3))
    velocity = np.cross(spin, place)
    X = np.concatenate([velocity, spin, place], axis=2)
    mirrored = mirror_windows(X, polar=((0, 1, 2), (6, 7, 8)))
    assert_allclose(mirrored[:, :, 6], -place[:, :, 0])
    assert_allclose(np.cross(mirrored[:, :, 3:6], mirrored[:, :, 6:]), mirrored[:, :, :3])
    assert_allclose(mirror_windows(mirrored, polar=((0, 1, 2), (6, 7, 8))), X)


def test_precision_stays(motion):
    X = motion.astype(np.float32)
    for result in (rotate_windows(X), mirror_windows(X), normalize_per_subject(X, range(5))):
        assert result.dtype == np.float32


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"degrees": -1}, "degrees is -1"),
        ({"degrees": np.nan}, "degrees is"),
        ({"triads": ((0, 1),)}, r"triads\[0\] has 2 channels"),
        ({"triads": ((0, 1, 2), (7, 8, 9))}, r"triads\[1\]\[2\] is 9"),
        ({"triads": None}, "triads is None"),
        ({"random_state": -1}, "random_state is -1"),
        ({"random_state": "seed"}, "random_state is 'seed'"),
    ],
)
def test_wrong_parameters(motion, options, message):
    with pytest.raises(InvalidInputError, match=message):
        rotate_windows(motion, **options)


def test_a_single_channel_has_no_axes():
    with pytest.raises(InvalidInputError, match=r"polar\[0\]\[1\] is 1"):
        mirror_windows(np.zeros((2, 10)))
