"""The room camera in the fusion on simulated residents: a compressed network on the crop of each detected person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import ClassVar, NamedTuple

import numpy as np

import fall
from common import SimulatedRecording
from common.simulation.rooms.camera import PixelBox
from common.validation import FloatArray
from examples.fusion_sensors import Baseline, BoolArray, Observations, Preparation

_AVERAGED_S = 3.0
_BATCH = 64
_IN_ZONE = 0.9  # of the box
_IDLE_S = 60.0
_LOST_S = 3.0


class JudgedFrame(NamedTuple):
    """One frame of one person."""

    time_s: float
    probability: float
    aspect: float  # width over height of the box


@dataclass(frozen=True)
class Camera:
    """A compressed network on every frame: the mean of each person's latest frames, and the maximum over people.

    While nothing moves, the picture does not change, and its probability holds. There is no probability for a resident
    who is out of the room, for a visitor who has not moved for a minute, or for a person in a zone drawn round a bed or
    a sofa: lying there is not a fall, so the camera cannot judge it.

    Two things that a home would learn from other sensors come from the simulation here: when the resident is out of the
    room, and when the resident moves in view.
    """

    name: ClassVar[str] = "camera"
    baselines: ClassVar[tuple[Baseline, ...]] = (
        Baseline("aspect ratio at its best", "aspect", tuple(np.arange(0.3, 5.0, 0.05))),
    )

    model: fall.CompressedModel

    @classmethod
    def prepare(cls, preparation: Preparation) -> Camera:
        """Take over the network, trained on other simulated people."""
        return cls(preparation.models["camera"])

    def observe(self, day: SimulatedRecording) -> Observations:
        """Probabilities, and width over height of the boxes, at the end of every second."""
        seconds = np.arange(1.0, day.duration_s + 1)
        by_subject: dict[str, list[JudgedFrame]] = {}
        n_frames = np.zeros(int(day.duration_s))
        for subject, frame in self._judge(day):
            by_subject.setdefault(subject, []).append(frame)
            n_frames[min(int(frame.time_s), len(n_frames) - 1)] += 1
        probability, aspect = np.full(len(seconds), np.nan), np.full(len(seconds), np.nan)
        for subject, frames in by_subject.items():
            times, probabilities, aspects = np.array(frames).T
            is_resident = subject.endswith("resident")
            absent = day.labels.is_away(seconds) if is_resident else _is_idle(times, seconds)
            probability = np.fmax(probability, np.where(absent, np.nan, _recent_mean(times, probabilities, seconds)))
            aspect = np.fmax(aspect, np.where(absent, np.nan, _recent_mean(times, aspects, seconds)))
        return Observations(
            probability=probability,
            evidence=np.where(_is_lost(day, n_frames, seconds), np.nan, probability),
            is_active=n_frames > 0,
            series={"aspect": aspect, "frames": n_frames},
        )

    def _judge(self, day: SimulatedRecording) -> Iterator[tuple[str, JudgedFrame]]:
        """Every frame in order, by the person in it; drawn in batches that are not kept."""
        classifier = fall.TFLiteFallClassifier(self.model)
        zones = _zones(day)
        frames = day.frames
        while batch := list(islice(frames, _BATCH)):
            pictures = np.stack([frame.draw() for frame in batch])
            for frame, p in zip(batch, classifier.predict_proba(pictures)[:, 1], strict=True):
                probability = np.nan if _is_within(frame.box, zones) else p
                yield frame.subject, JudgedFrame(frame.time_s, probability, frame.box.w / frame.box.h)


def _zones(day: SimulatedRecording) -> FloatArray:
    """The zones that an installer would draw round beds and sofas ``(n, 4)``: left, top, right, bottom."""
    corners = []
    for piece in day.room.furniture:
        if piece.kind in ("bed", "sofa"):
            (x1, y1), (x2, y2) = piece.footprint()
            heights = (piece.seat - 0.15, piece.seat + 0.45)
            corners.append([(x, y, z) for x in (x1, x2) for y in (y1, y2) for z in heights])
    return np.asarray(day.room.camera.bounds(np.array(corners)))


def _is_within(box: PixelBox, zones: FloatArray) -> bool:
    """Whether nearly all of a person's box lies inside one of the zones."""
    across = np.minimum(box.x + box.w, zones[:, 2]) - np.maximum(box.x, zones[:, 0])
    down = np.minimum(box.y + box.h, zones[:, 3]) - np.maximum(box.y, zones[:, 1])
    shared = np.clip(across, 0, None) * np.clip(down, 0, None)
    return bool(shared.max() > _IN_ZONE * box.w * box.h)


def _recent_mean(times: FloatArray, values: FloatArray, clock: FloatArray) -> FloatArray:
    """At each time of the clock, the mean over the last seconds before the latest frame.

    NaN if one of the values is NaN: a person who has just left a bed is not judged yet.
    """
    stop = np.searchsorted(times, clock, side="right")
    latest = times[np.maximum(stop - 1, 0)]
    start = np.searchsorted(times, latest - _AVERAGED_S, side="right")
    missing = np.isnan(values)
    total, n_missing = (
        cumulated[stop] - cumulated[start]
        for cumulated in (np.append(0.0, np.cumsum(part)) for part in (np.where(missing, 0.0, values), missing))
    )
    return np.where((stop > 0) & (n_missing == 0), total / np.maximum(stop - start, 1), np.nan)


def _is_idle(times: FloatArray, clock: FloatArray) -> BoolArray:
    """Whether the latest frame is more than a minute old, at each time of the clock."""
    stop = np.searchsorted(times, clock, side="right")
    return np.asarray(clock - times[np.maximum(stop - 1, 0)] > _IDLE_S)


def _is_lost(day: SimulatedRecording, n_frames: FloatArray, seconds: FloatArray) -> BoolArray:
    """The seconds after something moved in view while nobody was found in the frames, or not until the movement ended.

    What the camera reported before no longer holds: a person who fell behind the sofa was last seen standing.
    """
    found = np.maximum.accumulate(np.where(n_frames > 0, seconds, -np.inf))
    moved = np.full(len(seconds), -np.inf)
    for scene in day.labels.routine.scenes:
        if scene.in_view and scene.actor == "resident":
            during = seconds >= scene.start_s
            moved[during] = np.minimum(seconds[during], scene.end_s)
    return np.asarray(found < moved - _LOST_S)
