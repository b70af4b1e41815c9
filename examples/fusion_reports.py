"""What a sensor reported on a day, in arrays that are kept on disk: reports as the room's monitor hears them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt

from common import Box, CameraReport, Person, WornReport
from common.validation import BoolArray, FloatArray

AS_MEASURED = "as measured"


@dataclass(frozen=True, eq=False)
class WornReports:
    """Reports of a worn sensor, in order of time.

    Attributes
    ----------
    times_s : ndarray of shape (n_reports,)
    probabilities : ndarray of shape (n_reports,)
        NaN where samples were missing.
    """

    kind: ClassVar[str] = "worn"

    times_s: FloatArray
    probabilities: FloatArray

    def __iter__(self) -> Iterator[tuple[float, WornReport]]:
        for time_s, probability in zip(self.times_s.tolist(), self.probabilities.tolist(), strict=True):
            yield time_s, WornReport(probability)

    def during(self, is_used: BoolArray) -> WornReports:
        """Those of the seconds in which ``is_used``; entry k is the second that ends at k + 1."""
        kept = is_used[_second(self.times_s, len(is_used))]
        return WornReports(self.times_s[kept], self.probabilities[kept])


@dataclass(frozen=True, eq=False)
class CameraReports:
    """Reports of a camera, in order of time.

    Attributes
    ----------
    times_s : ndarray of shape (n_frames,)
    moved : ndarray of bool, shape (n_frames,)
    n_people : ndarray of int, shape (n_frames,)
        How many people were found in each frame; the arrays below hold a row for each of them, frame by frame.
    boxes : ndarray of shape (n_people, 4)
        Left, top, width and height in pixels.
    probabilities : ndarray of shape (n_people,)
    tracks : ndarray of int, shape (n_people,)
    """

    kind: ClassVar[str] = "camera"

    times_s: FloatArray
    moved: BoolArray
    n_people: npt.NDArray[np.int64]
    boxes: FloatArray
    probabilities: FloatArray
    tracks: npt.NDArray[np.int64]

    @classmethod
    def of(cls, reports: Iterable[tuple[float, CameraReport]]) -> Self:
        """The reports as arrays."""
        frames = list(reports)
        people = [person for _, report in frames for person in report.people]
        return cls(
            times_s=np.array([time_s for time_s, _ in frames], dtype=np.float64),
            moved=np.array([report.moved for _, report in frames], dtype=bool),
            n_people=np.array([len(report.people) for _, report in frames], dtype=np.int64),
            boxes=np.array([(p.box.x, p.box.y, p.box.w, p.box.h) for p in people], dtype=np.float64).reshape(-1, 4),
            probabilities=np.array([person.probability for person in people], dtype=np.float64),
            tracks=np.array([person.track for person in people], dtype=np.int64),
        )

    def __iter__(self) -> Iterator[tuple[float, CameraReport]]:
        people = [
            Person(Box(*box), probability, track)
            for box, probability, track in zip(
                self.boxes.tolist(), self.probabilities.tolist(), self.tracks.tolist(), strict=True
            )
        ]
        first = 0
        for time_s, moved, n in zip(self.times_s.tolist(), self.moved.tolist(), self.n_people.tolist(), strict=True):
            yield time_s, CameraReport(moved, tuple(people[first : first + n]))
            first += n

    def with_probabilities(self, probabilities: FloatArray) -> CameraReports:
        """The same detections under another rule."""
        return replace(self, probabilities=probabilities)

    def during(self, is_used: BoolArray) -> CameraReports:
        """Those of the seconds in which ``is_used``; entry k is the second that ends at k + 1."""
        kept = is_used[_second(self.times_s, len(is_used))]
        people = np.repeat(kept, self.n_people)
        return CameraReports(
            self.times_s[kept],
            self.moved[kept],
            self.n_people[kept],
            self.boxes[people],
            self.probabilities[people],
            self.tracks[people],
        )


SensorReports = WornReports | CameraReports
_KINDS: tuple[type[SensorReports], ...] = (WornReports, CameraReports)


@dataclass(frozen=True, eq=False)
class Observation:
    """What one sensor reported on one day.

    Attributes
    ----------
    variants : mapping of str to WornReports or CameraReports
        ``AS_MEASURED``, and the same day by other rules or with faults, by their names.
    """

    variants: Mapping[str, SensorReports]

    @property
    def reports(self) -> SensorReports:
        """The reports as measured."""
        return self.variants[AS_MEASURED]

    def save(self, path: Path) -> None:
        """Write to an ``.npz`` file."""
        arrays: dict[str, Any] = {}
        for name, reports in self.variants.items():
            for column in fields(reports):
                arrays[f"{reports.kind}|{name}|{column.name}"] = getattr(reports, column.name)
        np.savez_compressed(path, **arrays)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what :meth:`save` wrote."""
        columns: dict[tuple[str, str], dict[str, Any]] = {}
        with np.load(path) as arrays:
            for key in arrays:
                kind, name, column = key.split("|")
                columns.setdefault((kind, name), {})[column] = arrays[key]
        types = {reports.kind: reports for reports in _KINDS}
        return cls({name: types[kind](**values) for (kind, name), values in columns.items()})


def _second(times_s: FloatArray, n_seconds: int) -> npt.NDArray[np.int64]:
    """The number of the second in which each report comes; one at its end belongs to it."""
    return np.clip(np.ceil(times_s).astype(np.int64) - 1, 0, n_seconds - 1)
