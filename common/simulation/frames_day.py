"""The room camera over a whole day: a gate on the pixels, then a detector and a tracker while the gate is open.

Nothing here reads what a scene is called or who acts in it: people are bodies that move.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from common.simulation.camera.detector import PersonDetector
from common.simulation.camera.frame import CameraFrame, View
from common.simulation.camera.gate import COLUMNS, MotionGate
from common.simulation.camera.lights import DayLights
from common.simulation.camera.occupants import Occupant
from common.simulation.camera.pets import SHARE_OF_ROOMS, Pet
from common.simulation.camera.tracker import BoxTracker
from common.simulation.day_motion import DayMotion, ticks
from common.validation import FloatArray

HOLD_S = 5.0  # how long the gate stays open after the last change


def camera_frames(motion: DayMotion, rate_hz: float, *, start_hour: float = 0.0) -> Iterator[CameraFrame]:
    """All frames of a day in order of ``time_s``, not yet drawn.

    There is a frame at each tick at which the gate is open: the picture changed by its pixels, or did so less than
    :data:`HOLD_S` ago. At ticks without a frame nothing changed, and a consumer reports just that, as a sign of life.
    A frame with a box is one person; one without says that nobody was found.

    The small pictures that the gate compares are drawn only where something could change them: while somebody in view
    acts or an animal walks, and when a light changes. Elsewhere two pictures would differ by noise alone, which does
    not open the gate.
    """
    camera = _DayCamera(motion, rate_hz, start_hour)
    return camera.frames(camera.ticks_s[camera.may_change()])


class _DayCamera:
    """All that a day's camera could see, and the random numbers of its sensor."""

    def __init__(self, motion: DayMotion, rate_hz: float, start_hour: float) -> None:
        self._motion, self._rate_hz = motion, rate_hz
        self.ticks_s = ticks(0.0, motion.duration_s, rate_hz)
        rng = motion.rng("camera")
        # The first of a day's people lives in the room.
        self._occupants = [
            Occupant(motion.scenes_of(actor), person.dress(rng), lives_here=place == 0)
            for place, (actor, person) in enumerate(motion.people.items())
        ]
        self._lights = DayLights.random(motion.room, start_hour=start_hour, duration_s=motion.duration_s, rng=rng)
        pet_rng = motion.rng("pet")
        has_pet = pet_rng.random() < SHARE_OF_ROOMS
        self._pets = [Pet.random(motion.room, motion.duration_s, pet_rng)] if has_pet else []

    def may_change(self) -> npt.NDArray[np.bool_]:
        """At which ticks the gate could be open, ``(n_ticks,)``."""
        switched = np.stack([self._lights.starts_s] * 2, axis=1)
        intervals = [each.changes_s() for each in self._occupants] + [pet.moves_s for pet in self._pets] + [switched]
        start_s, stop_s = np.concatenate(intervals).T
        edges = np.zeros(len(self.ticks_s) + 1, dtype=np.int64)
        first, last = np.searchsorted(self.ticks_s, [start_s, stop_s + HOLD_S + 1 / self._rate_hz])
        np.add.at(edges, first, 1)
        np.add.at(edges, last, -1)
        return np.asarray(np.cumsum(edges)[:-1] > 0)

    def frames(self, times_s: FloatArray) -> Iterator[CameraFrame]:
        """The frames of the day, of which pictures are compared at ``times_s``."""
        gate, tracker = MotionGate(), BoxTracker()
        detector = PersonDetector(self._motion.room, self._motion.rng("camera detector"))
        open_until_s = -np.inf
        people = zip(*(each.figures(times_s) for each in self._occupants), strict=True)
        for time_s, bodies in zip(times_s.tolist(), people, strict=True):
            figures = (*bodies, *(pet.figure(time_s) for pet in self._pets))
            light, tick = self._lights.at(time_s), round(time_s * self._rate_hz)
            present = tuple(each for each in figures if each is not None)
            view = View(self._motion.room, present, light, (self._motion.seed, 0, tick))
            moved = gate.differs(view.whole(COLUMNS))
            if moved:
                open_until_s = time_s + HOLD_S
            if time_s >= open_until_s:
                continue
            boxes = detector.find(time_s, figures, light)
            tracks = tracker.update(boxes)
            if not boxes:
                yield CameraFrame(time_s, moved, None, 0, view)
            for box, track in zip(boxes, tracks, strict=True):
                yield CameraFrame(time_s, moved, box, track, view)
