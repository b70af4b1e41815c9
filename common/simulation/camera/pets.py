"""A cat or a dog in the room: round cones that walk about now and then, and lie still for most of the day."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from common.simulation.drawing.figure import Figure
from common.simulation.rooms.room import Room
from common.simulation.rooms.textures import Color, Texture, shade
from common.validation import FloatArray

# Assumptions: of every ten rooms three have a pet; it gets up three times an hour, for a few walks across the room.
SHARE_OF_ROOMS = 0.3
_BOUTS_PER_HOUR = 3.0
_WALKS = (2, 7)
# How often a detector takes one for a person: an assumption, too; dogs are a class of their own in COCO.
_LIKENESS = 0.08

# Linear reflectances of white, grey, ginger, brown and black fur; an assumption, as are sizes and speeds below.
_FURS: tuple[Color, ...] = (
    (0.6, 0.58, 0.54),
    (0.22, 0.22, 0.23),
    (0.4, 0.2, 0.08),
    (0.14, 0.08, 0.04),
    (0.02, 0.02, 0.02),
)
_PLACE_TRIES = 30
_SETTLE_S = 3.0  # from standing to lying
_STANDS_S = 4.0  # before that

# Round cones of a standing and of a lying pet. Along the body in parts of its length, up and across in parts of the
# height of its shoulders: start, end, and the radii in parts of that height.
_STANDING = np.array([
    (-0.45, 0.0, 0.8, 0.4, 0.0, 0.82, 0.2, 0.25),  # trunk
    (0.4, 0.0, 0.9, 0.55, 0.0, 1.15, 0.15, 0.13),  # neck
    (0.58, 0.0, 1.18, 0.75, 0.0, 1.1, 0.15, 0.08),  # head
    (-0.5, 0.0, 0.85, -0.85, 0.0, 1.05, 0.06, 0.03),  # tail
    *((0.36 * end, 0.13 * side, 0.7, 0.36 * end, 0.13 * side, 0.05, 0.1, 0.05) for end in (1, -1) for side in (1, -1)),
])  # fmt: skip
_LYING = np.array([
    (-0.45, 0.0, 0.24, 0.4, 0.0, 0.28, 0.22, 0.25),
    (0.4, 0.0, 0.3, 0.52, 0.0, 0.45, 0.15, 0.13),
    (0.55, 0.0, 0.45, 0.72, 0.0, 0.35, 0.15, 0.08),
    (-0.5, 0.0, 0.15, -0.75, 0.3, 0.06, 0.06, 0.03),
    *((0.36 * end, 0.2 * side, 0.15, 0.36 * end + 0.2, 0.24 * side, 0.06, 0.1, 0.05) for end in (1, -1)
      for side in (1, -1)),
])  # fmt: skip
_LEGS = slice(4, 8)
_PHASES = np.pi * np.array([0.0, 1.0, 1.0, 0.0])  # diagonal legs swing together
_SWING, _STRIDE = 0.35, 1.6  # in parts of the height of the shoulders


@dataclass(frozen=True)
class Pet:
    """One animal on one day.

    Attributes
    ----------
    height_m, length_m : float
        Of the shoulders, and of the trunk.
    fur : Texture
    times_s : ndarray of shape (n,)
        Between two of them it walks straight or stays.
    places : ndarray of shape (n, 2)
        Where it is at these times, on the floor in meters.
    """

    height_m: float
    length_m: float
    fur: Texture
    times_s: FloatArray
    places: FloatArray

    @classmethod
    def random(cls, room: Room, duration_s: float, rng: np.random.Generator) -> Pet:
        """A cat or a dog that walks where the floor is free."""
        height = rng.uniform(0.22, 0.28) if rng.random() < 0.5 else rng.uniform(0.3, 0.6)
        fur, second = (shade(_FURS[rng.integers(len(_FURS))], rng.uniform(0.7, 1.3)) for _ in range(2))
        times, places = [0.0], [np.array(room.free_spot(rng))]
        for bout_s in np.sort(rng.uniform(0, duration_s, rng.poisson(_BOUTS_PER_HOUR * duration_s / 3600))):
            now_s = max(bout_s, times[-1] + 2 * (_STANDS_S + _SETTLE_S))
            for _ in range(rng.integers(*_WALKS)):
                target = _walkable(room, places[-1], rng)
                if target is not None:
                    times += [now_s, now_s + float(np.hypot(*(target - places[-1]))) / rng.uniform(0.3, 0.9)]
                    places += [places[-1], target]
                    now_s = times[-1] + rng.uniform(0.5, 4.0)
        pattern = str(rng.choice(["plain", "plain", "speckles", "stripes"]))
        coat = Texture(fur, second, pattern, 0.06)
        return cls(height, rng.uniform(1.3, 1.7) * height, coat, np.array(times), np.array(places))

    @cached_property
    def moves_s(self) -> FloatArray:
        """From when to when it is on its feet, ``(n, 2)``; walks with short pauses between them are one stretch."""
        stretches: list[list[float]] = []
        for start_s, end_s in self.times_s[1:].reshape(-1, 2):
            first, last = start_s - _SETTLE_S, end_s + _STANDS_S + _SETTLE_S
            if stretches and first <= stretches[-1][1]:
                stretches[-1][1] = last
            else:
                stretches.append([first, last])
        return np.array(stretches).reshape(-1, 2)

    def figure(self, time_s: float) -> Figure:
        """The pet at a time."""
        interval = min(max(int(np.searchsorted(self.times_s, time_s, side="right")) - 1, 0), len(self.times_s) - 1)
        x, y = (np.interp(time_s, self.times_s, self.places[:, axis]) for axis in range(2))
        shape = _LYING + self._standing(time_s) * (_STANDING - _LYING)
        # Walks begin at odd entries of times_s. Legs follow the distance, not the time, so that paws do not slide.
        if interval % 2 == 1:
            way = float(np.hypot(x - self.places[interval, 0], y - self.places[interval, 1]))
            phase = 2 * np.pi * way / (_STRIDE * self.height_m) + _PHASES
            shape[_LEGS, 3] += _SWING * self.height_m / self.length_m * np.sin(phase)
        scale = np.array([self.length_m, self.height_m, self.height_m])
        start, end = (shape[:, place : place + 3] * scale @ self._turn(interval).T + [x, y, 0.0] for place in (0, 3))
        parts = np.concatenate([start, end, self.height_m * shape[:, 6:]], axis=1)
        return Figure(parts, (self.fur,) * len(parts), np.ones(len(parts), dtype=bool), _LIKENESS)

    def _standing(self, time_s: float) -> float:
        """1 on its feet, 0 lying."""
        times = self.moves_s[:, [0, 0, 1, 1]] + [0.0, _SETTLE_S, -_SETTLE_S, 0.0]
        values = np.tile([0.0, 1.0, 1.0, 0.0], len(times))
        return float(np.interp(time_s, times.ravel(), values)) if len(times) else 0.0

    def _turn(self, interval: int) -> FloatArray:
        """The rotation towards where it walks, or last walked."""
        steps = np.diff(self.places, axis=0)[: max(interval, 0) + 1]
        going = steps[np.hypot(*steps.T) > 0]
        x, y = going[-1] / np.hypot(*going[-1]) if len(going) else (1.0, 0.0)
        return np.array([[x, -y, 0.0], [y, x, 0.0], [0.0, 0.0, 1.0]])


def _walkable(room: Room, place: FloatArray, rng: np.random.Generator) -> FloatArray | None:
    """A spot to which a pet can walk straight."""
    for _ in range(_PLACE_TRIES):
        target = rng.uniform(0.3, room.size[:2] - 0.3)
        way = place + np.linspace(0.05, 1.0, 20)[:, None] * (target - place)
        if room.is_free(np.concatenate([way, np.full((20, 1), 0.1)], axis=1), gap=0.12):
            return np.asarray(target)
    return None
