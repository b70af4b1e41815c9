"""A fall as a record of what the body did, from the onset until it lies, at any rate."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.spatial.transform import Rotation

from common.simulation.people.body import Body, Pose
from common.simulation.people.physics.falling import RECORD_HZ, FallRecord
from common.validation import FloatArray


@dataclass(frozen=True)
class Fall:
    """When balance is lost, and how the body falls from then on.

    Attributes
    ----------
    onset_s : float
        Seconds since the episode began.
    record : FallRecord
        How the body moves from then on.
    """

    onset_s: float
    record: FallRecord

    @property
    def impact_s(self) -> float:
        """When trunk or head first hit the floor."""
        return self.onset_s + self.record.impact_s

    @property
    def end_s(self) -> float:
        """When the record ends; from then on the body lies still."""
        return self.onset_s + (len(self.record.places) - 1) / RECORD_HZ

    def continued(self, before: Pose, time_s: FloatArray, body: Body) -> Pose:
        """``before`` at times before the onset, then the fall; ``before`` is changed in place."""
        falling = time_s >= self.onset_s
        if not falling.any():
            return before
        clock = np.minimum(time_s[falling], self.end_s) - self.onset_s
        values = self._course(clock)
        frames = Rotation.from_quat(values[:, 3:7], scalar_first=True).as_matrix()
        pose = body.pose_of_bends(values[:, :3], frames, values[:, 7:])
        for joint in before.positions:
            before.positions[joint][falling] = pose.positions[joint]
            before.frames[joint][falling] = pose.frames[joint]
        return before

    @cached_property
    def _course(self) -> CubicSpline:
        values = np.hstack([self.record.places, self.record.quaternions, self.record.angles])
        return CubicSpline(np.arange(len(values)) / RECORD_HZ, values)
