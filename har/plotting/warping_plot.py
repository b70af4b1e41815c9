"""Dynamic time warping of two signals: the aligned samples, and the path through the accumulated cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from common import plotting
from common.validation import Band, FloatArray, band_radius, check_same_channels, check_series
from har.dtw.distance import dtw_path

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def plot_warping_path(x: npt.ArrayLike, y: npt.ArrayLike, *, band: Band = None, title: str | None = None) -> Figure:
    """Two signals with the samples that DTW aligns, and the cheapest path through the accumulated cost in the band.

    Parameters
    ----------
    x, y : array-like of shape (n_samples,) or (n_samples, n_channels)
        Only the channel that varies most is drawn; the distance is over all channels.
    band : None, int or float
        As for :func:`har.dtw_path`.
    title : str, optional
        Title of the left half.

    Returns
    -------
    Figure

    Raises
    ------
    InvalidInputError
        As for :func:`har.dtw_path`.

    Examples
    --------
    >>> t = np.linspace(0, 1, 30)
    >>> fig = plot_warping_path(np.sin(6 * t), np.sin(6 * t**1.3), band=0.2)
    """
    first, second = check_series(x, "x"), check_series(y, "y")
    check_same_channels(first, second, ("x", "y"))
    path, distance = dtw_path(first, second, band=band)
    cost = accumulated_cost(first, second, band_radius(band, len(first), len(second)))
    with plotting.style():
        figure = plotting.figure(1, 2, size=(10, 4.4))
        left, right = figure.axes
        _draw_alignment(left, first, second, path)
        left.set_title(title or "What DTW aligns")

        right.imshow(np.sqrt(cost), origin="lower", cmap="Blues", aspect="auto", interpolation="nearest")
        right.grid(False)
        right.plot(path[:, 1], path[:, 0], color=plotting.PALETTE[1])
        right.set_title(f"Accumulated cost and path, {np.isfinite(cost).mean():.0%} of the cells")
        right.set_xlabel("sample of the second", color=plotting.PALETTE[1])
        right.set_ylabel("sample of the first", color=plotting.PALETTE[0])
        label = f"DTW {distance:.3g}"
        if first.shape == second.shape:
            label += f"\nEuclid {np.linalg.norm(first - second):.3g}"
        box = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8}
        right.text(0.03, 0.97, label, transform=right.transAxes, va="top", color=plotting.INK, bbox=box)
    return figure


def accumulated_cost(x: FloatArray, y: FloatArray, radius: int | None) -> FloatArray:
    """The least sum of squared differences on the way to each cell; NaN outside the band.

    Computed cell by cell, which is slow: for figures only. The last cell is the square of the DTW distance.
    """
    n, m = len(x), len(y)
    cost = np.full((n + 1, m + 1), np.inf)
    cost[0, 0] = 0.0
    for i in range(n):
        for j in range(m):
            if _in_band(i, j, n, m, radius):
                before = min(cost[i, j], cost[i, j + 1], cost[i + 1, j])
                cost[i + 1, j + 1] = before + float(np.sum((x[i] - y[j]) ** 2))
    inner = cost[1:, 1:]
    return np.where(np.isfinite(inner), inner, np.nan)


def _in_band(i: int, j: int, n: int, m: int, radius: int | None) -> bool:
    """The rule of :func:`har.dtw_path`: the band lies around the diagonal, measured along the shorter signal."""
    if radius is None:
        return True
    if n > m:
        i, j, n, m = j, i, m, n
    return 2 * abs(i * (m - 1) - j * (n - 1)) <= max(2 * radius * (n - 1), m - 1)


def _draw_alignment(ax: Axes, x: FloatArray, y: FloatArray, path: Any) -> None:
    channel = int(np.argmax(x.std(axis=0) + y.std(axis=0)))
    lower = y[:, channel]
    upper = x[:, channel] + 1.2 * max(np.ptp(x[:, channel]), np.ptp(lower))
    for a, b in path:
        ax.plot([a, b], [upper[a], lower[b]], color=plotting.MUTED, lw=0.6, alpha=0.5)
    ax.plot(upper, color=plotting.PALETTE[0])
    ax.plot(lower, color=plotting.PALETTE[1])
    ax.set_yticks([])
    ax.set_xlabel("sample")
