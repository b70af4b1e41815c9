"""Tables of the fusion on simulated residents, for people and for programs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.table import Table

from common import EventScore, precision_at
from common.evaluation.rates import FALLS_PER_BED_AND_DAY
from common.tables import ABSENT
from examples.fusion_days import ObservedDay
from examples.fusion_decisions import MAX_FALSE_ALARMS_PER_MOVEMENT_HOUR, Result
from examples.terminal import console

_FEWEST_FALLS = 20
_COLUMNS = ("found", "95%", "a day", "an h", "bound", "delay", "real", "ECE")


def results_table(results: Mapping[str, Result], calibration_errors: Mapping[str, float]) -> pd.DataFrame:
    """A row for each decision rule or baseline."""
    return pd.DataFrame(
        {
            "decided by": name,
            "falls": result.total.n_falls,
            "falls found": result.total.sensitivity,
            "95% by resident": f"{result.intervals.sensitivity}",
            "false alarms": result.total.n_false_alarms,
            "false alarms a day": result.total.false_alarms_per_day,
            "95% a day": f"{result.total.false_alarm_interval}",
            "a day, 95% by resident": f"{result.intervals.false_alarms_per_day}",
            "hours of movement": result.total.movement_hours,
            "false alarms an hour of movement": result.total.false_alarms_per_movement_hour,
            "95% an hour": f"{result.total.false_alarm_interval_per_movement_hour}",
            "an hour, 95% by resident": f"{result.intervals.false_alarms_per_movement_hour}",
            "at most an hour": result.total.false_alarm_bound_per_movement_hour,
            "delay [s]": result.total.median_delay_s,
            "precision at 1.5 falls a bed and year": result.total.precision(FALLS_PER_BED_AND_DAY),
            "ECE": calibration_errors.get(name, np.nan),
        }
        for name, result in results.items()
    )


def print_results(
    results: Mapping[str, Result], table: pd.DataFrame, test: Sequence[ObservedDay], *, bold: str
) -> None:
    """Print what fits 80 columns of the table, with the notes needed to read it."""
    total = results[bold].total
    console.print(
        f"[bold]Simulated[/]: {total.n_falls} falls in {total.resident_days:.1f} days of {len(test)} residents with "
        f"{total.movement_hours:.1f} h of movement, in unseen rooms; no real day was watched.",
        highlight=False,
    )
    printed = Table(box=SIMPLE_HEAD, pad_edge=False, padding=0)
    printed.add_column("decided by", no_wrap=True)
    for column in _COLUMNS:
        printed.add_column(column, justify="right", no_wrap=True)
    for (name, result), error in zip(results.items(), table["ECE"], strict=True):
        printed.add_row(name, *_cells(result, error), style="bold" if name == bold else None)
    console.print(printed)
    console.print(
        "found: falls for which an alarm came in time; 95%: by resident. a day, an h: false alarms a resident-day and "
        "an hour of movement; bound: of the latter, one-sided, 95%, as if they came independently. delay: median, in "
        "seconds after the impact. real: share of the alarms that would be falls at 1.5 falls a bed and year (>: by "
        "the bound of false alarms, where there was none). ECE: calibration error in the seconds in which evidence "
        "changes. Each threshold was chosen on other residents: the most sensitive with at most "
        f"{MAX_FALSE_ALARMS_PER_MOVEMENT_HOUR:g} false alarms an hour of movement, with 95% confidence. With lost "
        "samples, or a sensor missing, the fusion keeps its threshold.",
        style="dim",
        highlight=False,
    )


def _cells(result: Result, error: float) -> list[str]:
    score = result.total
    interval = result.intervals.sensitivity
    is_known = score.n_falls >= _FEWEST_FALLS and not math.isnan(interval.low)
    return [
        _share_found(score),
        f"{interval.low:.3f}–{interval.high:.3f}" if is_known else ABSENT,
        _number(score.false_alarms_per_day, 2),
        _number(score.false_alarms_per_movement_hour, 2),
        _number(score.false_alarm_bound_per_movement_hour, 2),
        _number(score.median_delay_s, 1),
        _precision(score),
        _number(error, 3),
    ]


def _share_found(score: EventScore) -> str:
    """A share, or a count where falls are so few that a share would promise more than is known."""
    if 0 < score.n_falls < _FEWEST_FALLS:
        return f"{score.n_detected} of {score.n_falls}"
    return _number(score.sensitivity, 3)


def _number(value: float, digits: int) -> str:
    """Without decimals from 100 on, such as the rates of a few busy hours."""
    if not math.isfinite(value):
        return ABSENT
    return f"{value:.{digits}f}" if value < 100 else f"{value:.0f}"


def _precision(score: EventScore) -> str:
    """At a real rate of falls; without any false alarm, what the bound of their rate leaves."""
    if not score.n_detected:
        return ABSENT
    if score.n_false_alarms:
        return f"{score.precision(FALLS_PER_BED_AND_DAY):.1%}"
    least = precision_at(score.sensitivity, score.false_alarm_bound, falls_per_day=FALLS_PER_BED_AND_DAY)
    return f">{least:.1%}"


def print_energy(table: pd.DataFrame) -> None:
    """Print the energy of a day for each use of the camera."""
    printed = Table(box=SIMPLE_HEAD, pad_edge=False)
    printed.add_column("energy of a day", no_wrap=True)
    for column in ("frames", "camera", "wearable", "found", "an h"):
        printed.add_column(column, justify="right", no_wrap=True)
    for name, frames, camera_j, wearable_j, found, alarms in table.itertuples(index=False):
        cells = [f"{frames:,.0f}", f"{camera_j:,.0f} J", f"{wearable_j:,.0f} J", _number(found, 3), _number(alarms, 2)]
        printed.add_row(name, *cells)
    console.print(printed)
    console.print(f"Estimates, computing only: {table.attrs['estimates']}.", style="dim", highlight=False)


def counts_table(results: Mapping[str, Result]) -> pd.DataFrame:
    """What happened on a few days, in counts: rates of so few falls and hours would say nothing."""
    return pd.DataFrame(
        {
            "decided by": name,
            "falls found": f"{result.total.n_detected} of {result.total.n_falls}",
            "missed": result.total.n_falls - result.total.n_detected,
            "false alarms": result.total.n_false_alarms,
            "hours of movement": result.total.movement_hours,
        }
        for name, result in results.items()
    )


def print_counts(results: Mapping[str, Result]) -> None:
    """Print the counts of a few days."""
    total = next(iter(results.values())).total
    console.print(
        f"[bold]Simulated[/]: {total.n_falls} falls in {total.resident_days:.1f} days with "
        f"{total.movement_hours:.1f} h of movement. These are counts, not rates: `make results` judges 30 days.",
        highlight=False,
    )
    printed = Table(box=SIMPLE_HEAD, pad_edge=False)
    printed.add_column("decided by", no_wrap=True)
    for column in ("falls found", "missed", "false alarms"):
        printed.add_column(column, justify="right", no_wrap=True)
    for name, found, missed, false_alarms, _ in counts_table(results).itertuples(index=False):
        printed.add_row(name, found, str(missed), str(false_alarms))
    console.print(printed)
