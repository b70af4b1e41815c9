"""Gain against cost: which models no other beats in everything, and plots that show it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.evaluation.intervals import Interval
from common.optional import require
from common.plotting.labels import label_points
from common.plotting.style import MUTED, PALETTE, figure, figure_of, style
from common.validation import as_float_array, check_finite, check_vector

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_STEPS, _DOMINATED = "#C7CCD4", "#B8BEC8"


def pareto_front(
    table: pd.DataFrame, *, minimize: Sequence[str] = (), maximize: Sequence[str] = ()
) -> npt.NDArray[np.bool_]:
    """Which rows no other row dominates: at least as good in every column, and better in one.

    Parameters
    ----------
    table : DataFrame
        A row for each model.
    minimize, maximize : sequence of str
        Columns that should be small, such as bytes, and large, such as accuracy; at least one altogether.

    Returns
    -------
    ndarray of bool, shape (n_rows,)
        True on the front. Of rows that are equal in all columns, all or none are on it.

    Raises
    ------
    InvalidInputError
        If a column is missing, or holds NaN, infinity or no numbers.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"bytes": [10, 20, 30], "accuracy": [0.8, 0.7, 0.9]}, index=["a", "b", "c"])
    >>> table.index[pareto_front(table, minimize=["bytes"], maximize=["accuracy"])].tolist()
    ['a', 'c']
    """
    for names, argument in ((minimize, "minimize"), (maximize, "maximize")):
        if isinstance(names, str):
            raise InvalidInputError(f"{argument} is the text {names!r}; pass a list, [{names!r}]")
    if not [*minimize, *maximize]:
        raise InvalidInputError("minimize and maximize are empty; name at least one column")
    small, large = [_column(table, name) for name in minimize], [-_column(table, name) for name in maximize]
    return _undominated(np.column_stack(small + large))


def plot_pareto(
    table: pd.DataFrame,
    *,
    x: str,
    y: str,
    label: str | None = None,
    higher_is_better: bool = True,
    x_label: str | None = None,
    y_label: str | None = None,
    title: str | None = None,
    ax: Axes | None = None,
) -> Figure:
    """Rows as labelled points, cost against gain; those that no other row dominates in colour, on a stepped line.

    Parameters
    ----------
    table : DataFrame
        A row for each model.
    x : str
        Column of a cost above 0 (bytes, MACs, joules), on a logarithmic axis.
    y : str
        Column of a gain, such as accuracy or sensitivity.
    label : str, optional
        Column of the names beside the points; the index without it.
    higher_is_better : bool
        False if ``y`` should be small too, such as missed falls.
    x_label, y_label : str, optional
        Names and units of the axes; the columns' names without them.
    title : str, optional
        Headline.
    ax : Axes, optional
        Where to draw; its limits are set.

    Returns
    -------
    Figure
        The figure that holds the drawing.

    Raises
    ------
    InvalidInputError
        If the table is empty, a column is missing or not finite, or a cost is not above 0.

    Examples
    --------
    >>> import pandas as pd
    >>> recipes = {"bytes": [924e3, 236e3, 30e3], "accuracy": [0.925, 0.924, 0.91]}
    >>> table = pd.DataFrame(recipes, index=["float32", "int8", "channels_int8"])
    >>> fig = plot_pareto(table, x="bytes", y="accuracy", x_label="file [B]")
    """
    costs, gains = _column(table, x), _column(table, y)
    names = [str(name) for name in (table.index if label is None else _found(table, label))]
    if not names:
        raise InvalidInputError("table is empty; pass at least one row")
    _check_positive(costs, x)
    best = _undominated(np.column_stack([costs, -gains if higher_is_better else gains]))

    if ax is None:
        ax = figure(size=(7.2, 4.6)).axes[0]
    with style():
        _prepare(ax, costs, x_label or x, y_label or y)
        steps = _draw_steps(ax, costs, gains, best)
        for on_front, color in ((False, _DOMINATED), (True, PALETTE[0])):
            own = best == on_front
            ax.scatter(costs[own], gains[own], s=42, color=color, edgecolor="white", linewidth=0.8, zorder=3)
        if title:
            ax.set_title(title)
        colors = [_darker(PALETTE[0]) if on_front else MUTED for on_front in best]
        label_points(ax, list(zip(costs, gains, strict=True)), names, colors, avoid=steps)
    return figure_of(ax)


def plot_accuracy_against_cost(
    names: Sequence[str],
    costs: npt.ArrayLike,
    accuracies: npt.ArrayLike,
    *,
    families: Sequence[str] | None = None,
    intervals: Sequence[Interval] | None = None,
    cost_label: str = "cost",
    accuracy_label: str = "accuracy",
    title: str | None = None,
    ax: Axes | None = None,
) -> Figure:
    """Models as labelled points: what they cost (logarithmic) against how often they are right.

    A stepped line joins the models that no other beats in both; the best corner is at the top left.

    Parameters
    ----------
    names : sequence of str
        One for each model; written beside its point.
    costs, accuracies : array-like of shape (n_models,)
        Costs are above 0.
    families : sequence of str, optional
        Kind of each model; one colour a kind, at most seven.
    intervals : sequence of Interval, optional
        Drawn as thin vertical lines; undefined ones are left out.
    cost_label, accuracy_label : str
        Names and units of the axes.
    title : str, optional
        Headline.
    ax : Axes, optional
        Where to draw; its limits are set.

    Returns
    -------
    Figure
        The figure that holds the drawing.

    Raises
    ------
    InvalidInputError
        If the lengths differ, a value is not finite, a cost is not above 0, or there are too many families.

    Examples
    --------
    >>> fig = plot_accuracy_against_cost(["1-NN", "48 profiles"], [3.8e8, 1.3e6], [0.889, 0.924])
    """
    n = len(names)
    if n == 0:
        raise InvalidInputError("names is empty; pass at least one model")
    x, y = _finite_vector(costs, n, "costs"), _finite_vector(accuracies, n, "accuracies")
    _check_positive(x, "costs")
    kinds = [""] * n if families is None else check_vector(families, n, "families", of="names").tolist()
    color_of = dict(zip(dict.fromkeys(kinds), PALETTE, strict=False))
    if len(set(kinds)) > len(color_of):
        raise InvalidInputError(f"families names {len(set(kinds))} kinds; at most {len(PALETTE)} can be told apart")
    colors = [color_of[kind] for kind in kinds]
    if intervals is not None and len(intervals) != n:
        raise InvalidInputError(f"intervals has {len(intervals)} entries but names has {n}: pass one for each model")

    if ax is None:
        ax = figure(size=(7.2, 4.6)).axes[0]
    with style():
        _prepare(ax, x, cost_label, accuracy_label)
        avoid: list[Artist] = []
        avoid += _draw_steps(ax, x, y, _undominated(np.column_stack([x, -y])))
        for interval, at, color in zip(intervals or (), x, colors, strict=False):
            if not np.isnan(interval.low):
                avoid += ax.plot([at, at], [interval.low, interval.high], color=color, linewidth=1.2, alpha=0.35)
        for kind, color in color_of.items():
            own = [other == kind for other in kinds]
            ax.scatter(x[own], y[own], s=42, color=color, edgecolor="white", linewidth=0.8, zorder=3, label=kind)
        if families is not None:  # dear and wrong is where models seldom are
            avoid.append(ax.legend(loc="lower right", handletextpad=0.1, scatteryoffsets=[0.5], labelcolor=MUTED))
        if title:
            ax.set_title(title)
        label_points(ax, list(zip(x, y, strict=True)), names, [_darker(color) for color in colors], avoid=avoid)
    return figure_of(ax)


def _undominated(values: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Rows of values, all to be small, that no other row dominates."""
    return np.array(
        [not np.any(np.all(values <= row, axis=1) & np.any(values < row, axis=1)) for row in values], dtype=bool
    )


