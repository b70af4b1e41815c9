"""What sequence-wise decisions on URFD add up to: a table with exact intervals, and a reliability diagram."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.table import Table

import common
from common import plotting
from common.evaluation.intervals import clopper_pearson
from common.validation import FloatArray, IntArray
from examples.terminal import console

ALL_ROOMS = "office means fall"


def results_table(y: IntArray, other_rooms: int, probability: Mapping[str, FloatArray]) -> pd.DataFrame:
    """A row for each rule in the office, and one for what the room alone decides on the sequences of all rooms."""
    rows = []
    for name, values in probability.items():
        is_fall = values >= 0.5
        rows.append(
            _row(
                name,
                int(is_fall[y == 1].sum()),
                int((y == 1).sum()),
                int((~is_fall[y == 0]).sum()),
                int((y == 0).sum()),
            )
        )
    n_falls, n_others = int(y.sum()), int((y == 0).sum())
    rows.append(_row(ALL_ROOMS, n_falls, n_falls, other_rooms, other_rooms + n_others))
    return pd.DataFrame(rows)


def _row(name: str, found: int, falls: int, passed: int, others: int) -> dict[str, Any]:
    return {
        "decided by": name,
        "falls found": f"{found}/{falls}",
        "95% found": str(clopper_pearson(found, falls)),
        "activities passed": f"{passed}/{others}",
        "95% passed": str(clopper_pearson(passed, others)),
        "accuracy": (found + passed) / (falls + others),
    }


def print_results(y: IntArray, table: pd.DataFrame, *, highlighted: str) -> None:
    """Print the table, with the notes needed to read it."""
    printed = Table(box=SIMPLE_HEAD, pad_edge=False)
    printed.add_column("decided by", no_wrap=True)
    for column in ("falls", "95%", "daily", "95%", "accuracy"):
        printed.add_column(column, justify="right", no_wrap=True)
    for name, found, found_interval, passed, passed_interval, accuracy in table.itertuples(index=False):
        style = "bold" if name == highlighted else None
        printed.add_row(name, found, found_interval, passed, passed_interval, f"{accuracy:.3f}", style=style)
    console.print(printed)
    console.print(
        f"URFD, the office: {int(y.sum())} falls of three actors and {int((y == 0).sum())} activities of three; each "
        "actor judged by models of the others. falls: found; daily: activities without a false alarm. 95%: exact, "
        "as if sequences were "
        "independent, which those of one actor are not: five activities cannot tell a specificity of .5 from one of 1. "
        f"{ALL_ROOMS}: on the sequences of all three rooms, whatever happens in the office is called a fall.",
        style="dim",
        highlight=False,
    )


def reliability_diagram(y: IntArray, probability: Mapping[str, FloatArray]) -> Any:
    """The share of falls by predicted probability, with a curve for each decision rule."""
    curves = {name: common.reliability(y == 1, values, n_bins=4) for name, values in probability.items()}
    return plotting.plot_reliability(curves, title="Can the probability be trusted?")
