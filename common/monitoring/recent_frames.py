"""The evidence of a camera over time: the mean over each person's recent frames, as long as it holds."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable
from typing import ClassVar

from common.errors import InvalidInputError
from common.monitoring.descent import DropLimits
from common.monitoring.reports import CameraReport, Person, check_report
from common.monitoring.times import check_not_before, check_time
from common.monitoring.tracks import FALLEN, Frame, Limits, Sighting, Track, View, view_after
from common.monitoring.zones import Zone, is_in_zone
from common.validation import check_integer, check_number


class RecentFrames:
    """The largest of the mean probabilities of the people in view, each over its last ``averaged_s`` seconds of frames.

    A mean is over ``min_frames`` frames at least: after a pause, during which nothing moved, one frame says no more
    than those before it.

    Which of several people is the resident is not known, so all count. While nothing moves, the picture is the same,
    and what the last frames said holds without limit, as long as the camera goes on reporting: whoever lies still stays
    fallen. A frame counts as the time since the one before, one second at most. There is no evidence (NaN)

    - of a person in a zone, since lying there is not a fall, until ``averaged_s`` and ``min_frames`` after leaving it;
    - of a person who was found in fewer than ``min_frames`` frames, as most false boxes are;
    - of a person who has not been found for more than ``lost_s`` since something moved without them, or for more than
      ``idle_s`` of frames in which others were found: somebody who has left the room, or is hidden behind the sofa, was
      last seen standing;
    - if the camera has not reported for ``silent_s``.

    Whoever falls was up before. Where nobody was seen to come down, it may be a pet, a false box, or somebody who lies
    where they mean to: the odds of a fall are multiplied by ``odds_without_drop``. A person has come down if the top of
    their box sank by ``min_drop`` of its height within ``drop_s``, and has not been judged as up since.

    A report that comes late by less than ``late_s`` is put where it belongs, so that reports may come twice and in any
    order: the evidence is the same. Later ones are without effect.

    Parameters
    ----------
    zones : iterable of Zone
        That staff drew round beds and sofas.
    averaged_s, lost_s, idle_s, silent_s, late_s, hidden_s : float
        In seconds, see above.
    still_s : float
        After how many seconds without movement a fallen person lies still.
    min_frames : int
        At least how many frames a mean is over.
    min_drop, drop_s : float
        By which part of the tallest box its top sinks, and within how many seconds, if somebody comes down.
    odds_without_drop : float
        Of a fall, where nobody was seen to come down, against those where somebody was; with 1 it does not matter.

    Raises
    ------
    InvalidInputError
        If a time, a number of frames or a fraction is out of its range, or ``zones`` holds anything but zones.

    Examples
    --------
    >>> from common import Box, CameraReport, Person
    >>> evidence = RecentFrames()
    >>> lying = Person(Box(200, 300, 170, 60), probability=0.9, track=1)
    >>> for second in range(3):
    ...     evidence.hear(second, CameraReport(True, (lying,)))
    >>> for second in range(3, 13):
    ...     evidence.hear(second, CameraReport(False))
    >>> evidence.at(12), evidence.lying_still(12), evidence.upright(12)
    (0.9, True, False)
    >>> for second in range(13, 17):  # something moves, and nobody is found
    ...     evidence.hear(second, CameraReport(True))
    >>> evidence.at(16), evidence.lying_still(16), evidence.upright(16)
    (nan, None, None)

    The person has left the view while fallen, perhaps behind whoever came to help:

    >>> evidence.hides_fallen(16), evidence.fresh().hides_fallen(16)
    (True, False)
    """

    report_type: ClassVar[type[CameraReport]] = CameraReport

    def __init__(
        self,
        zones: Iterable[Zone] = (),
        averaged_s: float = 3.0,
        lost_s: float = 3.0,
        idle_s: float = 60.0,
        *,
        still_s: float = 5.0,
        silent_s: float = 20.0,
        late_s: float = 10.0,
        hidden_s: float = 1800.0,
        min_frames: int = 2,
        min_drop: float = 0.3,
        drop_s: float = 12.0,
        odds_without_drop: float = 1.0,
    ) -> None:
        self.zones = _check_zones(zones)
        self.averaged_s = check_number(averaged_s, "averaged_s", above=0)
        self.lost_s = check_number(lost_s, "lost_s", at_least=0)
        self.idle_s = check_number(idle_s, "idle_s", at_least=0)
        self.still_s = check_number(still_s, "still_s", above=0)
        self.silent_s = check_number(silent_s, "silent_s", above=0)
        self.late_s = check_number(late_s, "late_s", at_least=0)
        self.hidden_s = check_number(hidden_s, "hidden_s", at_least=0)
        self.min_frames = check_integer(min_frames, "min_frames")
        self.min_drop = check_number(min_drop, "min_drop", above=0)
        self.drop_s = check_number(drop_s, "drop_s", above=0)
        self.odds_without_drop = check_number(odds_without_drop, "odds_without_drop", above=0)
        self._limits = Limits(
            self.averaged_s,
            self.min_frames,
            self.lost_s,
            self.idle_s,
            self.hidden_s,
            DropLimits(self.min_drop, self.drop_s),
        )
        # The recent frames, the view after each, and the view before the first: a late frame is put among them.
        self._frames: list[Frame] = []
        self._views: list[View] = []
        self._before: View | None = None

    def fresh(self) -> RecentFrames:
        """One with the same settings that has heard nothing."""
        return RecentFrames(
            self.zones,
            self.averaged_s,
            self.lost_s,
            self.idle_s,
            still_s=self.still_s,
            silent_s=self.silent_s,
            late_s=self.late_s,
            hidden_s=self.hidden_s,
            min_frames=self.min_frames,
            min_drop=self.min_drop,
            drop_s=self.drop_s,
            odds_without_drop=self.odds_without_drop,
        )

    def hear(self, time_s: float, report: CameraReport) -> None:
        """Take the frame of the moment ``time_s``; two reports of one moment are parts of one frame."""
        check_report(report, self.report_type, "report")
        heard_s = check_time(time_s)
        if self._views and heard_s < self._views[-1].time_s - self.late_s:
            return
        frame = Frame(heard_s, report.moved, _sightings(report.people, self.zones))
        place = bisect_left(self._frames, heard_s, key=lambda one: one.time_s)
        if place < len(self._frames) and self._frames[place].time_s == heard_s:
            self._frames[place] = _merged(self._frames[place], frame)
        else:
            self._frames.insert(place, frame)
        self._view_again(place)
        self._forget_before(self._frames[-1].time_s - self.late_s)

    def at(self, time_s: float) -> float:
        """The probability of a fall at ``time_s``, which must not lie before the latest report."""
        judged = [self._probability(track) for track in self._tracks(time_s)]
        return max((one for one in judged if not math.isnan(one)), default=math.nan)

    def lying_still(self, time_s: float) -> bool | None:
        """Whether somebody has fallen and nothing has moved for ``still_s``; None if nobody in view is judged.

        It is None as well if somebody is not judged while nobody is known to lie, or if several people are in view
        and something moves: it may be the helper.
        """
        means = self._means(self._tracks(time_s))
        if any(mean >= FALLEN for mean in means):
            view = self._views[-1]
            is_still = view.time_s - view.still_since_s >= self.still_s
            return is_still or (False if len(means) == 1 else None)
        return None if not means or any(map(math.isnan, means)) else False

    def upright(self, time_s: float) -> bool | None:
        """Whether everybody in view is up: judged, not fallen, and in a box that is taller than wide.

        None if nobody is in view, if somebody is not judged, or if somebody was not found in the last ``averaged_s``
        or since something moved: one who has just disappeared may lie there. So may one who had fallen when last found,
        less than ``hidden_s`` ago, if a helper stands before them.
        """
        tracks = self._tracks(time_s)
        means = self._means(tracks)
        if any(mean >= FALLEN for mean in means):
            return False
        if not tracks or any(map(math.isnan, means)):
            return None
        is_seen = all(time_s - track.found_s <= self.averaged_s and track.missed_s == 0 for track in tracks)
        if not is_seen or self.hides_fallen(time_s):
            return None
        return all(track.is_tall for track in tracks)

    def hides_fallen(self, time_s: float) -> bool:
        """Whether somebody who had fallen when last found, less than ``hidden_s`` ago, cannot be seen now.

        They may lie behind a helper, or before a camera that has become silent.
        """
        if not self._views:
            return False
        lost_s = list(self._views[-1].hidden.values())
        if not self._tracks(time_s):
            tracks = self._views[-1].tracks.values()
            lost_s += [track.found_s for track in tracks if track.mean(self.min_frames) >= FALLEN]
        return any(time_s - found_s < self.hidden_s for found_s in lost_s)

    def _tracks(self, time_s: float) -> list[Track]:
        if not self._views:
            return []
        is_silent = check_not_before(time_s, self._views[-1].time_s) - self._views[-1].time_s >= self.silent_s
        return [] if is_silent else list(self._views[-1].tracks.values())

    def _probability(self, track: Track) -> float:
        mean = track.mean(self.min_frames)
        if track.descent.is_down or self.odds_without_drop == 1:
            return mean
        odds = mean * self.odds_without_drop
        return odds / (odds + (1 - mean))  # in this order it is at most 1

    def _means(self, tracks: Iterable[Track]) -> list[float]:
        return [track.mean(self.min_frames) for track in tracks]

    def _view_again(self, place: int) -> None:
        """The views from a place on, whose frames have changed."""
        view = self._views[place - 1] if place else self._before
        del self._views[place:]
        for frame in self._frames[place:]:
            view = view_after(view, frame, self._limits)
            self._views.append(view)

    def _forget_before(self, time_s: float) -> None:
        place = bisect_left(self._frames, time_s, key=lambda one: one.time_s)
        if place:
            self._before = self._views[place - 1]
            del self._frames[:place], self._views[:place]


def _sightings(people: Iterable[Person], zones: tuple[Zone, ...]) -> dict[int, Sighting]:
    found: dict[int, Sighting] = {}
    for person in people:
        probability = math.nan if is_in_zone(person.box, zones) else person.probability
        sighting = Sighting(probability, person.box.h > person.box.w, person.box)
        before = found.get(person.track)
        found[person.track] = sighting if before is None else _both(before, sighting)
    return found


def _both(one: Sighting, other: Sighting) -> Sighting:
    """Two boxes of one track, as without a tracker: the larger probability counts, and that of a judged one."""
    larger = max(one, other, key=_rank)
    return larger._replace(is_tall=one.is_tall and other.is_tall)


def _rank(sighting: Sighting) -> tuple[float, ...]:
    """Of two equal probabilities the box decides, so that the order in which they came does not."""
    box = sighting.box
    return (-1.0 if math.isnan(sighting.probability) else sighting.probability, box.y, box.h, box.x, box.w)


def _merged(one: Frame, other: Frame) -> Frame:
    found = dict(one.found)
    for number, sighting in other.found.items():
        found[number] = _both(found[number], sighting) if number in found else sighting
    return Frame(one.time_s, one.moved or other.moved, found)


def _check_zones(zones: Iterable[Zone]) -> tuple[Zone, ...]:
    checked = tuple(zones) if isinstance(zones, Iterable) else None
    if checked is None or not all(isinstance(zone, Zone) for zone in checked):
        raise InvalidInputError(f"zones is {zones!r}; pass a list of Zone")
    return checked
