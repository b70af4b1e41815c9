"""Tables of the fusion on simulated residents, for people and for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.table import Table

from common import EventScore
from examples.fusion_days import ObservedDay
from examples.terminal import console


def results_table(results: Mapping[str, EventScore], calibration_errors: Mapping[str, float]) -> pd.DataFrame:
    """A row for each decision rule or baseline."""
    return pd.DataFrame(
        {
            "decided by": name,
            "falls found": result.sensitivity,
            "95%": f"{result.sensitivity_interval}",
            "false alarms a day": result.false_alarms_per_day,
            "95% a day": f"{result.false_alarm_interval}",
            "at most a day": result.false_alarm_bound,
            "delay [s]": result.median_delay_s,
            "ECE": calibration_errors.get(name, np.nan),
        }
        for name, result in results.items()
    )


def print_results(table: pd.DataFrame, test: Sequence[ObservedDay], *, highlighted: str) -> None:
    """Print the table, with the notes needed to read it."""
    n_falls = sum(len(day.labels.falls) for day in test)
    hours = sum(len(day.seconds) for day in test) / 3600
    console.print(
        f"[bold]Simulated[/]: {n_falls} falls in {hours / 24:.1f} days of {len(test)} residents, in unseen rooms"
    )
    printed = Table(box=SIMPLE_HEAD, pad_edge=False)
    printed.add_column("decided by", no_wrap=True)
    for column in ("found", "95%", "a day", "bound", "delay", "ECE"):
        printed.add_column(column, justify="right", no_wrap=True)
    for name, found, interval, alarms, _, at_most, delay, error in table.itertuples(index=False):
        # A few busy hours give rates of a hundred a day.
        rates = [f"{rate:.2f}" if at_most < 100 else f"{rate:.0f}" for rate in (alarms, at_most)]
        cells = [f"{found:.3f}", interval, *rates, f"{delay:.1f} s", f"{error:.3f}"]
        printed.add_row(
            name,
            *("–" if cell.startswith("nan") else cell for cell in cells),
            style="bold" if name == highlighted else None,
        )
    console.print(printed)
    if hours < 24:
        console.print(
            "[bold]A demo of busy hours[/]: too few to choose a good threshold, and with as many mishaps as a day. "
            "`make results` judges whole days.",
            highlight=False,
        )
    console.print(
        "found: share of the falls for which an alarm came in time. a day: false alarms a resident-day; bound: their "
        "one-sided 95% bound. Thresholds were chosen on other days. Intervals assume independent falls and days. ECE: "
        "calibration error in the seconds in which something happens, 10 bins of equal mass. At its best: with the "
        "best threshold on these very days, within one false alarm a day.",
        style="dim",
        highlight=False,
    )


def print_energy(table: pd.DataFrame) -> None:
    """Print the energy of a day for each use of the camera."""
    printed = Table(box=SIMPLE_HEAD, pad_edge=False)
    printed.add_column("energy of a day", no_wrap=True)
    for column in ("frames", "camera", "wearable", "found", "a day"):
        printed.add_column(column, justify="right", no_wrap=True)
    for name, frames, camera_j, wearable_j, found, alarms in table.itertuples(index=False):
        printed.add_row(
            name, f"{frames:,.0f}", f"{camera_j:,.0f} J", f"{wearable_j:,.0f} J", f"{found:.3f}", f"{alarms:.2f}"
        )
    console.print(printed)
    console.print(
        f"Estimates, computing only: {table.attrs['estimates']}.",
        style="dim",
        highlight=False,
    )
