"""The report of an import: what was done to a table, counted and printed."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class ImportReport:
    """Counts of what :meth:`har.Recordings.from_frame` read, repaired and left out.

    Attributes
    ----------
    n_rows : int
        Rows of the table.
    n_samples : int
        Samples in the recordings.
    n_recordings, n_subjects : int
    time_unit : str
        Unit or kind of the time stamps: "s", "ms", "us", "ns", "dates", "durations", or "none".
    source_hz, rate_hz : float
        Samples per second in the table, and on the clock of the recordings.
    n_without_time, n_without_label, n_ignored : int
        Rows left out: without a stamp, without a label, with a label of ``ignore_labels``.
    n_late, n_doubled : int
        Rows that came after a later one, and were sorted; rows averaged with others of the same stamp.
    n_bunched : int
        Recordings stamped in bunches, whose stamps were smoothed.
    n_unmeasured : int
        Rows in which nothing was measured, or a channel was missing for longer than ``max_gap_s``.
    n_bridged, n_holes : int
        Gaps that were interpolated, and longer ones, each of which ends a recording.
    n_short : int
        Pieces of less than two samples, left out.
    rest_g : float or None
        What the accelerometer measures at rest, if its unit is known.
    n_broken_lines : int
        Lines of text files that were left out: incomplete last ones.
    """

    n_rows: int
    n_samples: int
    n_recordings: int
    n_subjects: int
    time_unit: str
    source_hz: float
    rate_hz: float
    n_without_time: int = 0
    n_without_label: int = 0
    n_ignored: int = 0
    n_late: int = 0
    n_doubled: int = 0
    n_bunched: int = 0
    n_unmeasured: int = 0
    n_bridged: int = 0
    n_holes: int = 0
    n_short: int = 0
    rest_g: float | None = None
    n_broken_lines: int = 0

    def rows(self) -> list[tuple[str, str]]:
        """What was counted, and how many; without the counts that are zero."""
        texts = {
            "n_rows": "rows read",
            "n_samples": "samples kept",
            "n_recordings": "recordings",
            "n_subjects": "subjects",
            "time_unit": "time stamps in",
            "source_hz": "samples a second in the table",
            "rate_hz": "samples a second in the recordings",
            "n_without_time": "rows without a time stamp, left out",
            "n_without_label": "rows without a label, left out",
            "n_ignored": "rows with a label to be ignored, left out",
            "n_late": "rows out of order, sorted by time",
            "n_doubled": "rows with the stamp of another, averaged",
            "n_bunched": "recordings stamped in bunches, smoothed",
            "n_unmeasured": "rows in which a channel was missing for long, left out",
            "n_bridged": "gaps interpolated",
            "n_holes": "longer gaps, where a recording ends",
            "n_short": "pieces of less than two samples, left out",
            "rest_g": "acceleration at rest [g]",
            "n_broken_lines": "broken lines, left out",
        }
        always = {"n_rows", "n_samples", "n_recordings", "n_subjects", "time_unit", "source_hz", "rate_hz"}
        rows = []
        for field in fields(self):
            value = getattr(self, field.name)
            if value or field.name in always:
                rows.append((texts[field.name], f"{value:,}" if isinstance(value, int) else _short(value)))
        return rows

    def __str__(self) -> str:
        rows = self.rows()
        width = max(len(text) for text, _ in rows)
        digits = max(len(value) for _, value in rows)
        return "\n".join(f"{text:<{width}}  {value:>{digits}}" for text, value in rows)


def _short(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.4g}"
