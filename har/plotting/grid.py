"""A grid of small axes: one row per class, with its name on the left and seconds below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from common import plotting

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def class_grid(classes: Sequence[Any], n_columns: int, *, width: float) -> tuple[Figure, npt.NDArray[np.object_]]:
    """A figure with ``len(classes)`` × ``n_columns`` axes, and the axes as an array of that shape."""
    figure = plotting.figure(len(classes), n_columns, size=(width, 0.85 * len(classes) + 1.4), sharex=True)
    axes = np.array(figure.axes, dtype=object).reshape(len(classes), n_columns)
    for name, ax in zip(classes, axes[:, 0], strict=True):
        ax.set_ylabel(str(name), rotation=0, ha="right", va="center", color=plotting.INK)
    for ax in axes[-1]:
        ax.set_xlabel("seconds")
    return figure, axes
