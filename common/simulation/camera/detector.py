"""A simulated person detector: it misses people, more of those who lie, are hidden, small or dark, and sees others.

It stands for a network on the whole frame, and costs nothing: boxes come from the bodies' projections, errors from
figures that others measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from common.simulation.camera.false_boxes import FalseBoxes
from common.simulation.drawing.figure import Figure
from common.simulation.rooms.camera import HEIGHT, WIDTH, Camera, PixelBox
from common.simulation.rooms.light import Light
from common.simulation.rooms.room import Room
from common.validation import FloatArray

# Width over height of the boxes of those who stand or sit, and of those who lie; in between, misses grow evenly.
_UPRIGHT_ASPECT, _LYING_ASPECT = 0.8, 1.4
# Dollár, Wojek, Schiele & Perona, "Pedestrian detection: an evaluation of the state of the art", PAMI 34 (2012): most
# people of whom more than 35% is hidden are missed, and nearly all who are less than 30 pixels high; from 80 pixels on
# people count as near. That chances fall along straight lines, to zero at 30% visible or 24 pixels, is an assumption.
_HIDDEN_SHARE, _PLAIN_SHARE = 0.3, 0.65
_SMALL_PX, _LARGE_PX = 24.0, 80.0
# An assumption: half of the people are missed where light is 7 times the noise, one of twenty where it is 30 times.
_CLARITY = 10.0
# An assumption: the next picture looks like the last, so that misses come in runs.
_MEMORY_S = 3.0
# An assumption: two boxes are taken for one person if they share more than this part of the smaller one.
_MAX_SHARED = 0.6


@dataclass(frozen=True)
class DetectorRates:
    """How well people are found in plain view and good light.

    The figures are those of this project's own detector (:mod:`fall.people`, a pose network and motion) on the frames
    of URFD: 0.991 of the people upright and 0.965 of those lying are found, and its boxes overlap the annotated ones by
    0.80 on average. Detectors that know upright people only find 0.22 to 0.67 of those lying.

    Attributes
    ----------
    upright, lying : float
        Part of the people found.
    edge_error : float
        Standard deviation of the box's edges, as a part of its width and height. In one box out of twenty it is three
        times as large: an assumption.
    false_share : float
        Part of the frames that show a false box. An assumption: one in a hundred is where Dollár et al. begin to
        compare detectors.
    """

    upright: float = 0.991
    lying: float = 0.965
    edge_error: float = 0.07
    false_share: float = 0.01


@dataclass(frozen=True)
class Projection:
    """Where a figure stands in the frame: the box of what is visible of it, what part that is, and its distance."""

    edges: FloatArray  # left, top, right, bottom in pixels
    visible: float
    distance_m: float


class PersonDetector:
    """Finds people in frame after frame of one camera.

    Parameters
    ----------
    room : Room
    rng : numpy.random.Generator
    rates : DetectorRates, optional
    """

    def __init__(self, room: Room, rng: np.random.Generator, rates: DetectorRates | None = None) -> None:
        self._room, self._rng = room, rng
        self._rates = DetectorRates() if rates is None else rates
        self._false_boxes = FalseBoxes(room, rng, self._rates.false_share)
        self._luck = np.empty(0)  # of each figure, standard normal: how readily it was found lately
        self._last_s = -np.inf

    def find(self, time_s: float, figures: Sequence[Figure | None], light: Light) -> list[PixelBox]:
        """The boxes of one frame; every figure keeps its place in the sequence, with None while it is away."""
        self._pass_time(time_s - self._last_s, len(figures))
        self._last_s = time_s
        found: list[tuple[float, PixelBox]] = []
        for figure, luck in zip(figures, self._luck, strict=True):
            seen = None if figure is None else project(self._room, figure.parts)
            if figure is None or seen is None or ndtr(luck) >= figure.likeness * self._chance(seen, light):
                continue
            box = self._perturb_edges(seen.edges)
            if box is not None:
                found.append((seen.distance_m, box))
        found += [(np.inf, box) for box in self._false_boxes.at(time_s)]
        return _suppress([box for _, box in sorted(found, key=lambda pair: pair[0])])

    def _pass_time(self, elapsed_s: float, n_figures: int) -> None:
        kept = float(np.exp(-elapsed_s / _MEMORY_S)) if len(self._luck) == n_figures else 0.0
        fresh = self._rng.standard_normal(n_figures)
        self._luck = fresh if kept == 0.0 else kept * self._luck + np.sqrt(1 - kept**2) * fresh

    def _chance(self, seen: Projection, light: Light) -> float:
        """The probability with which a person is found."""
        width, height = seen.edges[2:] - seen.edges[:2]
        lying = _between(width / height, _UPRIGHT_ASPECT, _LYING_ASPECT)
        recall = self._rates.upright + lying * (self._rates.lying - self._rates.upright)
        plain = _between(seen.visible, _HIDDEN_SHARE, _PLAIN_SHARE)
        large = _between(max(width, height), _SMALL_PX, _LARGE_PX)
        return float(recall * plain * large * -np.expm1(-light.clarity / _CLARITY))

    def _perturb_edges(self, edges: FloatArray) -> PixelBox | None:
        """The box with random errors of its edges, kept within the frame; None if nothing is left."""
        spread = self._rates.edge_error * (3.0 if self._rng.random() < 0.05 else 1.0)
        size = np.tile(edges[2:] - edges[:2], 2)
        left, top, right, bottom = np.clip(edges + spread * size * self._rng.standard_normal(4), 0, [WIDTH, HEIGHT] * 2)
        box = PixelBox(float(left), float(top), float(right - left), float(bottom - top))
        return box if min(box.w, box.h) >= _SMALL_PX / 3 else None


def project(room: Room, parts: FloatArray) -> Projection | None:
    """Where round cones ``(n, 8)`` stand in the frame of a room's camera; None if nothing of them is visible."""
    camera, start, end = room.camera, parts[:, :3], parts[:, 3:6]
    centers = np.concatenate([start, (start + end) / 2, end])
    radii = np.concatenate([parts[:, 6], parts[:, 6:].mean(axis=1), parts[:, 7]])
    pixels, depth = camera.project(centers)
    visible = _in_frame(camera, centers) & ~_hidden(centers, camera.position, room.opaque)
    if not visible.any():
        return None
    reach = (camera.focal_px * radii / np.maximum(depth, 0.3))[:, None]
    edges = np.concatenate([(pixels - reach)[visible].min(axis=0), (pixels + reach)[visible].max(axis=0)])
    return Projection(edges, float(visible.mean()), float(np.median(depth)))


