"""The engine's body is the body: joints where forward kinematics puts them, limits in radians, masses that add up."""

import numpy as np
import pytest

from common.simulation.people.anatomy import BENDS
from common.simulation.people.body import Body
from common.simulation.people.physics.model import BEND_NAMES, Surroundings, build, lowest_above

mujoco = pytest.importorskip("mujoco", reason="the extra 'simulation'")
EMPTY = Surroundings(0.08, 1.0, 1.0, np.zeros((0, 6)))


def test_joints_are_where_forward_kinematics_puts_them() -> None:
    rng = np.random.default_rng(0)
    body = Body(1.7, 1.1)
    model = build(body, EMPTY)
    data = mujoco.MjData(model)
    angles = rng.uniform(-1.0, 1.0, len(BENDS))
    data.qpos[:3] = [0.3, -0.2, 1.0]
    for name, angle in zip(BEND_NAMES, angles, strict=True):
        data.joint(name).qpos = angle
    mujoco.mj_kinematics(model, data)
    pose = body.pose_of_bends(np.array([[0.3, -0.2, 1.0]]), np.eye(3)[None], angles[None])
    for name in ("neck", "left_elbow", "right_knee", "left_ankle"):
        np.testing.assert_allclose(data.body(name).xpos, pose.positions[name][0], atol=1e-9)
        np.testing.assert_allclose(data.body(name).xmat.reshape(3, 3), pose.frames[name][0], atol=1e-9)


def test_limits_are_in_radians_and_masses_add_up() -> None:
    model = build(Body(1.7), EMPTY)
    assert model.joint("left_knee left_knee_flexion").range[1] == pytest.approx(2.4)
    assert model.body_subtreemass[0] == pytest.approx(24.0 * 1.7**2, rel=0.02)


def test_the_lowest_point_above_a_rectangle_is_where_the_engine_first_meets_it() -> None:
    """Raised until it just touches the lowest part of the body, as the engine's own distances say."""
    body, angles = Body(1.7, 1.1), np.zeros(len(BENDS))
    model = build(body, EMPTY)
    data = mujoco.MjData(model)
    data.qpos[:3] = [0.0, 0.0, 1.0]
    mujoco.mj_kinematics(model, data)
    trunk_and_thighs = [
        number
        for number in range(model.ngeom)
        if model.body(model.geom_bodyid[number]).name in ("pelvis", "waist", "chest", "neck", "left_hip", "right_hip")
    ]
    # Upright, the lowest end of a capsule is half its length and its radius below its middle.
    turned = np.abs(data.geom_xmat[trunk_and_thighs].reshape(-1, 3, 3)[:, 2, 2])
    sizes = model.geom_size[trunk_and_thighs]
    expected = (data.geom_xpos[trunk_and_thighs, 2] - sizes[:, 0] - turned * sizes[:, 1]).min()
    pose = body.pose_of_bends(np.array([[0.0, 0.0, 1.0]]), np.eye(3)[None], angles[None])
    far = np.array([1.0, 1.0])
    assert lowest_above(body, pose, -far, far) == pytest.approx(expected, abs=1e-6)
    assert lowest_above(body, pose, far, 2 * far) == np.inf
