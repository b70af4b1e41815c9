"""Confusion matrices as figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.optional import require
from common.plotting.style import FAINT, INK, MUTED, PALETTE, figure, figure_of, style
from common.tables import ABSENT
from common.validation import as_float_array, check_finite

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text


def plot_confusion_matrix(
    confusion: npt.ArrayLike, labels: Sequence[Any], *, title: str | None = None, ax: Axes | None = None
) -> Figure:
    """Counts of true classes (rows) against predicted classes (columns): correct ones blue, confusions red.

    The shade shows the fraction of the row, so that rare classes are visible too. The recall of each class is written
    at the end of its row.

    Parameters
    ----------
    confusion : array-like of shape (n_classes, n_classes)
        Counts.
    labels : sequence
        Names of the classes.
    title : str, optional
        Headline.
    ax : Axes, optional
        Where to draw; without it, a figure of suitable size is made.

    Returns
    -------
    Figure
        The figure that holds the drawing.

    Raises
    ------
    InvalidInputError
        If ``confusion`` is not square or ``labels`` has another length.

    Examples
    --------
    >>> figure = plot_confusion_matrix([[8, 2], [1, 9]], ["fall", "walk"], title="Ten windows of each")
    >>> [text.get_text() for text in figure.axes[0].get_yticklabels()]
    ['fall', 'walk']
    """
    counts = as_float_array(confusion, "confusion")
    n = len(labels)
    if counts.shape != (n, n) or n == 0:
        raise InvalidInputError(f"confusion has shape {counts.shape} for {n} labels; it must be (n_labels, n_labels)")
    check_finite(counts, "confusion", ("row", "column"))
    names = [str(label) for label in labels]
    label_width = 0.085 * max(map(len, names))  # inches
    cell = float(np.clip(5 / n, 0.3, 0.8)) if ax is None else ax.get_window_extent().width / figure_of(ax).dpi / n
    rotated = label_width > cell
    if ax is None:
        width = max(n * cell + label_width + 1.3, 0.105 * len(title or "") + label_width + 0.8)
        ax = figure(size=(width, n * cell + (0.75 * label_width if rotated else 0.1) + 0.9)).axes[0]
    with style():
        texts = _draw_cells(ax, counts)
        ax.set_xticks(range(n), names, rotation=40 if rotated else 0, rotation_mode="anchor")
        for name in ax.get_xticklabels():
            name.set_horizontalalignment("right" if rotated else "center")
        ax.set_yticks(range(n), names)
        ax.set(xlabel="predicted", ylabel="true")
        ax.tick_params("x", pad=6)
        ax.set_anchor("W")  # the title begins where the cells do, and may be longer than they are wide
        if title:
            ax.set_title(title, pad=22)
        _fit_into_cells(ax, texts, n)
    return figure_of(ax)


def _draw_cells(ax: Axes, counts: npt.NDArray[Any]) -> list[Text]:
    """Draw the colored cells, the recall at the end of each row, and the counts, which are returned."""
    to_rgb = require("matplotlib.colors", extra="demo", purpose="Plotting").to_rgb
    n = len(counts)
    totals = counts.sum(axis=1, keepdims=True)
    shares = np.divide(counts, totals, out=np.zeros_like(counts), where=totals > 0)
    full_color = np.where(np.eye(n, dtype=bool)[..., None], to_rgb(PALETTE[0]), to_rgb(PALETTE[1]))
    # The square root raises small fractions, and 0.08 separates every count from none: 2% must be visible.
    strength = 0.08 + 0.92 * np.sqrt(shares)[..., None]
    ax.imshow(np.where(counts[..., None] > 0, 1 - strength * (1 - full_color), to_rgb(FAINT)), interpolation="nearest")

    texts = []
    in_cell: dict[str, Any] = {"ha": "center", "va": "center", "in_layout": False}  # must not move the axes
    for row, column in zip(*np.nonzero(counts), strict=True):
        text_color = "white" if shares[row, column] > 0.3 else INK
        texts.append(ax.text(column, row, f"{counts[row, column]:,.0f}", color=text_color, **in_cell))
    at_end_of_row: dict[str, Any] = {
        "xycoords": "data",
        "textcoords": "offset points",
        "color": MUTED,
        "fontsize": 9,
        "ha": "left",
    }
    ax.annotate("recall", (n - 0.5, -0.5), (8, 6), va="bottom", **at_end_of_row)
    for row in range(n):
        recall = f"{shares[row, row]:.0%}" if totals[row] else ABSENT
        ax.annotate(recall, (n - 0.5, row), (8, 0), va="center_baseline", **at_end_of_row)

    ax.grid(False)
    ax.set_xticks(np.arange(1, n) - 0.5, minor=True)
    ax.set_yticks(np.arange(1, n) - 0.5, minor=True)
    ax.grid(which="minor", color="white", linewidth=1.5)
    for spine in ax.spines.values():
        spine.set_visible(False)
    return texts


def _fit_into_cells(ax: Axes, texts: list[Text], n: int) -> None:
    """Set one font size for all counts, at which the longest fits into its cell."""
    figure = figure_of(ax)
    figure.draw_without_rendering()  # computes the layout, and with it the width of a cell
    cell = 72 * ax.get_window_extent().width / figure.dpi / n  # points
    longest = max((len(text.get_text()) for text in texts), default=1)
    for text in texts:
        text.set_fontsize(min(10.5, 1.4 * cell / longest))  # a digit is about 0.6 times as wide as high
