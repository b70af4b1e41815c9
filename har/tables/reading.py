"""Recordings from a table of samples: columns, time stamps, one clock, runs of one label."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from numbers import Integral
from typing import Any

import numpy as np
import numpy.typing as npt

from common.errors import FrugalWarning, InvalidInputError
from common.validation import FloatArray, IntArray, check_number
from har.tables.categories import as_categories
from har.tables.columns import Table, is_missing
from har.tables.report import ImportReport
from har.tables.sources import Source, clock_rate, rows_of_recordings, sources_of, stretches_of
from har.tables.stamps import Stamps, read_stamps
from har.tables.units import check_rest, plan_channels

UNLABELLED = "unlabelled"
#: No sensor of human movement is faster.
_FASTEST_HZ = 20_000.0


@dataclass(frozen=True)
class Run:
    """Samples on the clock, of one subject and one label."""

    values: FloatArray
    label: Any
    subject: Any


@dataclass(frozen=True)
class TableRecordings:
    """The parts of :class:`har.Recordings`."""

    runs: list[Run]
    rate_hz: float
    channels: tuple[str, ...]
    report: ImportReport


def read_table(
    frame: Any,
    *,
    time: str | None,
    channels: Sequence[str],
    label: str | None,
    subject: str | None,
    recording: str | None,
    rate_hz: float | None,
    max_gap_s: float,
    units: Any,
    time_unit: str | None,
    ignore_labels: Iterable[Any],
    n_broken_lines: int = 0,
) -> TableRecordings:
    """See :meth:`har.Recordings.from_frame`."""
    max_gap_s = check_number(max_gap_s, "max_gap_s", at_least=0)
    rate_hz = None if rate_hz is None else check_number(rate_hz, "rate_hz", above=0)
    ignored = _as_list(ignore_labels, label)
    table = Table(frame)
    names = _channel_names(channels)
    planned = plan_channels([str(name) for name in names], units)
    values = table.numbers(names, "channels") * np.array([channel.factor for channel in planned])
    _check_roles(names, time=time, label=label, subject=subject, recording=recording)
    labels = None if label is None else as_categories(table.column(label, "label"), label, "label")
    subjects, recordings = _names_of(table, subject, "subject"), _names_of(table, recording, "recording")
    rows = rows_of_recordings(subjects, recordings)
    stamps = _stamps(table, time, time_unit, rate_hz, rows)
    counts: Counter[str] = Counter()
    seconds = None if stamps is None else stamps.seconds
    sources = sources_of(seconds, values, subjects, recordings, rows, rate_hz, counts)
    if stamps is not None and stamps.unit in ("dates", "durations"):
        _check_not_from_numbers(sources, str(time))
    clock_hz = clock_rate(sources, rate_hz)

    runs = []
    for source in sources:
        for stretch in stretches_of(source, clock_hz, max_gap_s, counts):
            for run in _runs(stretch.values, None if labels is None else labels[stretch.rows], source.subject):
                if len(run.values) < 2:
                    counts["n_short"] += 1
                elif not is_missing(run.label) and run.label not in ignored:
                    runs.append(run)
    if not runs:
        raise InvalidInputError("frame: no run of two samples is left; check max_gap_s, label and ignore_labels")
    row_labels = [] if labels is None else labels.tolist()
    _warn_of_lost_labels(row_labels, {run.label for run in runs}, ignored)
    _warn_of_lost_subjects(set(subjects.tolist()), {run.subject for run in runs})
    report = ImportReport(
        n_rows=table.n_rows,
        n_samples=sum(len(run.values) for run in runs),
        n_recordings=len(runs),
        n_subjects=len({str(run.subject) for run in runs}),
        time_unit="none" if stamps is None else stamps.unit,
        source_hz=float(np.median([source.rate_hz for source in sources])),
        rate_hz=clock_hz,
        n_without_time=0 if stamps is None else int(np.isnan(stamps.seconds).sum()),
        n_without_label=sum(map(is_missing, row_labels)),
        n_ignored=sum(entry in ignored for entry in row_labels),
        rest_g=check_rest([run.values for run in runs], planned, clock_hz),
        n_broken_lines=n_broken_lines,
        **counts,
    )
    return TableRecordings(runs, clock_hz, tuple(channel.name for channel in planned), report)


def _channel_names(channels: Any) -> list[str]:
    if isinstance(channels, str) or not isinstance(channels, Iterable):
        raise InvalidInputError(f"channels is {channels!r}; pass a list of column names, such as ['ax', 'ay', 'az']")
    if isinstance(channels, (Set, Mapping)):
        raise InvalidInputError(f"channels is {channels!r}, which has no order; pass a list")
    names = list(channels)
    if not all(isinstance(name, (str, Integral)) for name in names):
        raise InvalidInputError(f"channels is {channels!r}; names of columns must be text or integers: rename others")
    if not names or len(set(names)) < len(names):
        raise InvalidInputError(f"channels is {channels!r}; pass one or more different columns")
    return names


def _check_roles(channels: list[str], **roles: str | None) -> None:
    """Refuse the columns of time, labels and subjects as channels: a classifier must not learn from them."""
    for argument, column in roles.items():
        if column is not None and column in channels:
            raise InvalidInputError(f"channels holds {column!r}, which is the column of {argument}: leave it out")


def _as_list(ignore_labels: Any, label: Any) -> list[Any]:
    if isinstance(ignore_labels, str) or not isinstance(ignore_labels, Iterable):
        raise InvalidInputError(f"ignore_labels is {ignore_labels!r}; pass a list, such as [{ignore_labels!r}]")
    ignored = list(ignore_labels)
    if ignored and label is None:
        raise InvalidInputError(f"ignore_labels is {ignore_labels!r}, but label is None: name the column of labels")
    return ignored


def _warn_of_lost_labels(row_labels: list[Any], used: set[Any], ignored: list[Any]) -> None:
    """Warn about labels to ignore that do not occur, and labels of which no sample is left."""
    given = {entry for entry in row_labels if entry is not None}
    for names, problem in (
        ([name for name in ignored if name not in given], "are in ignore_labels, but in no row"),
        (sorted(given - used - set(ignored), key=str), "have no two consecutive samples, and are left out"),
    ):
        if names:
            warnings.warn(f"labels {', '.join(map(repr, names))} {problem}", FrugalWarning, stacklevel=4)


def _warn_of_lost_subjects(given: set[Any], used: set[Any]) -> None:
    if given - used:
        names = ", ".join(map(repr, sorted(given - used, key=str)))
        warnings.warn(f"subjects {names} have no samples left: see report", FrugalWarning, stacklevel=4)


def _stamps(
    table: Table, time: str | None, time_unit: str | None, rate_hz: float | None, rows: list[IntArray]
) -> Stamps | None:
    if time is not None:
        recordings = np.empty(table.n_rows, dtype=np.int64)
        for number, indices in enumerate(rows):
            recordings[indices] = number
        return read_stamps(table.column(time, "time"), str(time), time_unit, recordings, rate_hz)
    if rate_hz is None:
        raise InvalidInputError("time is None: pass rate_hz, the samples per second, or name the column of time stamps")
    return None


def _check_not_from_numbers(sources: list[Source], time: str) -> None:
    """Refuse dates that were made from milliseconds without naming the unit: pandas takes them for nanoseconds."""
    fastest = max(source.rate_hz for source in sources)
    if fastest > _FASTEST_HZ:
        raise InvalidInputError(
            f"time column {time!r} has steps of {1e9 / fastest:.3g} ns: if it was made from numbers, name their unit: "
            "pandas.to_datetime(..., unit='ms')"
        )


def _names_of(table: Table, column: str | None, argument: str) -> npt.NDArray[Any]:
    """Subjects or recordings, one per row; without a column, all rows belong to one."""
    if column is None:
        return np.zeros(table.n_rows, dtype=np.int64)
    names = as_categories(table.column(column, argument), column, argument)
    missing = [row for row, name in enumerate(names.tolist()) if is_missing(name)]
    if missing:
        raise InvalidInputError(
            f"column {column!r} ({argument}) is empty in {len(missing)} rows, the first is row {missing[0]}: "
            "remove these rows, or fill them in"
        )
    return names


def _runs(values: FloatArray, labels: npt.NDArray[Any] | None, subject: Any) -> Iterator[Run]:
    if labels is None:
        yield Run(values, UNLABELLED, subject)
        return
    entries = labels.tolist()
    start = 0
    for stop in range(1, len(entries) + 1):
        if stop == len(entries) or not _same(entries[stop], entries[start]):
            yield Run(values[start:stop], entries[start], subject)
            start = stop


def _same(one: Any, other: Any) -> bool:
    return bool(one == other) or (is_missing(one) and is_missing(other))
