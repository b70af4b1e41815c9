"""Simulated rooms as ``room`` runs them, which write down at their end of which pictures they were made.

``python -m tests.examples.care_home.watched_rooms URL KEY STATE RESIDENTS SPEED BLOCKS``
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from examples.care_home import simulated_rooms
from examples.care_home.room.readings import Reading
from examples.care_home.room.simulated import SimulatedSensors
from tests.examples.care_home.pictures import Hashes, blocks_of

_held: list[Hashes] = []


class _WatchedSensors(SimulatedSensors):
    def until(self, time_s: float) -> Reading:
        reading = super().until(time_s)
        _held.extend(blocks_of(frame.picture) for frame in reading.frames if frame.picture is not None)
        return reading


if __name__ == "__main__":
    url, key, state, residents, speed, blocks = sys.argv[1:]
    simulated_rooms.SimulatedSensors = _WatchedSensors  # type: ignore[misc]
    simulated_rooms.run_rooms(
        simulated_rooms.NodeSettings(url, Path(key), Path(state), residents=int(residents), speed=float(speed))
    )
    np.savez(blocks, blocks=np.unique(np.concatenate(_held)), n_pictures=len(_held))
