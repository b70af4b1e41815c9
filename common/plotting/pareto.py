"""Pareto fronts of cost and gain: the models that no other dominates, and plots that show them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.evaluation.intervals import Interval
from common.plotting.cost_scatter import PointGroup, darker, draw_cost_scatter
from common.plotting.style import MUTED, PALETTE
from common.validation import BoolArray, as_float_array, check_finite, check_vector

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_DOMINATED = "#B8BEC8"


def pareto_front(table: pd.DataFrame, *, minimize: Sequence[str] = (), maximize: Sequence[str] = ()) -> BoolArray:
    """The rows that no other row dominates, that is, equals or beats in every column and beats in one.

    Parameters
    ----------
    table : DataFrame
        A row for each model.
    minimize, maximize : sequence of str
        Columns to be small, such as bytes, and columns to be large, such as accuracy; at least one in total.

    Returns
    -------
    ndarray of bool, shape (n_rows,)
        True on the front. Of rows that are equal in all columns, either all or none are on it.

    Raises
    ------
    InvalidInputError
        If a column is missing, or contains NaN, infinity, or values that are not numbers.

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
    small, large = [_numbers(table, name) for name in minimize], [-_numbers(table, name) for name in maximize]
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
    """Plot gain against cost, one labelled point per row; rows on the Pareto front are colored, on a stepped line.

    Parameters
    ----------
    table : DataFrame
        A row for each model.
    x : str
        Column of a cost above 0 (bytes, MACs, joules); its axis is logarithmic.
    y : str
        Column of a gain, such as accuracy or sensitivity.
    label : str, optional
        Column of the names of the points; by default the index.
    higher_is_better : bool
        False if ``y`` should be small too, such as missed falls.
    x_label, y_label : str, optional
        Names and units of the axes; by default the names of the columns.
    title : str, optional
        Headline.
    ax : Axes, optional
        Where to draw; its limits are set. Without it, a figure is made.

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
    costs, gains = _numbers(table, x), _numbers(table, y)
    names = [str(name) for name in (table.index if label is None else _column(table, label))]
    if not names:
        raise InvalidInputError("table is empty; pass at least one row")
    _check_positive(costs, x)
    on_front = _undominated(np.column_stack([costs, -gains if higher_is_better else gains]))
    groups = [
        PointGroup(~on_front, _DOMINATED, MUTED),
        PointGroup(on_front, PALETTE[0], darker(PALETTE[0])),
    ]
    return draw_cost_scatter(
        costs, gains, on_front, names, groups, axis_labels=(x_label or x, y_label or y), title=title, ax=ax
    )


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
    """Plot accuracy against cost on a logarithmic axis, one labelled point per model.

    A stepped line joins the models on the Pareto front; the best corner is at the top left.

    Parameters
    ----------
    names : sequence of str
        One per model, written near its point.
    costs, accuracies : array-like of shape (n_models,)
        Costs are above 0.
    families : sequence of str, optional
        Family of each model; each has its color, and there are at most seven.
    intervals : sequence of Interval, optional
        Drawn as thin vertical lines, except undefined ones.
    cost_label, accuracy_label : str
        Names and units of the axes.
    title : str, optional
        Headline.
    ax : Axes, optional
        Where to draw; its limits are set. Without it, a figure is made.

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
    if intervals is not None and len(intervals) != n:
        raise InvalidInputError(f"intervals has {len(intervals)} entries but names has {n}: pass one for each model")
    return draw_cost_scatter(
        x,
        y,
        _undominated(np.column_stack([x, -y])),
        names,
        _family_groups(families, n),
        axis_labels=(cost_label, accuracy_label),
        title=title,
        ax=ax,
        intervals=intervals,
        legend=families is not None,
    )


def _family_groups(families: Sequence[str] | None, n: int) -> list[PointGroup]:
    """A color for each family, in order of appearance; one for all without families."""
    if families is None:
        return [PointGroup(np.ones(n, dtype=bool), PALETTE[0], darker(PALETTE[0]))]
    family_of = check_vector(families, n, "families", of="names")
    distinct = list(dict.fromkeys(family_of.tolist()))
    if len(distinct) > len(PALETTE):
        raise InvalidInputError(
            f"families names {len(distinct)} families; at most {len(PALETTE)} colors can be told apart"
        )
    return [
        PointGroup(family_of == family, color, darker(color), str(family))
        for family, color in zip(distinct, PALETTE, strict=False)
    ]


def _undominated(values: npt.NDArray[Any]) -> BoolArray:
    """The rows that no other row dominates, where all values should be small."""
    return np.array(
        [not np.any(np.all(values <= row, axis=1) & np.any(values < row, axis=1)) for row in values], dtype=bool
    )


def _column(table: pd.DataFrame, name: str) -> pd.Series[Any]:
    columns = list(getattr(table, "columns", []))
    if name not in columns:
        raise InvalidInputError(f"table has no column {name!r}; it has {columns}")
    return table[name]


def _numbers(table: pd.DataFrame, name: str) -> npt.NDArray[Any]:
    column = as_float_array(_column(table, name).to_numpy(), name)
    check_finite(column, name, ("row",))
    return column


def _check_positive(costs: npt.NDArray[Any], name: str) -> None:
    if (costs <= 0).any():
        raise InvalidInputError(
            f"{name} is {costs.min():g} at entry {int(costs.argmin())}; a logarithmic axis needs costs above 0"
        )


def _finite_vector(value: npt.ArrayLike, n: int, name: str) -> npt.NDArray[Any]:
    vector = check_vector(as_float_array(value, name), n, name, of="names")
    check_finite(vector, name, ("entry",))
    return vector
