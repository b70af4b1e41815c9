"""The figures of Lab 1: signals, a warping path in its band, profiles."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import har
from common import plotting
from common.validation import band_radius

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def signals(windows: har.Windows, *, n_classes: int = 8) -> "Figure":
    """One window of each class, all of one subject where possible; a line a channel."""
    classes = np.unique(windows.y)[:n_classes]
    figure = plotting.figure(len(classes), 1, size=(7.5, 0.95 * len(classes) + 1.0), sharex=True, sharey=True)
    seconds = np.arange(windows.X.shape[1]) / windows.rate_hz
    for ax, name in zip(figure.axes, classes, strict=True):
        members = np.flatnonzero(windows.y == name)
        window = windows.X[members[len(members) // 2]]
        for c, channel in enumerate(windows.channels):
            color = plotting.PALETTE[c % len(plotting.PALETTE)]
            ax.plot(seconds, window[:, c], lw=1.1, color=color, label=channel, alpha=1 if c < 7 else 0.5)
        ax.set_ylabel(str(name), rotation=0, ha="right", va="center", color=plotting.INK)
        ax.set_yticklabels([])
    figure.axes[0].set_title("One window of each activity")
    figure.axes[0].legend(loc="upper left", bbox_to_anchor=(1.0, 1.1))
    figure.axes[-1].set_xlabel("seconds")
    return figure


def warping(x: Any, y: Any, *, band: Any, names: tuple[str, str]) -> "Figure":
    """Two windows, the cheapest path between them, and the band that limits it."""
    path, distance = har.dtw_path(x, y, band=band)
    radius = band_radius(band, len(x), len(y))
    i, j = np.indices((len(x), len(y)))
    euclid = float(np.linalg.norm(np.asarray(x) - np.asarray(y)))

    figure = plotting.figure(1, 2, size=(10, 4.4))
    left, right = figure.axes
    channel = int(np.argmax(np.std(x, axis=0)))
    gap = 1.3 * max(np.ptp(x[:, channel]), np.ptp(y[:, channel]))
    upper, lower = x[:, channel] + gap, y[:, channel]
    left.plot(upper, color=plotting.PALETTE[0], label=names[0])
    left.plot(lower, color=plotting.PALETTE[1], label=names[1])
    for a, b in path:
        left.plot([a, b], [upper[a], lower[b]], color=plotting.MUTED, lw=0.5, alpha=0.6)
    left.set_title("Samples that DTW aligns")
    left.set_yticks([])
    left.set_xlabel("sample")
    left.legend(loc="upper right")

    inside = np.abs(i - j) <= radius
    right.imshow(np.where(inside, 0.16, 0.0), origin="lower", cmap="Blues", vmin=0, vmax=1)
    right.plot([0, len(y) - 1], [0, len(x) - 1], color=plotting.MUTED, lw=0.8, ls=":")
    right.plot(path[:, 1], path[:, 0], color=plotting.PALETTE[1])
    right.set_title(f"Path in a band of {inside.mean():.0%} of the cells")
    right.set_xlabel(f"sample of {names[1]}")
    right.set_ylabel(f"sample of {names[0]}")
    right.text(0.03, 0.97, f"DTW {distance:.2f}\nEuclid {euclid:.2f}", transform=right.transAxes, va="top")
    return figure


def profiles(model: har.DTWPrototypeClassifier, channels: tuple[str, ...], rate_hz: float) -> "Figure":
    """The learned profiles of each class in the three channels that weigh most."""
    top = np.argsort(-model.channel_weights_)[:3]
    classes = model.classes_
    figure = plotting.figure(len(classes), len(top), size=(9, 0.95 * len(classes) + 1.2), sharex=True)
    seconds = np.arange(model.prototypes_.shape[1]) / rate_hz
    for row, name in enumerate(classes):
        for column, channel in enumerate(top):
            ax = figure.axes[row * len(top) + column]
            for profile in model.prototypes_[model.prototype_labels_ == name]:
                ax.plot(seconds, profile[:, channel], lw=1.2, color=plotting.PALETTE[0], alpha=0.7)
            ax.set_yticklabels([])
            if row == 0:
                ax.set_title(f"{channels[channel]}\nweight {model.channel_weights_[channel]:.1f}", fontsize=9.5)
            if column == 0:
                ax.set_ylabel(str(name), rotation=0, ha="right", va="center", color=plotting.INK)
            if row == len(classes) - 1:
                ax.set_xlabel("seconds")
    return figure


def save_all(figures: dict[str, "Figure"], folder: Path) -> list[Path]:
    """Save each figure as ``folder/NAME.png``; returns the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, figure in figures.items():
        paths.append(folder / f"{name}.png")
        plotting.save(figure, paths[-1])
    return paths
