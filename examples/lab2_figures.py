"""The figures of Lab 2: training curves, accuracy over sparsity, the worst mistakes, and the error of int8."""

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

import fall
from common import plotting

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from examples.lab2_networks import Trained


def curves(histories: dict[str, pd.DataFrame]) -> "Figure":
    """Loss of each network over the epochs, on training people and on held-out people if there are any."""
    from matplotlib import ticker

    with plotting.style():
        figure = plotting.figure(1, len(histories), size=(2.9 * len(histories) + 0.6, 3.0), sharey=True)
        for ax, (name, history) in zip(figure.axes, histories.items(), strict=True):
            if "step" in history:  # the last steps train on all people, with none held out
                history = history[~history["step"].str.endswith("on all")]
            epochs = np.arange(1, len(history) + 1)
            ax.plot(epochs, history["loss"], color=plotting.PALETTE[0], label="training")
            if "val_loss" in history and history["val_loss"].notna().any():
                ax.plot(epochs, history["val_loss"], color=plotting.PALETTE[1], label="people held out")
            ax.set_title(name)
            ax.set_xlabel("epoch")
            ax.xaxis.set_major_locator(ticker.MaxNLocator(5, integer=True))
        figure.axes[0].set_ylabel("loss")
        figure.axes[0].legend(loc="upper right")
    return figure


def int8_error(trained: "Trained", images: npt.NDArray[np.uint8]) -> "Figure":
    """Where the error of a network's int8 file arises, on a few of the images."""
    few = images[:: max(1, len(images) // 20)]
    return fall.compare_layers(trained.files["float32"], trained.files["int8"], few).plot(
        title="Error of the int8 file"
    )


def pruning(table: pd.DataFrame) -> "Figure":
    """Accuracy over sparsity, for pruning at once and gradually."""
    with plotting.style():
        figure = plotting.figure(size=(5.6, 3.6))
        ax = figure.axes[0]
        ax.axhline(float(table["accuracy"].iloc[0]), color=plotting.MUTED, linewidth=1, label="not pruned")
        for way, color in (("gradually", plotting.PALETTE[0]), ("at once", plotting.PALETTE[1])):
            rows = table[table["way"] == way]
            ax.plot(100 * rows["sparsity"], rows["accuracy"], marker="o", color=color, label=way)
        ax.set_xlabel("weights pruned [%]")
        ax.set_ylabel("accuracy, people held out")
        ax.set_title("Pruned at once, or gradually")
        ax.legend(loc="lower left")
    return figure


def mistakes(
    images: npt.NDArray[np.uint8], y: Any, probability: Any, threshold: float, sequences: Any, *, at_most: int = 12
) -> "Figure":
    """The most confident mistakes, one for each video, missed falls first."""
    y, probability = np.asarray(y), np.asarray(probability)
    wrong = np.flatnonzero((probability >= threshold) != (y == 1))
    order = wrong[np.lexsort((-np.abs(probability[wrong] - threshold), y[wrong] != 1))]
    order = order[np.sort(np.unique(np.asarray(sequences)[order], return_index=True)[1])]
    missed, alarms = order[y[order] == 1][: at_most // 2], order[y[order] != 1][: at_most // 2]
    selected = np.concatenate([missed, alarms])
    columns = 4
    rows = max(1, -(-len(selected) // columns))
    with plotting.style():
        figure = plotting.figure(rows, columns, size=(5.6, (1.6 * rows if len(selected) else 0.2) + 0.6))
        for ax in figure.axes:
            ax.set_axis_off()
        for ax, index in zip(figure.axes, selected, strict=False):
            ax.imshow(images[index])
            kind = "missed" if y[index] == 1 else "false alarm"
            color = plotting.PALETTE[1] if y[index] == 1 else plotting.INK
            ax.set_title(f"{kind}, {probability[index]:.2f}", fontsize=8.5, fontweight="normal", color=color, pad=3)
        n_missed = int((y[wrong] == 1).sum())
        title = f"{n_missed} falls missed, {len(wrong) - n_missed} false alarms in {len(y):,} images"
        figure.suptitle(title, x=0.01, ha="left", fontsize=11.5, fontweight="bold")
    return figure
