"""A place in the room for a fall: computed first, on an empty floor, then turned and moved to where it fits."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from common.simulation.people.anatomy import INDEX
from common.simulation.people.episode import Episode
from common.simulation.people.motion import Motion
from common.simulation.rooms.room import Room
from common.validation import FloatArray

_TRIES = 150
CHECK_HZ = 4.0  # how often the body is looked at
_GAP_M = 0.1
MIN_IN_VIEW = 0.85  # share of the points looked at


@dataclass(frozen=True)
class Placed:
    """A motion, turned by ``heading`` about the origin, then moved to ``(x, y)``."""

    motion: Motion
    x: float
    y: float
    heading: float

    def __call__(self, time_s: FloatArray) -> FloatArray:
        """Coordinates ``(n, n_coordinates)`` at times ``(n,)`` in seconds."""
        values = self.motion.coordinates(time_s)
        ground = values[:, [INDEX["x"], INDEX["y"]]] @ _turn(self.heading).T
        values[:, [INDEX["x"], INDEX["y"]]] = ground + np.array([self.x, self.y])
        values[:, INDEX["heading"]] += self.heading
        return values


def place_somewhere(episode: Episode, room: Room, rng: np.random.Generator) -> Episode | None:
    """The episode of a fall where there is space for it in view of the camera; None if no such place was found."""
    if episode.fall is None:
        raise AssertionError("only falls are placed after they are computed")
    pose = episode.pose(np.arange(0.0, episode.duration_s, 1 / CHECK_HZ))
    points = np.stack(list(pose.positions.values()), axis=1)
    middle = (points[..., :2].min(axis=(0, 1)) + points[..., :2].max(axis=(0, 1))) / 2
    for _ in range(_TRIES):
        heading = rng.uniform(-np.pi, np.pi)
        turn = _turn(heading)
        spot = rng.uniform(0.3, room.size[:2] - 0.3) - turn @ middle
        placed = np.concatenate([points[..., :2] @ turn.T + spot, points[..., 2:]], axis=-1)
        if room.is_free(placed.reshape(-1, 3), gap=_GAP_M) and room.camera.sees(placed).mean() > MIN_IN_VIEW:
            x, y = float(spot[0]), float(spot[1])
            fall = replace(episode.fall, record=episode.fall.record.moved(x, y, heading))
            return replace(episode, motion=Motion((Placed(episode.motion, x, y, heading),)), fall=fall)
    return None


def _turn(angle: float) -> FloatArray:
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
