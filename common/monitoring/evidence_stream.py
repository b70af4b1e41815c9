"""Evidence of recorded reports, as the monitor would have had it: for fitting a fusion and choosing thresholds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from common.alarms.policy import AlarmPolicy
from common.monitoring.arrivals import TimedReport, arrivals_by_tick
from common.monitoring.room_evidence import RoomEvidence, SensorEvidence
from common.validation import check_sample_times

if TYPE_CHECKING:
    import pandas as pd


def stream_evidence(
    sensors: Mapping[str, SensorEvidence],
    reports: Iterable[TimedReport],
    times: npt.ArrayLike,
    *,
    silence_s: float = AlarmPolicy.silence_s,
) -> pd.DataFrame:
    """The probability of a fall by each sensor at each time, by the same objects as in :class:`common.RoomMonitor`.

    Parameters
    ----------
    sensors : mapping of str to HeldImpacts or RecentFrames
        Taken as settings: what they have heard is not.
    reports : iterable of (time_s, sensor, report)
        In the order in which they arrive.
    times : array-like of shape (n,)
        Increasing, in seconds: the ticks of the monitor.
    silence_s : float
        Of the alarm's policy.

    Returns
    -------
    pandas.DataFrame
        A row for each time, which is the index; a column for each sensor; NaN where it cannot say.

    Raises
    ------
    InvalidInputError
        If the times do not increase, or a report is not of its sensor's kind.

    Examples
    --------
    >>> from common import HeldImpacts, WornReport
    >>> reports = [(1.0, "worn", WornReport(0.1)), (2.0, "worn", WornReport(0.9))]
    >>> stream_evidence({"worn": HeldImpacts()}, reports, [1, 2, 5, 6])
            worn
    time_s
    1.0      0.1
    2.0      0.9
    5.0      0.9
    6.0      NaN
    """
    import pandas as pd

    ticks = check_sample_times(times, "times", n=int(np.size(times))).tolist()
    evidence = RoomEvidence(sensors, silence_s=silence_s)
    rows = []
    for now_s, arrived in arrivals_by_tick(reports, ticks):
        for time_s, sensor, report in arrived:
            evidence.hear(sensor, time_s, report)
        evidence.tick(now_s)
        rows.append(list(evidence.at(now_s).values()))
    index = pd.Index(ticks, name="time_s", dtype=np.float64)
    return pd.DataFrame(rows, index=index, columns=list(sensors), dtype=np.float64)
