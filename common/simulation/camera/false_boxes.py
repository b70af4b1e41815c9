"""False boxes of a person detector: a coat on a chair, a shadow, taken for somebody for some seconds."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product

import numpy as np

from common.simulation.rooms.camera import HEIGHT, WIDTH, PixelBox
from common.simulation.rooms.room import Room
from common.validation import FloatArray

# Assumptions, all of them.
_MEAN_S = 4.0  # how long one stays
_ON_FURNITURE = 0.7  # part of them; the others are anywhere
_HEIGHT_PX = (60.0, 260.0)
_JITTER = 0.02  # of the edges from frame to frame, in parts of width and height
_LONGEST_STEP_S = 1.0  # between two frames; more time has no picture in which a box could appear


@dataclass
class FalseBoxes:
    """Boxes that come at random and go again, one at a time.

    Attributes
    ----------
    room : Room
    rng : numpy.random.Generator
    share : float
        Part of the frames that show one.
    """

    room: Room
    rng: np.random.Generator
    share: float
    _until_s: float = field(default=-np.inf, init=False)
    _last_s: float = field(default=-np.inf, init=False)
    _edges: FloatArray = field(default_factory=lambda: np.zeros(4), init=False)

    def at(self, time_s: float) -> list[PixelBox]:
        """The false boxes of a frame, at times in ascending order."""
        step_s, self._last_s = min(time_s - self._last_s, _LONGEST_STEP_S), time_s
        if time_s >= self._until_s and self.rng.random() < -np.expm1(-step_s * self.share / _MEAN_S / (1 - self.share)):
            self._until_s, self._edges = time_s + self.rng.exponential(_MEAN_S), self._place()
        if time_s >= self._until_s:
            return []
        size = np.tile(self._edges[2:] - self._edges[:2], 2)
        moved = self._edges + _JITTER * size * self.rng.standard_normal(4)
        left, top, right, bottom = np.clip(moved, 0, [WIDTH, HEIGHT] * 2)
        box = PixelBox(float(left), float(top), float(right - left), float(bottom - top))
        return [box] if min(box.w, box.h) > 10 else []

    def _place(self) -> FloatArray:
        height = self.rng.uniform(*_HEIGHT_PX)
        width = height * self.rng.uniform(0.35, 1.6)
        center = self.rng.uniform([0, HEIGHT / 4], [WIDTH, HEIGHT])
        if self.room.furniture and self.rng.random() < _ON_FURNITURE:
            piece = self.room.furniture[self.rng.integers(len(self.room.furniture))]
            (x1, y1), (x2, y2) = piece.footprint()
            corners = np.array(list(product((x1, x2), (y1, y2), (0.0, piece.height))))
            left, top, right, bottom = self.room.camera.bounds(corners[None])[0]
            if np.isfinite(left) and left < WIDTH and right > 0:
                center = np.array([(left + right) / 2, (top + bottom) / 2])
                width, height = np.array([right - left, bottom - top]) * self.rng.uniform(0.5, 1.1, 2)
        half = np.array([width / 2, height / 2])
        return np.concatenate([center - half, center + half])
