"""Accuracy against bytes: one panel for each set."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D

import common
from common.plotting import MUTED, PALETTE, figure, save, style
from common.plotting.cost_scatter import PointGroup, darker, draw_cost_scatter
from tests.benchmarks.rivals.methods.registry import FAMILIES
from tests.benchmarks.rivals.results import MethodResult
from tests.benchmarks.rivals.tables import kept_bytes

_PANEL_WIDTH, _PANEL_HEIGHT, _LEGEND_HEIGHT = 6.0, 4.2, 0.8

#: A family has the same color in every panel, whichever methods have run.
COLORS = dict(zip(FAMILIES, PALETTE, strict=False))


def draw(results_of_sets: Sequence[Sequence[MethodResult]], path: Path, *, columns: int = 1) -> None:
    """Write the figure of all sets that have results: below one another, it can be read on a phone."""
    rows = -(-len(results_of_sets) // columns)
    drawn = figure(rows, columns, size=(columns * _PANEL_WIDTH, rows * _PANEL_HEIGHT + _LEGEND_HEIGHT))
    with style():
        drawn.legend(handles=[_dot(family) for family in FAMILIES], loc="outside upper left", ncols=2 * columns,
                     handletextpad=0.1, labelcolor=MUTED)  # fmt: skip
    for ax, results in zip(drawn.axes, results_of_sets, strict=True):
        _draw_set(ax, results)
    save(drawn, path)


def _draw_set(ax: object, results: Sequence[MethodResult]) -> None:
    table = pd.DataFrame(
        {"bytes": [kept_bytes(result) for result in results],
         "accuracy": [result.evaluation().accuracy for result in results]}
    )  # fmt: skip
    families = np.array([result.method.family for result in results])
    groups = [PointGroup(families == family, color, darker(color), family) for family, color in COLORS.items()]
    draw_cost_scatter(
        table["bytes"].to_numpy(), table["accuracy"].to_numpy(),
        common.pareto_front(table, minimize=["bytes"], maximize=["accuracy"]),
        [result.method.label for result in results], groups,
        axis_labels=("kept [B]", "accuracy, unseen people"), title=results[0].data.title, ax=ax,
    )  # fmt: skip


def _dot(family: str) -> Line2D:
    return Line2D([], [], marker="o", linestyle="none", markersize=6.5, markeredgecolor="white", color=COLORS[family],
                  label=family)  # fmt: skip
