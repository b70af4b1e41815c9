"""People in view, from frame to frame: a pure function from what was known and one frame to what is known then."""

from __future__ import annotations

import math
from operator import itemgetter
from typing import NamedTuple

from common.monitoring.boxes import Box
from common.monitoring.descent import SAME_WITHIN_S, Descent, DropLimits

# A frame stands for the time since the one before, but for no more than this: after a pause nobody knows more.
_LONGEST_FRAME_S = 1.0
# The mean probability of somebody who has fallen.
FALLEN = 0.5
_NEAR = 1.0  # of a box's longer side: a new track within it goes on from one that is not found any more


class Sighting(NamedTuple):
    """A track in one frame: the probability of a fall (NaN = not judged), whether its box is taller than wide, and the
    box; of several, that of the larger probability.
    """

    probability: float
    is_tall: bool
    box: Box


class Frame(NamedTuple):
    """One frame: when, whether the picture changed, and which tracks were found."""

    time_s: float
    moved: bool
    found: dict[int, Sighting]


class Limits(NamedTuple):
    """How far back a mean reaches at least, in seconds and in frames; when a track that is not found is dropped, for
    how long one that had fallen is remembered, and when somebody has come down.
    """

    averaged_s: float
    min_frames: int
    lost_s: float
    idle_s: float
    hidden_s: float
    drop: DropLimits


class Track(NamedTuple):
    """Somebody who has been found and not been lost since.

    Attributes
    ----------
    recent : tuple of (float, float)
        Time and probability of the frames within ``averaged_s`` of the latest one in which it was found, and of the
        latest ``min_frames``: after a pause in which nothing moved, they show what was there until then.
    is_tall : bool
        Whether its latest box is taller than wide.
    missed_s, outlived_s : float
        How long it has not been found since the picture changed, and how long others were found without it.
    descent : Descent
        Whether the person has come down.
    """

    recent: tuple[tuple[float, float], ...] = ()
    is_tall: bool = False
    missed_s: float = 0.0
    outlived_s: float = 0.0
    descent: Descent = Descent()

    @property
    def found_s(self) -> float:
        """When it was last found."""
        return self.recent[-1][0]

    def mean(self, min_frames: int) -> float:
        """Mean probability of the recent frames; NaN if one of them was not judged, or if there were too few ever."""
        if len(self.recent) < min_frames:
            return math.nan
        return math.fsum(probability for _, probability in self.recent) / len(self.recent)

    def found(self, time_s: float, sighting: Sighting, limits: Limits) -> Track:
        """The track after a frame in which it was found."""
        frames = (*self.recent, (time_s, sighting.probability))
        n_recent = sum(frame_s > time_s - limits.averaged_s for frame_s, _ in frames)
        track = Track(frames[-max(n_recent, limits.min_frames) :], sighting.is_tall)
        # A new track goes on from another one: until it has enough frames, it says nothing against it.
        may_lie = len(track.recent) < limits.min_frames or track.mean(limits.min_frames) >= FALLEN
        return track._replace(descent=self.descent.found(time_s, sighting.box, limits.drop, may_lie=may_lie))

    def not_found(self, frame: Frame, frame_s: float) -> Track:
        """The track after a frame in which it was not found.

        As long as nothing moves, the picture is the one in which it was found. Once something has moved without it, the
        picture is another one, also when it has come to rest: somebody who walked out of view is not there.
        """
        has_changed = frame.moved or self.missed_s > 0
        missed_s = self.missed_s + (frame_s if has_changed else 0.0)
        outlived_s = self.outlived_s + (frame_s if frame.found else 0.0)
        return self._replace(missed_s=missed_s, outlived_s=outlived_s)


class View(NamedTuple):
    """What a camera's frames have shown so far.

    Attributes
    ----------
    time_s : float
        Time of the latest frame.
    still_since_s : float
        Time of the latest frame in which the picture moved, or else of the first.
    tracks : dict of int to Track
        Who has been found and not been lost since.
    hidden : dict of int to float
        Who was lost as one who has fallen, and when they were last found: they may lie where nothing can be seen.
    """

    time_s: float
    still_since_s: float
    tracks: dict[int, Track]
    hidden: dict[int, float]


def view_after(view: View | None, frame: Frame, limits: Limits) -> View:
    """The view after one more frame."""
    if view is None:
        view = View(frame.time_s, frame.time_s, {}, {})
    frame_s = min(frame.time_s - view.time_s, _LONGEST_FRAME_S)
    tracks, lost = {}, {}
    for number, track in view.tracks.items():
        if number not in frame.found:
            track = track.not_found(frame, frame_s)
            if track.missed_s <= limits.lost_s and track.outlived_s <= limits.idle_s:
                tracks[number] = track
            elif track.mean(limits.min_frames) >= FALLEN:
                lost[number] = track.found_s
    left = _just_left(view, frame) if frame.found.keys() - view.tracks.keys() else []
    for number, sighting in frame.found.items():
        track = view.tracks.get(number) or Track(descent=_descent_before(sighting.box, left))
        tracks[number] = track.found(frame.time_s, sighting, limits)
    hidden = {
        number: found_s
        for number, found_s in (view.hidden | lost).items()
        if number not in frame.found and frame.time_s - found_s < limits.hidden_s
    }
    return View(frame.time_s, frame.time_s if frame.moved else view.still_since_s, tracks, hidden)


def _just_left(view: View, frame: Frame) -> list[tuple[int, Descent]]:
    """The descents that a new track may go on from: those of tracks that are not found any more, though lately."""
    return [
        (number, track.descent)
        for number, track in view.tracks.items()
        if number not in frame.found and frame.time_s - track.found_s <= SAME_WITHIN_S
    ]


def _descent_before(box: Box, left: list[tuple[int, Descent]]) -> Descent:
    """The descent that a new track goes on from: that of the nearest one that has left, if any is near."""
    distances = ((descent.distance(box), number, descent) for number, descent in left)
    near = (one for one in distances if one[0] <= _NEAR)
    return min(near, key=itemgetter(0, 1), default=(math.inf, 0, Descent()))[2]
