"""Recordings and windows as HTML tables for a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from common.tables import html_table
from har.tables.parts import format_length

if TYPE_CHECKING:
    from har.recordings import Recordings
    from har.windows import Windows

#: More activities than this are counted but not listed.
MAX_ACTIVITIES = 30


def recordings_html(recordings: Recordings) -> str:
    """What the recordings hold, and below it what their import counted."""
    length = format_length(sum(map(len, recordings.signals)) / recordings.rate_hz)
    tables = [html_table(["Recordings", f"{len(recordings):,}"], _contents(recordings, "length", length))]
    if recordings.report is not None:
        tables.append(html_table(["Import", ""], recordings.report.rows()))
    return "\n".join(tables)


def windows_html(windows: Windows) -> str:
    """What the windows hold."""
    n_timesteps = windows.X.shape[1]
    length = f"{n_timesteps:,} samples ({n_timesteps / windows.rate_hz:.4g} s)"
    return html_table(["Windows", f"{len(windows):,}"], _contents(windows, "length of a window", length))


def _contents(data: Recordings | Windows, length_name: str, length: str) -> list[list[str]]:
    """Rows of name and value."""
    activities, counts = np.unique(data.y, return_counts=True)
    listed = zip(activities[:MAX_ACTIVITIES].tolist(), counts.tolist(), strict=False)
    names = [f"{activity} ({count:,})" for activity, count in listed]
    if len(activities) > MAX_ACTIVITIES:
        names.append(f"and {len(activities) - MAX_ACTIVITIES:,} more")
    return [
        ["subjects", f"{np.unique(data.groups).size:,}"],
        ["activities", ", ".join(names)],
        [length_name, length],
        ["rate", f"{data.rate_hz:g} Hz"],
        ["channels", ", ".join(data.channels)],
    ]
