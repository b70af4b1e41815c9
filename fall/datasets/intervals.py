"""The labelled parts of videos: a table of times, checked and arranged by video."""

from __future__ import annotations

import math
import os
import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from common.errors import InvalidInputError
from common.validation import FloatArray

if TYPE_CHECKING:
    import pandas as pd

_COPIED = ("subject", "sequence", "activity")
_NEAR_S = 0.5  # a moment's frame is at most this far from it


@dataclass(frozen=True)
class LabelledVideo:
    """A video and its labelled parts.

    Attributes
    ----------
    path : Path
    folder : str
        The name of its folder of crops.
    labels : list of dict
        Label, subject, sequence and activity of each part.
    starts_s, ends_s : list of float
        Where each part starts and ends; equal for a moment.
    """

    path: Path
    folder: str
    labels: list[dict[str, Any]]
    starts_s: list[float]
    ends_s: list[float]

    @property
    def has_moments(self) -> bool:
        """Whether some parts are single frames."""
        return any(self.is_moment(part) for part in range(len(self.labels)))

    def is_moment(self, part: int) -> bool:
        """Whether a part is a single frame."""
        return self.starts_s[part] == self.ends_s[part]

    def distance_s(self, part: int, time_s: float) -> float:
        """How far a moment is from a time."""
        return abs(time_s - self.starts_s[part])

    def part_at(self, time_s: float) -> int | None:
        """The part at a time, including its start and not its end; the nearest moment if there is one."""
        for part, (start, end) in enumerate(zip(self.starts_s, self.ends_s, strict=True)):
            if start <= time_s < end:
                return part
        moments = [part for part in range(len(self.labels)) if self.is_moment(part)]
        nearest = min(moments, key=lambda part: self.distance_s(part, time_s), default=None)
        return nearest if nearest is not None and self.distance_s(nearest, time_s) <= _NEAR_S else None

    def text(self, part: int) -> str:
        """The part in words."""
        if self.is_moment(part):
            return f"{self.starts_s[part]:g} s"
        return f"{self.starts_s[part]:g} to {self.ends_s[part]:g} s"


def labelled_videos(table: Any, root: str | os.PathLike[str] | None) -> list[LabelledVideo]:
    """The videos of a table of times, in its order.

    Raises
    ------
    InvalidInputError
        If columns are missing, a label or time is not a number, or parts of a video overlap; the message names the row.
    """
    import pandas as pd

    if not isinstance(table, pd.DataFrame):
        raise InvalidInputError(
            f"table is a {type(table).__name__}; pass a data frame with the columns video and label"
        )
    missing = [column for column in ("video", "label") if column not in table.columns]
    if missing or table.empty:
        raise InvalidInputError(
            f"table has no column {missing[0]!r}, only {list(table.columns)}" if missing else "table is empty"
        )
    starts, ends = _times(table)
    labels = _numbers(table, "label")
    if not np.isin(labels, (-1, 0, 1)).all():
        row = int(np.argmin(np.isin(labels, (-1, 0, 1))))
        raise InvalidInputError(f"table row {row} has the label {labels[row]:g}; 1 is a fall, 0 none, −1 undecided")
    rows_of: dict[str, list[int]] = {}
    for row, video in enumerate(table["video"]):
        if not isinstance(video, (str, os.PathLike)) or not os.fspath(video):
            raise InvalidInputError(f"table row {row} has the video {video!r}; name a file")
        rows_of.setdefault(str(video), []).append(row)
    names = _folder_names(list(rows_of))
    videos = []
    for video, rows in rows_of.items():
        _check_apart(video, rows, starts, ends)
        parts = [{"label": int(labels[row]), **_copied(table, row, Path(video).stem)} for row in rows]
        path = Path(video) if root is None else Path(root, video)
        videos.append(
            LabelledVideo(path, names[video], parts, [float(starts[r]) for r in rows], [float(ends[r]) for r in rows])
        )
    return videos


def _times(table: pd.DataFrame) -> tuple[FloatArray, FloatArray]:
    """Start and end of each row in seconds."""
    if "time_s" in table.columns:
        if {"start_s", "end_s"} & set(table.columns):
            raise InvalidInputError("table has time_s beside start_s or end_s; give moments or parts, not both")
        moments = _numbers(table, "time_s")
        return moments, moments
    starts = np.nan_to_num(_numbers(table, "start_s", default=0.0), nan=0.0)
    ends = _numbers(table, "end_s", default=math.inf)
    ends = np.where(np.isnan(ends), math.inf, ends)
    wrong = (starts < 0) | (ends <= starts)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise InvalidInputError(
            f"table row {row} is from {starts[row]:g} to {ends[row]:g} s; a part starts at 0 s or later and ends later"
        )
    return starts, ends


def _numbers(table: pd.DataFrame, column: str, *, default: float | None = None) -> Any:
    if column not in table.columns and default is not None:
        return np.full(len(table), default)
    try:
        values = table[column].to_numpy(np.float64, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise InvalidInputError(f"table column {column!r} holds something that is not a number ({error})") from error
    if default is None and not np.isfinite(values).all():
        row = int(np.argmin(np.isfinite(values)))
        raise InvalidInputError(f"table row {row} has the {column} {values[row]}; it must be a finite number")
    return values


def _check_apart(video: str, rows: list[int], starts: Any, ends: Any) -> None:
    order = sorted(rows, key=lambda row: (starts[row], ends[row]))
    for first, second in pairwise(order):
        same_moment = starts[first] == starts[second]
        if starts[second] < ends[first] or (same_moment and ends[first] == ends[second]):
            raise InvalidInputError(
                f"table rows {first} and {second} are parts of {video} that overlap; a frame can have one label only"
            )


def _copied(table: pd.DataFrame, row: int, name: str) -> dict[str, Any]:
    return {column: table[column].iloc[row] if column in table.columns else name for column in _COPIED}


def _folder_names(videos: list[str]) -> dict[str, str]:
    """A folder's name for each video: its own without the extension; with its folders where that is not unique."""
    stems = [re.sub(r"[^\w.-]+", "_", Path(video).stem) or "video" for video in videos]
    names: dict[str, str] = {}
    for video, stem in zip(videos, stems, strict=True):
        name = (
            stem if stems.count(stem) == 1 else re.sub(r"[^\w.-]+", "_", str(Path(video).with_suffix(""))).strip("_.")
        )
        while name in names.values():
            name += "_"
        names[video] = name
    return names
