"""Samples of a text file or a pipe, one by one as their lines come."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from common.errors import InvalidInputError
from har.tables.units import bare_name, plan_channels

_SECONDS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}
_SEPARATORS = ("\t", ";", ",")


@dataclass(frozen=True)
class Sample:
    """One line: its measurements, NaN where nothing was measured, and its time if there is a column of it."""

    values: list[float]
    time_s: float | None


@dataclass(frozen=True)
class _Columns:
    """Where the measurements and the time stand in a line, and by how much they are multiplied."""

    channels: list[tuple[int, float]]
    time: int | None
    time_factor: float
    separator: str


def samples(
    lines: Iterable[str], channels: Sequence[str], *, time: str | None, time_unit: str | None, units: Any
) -> Iterator[Sample]:
    """The samples below a header.

    Parameters
    ----------
    lines : iterable of str
        The first one that is neither empty nor a comment (``#``) is the header.
    channels : sequence of str
        What a model was trained on, such as "ax [g]". A column fits if it has this name, or the name without the unit
        and is in that unit by ``units``.
    time : str or None
        Column of time stamps: numbers, or dates in ISO 8601.
    time_unit : {"s", "ms", "us", "ns"} or None
        Unit of numeric stamps; None means seconds.
    units
        As for :func:`har.tables.units.plan_channels`.

    Raises
    ------
    InvalidInputError
        For a missing column, another unit, and entries that are not numbers; the message names the line.
    """
    numbered = ((number, line) for number, line in enumerate(lines, start=1) if _has_content(line))
    header = next(numbered, None)
    if header is None:
        raise InvalidInputError("the data hold no line: the first one must name the columns")
    columns = _columns(header[1], channels, time=time, time_unit=time_unit, units=units)
    for number, line in numbered:
        yield _sample(number, line, columns)


def _has_content(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _columns(header: str, channels: Sequence[str], *, time: str | None, time_unit: str | None, units: Any) -> _Columns:
    separator = max(_SEPARATORS, key=header.count)
    names = _fields(header, separator)
    found = [_column_for(channel, names) for channel in channels]
    planned = plan_channels([names[index] for index in found], units)
    for channel, plan in zip(channels, planned, strict=True):
        if plan.name != channel:
            raise InvalidInputError(
                f"the column {plan.name!r} is not what the model was trained on, {channel!r}: say its unit by --units, "
                "such as g, or m/s²:g to convert it"
            )
    if time is not None and time not in names:
        raise InvalidInputError(f"--time is {time!r}, but the columns are {', '.join(names)}")
    unit = "s" if time_unit is None else time_unit
    if unit not in _SECONDS:
        raise InvalidInputError(f"--time-unit is {time_unit!r}; it is one of {', '.join(_SECONDS)}")
    positions = [(index, plan.factor) for index, plan in zip(found, planned, strict=True)]
    return _Columns(positions, None if time is None else names.index(time), _SECONDS[unit], separator)


def _column_for(channel: str, names: list[str]) -> int:
    if channel in names:
        return names.index(channel)
    fitting = [index for index, name in enumerate(names) if bare_name(name) == bare_name(channel)]
    if len(fitting) != 1:
        raise InvalidInputError(
            f"the model was trained on {channel!r}, but {'several' if fitting else 'none'} of the columns "
            f"{', '.join(names)} fit: name one of them so"
        )
    return fitting[0]


def _sample(number: int, line: str, columns: _Columns) -> Sample:
    fields = _fields(line, columns.separator)
    last = max(index for index, _ in columns.channels)
    if columns.time is not None:
        last = max(last, columns.time)
    if len(fields) <= last:
        raise InvalidInputError(f"line {number} has {len(fields)} columns; {last + 1} are needed")
    values = [factor * _number(fields[index], number, columns.separator) for index, factor in columns.channels]
    if columns.time is None:
        return Sample(values, None)
    return Sample(values, _time(fields[columns.time], number, columns))


def _fields(line: str, separator: str) -> list[str]:
    return [field.strip() for field in next(csv.reader([line.rstrip("\r\n")], delimiter=separator))]


def _number(text: str, line: int, separator: str) -> float:
    if not text:
        return math.nan
    try:
        return float(text.replace(",", ".") if separator != "," else text)
    except ValueError as error:
        raise InvalidInputError(f"line {line} holds {text!r}, which is not a number") from error


def _time(text: str, line: int, columns: _Columns) -> float:
    try:
        return columns.time_factor * float(text.replace(",", ".") if columns.separator != "," else text)
    except ValueError:
        pass
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError as error:
        raise InvalidInputError(f"line {line} has the time {text!r}, which is neither a number nor a date") from error
