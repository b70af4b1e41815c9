"""Plot the error of each layer of a .tflite file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from common import plotting

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

_INCHES_PER_LAYER = 0.19


def plot_layers(table: pd.DataFrame, *, title: str) -> Figure:
    """Bars of the error's power relative to the output's, split into shifts of whole channels and the rest.

    Parameters
    ----------
    table : pandas.DataFrame
        As in :class:`LayerComparison`.
    title : str
        Headline.
    """
    relative = 100 * np.power(10.0, -table["snr_db"].to_numpy() / 10)
    shifts = relative * table["shift_share"].to_numpy()
    places = np.arange(len(table))
    with plotting.style():
        figure = plotting.figure(size=(5.6, 1.3 + _INCHES_PER_LAYER * len(table)))
        ax = figure.axes[0]
        ax.barh(places, shifts, height=0.7, color=plotting.PALETTE[1], label="shift of whole channels")
        ax.barh(places, relative - shifts, left=shifts, height=0.7, color=plotting.PALETTE[0], label="other errors")
        ax.set_yticks(places, table["layer"].tolist(), fontsize=7.5)
        ax.set_ylim(len(table) - 0.4, -0.6)  # the first layer on top
        ax.grid(axis="y", visible=False)
        ax.set_xlabel("power of the error [% of the output's]")
        ax.set_title(title)
        ax.legend(loc="best")
    return figure
