"""Who stands before the camera when: each person of a day as figures at the camera's ticks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from common.simulation.drawing.figure import Figure
from common.simulation.rooms.textures import Texture
from common.simulation.scenes import Scene
from common.validation import FloatArray

_STAYS_S = 330.0  # how long somebody who does not live here stays without moving, longer than a visit's pauses
_AT_ONCE = 256  # poses computed at a time, so that a long scene takes little memory


@dataclass(frozen=True)
class Occupant:
    """One person of the day.

    Attributes
    ----------
    scenes : tuple of Scene
        In order of time; between two of them the person rests as the first one ended.
    outfit : mapping of str to Texture
        By garment.
    lives_here : bool
        Somebody else leaves when nothing is left to do.
    """

    scenes: tuple[Scene, ...]
    outfit: Mapping[str, Texture]
    lives_here: bool

    def stays(self) -> Iterator[tuple[Scene, float]]:
        """Each scene in view, and until when the person is seen after its start."""
        next_starts = [scene.start_s for scene in self.scenes[1:]] + [np.inf]
        for scene, next_s in zip(self.scenes, next_starts, strict=False):  # somebody may have no scene at all
            leaves_s = np.inf if self.lives_here else _moves_until(scene) + _STAYS_S
            if scene.in_view:
                yield scene, min(next_s, leaves_s)

    def changes_s(self) -> FloatArray:
        """From when to when this person may change the picture, ``(n, 2)``."""
        changes = [(scene.start_s, min(_moves_until(scene), stop_s)) for scene, stop_s in self.stays()]
        changes += [(stop_s, stop_s) for _, stop_s in self.stays() if np.isfinite(stop_s)]
        return np.array(changes).reshape(-1, 2)

    def figures(self, times_s: FloatArray) -> Iterator[Figure | None]:
        """The person at each of the times ``(n,)``, which ascend; None when nobody is there."""
        row = 0
        for scene, stop_s in self.stays():
            first, last = np.searchsorted(times_s, [scene.start_s, stop_s])
            yield from (None for _ in range(row, first))
            yield from self._during(scene, times_s[first:last])
            row = max(int(last), row)
        yield from (None for _ in range(row, len(times_s)))

    def _during(self, scene: Scene, times_s: FloatArray) -> Iterator[Figure]:
        n_moving = int(np.searchsorted(times_s, _moves_until(scene), side="right"))
        for start in range(0, n_moving, _AT_ONCE):
            yield from self._poses(scene, times_s[start : min(start + _AT_ONCE, n_moving)])
        if n_moving < len(times_s):
            (resting,) = self._poses(scene, np.array([_moves_until(scene)]))
            yield from (resting for _ in range(n_moving, len(times_s)))

    def _poses(self, scene: Scene, times_s: FloatArray) -> list[Figure]:
        pose = scene.episode.pose(scene.episode_time(times_s - scene.start_s))
        cones = scene.episode.resident.body.surface(pose)
        return [Figure.of(cones, moment, self.outfit) for moment in range(len(times_s))]


def _moves_until(scene: Scene) -> float:
    """When a scene's person comes to rest; those who have fallen move until they are helped up."""
    return scene.end_s + scene.lies_s
