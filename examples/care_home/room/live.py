"""The sensors of a real room: what is worn and what is seen, each of which may be absent."""

from __future__ import annotations

import numpy as np

from common import Zone
from examples.care_home.room.camera.source import CameraSource
from examples.care_home.room.readings import Reading
from examples.care_home.room.worn.source import WornSource


class LiveSensors:
    """A worn sensor and a camera, or one of them.

    Parameters
    ----------
    worn : WornSource or None
    camera : CameraSource or None
    zones : tuple of Zone
        Where people normally lie, as staff drew it.
    """

    def __init__(self, worn: WornSource | None, camera: CameraSource | None, zones: tuple[Zone, ...] = ()) -> None:
        self.zones = zones
        self.worn, self.camera = worn, camera

    @property
    def descriptions(self) -> list[str]:
        """What there is, for those who start the room."""
        return [one.description for one in (self.worn, self.camera) if one is not None]

    def until(self, time_s: float) -> Reading:
        """What came up to this time, in seconds since the sensors were switched on."""
        samples = np.empty((0, 6)) if self.worn is None else self.worn.until(time_s)
        frames, works = ((), False) if self.camera is None else self.camera.until(time_s)
        return Reading(samples, frames, camera_works=works)

    def close(self) -> None:
        """End all connections."""
        for one in (self.worn, self.camera):
            if one is not None:
                one.close()
