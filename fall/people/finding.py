"""Several detectors together: upright people first, then turned pictures where somebody was, then what moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from common.errors import InvalidInputError
from common.monitoring.boxes import Box
from fall.people.detection import Detection, Detector, Image, as_detections, clip, shares_most, suppress
from fall.people.motion import MotionDetector
from fall.people.pose import PoseDetector
from fall.people.tracking import MIN_OVERLAP, square_overlap
from fall.people.turning import detect_turned, surroundings

_TURNS = (1, 3, 2)  # quarter turns; a picture upside down is the rarest help
# Detections in turned pictures of the whole frame are often wrong: they are too unsure to begin a track at once.
_MOST_OF_A_TURNED_FRAME = 0.7
# Enlarged parts of a body are often taken for small people.
_LEAST = 0.6
_SURE = 0.75  # then no further turn is tried
_SOMETHING = 0.003  # part of the frame that differs from the background
_BACKGROUND = 0.15  # part of what differs around a detection that is too little to be the person


class PeopleFinder:
    """One answer of one or several detectors.

    Parameters
    ----------
    detector : {"motion", "pose"}, callable, sequence of them, or None
        None is ``("pose", "motion")``.
    turned : bool
        Whether detectors other than motion are also asked about turned pictures.
    """

    def __init__(self, detector: Any = None, *, turned: bool = True) -> None:
        chosen = _chosen(("pose", "motion") if detector is None else detector)
        self._motion = next((each for each in chosen if isinstance(each, MotionDetector)), None)
        if self._motion is not None:
            self._motion.reset()
        self._pictures = [each for each in chosen if not isinstance(each, MotionDetector)]
        self._turned = turned and bool(self._pictures)
        #: What has only been seen to move, beside a detector that knows people, need not be somebody who lies still.
        self.still_score = 0.6 if self._motion is not None and self._pictures else 0.0
        self._n_frames = 0

    def __call__(self, frame: Image, known: Sequence[Box]) -> list[Detection]:
        """People in the next frame, given where the tracked ones were."""
        self._n_frames += 1
        moving = [] if self._motion is None else self._motion(frame)
        found = [each for each in self._in_picture(frame) if not self._is_furniture(each)]
        if self._turned:
            places = [*known, *(each.box for each in moving[:1])]
            for box in places:
                if not _overlaps(box, found):
                    found += self._around(frame, box)
            if not found and not places:
                found = self._in_turned_frame(frame)
        found = suppress(found)
        return found + [each for each in moving if not any(shares_most(each.box, other.box) for other in found)]

    def learn(self, frame: Image, people: Sequence[Box]) -> None:
        """Tell the detectors that learn where people are at last."""
        if self._motion is not None:
            self._motion.learn(frame, people)

    def _in_picture(self, picture: Image) -> list[Detection]:
        found = [each for detect in self._pictures for each in as_detections(detect(picture), picture, _name(detect))]
        return suppress(found)

    def _around(self, frame: Image, box: Box) -> list[Detection]:
        """The likeliest person near a place, upright or turned."""
        region = surroundings(box)
        near: list[Detection] = []
        for turns in (0, *_TURNS):
            found = detect_turned(self._in_picture, frame, turns, region)
            near += [
                each
                for each in found
                if _overlaps(box, [each]) and _longer(each.box) > _LEAST * _longer(box) and not self._is_furniture(each)
            ]
            if any(each.score >= _SURE for each in near):
                break
        all_foreground = self._foreground(region)

        def likelihood(each: Detection) -> float:
            """The score, more where the picture differs from the background: furniture never does."""
            return each.score + (self._foreground(each.box) / all_foreground if all_foreground else 0.0)

        best = max(near, key=likelihood, default=None)
        inside = None if best is None else clip(best.box, frame.shape[1], frame.shape[0])
        return [] if best is None or inside is None else [replace(best, box=inside)]

    def _in_turned_frame(self, frame: Image) -> list[Detection]:
        """People in the whole frame, turned by one of three angles, each in its turn."""
        found = detect_turned(self._in_picture, frame, _TURNS[self._n_frames % len(_TURNS)])
        return [replace(each, score=min(each.score, _MOST_OF_A_TURNED_FRAME)) for each in found]

    def _is_furniture(self, found: Detection) -> bool:
        """Whether an unsure detection looks like the background, though something close to it does not."""
        around = self._foreground(surroundings(found.box))
        is_background = self._foreground(found.box) < _BACKGROUND * around
        return found.score < _SURE and around > _SOMETHING and is_background

    def _foreground(self, box: Box) -> float:
        return 0.0 if self._motion is None else self._motion.foreground_in(box)


def _longer(box: Box) -> float:
    return max(box.w, box.h)


def _overlaps(box: Box, found: Sequence[Detection]) -> bool:
    return bool(found) and float(square_overlap([box], [each.box for each in found]).max()) >= MIN_OVERLAP


def _chosen(detector: Any) -> list[Detector | MotionDetector]:
    if isinstance(detector, str) or callable(detector):
        detector = [detector]
    made: list[Detector | MotionDetector] = []
    for each in detector if isinstance(detector, Sequence) else [detector]:
        if callable(each):
            made.append(each)
        elif each == "motion":
            made.append(MotionDetector())
        elif each == "pose":
            made.append(PoseDetector())
        else:
            raise _unknown(each)
    if not made:
        raise _unknown(detector)
    if sum(isinstance(each, MotionDetector) for each in made) > 1:
        raise InvalidInputError("detector has two that look for motion; one is enough")
    return made


def _unknown(detector: Any) -> InvalidInputError:
    return InvalidInputError(
        f"detector is {detector!r}; choose 'motion', 'pose', a function of a frame, or several of them in a list"
    )


def _name(detector: Any) -> str:
    return str(getattr(detector, "__name__", type(detector).__name__))
