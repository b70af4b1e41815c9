"""Figures that both tracks need, in the house style: a confusion matrix, and accuracy against cost.

``style``, ``figure`` and ``save`` of :mod:`common.house_style` are found here too.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.house_style import (
    FAINT as FAINT,
    INK as INK,
    MUTED as MUTED,
    PALETTE as PALETTE,
    figure as figure,
    save as save,
    style as style,
)
from common.intervals import Interval
from common.label_placement import label_points
from common.optional import require
from common.tables import ABSENT
from common.validation import as_float_array, check_finite, check_vector

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text


def plot_confusion_matrix(
    confusion: npt.ArrayLike, labels: Sequence[Any], *, title: str | None = None, ax: "Axes | None" = None
) -> "Figure":
    """Counts of true (rows) against predicted classes (columns): right ones blue, confusions red.

    The shade is the share of the row, so that rare classes are seen as well; the recall of each class stands at
    the end of its row.

    Parameters
    ----------
    confusion : array-like of shape (n_classes, n_classes)
        Counts.
    labels : sequence
        Names of the classes.
    title : str, optional
        Headline.
    ax : Axes, optional
        Where to draw; a figure of fitting size is made without it.

    Returns
    -------
    Figure
        The figure that holds the drawing.

    Raises
    ------
    InvalidInputError
        If ``confusion`` is not square or ``labels`` has another length.
    """
    counts = as_float_array(confusion, "confusion")
    n = len(labels)
    if counts.shape != (n, n) or n == 0:
        raise InvalidInputError(f"confusion has shape {counts.shape} for {n} labels; it must be (n_labels, n_labels)")
    check_finite(counts, "confusion", ("row", "column"))
    names = [str(label) for label in labels]
    label_width = 0.085 * max(map(len, names))  # inches
    cell = float(np.clip(5 / n, 0.3, 0.8)) if ax is None else ax.get_window_extent().width / _figure_of(ax).dpi / n
    slanted = label_width > cell
    if ax is None:
        width = max(n * cell + label_width + 1.3, 0.1 * len(title or "") + label_width + 0.6)
        ax = figure(size=(width, n * cell + (0.75 * label_width if slanted else 0.1) + 0.9)).axes[0]
    with style():
        written = _draw_cells(ax, counts)
        ax.set_xticks(range(n), names, rotation=40 if slanted else 0, rotation_mode="anchor")
        for name in ax.get_xticklabels():
            name.set_horizontalalignment("right" if slanted else "center")
        ax.set_yticks(range(n), names)
        ax.set(xlabel="predicted", ylabel="true")
        ax.tick_params("x", pad=6)
        if title:
            ax.set_title(title, pad=22)
        _fit_into_cells(ax, written, n)
    return _figure_of(ax)


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
    ax: "Axes | None" = None,
) -> "Figure":
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
    if (x <= 0).any():
        raise InvalidInputError(
            f"costs is {x.min():g} at entry {int(x.argmin())}; a logarithmic axis needs costs above 0"
        )
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
        ax.set_xscale("log")
        ax.margins(x=0.16, y=0.1)
        _engineering_ticks(ax)
        ax.set(xlabel=cost_label, ylabel=accuracy_label)
        avoid: list[Artist] = []
        for cheap, dear in pairwise(_front(x, y)):
            corner: dict[str, Any] = {"color": "#C7CCD4", "linewidth": 1.2, "zorder": 1}
            avoid += ax.plot([x[cheap], x[dear]], [y[cheap], y[cheap]], **corner)
            avoid += ax.plot([x[dear], x[dear]], [y[cheap], y[dear]], **corner)
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
    return _figure_of(ax)


def _draw_cells(ax: "Axes", counts: npt.NDArray[Any]) -> list["Text"]:
    """The coloured cells, the recall at the end of each row, and the counts, which are returned."""
    to_rgb = require("matplotlib.colors", extra="demo", purpose="Plotting").to_rgb
    n = len(counts)
    totals = counts.sum(axis=1, keepdims=True)
    shares = np.divide(counts, totals, out=np.zeros_like(counts), where=totals > 0)
    full = np.where(np.eye(n, dtype=bool)[..., None], to_rgb(PALETTE[0]), to_rgb(PALETTE[1]))
    # The square root lifts small shares, and no count is as pale as none: a confusion of 2% has to be seen.
    strength = 0.08 + 0.92 * np.sqrt(shares)[..., None]
    ax.imshow(np.where(counts[..., None] > 0, 1 - strength * (1 - full), to_rgb(FAINT)), interpolation="nearest")

    written = []
    inside: dict[str, Any] = {"ha": "center", "va": "center", "in_layout": False}  # never moves the axes
    for row, column in zip(*np.nonzero(counts), strict=True):
        ink = "white" if shares[row, column] > 0.3 else INK
        written.append(ax.text(column, row, f"{counts[row, column]:,.0f}", color=ink, **inside))
    beside: dict[str, Any] = {
        "xycoords": "data",
        "textcoords": "offset points",
        "color": MUTED,
        "fontsize": 9,
        "ha": "left",
    }
    ax.annotate("recall", (n - 0.5, -0.5), (8, 6), va="bottom", **beside)
    for row in range(n):
        recall = f"{shares[row, row]:.0%}" if totals[row] else ABSENT
        ax.annotate(recall, (n - 0.5, row), (8, 0), va="center_baseline", **beside)

    ax.grid(False)
    ax.set_xticks(np.arange(1, n) - 0.5, minor=True)
    ax.set_yticks(np.arange(1, n) - 0.5, minor=True)
    ax.grid(which="minor", color="white", linewidth=1.5)
    for spine in ax.spines.values():
        spine.set_visible(False)
    return written


def _fit_into_cells(ax: "Axes", texts: list["Text"], n: int) -> None:
    """One size for all counts, such that the longest fits into its cell."""
    figure = _figure_of(ax)
    figure.draw_without_rendering()  # settles the layout, so that the width of a cell is known
    cell = 72 * ax.get_window_extent().width / figure.dpi / n  # points
    longest = max((len(text.get_text()) for text in texts), default=1)
    for text in texts:
        text.set_fontsize(min(10.5, 1.4 * cell / longest))  # a digit is about 0.6 of its height


def _front(costs: npt.NDArray[Any], accuracies: npt.NDArray[Any]) -> list[int]:
    """The models that are better than all cheaper ones, from cheap to dear."""
    front: list[int] = []
    for i in np.lexsort((-accuracies, costs)):
        if not front or accuracies[i] > accuracies[front[-1]]:
            front.append(int(i))
    return front


def _engineering_ticks(ax: "Axes") -> None:
    ticker = require("matplotlib.ticker", extra="demo", purpose="Plotting")
    ax.xaxis.set_major_formatter(ticker.EngFormatter(sep=" "))
    ax.xaxis.set_minor_formatter(ticker.NullFormatter())


def _darker(color: str) -> Any:
    """Thin strokes look paler than dots: text in a light colour needs more ink."""
    colors = require("matplotlib.colors", extra="demo", purpose="Plotting")
    return colors.to_hex(0.72 * np.array(colors.to_rgb(color)))


def _finite_vector(value: npt.ArrayLike, n: int, name: str) -> npt.NDArray[Any]:
    vector = check_vector(as_float_array(value, name), n, name, of="names")
    check_finite(vector, name, ("entry",))
    return vector


def _figure_of(ax: "Axes") -> "Figure":
    found = ax.get_figure(root=True)
    assert found is not None
    return found
