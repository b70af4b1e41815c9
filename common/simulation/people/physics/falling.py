"""A body that falls: its joints track reference angles with the tone that is left, and the engine does the rest."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from scipy.spatial.transform import Rotation

from common.simulation.people.body import Body
from common.simulation.people.physics.model import BEND_NAMES, FLOOR, STEP_S, TRUNK, Surroundings, build, engine
from common.validation import FloatArray

RECORD_HZ = 250


@dataclass(frozen=True)
class Start:
    """Where a fall begins: place, frame and velocities of the pelvis, angles and speeds of all bends."""

    place: FloatArray  # (3,)
    frame: FloatArray  # (3, 3)
    velocity: FloatArray  # (3,)
    angular_velocity: FloatArray  # (3,), in the frame of the pelvis
    angles: FloatArray  # (n_bends,)
    speeds: FloatArray  # (n_bends,)


@dataclass(frozen=True)
class Drive:
    """What muscles and surroundings do at a moment.

    Attributes
    ----------
    angles : ndarray of shape (n_bends,)
        What the joints are drawn to.
    tone : ndarray of shape (n_bends,)
        How firmly: 0 limp, 1 as stiff as the model's joints; arms thrown out are stiffer.
    push : ndarray of shape (2,)
        Horizontal force at the chest, in parts of the weight.
    brake : float
        Upward force at the pelvis for each m/s that it sinks, in parts of the weight: what legs, hands and furniture
        take out of the fall.
    """

    angles: FloatArray
    tone: FloatArray
    push: FloatArray
    brake: float


class Reaction(Protocol):
    """How somebody who falls reacts."""

    def __call__(self, time_s: float, since_impact_s: float) -> Drive:
        """The drive so long after the onset; ``since_impact_s`` is negative before the impact."""


@dataclass(frozen=True)
class FallRecord:
    """A fall as the engine computed it, at :data:`RECORD_HZ` from the onset.

    Attributes
    ----------
    places, quaternions : ndarray of shape (n, 3), (n, 4)
        Of the pelvis; w first.
    angles : ndarray of shape (n, n_bends)
    impact_s : float
        When trunk or head first hit the floor, after the onset.
    """

    places: FloatArray
    quaternions: FloatArray
    angles: FloatArray
    impact_s: float

    def moved(self, x: float, y: float, heading: float) -> FallRecord:
        """The same fall, turned by ``heading`` about the origin, then moved to ``(x, y)``."""
        turn = Rotation.from_euler("z", heading)
        quaternions = (turn * Rotation.from_quat(self.quaternions, scalar_first=True)).as_quat(scalar_first=True)
        # The same attitude has two quaternions: keep to the one next to the last, so that they can be interpolated.
        flips = np.sign(np.sum(quaternions[1:] * quaternions[:-1], axis=1))
        quaternions[1:] *= np.cumprod(flips)[:, None]
        return replace(self, places=turn.apply(self.places) + np.array([x, y, 0.0]), quaternions=quaternions)


def fall_down(
    body: Body, around: Surroundings, start: Start, reaction: Reaction, *, longest_s: float, lies_s: float
) -> FallRecord | None:
    """Let a body fall and lie for ``lies_s``; None if trunk and head do not come down within ``longest_s``."""
    mujoco = engine()
    model = build(body, around)
    data = mujoco.MjData(model)
    quaternion = np.empty(4)
    mujoco.mju_mat2Quat(quaternion, start.frame.ravel())
    hinges = [model.joint(name) for name in BEND_NAMES]
    places, speeds = ([int(hinge.qposadr[0]) for hinge in hinges], [int(hinge.dofadr[0]) for hinge in hinges])
    data.qpos[:7] = np.concatenate([start.place, quaternion])
    data.qpos[places] = start.angles
    data.qvel[:6] = np.concatenate([start.velocity, start.angular_velocity])
    data.qvel[speeds] = start.speeds
    gain, bias = model.actuator_gainprm[:, 0].copy(), model.actuator_biasprm[:, 1:3].copy()
    weight = -float(model.opt.gravity[2]) * float(model.body_subtreemass[0])
    pelvis, chest = model.body("pelvis").id, model.body("chest").id
    is_trunk = _trunk_geometries(model)
    record: list[FloatArray] = []
    impact_s = np.inf
    while (time_s := len(record) / RECORD_HZ) < min(longest_s, impact_s) or time_s < impact_s + lies_s < np.inf:
        record.append(data.qpos.copy())
        on_floor = data.contact.geom[data.contact.geom[:, 0] == FLOOR, 1]
        if time_s < impact_s and is_trunk[on_floor].any():
            impact_s = time_s
        now = reaction(time_s, time_s - impact_s)
        data.ctrl[:] = now.angles
        model.actuator_gainprm[:, 0] = gain * now.tone
        model.actuator_biasprm[:, 1:3] = bias * now.tone[:, None]
        data.xfrc_applied[pelvis, 2] = now.brake * weight * max(-data.qvel[2], 0.0)
        data.xfrc_applied[chest, :2] = now.push * weight
        mujoco.mj_step(model, data, nstep=round(1 / RECORD_HZ / STEP_S))
    if not np.isfinite(impact_s):
        return None
    rows = np.array(record)
    return FallRecord(rows[:, :3], rows[:, 3:7], rows[:, places], impact_s)


def _trunk_geometries(model: Any) -> npt.NDArray[np.bool_]:
    return np.array([model.body(model.geom_bodyid[number]).name in TRUNK for number in range(model.ngeom)])
