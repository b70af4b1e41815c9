"""What happens on one day, as data: scenes on the day's clock, dropped sensors, absences."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from common.simulation.people.episode import Episode
from common.simulation.wearing.drop import SensorDrop
from common.simulation.wearing.faults import WearPeriod
from common.validation import FloatArray


@dataclass(frozen=True)
class Scene:
    """One episode on the day's clock.

    Attributes
    ----------
    start_s : float
        A whole second since the day began.
    episode : Episode
    actor : str
        ``"resident"`` or ``"visitor"``, who wears no sensor.
    in_view : bool
        Whether it happens in the room with the camera.
    lies_s : float
        How long a resident who has fallen lies after the episode's end, until helped up.
    """

    start_s: float
    episode: Episode
    actor: str = "resident"
    in_view: bool = True
    lies_s: float = 0.0

    @property
    def end_s(self) -> float:
        """When the movement is over."""
        return self.start_s + self.episode.duration_s

    def episode_time(self, since_start_s: FloatArray) -> FloatArray:
        """The episode's time so many seconds after the scene began: only those who fell go on moving after its end."""
        return since_start_s if self.lies_s else np.minimum(since_start_s, self.episode.duration_s)


@dataclass(frozen=True)
class Routine:
    """All that happens on a day, in order of time.

    Attributes
    ----------
    scenes : tuple of Scene
        Between two scenes of one actor, the actor rests in the posture in which the first one ended.
    drops : tuple of SensorDrop
        When the resident drops the worn sensor.
    away : tuple of (float, float)
        From when to when the resident was out of the room, in seconds.
    wear : tuple of WearPeriod
        When the sensor was not worn as it should be.
    night : tuple of (float, float)
        When the resident was in bed at night, in seconds.
    """

    scenes: tuple[Scene, ...]
    drops: tuple[SensorDrop, ...]
    away: tuple[tuple[float, float], ...]
    wear: tuple[WearPeriod, ...] = ()
    night: tuple[tuple[float, float], ...] = ()

    def rests(self, end_s: float) -> list[tuple[float, float]]:
        """From when to when the resident neither moves nor lies on the floor, until ``end_s``, in seconds."""
        busy = [(scene.start_s, scene.end_s + scene.lies_s) for scene in self.scenes if scene.actor == "resident"]
        busy += [(drop.start_s, drop.end_s) for drop in self.drops]
        rests, now_s = [], 0.0
        for start_s, stop_s in [*sorted(busy), (end_s, end_s)]:
            if start_s > now_s:
                rests.append((now_s, start_s))
            now_s = max(now_s, stop_s)
        return rests
