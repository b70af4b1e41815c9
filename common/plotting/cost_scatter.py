"""The drawing behind the Pareto plots: labelled points on a logarithmic cost axis, a stepped line through the front."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from common.evaluation.intervals import Interval
from common.optional import require
from common.plotting.labels import label_points
from common.plotting.style import MUTED, figure, figure_of, style
from common.validation import BoolArray

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_STEPS = "#C7CCD4"


@dataclass(frozen=True, eq=False)
class PointGroup:
    """Points of one color: which rows they are, the color of their labels, their name in the legend."""

    rows: BoolArray
    color: str
    label_color: str
    name: str = ""


def draw_cost_scatter(
    costs: npt.NDArray[Any],
    gains: npt.NDArray[Any],
    on_front: BoolArray,
    names: Sequence[str],
    groups: Sequence[PointGroup],
    *,
    axis_labels: tuple[str, str],
    title: str | None,
    ax: Axes | None,
    intervals: Sequence[Interval] | None = None,
    legend: bool = False,
) -> Figure:
    """Draw the points, their labels, their intervals and the front; the figure that holds them.

    Every point belongs to one of ``groups``. Undefined intervals are left out.
    """
    if ax is None:
        ax = figure(size=(7.2, 4.6)).axes[0]
    with style():
        _set_axes(ax, costs, *axis_labels)
        occupied: list[Artist] = _draw_steps(ax, costs, gains, on_front)
        if intervals is not None:
            occupied += _draw_intervals(ax, costs, intervals, groups)
        for group in groups:
            ax.scatter(
                costs[group.rows],
                gains[group.rows],
                s=42,
                color=group.color,
                edgecolor="white",
                linewidth=0.8,
                zorder=3,
                label=group.name,
            )
        if legend:  # expensive and inaccurate models are rare, so that corner is free
            occupied.append(ax.legend(loc="lower right", handletextpad=0.1, scatteryoffsets=[0.5], labelcolor=MUTED))
        if title:
            ax.set_title(title)
        label_colors = [group.label_color for group in _group_of_each(groups, len(costs))]
        label_points(ax, list(zip(costs, gains, strict=True)), names, label_colors, avoid=occupied)
    return figure_of(ax)


def darker(color: str) -> str:
    """Text is thinner than dots and looks paler in the same color."""
    colors = require("matplotlib.colors", extra="demo", purpose="Plotting")
    return str(colors.to_hex(0.72 * np.array(colors.to_rgb(color))))


def _group_of_each(groups: Sequence[PointGroup], n: int) -> list[PointGroup]:
    return [next(group for group in groups if group.rows[row]) for row in range(n)]


def _set_axes(ax: Axes, costs: npt.NDArray[Any], x_label: str, y_label: str) -> None:
    """A logarithmic cost axis with ticks such as 1 k and 1 M, and room for labels on both sides."""
    ticker = require("matplotlib.ticker", extra="demo", purpose="Plotting")
    ax.set_xscale("log")
    ax.margins(x=0.16, y=0.1)
    if costs.max() < 1000 * costs.min():  # powers of ten alone would give only one or two ticks
        ax.xaxis.set_major_locator(ticker.LogLocator(subs=(1, 2, 5)))
    ax.xaxis.set_major_formatter(ticker.EngFormatter(sep=" "))
    ax.xaxis.set_minor_formatter(ticker.NullFormatter())
    ax.set(xlabel=x_label, ylabel=y_label)


def _draw_steps(ax: Axes, x: npt.NDArray[Any], y: npt.NDArray[Any], on_front: BoolArray) -> list[Artist]:
    """The stepped line through the front, one line per segment, so that labels may stand in its corners."""
    front = np.flatnonzero(on_front)
    front = front[np.argsort(x[front], kind="stable")]
    line: dict[str, Any] = {"color": _STEPS, "linewidth": 1.2, "zorder": 1}
    segments: list[Artist] = []
    for cheaper, costlier in pairwise(front):
        segments += ax.plot([x[cheaper], x[costlier]], [y[cheaper], y[cheaper]], **line)
        segments += ax.plot([x[costlier], x[costlier]], [y[cheaper], y[costlier]], **line)
    return segments


def _draw_intervals(
    ax: Axes, x: npt.NDArray[Any], intervals: Sequence[Interval], groups: Sequence[PointGroup]
) -> list[Artist]:
    lines: list[Artist] = []
    for cost, interval, group in zip(x, intervals, _group_of_each(groups, len(x)), strict=True):
        if not np.isnan(interval.low):
            lines += ax.plot([cost, cost], [interval.low, interval.high], color=group.color, linewidth=1.2, alpha=0.35)
    return lines
