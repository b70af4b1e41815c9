"""Reliability diagrams: can a predicted probability be trusted?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from common.errors import InvalidInputError
from common.evaluation.intervals import wilson
from common.evaluation.reliability import Reliability
from common.plotting.style import MUTED, PALETTE, figure, figure_of, nested_widths, style
from common.validation import check_integer

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MARKERS = "osD^vPX"
_LIMITS = (-0.03, 1.03)
_LARGEST, _SMALLEST = 45.0, 10.0  # areas of markers in square points


def plot_reliability(
    curves: Mapping[str, Reliability],
    *,
    min_decisions: int = 1,
    intervals: bool = False,
    x_label: str = "predicted probability",
    y_label: str = "observed frequency",
    title: str | None = None,
    ax: Axes | None = None,
) -> Figure:
    """Observed frequency against predicted probability, one curve per classifier; on the dashed diagonal both agree.

    Where curves coincide, the first is on top and the others show beside it. The area of a marker grows with the square
    root of the number of decisions in its bin.

    Parameters
    ----------
    curves : mapping of name to Reliability
        From :func:`common.reliability`, which chooses the bins; at most seven.
    min_decisions : int
        Bins with fewer decisions are not drawn.
    intervals : bool
        Draw the 95% Wilson interval of each observed frequency, as if decisions were independent.
    x_label, y_label : str
        Names of the axes.
    title : str, optional
        Headline.
    ax : Axes, optional
        Where to draw; without it, a new figure is made.

    Returns
    -------
    Figure
        The figure that holds the drawing.

    Raises
    ------
    InvalidInputError
        If there is no curve, there are more than seven, or one is not a Reliability.

    Examples
    --------
    >>> import numpy as np
    >>> from common import reliability
    >>> rng = np.random.default_rng(0)
    >>> p = rng.random(1000)
    >>> fig = plot_reliability({"camera": reliability(rng.random(1000) < p, p)}, intervals=True)
    """
    _check_curves(curves)
    check_integer(min_decisions, "min_decisions")
    if ax is None:
        ax = figure(size=(4.6, 4.2)).axes[0]
    largest = max(int(curve.counts.max()) for curve in curves.values())
    with style():
        ax.plot([0, 1], [0, 1], color=MUTED, linewidth=1, linestyle="--", label="as predicted", zorder=1)
        widths = nested_widths(len(curves))
        for (name, curve), color, marker, width in zip(curves.items(), PALETTE, _MARKERS, widths, strict=False):
            drawn = curve.counts >= min_decisions
            x, y, counts = curve.promised[drawn], curve.observed[drawn], curve.counts[drawn]
            zorder = 3 - 0.01 * width  # the first curve on top, the others wider below it
            ax.plot(x, y, color=color, linewidth=width, zorder=zorder)
            areas = np.maximum(_LARGEST * np.sqrt(counts / largest), _SMALLEST)
            areas *= width / widths[0]
            edge: dict[str, Any] = {"edgecolor": "white", "linewidth": 0.8}
            ax.scatter(x, y, s=areas, color=color, marker=marker, zorder=zorder + 0.005, label=name, **edge)
            if intervals:
                ends = [wilson(round(share * count), count) for share, count in zip(y, counts, strict=True)]
                ax.vlines(x, [end.low for end in ends], [end.high for end in ends], color=color, linewidth=1, alpha=0.5)
        ticks = np.linspace(0, 1, 5)
        ax.set(xlabel=x_label, ylabel=y_label, xlim=_LIMITS, ylim=_LIMITS, xticks=ticks, yticks=ticks, aspect="equal")
        if title:
            ax.set_title(title)
        ax.legend(loc="upper left", scatteryoffsets=[0.5], labelcolor=MUTED)
    return figure_of(ax)


def _check_curves(curves: Mapping[str, Reliability]) -> None:
    if not isinstance(curves, Mapping) or not curves:
        raise InvalidInputError('curves must be a non-empty mapping such as {"camera": common.reliability(...)}')
    if len(curves) > len(PALETTE):
        raise InvalidInputError(f"curves holds {len(curves)} curves; at most {len(PALETTE)} colors can be told apart")
    for name, curve in curves.items():
        if not isinstance(curve, Reliability):
            raise InvalidInputError(
                f"curves[{name!r}] is a {type(curve).__name__}; pass common.reliability(is_positive, probabilities)"
            )
