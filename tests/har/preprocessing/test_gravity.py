"""Gravity: separated from the acceleration, and as the direction that motion is described by."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.spatial.transform import Rotation

from har.preprocessing import GravityFrame, SeparateGravity


def test_a_still_sensor_measures_gravity_alone():
    X = np.broadcast_to([0.0, -3.0, 9.0, 0.5], (1, 40, 4))
    for method in ("low_pass", "mean"):
        result = SeparateGravity(method=method).fit_transform(X)
        assert_allclose(result[0], np.broadcast_to([0, 0, 0, 0, -3, 9, 0.5], (40, 7)), atol=1e-6)


def test_parts_add_up(motion):
    result = SeparateGravity(channels=(6, 7, 8)).fit_transform(motion)
    assert_allclose(result[:, :, :3] + result[:, :, 3:6], motion[:, :, 6:])
    assert_allclose(result[:, :, 6:], motion[:, :, :6])


@pytest.mark.real_data
def test_gravity_of_a_phone(real_data):
    """MotionSense publishes gravity from sensor fusion; the phone in a pocket tilts at each step."""
    with np.load(real_data / "motionsense" / "motionsense_raw.npz") as raw:
        recordings = np.split(raw["values_i16"], raw["offsets"][1:-1])[::24]
        scale = raw["scale"]
    X = np.concatenate([r[: len(r) // 128 * 128].reshape(-1, 128, 9) * scale for r in recordings])
    gravity = X[:, :, 3:6]
    error = {
        method: SeparateGravity(method=method).fit_transform(X[:, :, :3] + gravity)[:, :, 3:6] - gravity
        for method in ("low_pass", "mean")
    }
    rms = {method: np.sqrt((values**2).sum(axis=2).mean()) for method, values in error.items()}
    assert rms["low_pass"] < rms["mean"] < 0.35


def test_frame_by_hand():
    acceleration, gravity, rotation = [1.0, 2.0, 5.0], [0.0, 0.0, -2.0], [3.0, 4.0, 7.0]
    X = [[acceleration + gravity + rotation]]
    assert_allclose(GravityFrame().fit_transform(X), [[[-5, np.sqrt(5), -7, 5, 0, 0, -2]]])
    assert_allclose(GravityFrame(rotation=(), keep_gravity=False).fit_transform(X), [[[-5, np.sqrt(5)]]])


def test_turning_the_sensor_changes_nothing(motion):
    frame = GravityFrame(keep_gravity=False).fit(motion)
    turns = Rotation.random(5, rng=np.random.default_rng(1)).as_matrix()
    turned = np.einsum("nij,ntsj->ntsi", turns, motion.reshape(5, 30, 3, 3)).reshape(motion.shape)
    assert not np.allclose(turned, motion)
    assert_allclose(frame.transform(turned), frame.transform(motion), atol=1e-12)


def test_without_gravity_nothing_is_vertical():
    X = np.array([[[3.0, 4.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 2.0]]])
    assert GravityFrame(keep_gravity=False).fit_transform(X).tolist() == [[[0.0, 5.0, 0.0, 2.0]]]


def test_total_acceleration_alone_is_split_at_its_mean(motion):
    total = motion[:, :, :3] + [0, 0, 9.81]
    split = SeparateGravity(method="mean").fit_transform(total)
    assert_allclose(GravityFrame().fit_transform(total), GravityFrame().fit_transform(split), atol=1e-12)
