"""Recordings of a worn sensor: signals of different lengths, with activity and subject."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.validation import FloatArray
from har.tables.parts import (
    check_indices,
    check_names,
    check_signals,
    column_indices,
    count_labels,
    format_length,
    rate_and_channels,
    store_checked,
)

if TYPE_CHECKING:
    import pandas as pd

    from har.tables.report import ImportReport


# eq=False: comparing arrays gives no single answer, so only identical objects are equal.
@dataclass(frozen=True, eq=False)
class Recordings:
    """Signals of different lengths, with the activity and the subject of each.

    Parameters
    ----------
    signals : sequence of ndarray of shape (n_samples, n_channels)
        NaN marks missing samples. The columns of a data frame are taken by the names in ``channels``.
    y : array-like of shape (n_recordings,)
        Activities.
    groups : array-like of shape (n_recordings,)
        Subjects.
    rate_hz : float
        Samples per second.
    channels : sequence of str
        Distinct names, with the unit where it is known.
    report : ImportReport, optional
        What was found and repaired in a table, from :meth:`from_frame` and :meth:`from_csv`.

    Raises
    ------
    InvalidInputError
        If the parts do not fit together.

    Examples
    --------
    >>> walk = Recordings([np.zeros((100, 3))], ["walk"], [7], 50, ["ax [g]", "ay [g]", "az [g]"])
    >>> walk
    Recordings(1 of 1 subject, 1 activity, 2 s at 50 Hz, channels ax [g], ay [g], az [g])
    >>> walk.select(["az [g]"]).signals[0].shape
    (100, 1)
    >>> walk.subset([0]).summary().to_dict("records")
    [{'activity': 'walk', 'subject': 7, 'seconds': 2.0}]
    """

    signals: Sequence[FloatArray]
    y: npt.NDArray[Any]
    groups: npt.NDArray[Any]
    rate_hz: float
    channels: tuple[str, ...]
    report: ImportReport | None = None

    def __post_init__(self) -> None:
        channels = check_names(self.channels)
        signals = check_signals(self.signals, channels)
        store_checked(self, "signals", len(signals), signals=signals, channels=channels)

    @classmethod
    def from_frame(
        cls,
        frame: Any,
        *,
        time: str | None,
        channels: Sequence[str],
        label: str | None = None,
        subject: str | None = None,
        recording: str | None = None,
        rate_hz: float | None = None,
        max_gap_s: float = 0.2,
        units: Any = None,
        time_unit: str | None = None,
        ignore_labels: Iterable[Any] = (),
    ) -> Self:
        """Recordings from a table with one row per sample.

        Rows are sorted by time, rows with the same stamp are averaged, and bunched stamps are smoothed. All rows are
        then resampled to one regular clock: by a filter if it is slower than the samples, otherwise by linear
        interpolation; samples on the clock stay unchanged, bit for bit. Gaps of up to ``max_gap_s`` are interpolated;
        a longer gap ends a recording, and no window spans it. ``report`` counts all of this.

        Parameters
        ----------
        frame : pandas or polars data frame
        time : str or None
            Column of time stamps: dates (with zones or in UTC), ISO 8601 text, durations, or numbers. None if rows are
            evenly spaced, at ``rate_hz``.
        channels : sequence of str
            Columns of measurements.
        label : str, optional
            Column of activities. Each run of one label is a recording; rows without a label are left out.
        subject, recording : str, optional
            Columns of who wore the sensor, and of names or numbers that distinguish recordings.
        rate_hz : float, optional
            Samples per second of the clock; by default the rate of the samples.
        max_gap_s : float, default 0.2
            Longer gaps are not interpolated.
        units : str, or mapping of channel to unit, optional
            ``"g"``: the column is in g. ``("m/s²", "g")``: it is converted. ``(1 / 256, "g")``: it is multiplied.
            Three axes of acceleration are checked against gravity: at rest they measure 1 g.
        time_unit : {"s", "ms", "us", "ns"}, optional
            Unit of numeric stamps, if it cannot be inferred from their size and steps.
        ignore_labels : iterable, optional
            Labels to leave out, such as those of transitions.

        Raises
        ------
        InvalidInputError
            For entries that are not numbers or times, time that starts again within a recording, units that contradict
            gravity, and ambiguous data; the message names the column and, where it applies, the row.

        Examples
        --------
        >>> import pandas as pd
        >>> frame = pd.DataFrame({"ms": [0, 20, 40, 60, 80], "ax": [0.0, 1, 2, 3, 4], "does": list("sssww")})
        >>> Recordings.from_frame(frame, time="ms", channels=["ax"], label="does", units="g")
        Recordings(2 of 1 subject, 2 activities, 0 s at 50 Hz, channels ax [g])
        """
        from har.tables.reading import read_table

        return cls._from_table(
            read_table(
                frame,
                time=time,
                channels=channels,
                label=label,
                subject=subject,
                recording=recording,
                rate_hz=rate_hz,
                max_gap_s=max_gap_s,
                units=units,
                time_unit=time_unit,
                ignore_labels=ignore_labels,
            )
        )

    @classmethod
    def from_csv(
        cls,
        paths: Any,
        *,
        time: Any,
        channels: Sequence[Any],
        label: Any = None,
        subject: Any = None,
        recording: Any = None,
        rate_hz: float | None = None,
        max_gap_s: float = 0.2,
        units: Any = None,
        time_unit: str | None = None,
        ignore_labels: Iterable[Any] = (),
        **read_csv: Any,
    ) -> Self:
        """Recordings from text files with one line per sample; each file holds one or more recordings.

        Encoding (by its mark, UTF-8, or Windows), separator, decimal commas and comment lines are detected; an
        incomplete last line is left out and counted.

        Parameters
        ----------
        paths : path, pattern, folder, or a list of these
        time, channels, label, subject, recording, rate_hz, max_gap_s, units, time_unit, ignore_labels
            As for :meth:`from_frame`. In files without a header, columns are numbered from 0. ``label``, ``subject``
            and ``recording`` may be compiled patterns, which are searched in the file's path:
            ``subject=re.compile(r"subject(\\d+)")``.
        **read_csv
            For :func:`pandas.read_csv`, such as ``sep`` or ``encoding``; they override what is detected.

        Raises
        ------
        InvalidInputError
            As for :meth:`from_frame`, and for files that cannot be read.

        Examples
        --------
        >>> import tempfile
        >>> from pathlib import Path
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     written = Path(folder, "subject7.csv").write_text("ms;ax\\n0;0,5\\n20;0,5\\n40;0,5\\n60;1,0\\n")
        ...     walk = Recordings.from_csv(folder, time="ms", channels=["ax"], rate_hz=50, time_unit="ms")
        >>> walk.signals[0].ravel().tolist()  # the semicolons and the decimal commas are detected
        [0.5, 0.5, 0.5, 1.0]
        """
        from har.tables.files import read_files
        from har.tables.reading import read_table

        table = read_files(
            paths, time=time, channels=channels, label=label, subject=subject, recording=recording, read_csv=read_csv
        )
        return cls._from_table(
            read_table(
                table.frame,
                time=table.time,
                channels=table.channels,
                label=table.label,
                subject=table.subject,
                recording=table.recording,
                rate_hz=rate_hz,
                max_gap_s=max_gap_s,
                units=units if not isinstance(units, dict) else {str(name): unit for name, unit in units.items()},
                time_unit=time_unit,
                ignore_labels=ignore_labels,
                n_broken_lines=table.n_broken_lines,
            )
        )

    @classmethod
    def _from_table(cls, table: Any) -> Self:
        return cls(
            signals=[run.values for run in table.runs],
            y=np.array([run.label for run in table.runs]),
            groups=np.array([run.subject for run in table.runs]),
            rate_hz=table.rate_hz,
            channels=table.channels,
            report=table.report,
        )

    def __len__(self) -> int:
        return len(self.signals)

    def __repr__(self) -> str:
        length = format_length(sum(map(len, self.signals)) / self.rate_hz)
        return f"Recordings({len(self)} of {count_labels(self)}, {length} at {rate_and_channels(self)})"

    def _repr_html_(self) -> str:
        """Tables for a notebook, with what the import counted, if there was one."""
        from har.tables.notebook import recordings_html

        return recordings_html(self)

    def subset(self, chosen: npt.ArrayLike) -> Self:
        """The recordings at these indices, or those where this mask is true.

        Parameters
        ----------
        chosen : array-like of int, or of bool and shape (n_recordings,)
        """
        indices = check_indices(chosen, len(self))
        signals = [self.signals[i] for i in indices]
        return replace(self, signals=signals, y=self.y[indices], groups=self.groups[indices])

    def select(self, channels: Sequence[str]) -> Self:
        """These channels only, in this order."""
        columns = column_indices(self.channels, channels)
        return replace(self, signals=[signal[:, columns] for signal in self.signals], channels=tuple(channels))

    def to_frame(self) -> pd.DataFrame:
        """One row per sample: ``time_s``, the channels, ``activity``, ``subject``, and the number of the ``recording``.

        The inverse of :meth:`from_frame`: read back with these columns and ``rate_hz``, the signals are the same bit
        for bit (as float64), unless samples are missing (NaN) or a recording has fewer than two.

        Raises
        ------
        InvalidInputError
            If a channel has the name of another column.

        Examples
        --------
        >>> walk = Recordings([np.ones((3, 1)), np.zeros((2, 1))], ["walk", "sit"], [7, 8], 50, ["ax [g]"])
        >>> frame = walk.to_frame()
        >>> frame.iloc[2].to_dict()
        {'time_s': 0.04, 'ax [g]': 1.0, 'activity': 'walk', 'subject': 7, 'recording': 0}
        >>> again = Recordings.from_frame(
        ...     frame,
        ...     time="time_s",
        ...     channels=["ax [g]"],
        ...     label="activity",
        ...     subject="subject",
        ...     recording="recording",
        ...     rate_hz=50,
        ... )
        >>> again.y.tolist(), again.groups.tolist(), again.channels
        (['walk', 'sit'], [7, 8], ('ax [g]',))
        """
        import pandas as pd

        others = ("time_s", "activity", "subject", "recording")
        clash = [name for name in self.channels if name in others]
        if clash:
            raise InvalidInputError(f"channels holds {clash[0]!r}, which is another column of the table: rename it")
        lengths = [len(signal) for signal in self.signals]
        samples = np.concatenate(self.signals)
        return pd.DataFrame(
            {
                "time_s": np.concatenate([np.arange(length) / self.rate_hz for length in lengths]),
                **dict(zip(self.channels, samples.T, strict=True)),
                "activity": np.repeat(self.y, lengths),
                "subject": np.repeat(self.groups, lengths),
                "recording": np.repeat(np.arange(len(self)), lengths),
            }
        )

    def summary(self) -> pd.DataFrame:
        """One row per recording: activity, subject, seconds."""
        import pandas as pd

        seconds = [len(signal) / self.rate_hz for signal in self.signals]
        return pd.DataFrame({"activity": self.y, "subject": self.groups, "seconds": seconds})