def _draw_steps(ax: Axes, x: npt.NDArray[Any], y: npt.NDArray[Any], best: npt.NDArray[np.bool_]) -> list[Artist]:
    """The stepped line through the front; each piece by itself, so that labels may stand in its corners."""
    front = np.flatnonzero(best)
    front = front[np.argsort(x[front], kind="stable")]
    corner: dict[str, Any] = {"color": _STEPS, "linewidth": 1.2, "zorder": 1}
    pieces: list[Artist] = []
    for cheap, dear in pairwise(front):
        pieces += ax.plot([x[cheap], x[dear]], [y[cheap], y[cheap]], **corner)
        pieces += ax.plot([x[dear], x[dear]], [y[cheap], y[dear]], **corner)
    return pieces


def _prepare(ax: Axes, costs: npt.NDArray[Any], x_label: str, y_label: str) -> None:
    """A logarithmic cost axis with 1 k, 1 M at its ticks, and room for labels at the sides."""
    ticker = require("matplotlib.ticker", extra="demo", purpose="Plotting")
    ax.set_xscale("log")
    ax.margins(x=0.16, y=0.1)
    if costs.max() < 1000 * costs.min():  # powers of ten alone would be one tick or two
        ax.xaxis.set_major_locator(ticker.LogLocator(subs=(1, 2, 5)))
    ax.xaxis.set_major_formatter(ticker.EngFormatter(sep=" "))
    ax.xaxis.set_minor_formatter(ticker.NullFormatter())
    ax.set(xlabel=x_label, ylabel=y_label)


def _found(table: pd.DataFrame, name: str) -> pd.Series[Any]:
    columns = list(getattr(table, "columns", []))
    if name not in columns:
        raise InvalidInputError(f"table has no column {name!r}; it has {columns}")
    return table[name]


def _column(table: pd.DataFrame, name: str) -> npt.NDArray[Any]:
    column = as_float_array(_found(table, name).to_numpy(), name)
    check_finite(column, name, ("row",))
    return column


def _check_positive(costs: npt.NDArray[Any], name: str) -> None:
    if (costs <= 0).any():
        raise InvalidInputError(
            f"{name} is {costs.min():g} at entry {int(costs.argmin())}; a logarithmic axis needs costs above 0"
        )


def _darker(color: str) -> Any:
    """Thin strokes look paler than dots: text in a light colour needs more ink."""
    colors = require("matplotlib.colors", extra="demo", purpose="Plotting")
    return colors.to_hex(0.72 * np.array(colors.to_rgb(color)))


def _finite_vector(value: npt.ArrayLike, n: int, name: str) -> npt.NDArray[Any]:
    vector = check_vector(as_float_array(value, name), n, name, of="names")
    check_finite(vector, name, ("entry",))
    return vector
