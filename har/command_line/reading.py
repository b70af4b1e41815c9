"""What the options say about the data: recordings, their units, the people in them, and their windows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import har
from common.command_line.options import listed
from common.command_line.running import WrongUsageError
from common.errors import InvalidInputError
from har.command_line import options

if TYPE_CHECKING:
    from har.recordings import Recordings
    from har.windows import Windows

_PATTERN = "re:"


@dataclass(frozen=True)
class Source:
    """Where samples are, and what their columns mean."""

    files: options.Files
    channels: options.Channels
    label: options.Label
    time: options.Time = None
    subject: options.Subject = None
    recording: options.Recording = None
    units: options.Units = None
    rate_hz: options.RateHz = None
    time_unit: options.TimeUnit = None

    def read(self) -> Recordings:
        """The recordings."""
        if self.time is None and self.rate_hz is None:
            raise WrongUsageError("--time is missing: name the column of time stamps, or say --rate-hz")
        return har.Recordings.from_csv(
            self.files,
            time=self.time,
            channels=listed(self.channels),
            label=column_or_pattern(self.label, "--label"),
            subject=None if self.subject is None else column_or_pattern(self.subject, "--subject"),
            recording=None if self.recording is None else column_or_pattern(self.recording, "--recording"),
            rate_hz=self.rate_hz,
            units=units_of(self.units),
            time_unit=self.time_unit,
        )


@dataclass(frozen=True)
class Cutting:
    """How windows are cut from recordings."""

    window_s: options.WindowS = 2.56
    overlap: options.Overlap = 0.5
    at_peak: options.AtPeak = False

    def windows(self, recordings: Recordings) -> Windows:
        """Windows of the recordings."""
        if self.at_peak:
            return har.segment_at_peak(recordings, window_s=self.window_s)
        return har.segment(recordings, window_s=self.window_s, overlap=self.overlap)


def column_or_pattern(value: str, option: str) -> str | re.Pattern[str]:
    """A column; or, of ``re:PATTERN``, the pattern, which is searched in the names of files.

    Examples
    --------
    >>> column_or_pattern("who", "--subject"), column_or_pattern(r"re:subject(\\d+)", "--subject")
    ('who', re.compile('subject(\\\\d+)'))
    """
    if not value.startswith(_PATTERN):
        return value
    try:
        return re.compile(value.removeprefix(_PATTERN))
    except re.error as error:
        raise InvalidInputError(f"{option} is {value!r}, which is no regular expression: {error}") from error


def units_of(values: Sequence[str] | None) -> Any:
    """Units as :meth:`har.Recordings.from_csv` takes them.

    Examples
    --------
    >>> units_of(["g"]), units_of(["m/s²:g"]), units_of(["ax=g", "wx=rad/s:deg/s"])
    ('g', ('m/s²', 'g'), {'ax': 'g', 'wx': ('rad/s', 'deg/s')})
    """
    if not values:
        return None
    named = {name.strip(): unit for name, mark, unit in (value.partition("=") for value in values) if mark}
    if not named and len(values) == 1:
        return _unit(values[0])
    if len(named) != len(values):
        raise InvalidInputError(
            f"--units is {', '.join(values)}: say one unit for all columns, or one for each by its name, such as ax=g"
        )
    return {name: _unit(unit) for name, unit in named.items()}


def _unit(text: str) -> str | tuple[str, str]:
    source, mark, target = text.partition(":")
    return (source.strip(), target.strip()) if mark else text.strip()


def positive_of(labels: Sequence[Any], positive: str | None) -> Any:
    """The label that ``--positive`` means, in the type that labels have; None without it."""
    if positive is None:
        return None
    for label in labels:
        if str(label) == positive:
            return label
    raise InvalidInputError(f"--positive is {positive!r}, but the labels are {', '.join(map(str, labels))}")