def _in_frame(camera: Camera, points: FloatArray) -> npt.NDArray[np.bool_]:
    pixels, depth = camera.project(points)
    return np.asarray(((pixels > 0) & (pixels < [WIDTH, HEIGHT])).all(axis=1) & (depth > 0.3))


def _hidden(points: FloatArray, camera: FloatArray, boxes: FloatArray) -> npt.NDArray[np.bool_]:
    """Which points ``(n, 3)`` are hidden from a camera's position by boxes ``(m, 6)`` in between."""
    inverse = 1 / (camera - points + 1e-9)
    faces = (boxes.reshape(-1, 2, 1, 3) - points) * inverse  # (m, 2, n, 3): 0 at the point, 1 at the camera
    enter, leave = faces.min(axis=1).max(axis=-1), faces.max(axis=1).min(axis=-1)
    # A thousandth of slack, so that a point on a face is not hidden by its own box.
    return np.asarray(((enter < leave) & (leave > 1e-3) & (enter < 1 - 1e-3)).any(axis=0))


def _between(value: float, low: float, high: float) -> float:
    """0 below ``low``, 1 above ``high``, linear in between."""
    return float(np.clip((value - low) / (high - low), 0.0, 1.0))


def _suppress(boxes: Sequence[PixelBox]) -> list[PixelBox]:
    """The first of several boxes that mostly overlap: whoever stands behind somebody is not found."""
    kept: list[PixelBox] = []
    for box in boxes:
        if not any(_shared(box, other) > _MAX_SHARED * min(box.w * box.h, other.w * other.h) for other in kept):
            kept.append(box)
    return kept


def _shared(first: PixelBox, second: PixelBox) -> float:
    width = min(first.x + first.w, second.x + second.w) - max(first.x, second.x)
    height = min(first.y + first.h, second.y + second.h) - max(first.y, second.y)
    return max(0.0, width) * max(0.0, height)
