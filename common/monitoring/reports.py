"""What a sensor reports at one moment: the answer of its classifier, and what its detector found in the pixels.

No report carries a label, a name or a scene: whatever is told of the room is made of these values alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from common.errors import InvalidInputError
from common.monitoring.boxes import Box
from common.validation import check_integer, check_number


@dataclass(frozen=True)
class Person:
    """A person whom a detector found in a frame.

    Parameters
    ----------
    box : Box
        In pixels of the full frame.
    probability : float
        Of a fall, by the classifier of the person's picture; NaN if it was not judged.
    track : int
        The number under which a tracker follows this person from frame to frame; 0 for all without a tracker.

    Raises
    ------
    InvalidInputError
        If the box has no area, the probability does not lie from 0 to 1, or the number of the track is negative.

    Examples
    --------
    >>> Person(Box(100, 80, 60, 170), 0.1, track=3)
    Person(box=Box(x=100.0, y=80.0, w=60.0, h=170.0), probability=0.1, track=3)
    """

    box: Box
    probability: float
    track: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "box", check_box(self.box, "box of a person"))
        object.__setattr__(self, "probability", _probability_or_nan(self.probability))
        check_integer(self.track, "track", at_least=0)


@dataclass(frozen=True)
class WornReport:
    """What the classifier of a worn sensor says of its latest window.

    Parameters
    ----------
    probability : float
        Of a fall; NaN if samples were missing for too long, as while the sensor is charged.

    Raises
    ------
    InvalidInputError
        If the probability does not lie from 0 to 1 and is not NaN.

    Examples
    --------
    >>> WornReport(0.9).is_working, WornReport(float("nan")).is_working
    (True, False)
    """

    probability: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "probability", _probability_or_nan(self.probability))

    @property
    def is_working(self) -> bool:
        """Whether the sensor could judge; one that is on but measures nothing watches over nobody."""
        return not math.isnan(self.probability)


@dataclass(frozen=True)
class CameraReport:
    """One frame of a camera.

    Parameters
    ----------
    moved : bool
        Whether the picture has changed since the previous frame, from its pixels.
    people : tuple of Person
        Whom the detector found. While nothing moves, the detector need not run: ``CameraReport(False)`` then says that
        the camera works and the picture is the same.

    Raises
    ------
    InvalidInputError
        If ``moved`` is not True or False, or ``people`` holds anything but Person.

    Examples
    --------
    >>> somebody = CameraReport(True, (Person(Box(100, 80, 60, 170), 0.1),))
    >>> len(somebody.people), CameraReport(False).people
    (1, ())
    >>> CameraReport(False).is_working  # an empty room is watched, too
    True
    """

    moved: bool
    people: tuple[Person, ...] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.moved, (bool, np.bool_)):
            raise InvalidInputError(f"moved is {self.moved!r}; it must be True or False")
        if not isinstance(self.people, (tuple, list)) or not all(isinstance(one, Person) for one in self.people):
            raise InvalidInputError(f"people is {self.people!r}; pass a tuple of Person")
        object.__setattr__(self, "moved", bool(self.moved))
        object.__setattr__(self, "people", tuple(self.people))

    @property
    def is_working(self) -> bool:
        """Whether the camera works: it does, since it took a frame, also of an empty room."""
        return True


Report: TypeAlias = WornReport | CameraReport


def check_report(report: Any, expected: type[Report], name: str) -> None:
    """Refuse the report of another kind of sensor."""
    if not isinstance(report, expected):
        raise InvalidInputError(f"{name} is {report!r}; it must be a {expected.__name__}")


def check_box(box: Any, name: str) -> Box:
    """A box with finite edges, a positive width and a positive height.

    Its numbers become Python's: a detector's may be small integers, whose sums wrap round.
    """
    if not isinstance(box, Box):
        raise InvalidInputError(f"{name} is {box!r}; pass common.Box(x, y, w, h) in pixels")
    x, y = (check_number(getattr(box, edge), f"{edge} of the {name}") for edge in ("x", "y"))
    w, h = (check_number(getattr(box, edge), f"{edge} of the {name}", above=0) for edge in ("w", "h"))
    return Box(x, y, w, h)


def _probability_or_nan(value: Any) -> float:
    if isinstance(value, (float, np.floating)) and math.isnan(value):
        return math.nan
    probability = check_number(value, "probability", at_least=0)
    if probability > 1:
        raise InvalidInputError(f"probability is {probability:g}; it must be at most 1, or NaN if there is none")
    return probability
