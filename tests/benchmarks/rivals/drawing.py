"""Accuracy against bytes: one panel for each set, below one another, so that it can be read on a phone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from common.plotting import figure, plot_accuracy_against_cost, save
from tests.benchmarks.rivals.results import MethodResult
from tests.benchmarks.rivals.tables import kept_bytes

_WIDTH, _PANEL_HEIGHT = 6.0, 4.4


def draw(results_of_sets: Sequence[Sequence[MethodResult]], path: Path) -> None:
    """Write the figure of all sets that have results."""
    n = len(results_of_sets)
    drawn = figure(n, 1, size=(_WIDTH, n * _PANEL_HEIGHT))
    for panel, (ax, results) in enumerate(zip(drawn.axes, results_of_sets, strict=True)):
        plot_accuracy_against_cost(
            [result.method.label for result in results],
            [kept_bytes(result) for result in results],
            [result.evaluation().accuracy for result in results],
            families=[result.method.family for result in results],
            cost_label="kept [B]",
            accuracy_label="accuracy, unseen people",
            title=results[0].data.title,
            ax=ax,
        )
        legend = ax.get_legend()
        if panel and legend is not None:  # one is enough
            legend.remove()
    save(drawn, path)
