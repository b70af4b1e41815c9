"""An episode: one activity of one resident in a room, and when it shows a fall."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from common.simulation.people.body import Pose
from common.simulation.people.fall import Fall
from common.simulation.people.motion import Motion
from common.simulation.people.resident import Resident
from common.simulation.rooms.furniture import Furniture
from common.validation import FloatArray, IntArray

_AMBIGUOUS_S = 1.0


@dataclass(frozen=True)
class Episode:
    """One activity of one resident.

    Attributes
    ----------
    activity : str
        What is done: a name of :mod:`common.simulation.people.activities`, or "Get up" or "Turn over".
    resident : Resident
        Who does it.
    motion : Motion
        The coordinates of the body as functions of time, until the onset of a fall.
    duration_s : float
        The episode lasts from 0 to this time.
    fall : Fall or None
        The fall, if the activity is one.
    place : Furniture or None
        What the resident sits or lies on.
    """

    activity: str
    resident: Resident
    motion: Motion
    duration_s: float
    fall: Fall | None = None
    place: Furniture | None = None

    def pose(self, time_s: FloatArray) -> Pose:
        """Joints of the body at times ``(n,)`` in seconds, at any rate."""
        pose = self.resident.body.pose(self.motion.coordinates(time_s))
        return pose if self.fall is None else self.fall.continued(pose, time_s, self.resident.body)

    def labels(self, time_s: FloatArray) -> IntArray:
        """1 from the first impact of a fall, but not within a second of its onset; −1 from the onset to then; else 0.

        A fall lasts from its onset (loss of balance) to the end of the impact. In its first second a frame may show a
        stumble as well as a fall: these frames are left out, as in GMDCSA24.
        """
        if self.fall is None:
            return np.zeros(len(time_s), dtype=np.int64)
        fallen_s = max(self.fall.onset_s + _AMBIGUOUS_S, self.fall.impact_s)
        return np.where(time_s >= fallen_s, 1, np.where(time_s >= self.fall.onset_s, -1, 0))
