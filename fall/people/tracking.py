"""Which boxes of successive frames are one person: the best assignment, and patience with people who lie still."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from common.monitoring.boxes import Box
from common.validation import FloatArray
from fall.people.detection import Detection, Image, intersection_over_union, shares_most
from fall.people.turning import surroundings

# A box continues a track if their squares overlap by this much.
MIN_OVERLAP = 0.25
# One detection this sure begins a track at once; less sure ones must be repeated.
_SURE, _LIKELY, _REPEATED = 0.75, 0.5, 3
_PATCH = 32  # pixels of the picture that tells whether anything changed
_ALIKE, _NOISE = 0.8, 3.0  # correlation, and grey levels by which a picture without contrast may differ


@dataclass
class Track:
    """A person through time.

    Attributes
    ----------
    number : int
        Counted from 1 in the order in which they were found.
    box, score : Box, float
        As last detected.
    best_score : float
        The greatest so far.
    is_detected : bool
        Whether in the current frame.
    """

    number: int
    box: Box
    score: float
    patch: FloatArray
    seen_s: float
    n_likely: int
    best_score: float = 0.0
    is_detected: bool = True
    is_confirmed: bool = False


class Tracker:
    """Follow people from frame to frame.

    A track that is not detected any more is kept without limit while its place looks as it did when it was detected
    last, since then nobody has gone away; otherwise for ``keep_lost_s``.

    Parameters
    ----------
    keep_lost_s : float
        Seconds for which a track is kept whose place has changed; 0 keeps none that is not detected.
    max_people : int, optional
        Begin no more tracks than these.
    still_score : float
        Only tracks that were once this sure are kept because nothing has changed; a chair that was pushed lies still
        as well.
    """

    def __init__(self, *, keep_lost_s: float = 1.0, max_people: int | None = None, still_score: float = 0.0) -> None:
        self._keep_lost_s, self._still_score = keep_lost_s, still_score
        self._max_people = max_people
        self._tracks: list[Track] = []
        self._n_begun = 0

    @property
    def boxes(self) -> list[Box]:
        """Where people, certain or not, were last."""
        return [track.box for track in self._tracks]

    def update(self, frame: Image, time_s: float, detections: Sequence[Detection]) -> list[Track]:
        """Take the detections of the next frame; return the confirmed tracks."""
        free = set(range(len(detections)))
        for track in self._tracks:
            track.is_detected = False
        for track_row, row in _assign(self.boxes, detections):
            self._continue(self._tracks[track_row], detections[row], frame, time_s)
            free.discard(row)
        self._tracks = [track for track in self._tracks if self._is_kept(track, frame, time_s)]
        self._drop_duplicates()
        for row in sorted(free, key=lambda row: -detections[row].score):
            if detections[row].score >= _LIKELY and not self._is_full():
                self._begin(detections[row], frame, time_s)
        return [track for track in self._tracks if track.is_confirmed]

    def _continue(self, track: Track, found: Detection, frame: Image, time_s: float) -> None:
        track.box, track.score, track.seen_s, track.is_detected = found.box, found.score, time_s, True
        track.best_score = max(track.best_score, found.score)
        track.patch = _patch(frame, found.box)
        track.n_likely += found.score >= _LIKELY
        if found.score >= _SURE or track.n_likely >= _REPEATED:
            self._confirm(track)

    def _begin(self, found: Detection, frame: Image, time_s: float) -> None:
        if any(shares_most(found.box, track.box) for track in self._tracks):
            return  # a part of somebody who is known
        track = Track(0, found.box, found.score, _patch(frame, found.box), time_s, n_likely=1, best_score=found.score)
        self._tracks.append(track)
        if found.score >= _SURE:
            self._confirm(track)

    def _confirm(self, track: Track) -> None:
        if not track.is_confirmed:
            self._n_begun += 1
            track.number, track.is_confirmed = self._n_begun, True

    def _is_kept(self, track: Track, frame: Image, time_s: float) -> bool:
        if track.is_detected:
            return True
        may_lie = self._keep_lost_s > 0 and track.is_confirmed and track.best_score >= self._still_score
        if may_lie and _looks_alike(track.patch, _patch(frame, track.box)):
            track.seen_s = time_s
            return True
        return time_s - track.seen_s < self._keep_lost_s

    def _drop_duplicates(self) -> None:
        """Of two tracks in one place keep the detected one, or else the older one."""
        kept: list[Track] = []
        for track in sorted(self._tracks, key=lambda track: (not track.is_detected, not track.is_confirmed)):
            if not any(shares_most(track.box, other.box) for other in kept):
                kept.append(track)
        self._tracks = [track for track in self._tracks if track in kept]

    def _is_full(self) -> bool:
        return self._max_people is not None and len(self._tracks) >= self._max_people


def square_overlap(first: Sequence[Box], second: Sequence[Box]) -> FloatArray:
    """The overlap of the squares around boxes; the boxes themselves turn by 90° when somebody falls."""
    squares = [[surroundings(box, sides=1.0) for box in boxes] for boxes in (first, second)]
    return intersection_over_union(squares[0], squares[1])


def _assign(boxes: Sequence[Box], detections: Sequence[Detection]) -> list[tuple[int, int]]:
    """Pairs of a track and a detection with the greatest overlap in all (the Hungarian method)."""
    overlap = square_overlap(boxes, [detection.box for detection in detections])
    rows, columns = linear_sum_assignment(overlap, maximize=True)
    return [(int(row), int(column)) for row, column in zip(rows, columns, strict=True)
            if overlap[row, column] >= MIN_OVERLAP]  # fmt: skip


def _patch(frame: Image, box: Box) -> FloatArray:
    """What stands in a box, as a small grey picture."""
    from PIL import Image as Picture

    left, top = int(box.x), int(box.y)
    part = frame[top : max(top + 1, round(box.y + box.h)), left : max(left + 1, round(box.x + box.w))]
    small = Picture.fromarray(part).convert("L").resize((_PATCH, _PATCH), Picture.Resampling.BOX)
    return np.asarray(small, np.float64)


def _looks_alike(first: FloatArray, second: FloatArray) -> bool:
    """Whether two patches show the same thing, perhaps in another light."""
    a, b = first - first.mean(), second - second.mean()
    norm = float(np.sqrt((a**2).sum() * (b**2).sum()))
    return bool(np.abs(a - b).mean() < _NOISE or (a * b).sum() > _ALIKE * norm)
