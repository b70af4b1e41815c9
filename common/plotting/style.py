"""The house style for figures: quiet axes, colours that everybody can tell apart, no state between figures.

Matplotlib is imported on first use (extra ``demo``) and never through pyplot, so no display and no backend is needed.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from common.optional import require
from common.validation import check_choice

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito, "Color Universal Design", 2008, without the yellow that vanishes on white: told apart under every
# common colour blindness. The first is for what matters, the second for what is wrong.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#333333")
INK, MUTED, FAINT, HAIRLINE = "#22262B", "#6B7280", "#F4F5F7", "#E5E7EB"

STYLE = {
    "font.size": 10,
    "text.color": INK,
    "axes.edgecolor": "#9CA3AF",
    "axes.labelcolor": MUTED,
    "axes.labelsize": 9.5,
    "axes.titlelocation": "left",
    "axes.titlesize": 11.5,
    "axes.titleweight": "bold",
    "axes.titlepad": 12,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": HAIRLINE,
    "grid.linewidth": 0.8,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "xtick.minor.size": 0,
    "ytick.minor.size": 0,
    "lines.linewidth": 1.8,
    "legend.frameon": False,
    "legend.fontsize": 9,
    "figure.facecolor": "white",
    "svg.hashsalt": "har-fall",  # the same figure gives the same SVG
}


def style() -> AbstractContextManager[None]:
    """The house style for whatever is drawn inside ``with style():``.

    Examples
    --------
    >>> with style():
    ...     ax, = figure().axes
    ...     _ = ax.set_title("Acceleration of the wrist")
    """
    matplotlib = require("matplotlib", extra="demo", purpose="Plotting")
    cycler = require("cycler", extra="demo", purpose="Plotting")
    context: AbstractContextManager[None] = matplotlib.rc_context(
        {**STYLE, "axes.prop_cycle": cycler.cycler(color=PALETTE)}
    )
    return context


def figure(
    rows: int = 1,
    columns: int = 1,
    *,
    size: tuple[float, float] = (6.4, 4.0),
    sharex: bool = False,
    sharey: bool = False,
) -> Figure:
    """An empty figure in the house style, with ``rows`` × ``columns`` axes in ``figure.axes``.

    Parameters
    ----------
    rows, columns : int
        Grid of axes.
    size : (width, height)
        In inches.
    sharex, sharey : bool
        One scale for all axes.

    Examples
    --------
    >>> top, bottom = figure(2, 1, sharex=True).axes
    """
    module = require("matplotlib.figure", extra="demo", purpose="Plotting")
    with style():
        new: Figure = module.Figure(figsize=size, layout="constrained")
        new.subplots(rows, columns, sharex=sharex, sharey=sharey, squeeze=False)
    return new


def figure_of(ax: Axes) -> Figure:
    """The figure that holds these axes, also where it is a part of a larger one."""
    found = ax.get_figure(root=True)
    assert found is not None
    return found


def save(figure: Figure, path: str | Path, *, dpi: int = 160) -> Path:
    """Write a figure as PNG, SVG or PDF, by the ending of ``path``; missing folders are made.

    The file holds no date: the same figure gives the same bytes.

    Returns
    -------
    Path
        Where it was written.

    Raises
    ------
    InvalidInputError
        If the ending is another one.
    """
    path = Path(path)
    kind = check_choice(path.suffix.lower(), "the ending of path", (".png", ".svg", ".pdf"))
    undated: dict[str, Any] = {".png": {}, ".svg": {"Date": None}, ".pdf": {"CreationDate": None}}[kind]
    path.parent.mkdir(parents=True, exist_ok=True)
    with style():
        figure.savefig(path, dpi=dpi, metadata=undated)
    return path
