"""The style of all figures: light axes, colors for every kind of color vision, no global state.

Matplotlib (extra ``demo``) is imported on first use and never through pyplot, so no display or backend is needed.
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

# Okabe and Ito, "Color Universal Design", 2008, without the yellow, which is hard to see on white: distinguishable with
# all common kinds of color blindness. The first color is for the main content, the second for errors.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#333333")
INK, MUTED, FAINT, HAIRLINE = "#22262B", "#6B7280", "#F4F5F7", "#E5E7EB"

_THINNEST = 1.8

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
    "lines.linewidth": _THINNEST,
    "legend.frameon": False,
    "legend.fontsize": 9,
    "figure.facecolor": "white",
    "svg.hashsalt": "har-fall",  # the same figure gives the same SVG
}


def style() -> AbstractContextManager[None]:
    """A context in which everything is drawn in the style of this library.

    Returns
    -------
    context manager

    Raises
    ------
    MissingDependencyError
        If matplotlib is not installed.

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
    """An empty figure in the style of this library, with ``rows`` × ``columns`` axes in ``figure.axes``.

    Parameters
    ----------
    rows, columns : int
        Shape of the grid of axes.
    size : (width, height)
        In inches.
    sharex, sharey : bool
        Share the scale among all axes.

    Returns
    -------
    Figure

    Raises
    ------
    MissingDependencyError
        If matplotlib is not installed.

    Examples
    --------
    >>> top, bottom = figure(2, 1, sharex=True).axes
    """
    module = require("matplotlib.figure", extra="demo", purpose="Plotting")
    with style():
        created: Figure = module.Figure(figsize=size, layout="constrained")
        created.subplots(rows, columns, sharex=sharex, sharey=sharey, squeeze=False)
    return created


def nested_widths(n: int) -> list[float]:
    """Widths of ``n`` lines that may coincide: the first is thinnest, and drawn last, the others show beside it.

    Examples
    --------
    >>> nested_widths(3)
    [1.8, 2.88, 3.96]
    """
    return [round(_THINNEST * (1 + 0.6 * k), 6) for k in range(n)]


def figure_of(ax: Axes) -> Figure:
    """The top-level figure of these axes, even if they are in a subfigure."""
    found = ax.get_figure(root=True)
    assert found is not None
    return found


def save(figure: Figure, path: str | Path, *, dpi: int = 160) -> Path:
    """Write a figure as PNG, SVG or PDF, according to the suffix of ``path``; missing folders are created.

    The file contains no date, so the same figure gives the same bytes.

    Parameters
    ----------
    figure : Figure
    path : path
        With the suffix .png, .svg or .pdf.
    dpi : int
        Pixels an inch, of a PNG.

    Returns
    -------
    Path
        ``path`` itself.

    Raises
    ------
    InvalidInputError
        If the suffix is a different one.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(figure(), Path(folder, "figures", "empty.svg")).name
    'empty.svg'
    """
    path = Path(path)
    kind = check_choice(path.suffix.lower(), "the suffix of path", (".png", ".svg", ".pdf"))
    metadata: dict[str, Any] = {".png": {}, ".svg": {"Date": None}, ".pdf": {"CreationDate": None}}[kind]
    path.parent.mkdir(parents=True, exist_ok=True)
    with style():
        figure.savefig(path, dpi=dpi, metadata=metadata)
    return path
