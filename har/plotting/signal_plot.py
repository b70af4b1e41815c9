"""Measured signals: one window of each class."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from common import plotting
from common.errors import InvalidInputError
from common.validation import check_integer
from har.plotting.grid import class_grid
from har.windows import Windows

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def plot_signals(windows: Windows, *, n_classes: int = 8) -> Figure:
    """One window of each class: one row per class, one column per sensor of three axes, one line per channel.

    Parameters
    ----------
    windows : Windows
        The window in the middle of each class is shown.
    n_classes : int, default 8
        The most classes, in sorted order.

    Returns
    -------
    Figure

    Raises
    ------
    InvalidInputError
        If ``windows`` are not :class:`har.Windows`.

    Examples
    --------
    >>> import har
    >>> windows = har.Windows(np.zeros((2, 50, 3)), ["walk", "rest"], [1, 1], 25, ["ax", "ay", "az"], [0, 1])
    >>> len(plot_signals(windows).axes)
    2
    """
    if not isinstance(windows, Windows):
        raise InvalidInputError(f"windows is a {type(windows).__name__}; pass har.Windows, see har.segment")
    classes = np.unique(windows.y)[: check_integer(n_classes, "n_classes")]
    n_channels = len(windows.channels)
    sensors = np.array_split(np.arange(n_channels), -(-n_channels // 3))
    members = [np.flatnonzero(windows.y == name) for name in classes]
    examples = [indices[len(indices) // 2] for indices in members]
    seconds = np.arange(windows.X.shape[1]) / windows.rate_hz
    with plotting.style():
        figure, axes = class_grid(classes.tolist(), len(sensors), width=4.2 * len(sensors))
        for sensor, column in zip(sensors, axes.T, strict=True):
            shown = windows.X[examples][:, :, sensor]
            for ax, signals in zip(column, shown, strict=True):
                for color, channel, signal in zip(plotting.PALETTE, sensor, signals.T, strict=False):
                    ax.plot(seconds, signal, lw=1.3, color=color, label=windows.channels[channel])
                if shown.max() > shown.min():
                    ax.set_ylim(shown.min(), shown.max())
            fits_one_row = sum(len(windows.channels[channel]) for channel in sensor) < 40
            column[0].legend(
                loc="lower left", bbox_to_anchor=(0, 1), ncols=len(sensor) if fits_one_row else 1, borderaxespad=0.2
            )
    return figure
